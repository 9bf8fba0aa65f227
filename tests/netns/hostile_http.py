#!/usr/bin/env python3
"""Somebody who means no good to whoever serves HTTP: hostile_http.py ADDRESS PORT FROM KIND SECONDS [COUNT]. Says "begun" when the first connection is
made; at the end, in a line of JSON, how many it made, how many of these were closed on it, and for how many seconds the longest stood.

slowloris  COUNT connections, each of which says a header, a byte every fifth of a second
header     a request with headers of a megabyte, again and again
mute       COUNT connections that say nothing
reader     COUNT requests for the page, which are read a byte every fifth of a second
storm      requests for the page as fast as they are answered
garbage    bytes that are no request
pipeline   a thousand requests in one connection, none of which is read"""
import json
import os
import select
import socket
import sys
import time

address, port, source, kind, seconds = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], float(sys.argv[5])
count = int(sys.argv[6]) if len(sys.argv) > 6 else 32
end = time.monotonic() + seconds
PAGE = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
made = closed = 0
longest = 0.0


def connect():
    global made
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.bind((source, 0))
    s.settimeout(1)
    try:
        s.connect((address, port))
    except OSError:
        s.close()
        return None
    made += 1
    if made == 1:
        print("begun", flush=True)
    return s


def many(first, later):
    """Connections that are kept, each with a byte now and then; one that is closed is made again."""
    global closed, longest
    mine = []
    while time.monotonic() < end:
        while len(mine) < count:
            s = connect()
            if not s:
                break
            try:
                s.sendall(first)
            except OSError:
                pass
            mine.append((s, time.monotonic()))
        time.sleep(0.2)
        kept = []
        for s, since in mine:
            try:
                alive = later(s)
            except OSError:
                alive = False
            if alive:
                kept.append((s, since))
            else:
                closed += 1
                longest = max(longest, time.monotonic() - since)
                s.close()
        mine = kept
    for s, since in mine:
        longest = max(longest, time.monotonic() - since)


def trickle(s):
    if select.select([s], [], [], 0)[0] and not s.recv(1):
        return False
    s.sendall(b"a")
    return True


def silent(s):
    return not (select.select([s], [], [], 0)[0] and not s.recv(1))


def sip(s):
    return not select.select([s], [], [], 0)[0] or bool(s.recv(1))


def again(what):
    """One after the other, as fast as possible."""
    global closed
    while time.monotonic() < end:
        s = connect()
        if not s:
            continue
        try:
            s.sendall(what())
            while s.recv(65536):
                pass
        except OSError:
            pass
        closed += 1
        s.close()


if kind == "slowloris":
    many(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX: ", trickle)
elif kind == "mute":
    many(b"", silent)
elif kind == "reader":
    many(PAGE, sip)
elif kind == "header":
    again(lambda: b"GET /metrics HTTP/1.1\r\nX: " + b"a" * 1000000)
elif kind == "storm":
    again(lambda: PAGE)
elif kind == "garbage":
    again(lambda: os.urandom(4000))
elif kind == "pipeline":
    many(PAGE * 1000, lambda s: not s.sendall(b"") and silent(s))
else:
    sys.exit(__doc__)
print(json.dumps({"made": made, "closed": closed, "longest": longest}))
