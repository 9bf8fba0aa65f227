#!/usr/bin/env python3
"""A cable through which every packet passes by hand: between two interfaces of the namespace that this runs in. What is to become of them is told on
standard input, a line each, and answered with the line itself:

    clear             all of them arrive
    deaf 1            nothing arrives at the first end (2: at the second); 1 and 2 are added to what else is wrong
    loss 2 30         30 of a hundred that are on their way to the second end are lost, at random
    large 2 1000      those of more than 1000 bytes are lost on their way to the second end
    blink 1 400 4000  nothing arrives at the first end for 400 of every 4000 ms
"""
import fcntl
import os
import random
import select
import socket
import struct
import sys
import time

SOL_PACKET, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 15, 23
VNET = struct.Struct("=BBHHHH")          # flags, gso_type, hdr_len, gso_size, csum_start, csum_offset: checksums and segments are left as they are


def open_end(name):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
    s.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    s.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    s.bind((name, 3))                    # ETH_P_ALL
    return s


class Way:
    """One direction."""

    def __init__(self, source, to):
        self.source, self.to = source, to
        self.clear()

    def clear(self):
        self.deaf, self.loss, self.large, self.blink = False, 0, None, None

    def is_lost(self, data):
        _, gso_type, hdr_len, gso_size, _, _ = VNET.unpack_from(data)
        size = hdr_len + gso_size if gso_type else len(data) - VNET.size
        if self.blink and (time.monotonic() - self.blink[2]) * 1000 % self.blink[1] < self.blink[0]:
            return True
        if self.deaf or (self.large is not None and size - 14 > self.large):
            return True
        return self.loss > 0 and random.random() * 100 < self.loss

    def forward(self):
        while True:
            try:
                data = self.source.recv(1 << 17)
            except BlockingIOError:
                return
            except OSError:              # the end is down
                return
            if not self.is_lost(data):
                try:
                    self.to.send(data)
                except OSError:
                    pass


def told(line, ways):
    words = line.split()
    if words[0] == "clear":
        for way in ways:
            way.clear()
        return
    way = ways[2 - int(words[1])]        # the first way leads to the second end
    if words[0] == "blink":
        way.blink = (float(words[2]), float(words[3]), time.monotonic())
    else:
        setattr(way, words[0], True if words[0] == "deaf" else float(words[2]))


def main():
    try:                                 # a cable does not wait for a busy machine
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        pass
    ends = [open_end(name) for name in sys.argv[1:3]]
    ways = [Way(ends[0], ends[1]), Way(ends[1], ends[0])]
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_NONBLOCK)
    print("ready", flush=True)
    rest = b""
    while True:
        ready, _, _ = select.select(ends + [0], [], [])
        for way in ways:
            if way.source in ready:
                way.forward()
        if 0 not in ready:
            continue
        data = os.read(0, 4096)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            told(line.decode(), ways)
            print(line.decode(), flush=True)


main()
