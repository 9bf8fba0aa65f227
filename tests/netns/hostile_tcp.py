#!/usr/bin/env python3
"""Peers that waste another's time: hostile_tcp.py PORT ADDRESS WHAT. Run it in the namespace at the other end of the cable, where nothing
else speaks BGP. Each prints one line about what it saw."""
import asyncio
import os
import socket
import struct
import sys
import time

from bgp import (AS_PATH, IP4, KEEPALIVE, MP_REACH, OPEN, ORIGIN, SEQUENCE, as_path, attribute, address, message, mp_reach, nlri,
                 open_message, refresh, update, Session)

ASN, ROUTER_ID = 4200000000, "10.0.254.254"
PORT, TO, WHAT = sys.argv[1:4]
HELLO = open_message(ASN, ROUTER_ID, hold=9)


def plug(receive=None):
    s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    if receive:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    s.settimeout(5)
    s.connect((TO, 179, 0, socket.if_nametoindex(PORT)))
    return s


def is_closed(s, seconds):
    """Whether the other side ends the connection within that time."""
    deadline = time.monotonic() + seconds
    try:
        while (left := deadline - time.monotonic()) > 0:
            s.settimeout(left)
            if not s.recv(4096):
                return True
    except TimeoutError:
        return False
    except OSError:
        return True
    return False


def cycles(n, pause):
    """Connects and goes away: at once, after an OPEN, in the middle of a header, with a RST."""
    refused = 0
    for i in range(n):
        try:
            with plug() as s:
                if i % 4 == 1:
                    s.sendall(HELLO)
                if i % 4 == 2:
                    s.sendall(HELLO[:10])
                if i % 4 == 3:
                    s.sendall(HELLO + message(KEEPALIVE))
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            refused += 1
        time.sleep(pause)
    print(n, "cycles,", refused, "refused")


def parallel(n):
    """All at once, all with an OPEN, none goes away by itself: how many does the other side keep?"""
    held = []
    for _ in range(n):
        try:
            held.append(plug())
            held[-1].sendall(HELLO)
        except OSError:
            pass
    time.sleep(1)
    print(sum(not is_closed(s, 0.05) for s in held), "kept", flush=True)
    sys.stdin.read()


def dribble():
    """An OPEN a byte a second: is it waited for without end?"""
    start = time.monotonic()
    with plug() as s:
        for byte in HELLO:
            s.send(bytes([byte]))
            if is_closed(s, 1):
                break
        print("closed" if time.monotonic() - start < 25 else "waited for", flush=True)


async def bytewise():
    """A whole session in single bytes, with a route; then half an UPDATE and silence."""
    s = await Session(PORT, TO).connect()
    s.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def drip(data):
        for byte in data:
            await s.send(bytes([byte]))
            await asyncio.sleep(0.001)

    await drip(HELLO)
    await s.until(lambda: s.got(OPEN))
    await drip(message(KEEPALIVE))
    await s.until(lambda: s.got(KEEPALIVE))
    own = s.sock.getsockname()[0].split("%")[0]
    route = update(attribute(ORIGIN, b"\0") + attribute(AS_PATH, as_path((SEQUENCE, [ASN]))) +
                   attribute(MP_REACH, mp_reach(IP4, address(own), nlri("10.99.0.0/24"))))
    await drip(route)
    print("sent", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await drip(route[:30])
    print("closed" if await s.until(lambda: s.closed, 20) else "open", flush=True)


def deaf():
    """Established, asks for all routes again and again, and reads nothing."""
    s = plug(receive=2048)
    s.sendall(HELLO)
    got = b""
    while len(got) < 19 or len(got) < struct.unpack("!H", got[16:18])[0] + 19:
        got += s.recv(64)
    s.sendall(message(KEEPALIVE))
    print("established", flush=True)
    os.set_blocking(sys.stdin.fileno(), False)
    s.settimeout(1)
    while sys.stdin.buffer.raw.read(1) is None:
        try:
            s.sendall(refresh(IP4) * 200 + message(KEEPALIVE))
        except TimeoutError:
            pass
        except OSError:
            break
        time.sleep(0.02)


match WHAT.split(":"):
    case ["cycles", n, pause]:
        cycles(int(n), float(pause))
    case ["parallel", n]:
        parallel(int(n))
    case ["dribble"]:
        dribble()
    case ["bytewise"]:
        asyncio.run(bytewise())
    case ["deaf"]:
        deaf()
