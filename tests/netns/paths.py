#!/usr/bin/env python3
"""paths.py FLOWS LINK...: which link each flow leaves by.

Looks at UDP packets to port 20000 as they leave by one of the links, until FLOWS flows were seen PACKETS times each (or for too long: then it
fails), and prints a line for each: destination:source port, link; a flow that was seen on several links has all of them, with commas."""
import collections
import ctypes
import select
import socket
import struct
import sys
import time

PACKETS = 3
PATIENCE = 60  # seconds: on a busy machine
ETH_P_ALL = 3
SO_ATTACH_FILTER = 26

# Only what counts comes up here, or a busy machine drops it for the rest: outgoing, IPv4, UDP, to port 20000. (code, if, else, value)
FILTER = [
    (0x30, 0, 0, 0xFFFFF004), (0x15, 0, 7, 4),
    (0x28, 0, 0, 12), (0x15, 0, 5, 0x800),
    (0x30, 0, 0, 23), (0x15, 0, 3, socket.IPPROTO_UDP),
    (0x28, 0, 0, 36), (0x15, 0, 1, 20000),
    (0x06, 0, 0, 64), (0x06, 0, 0, 0),
]


def listen(link):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)  # it hears nothing until it is bound, and then has its filter
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in FILTER))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(FILTER), ctypes.addressof(code)))
    sock.bind((link, ETH_P_ALL))
    return sock


def main():
    flows, socks = int(sys.argv[1]), {listen(link): link for link in sys.argv[2:]}
    until = time.monotonic() + PATIENCE
    times, taken = collections.Counter(), collections.defaultdict(set)
    while sum(n >= PACKETS for n in times.values()) < flows:
        if time.monotonic() > until:
            sys.exit(f"{sum(n >= PACKETS for n in times.values())} flows seen of {flows}")
        for sock in select.select(socks, [], [], 1)[0]:
            frame = sock.recv(64)
            flow = f"{socket.inet_ntoa(frame[30:34])}:{struct.unpack('!H', frame[34:36])[0]}"
            times[flow] += 1
            taken[flow].add(socks[sock])
    for flow, links in sorted(taken.items()):
        print(flow, ",".join(sorted(links)))


main()
