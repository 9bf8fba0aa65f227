#!/usr/bin/env python3
"""The other end of a BFD session of weft's (RFC 5880, 5881): bfd_peer.py LINK ADDRESS [--independent]. It sends from fe80::2 every 100 ms, is Up
as soon as it may, answers polls, and dies with its process. --independent sets the C bit: its BFD does not share the fate of its control plane."""
import argparse
import asyncio
import socket
import struct

DOWN, INIT, UP = 1, 2, 3
POLL, FINAL, INDEPENDENT = 0x20, 0x10, 0x08
INTERVAL_US, MULTIPLIER, MINE = 100000, 3, 4711


class Peer:
    def __init__(self, args):
        scope = socket.if_nametoindex(args.link)
        self.flags = INDEPENDENT if args.independent else 0
        self.state, self.yours = DOWN, 0
        self.to = (args.address, 3784, 0, scope)
        self.ear = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.ear.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, args.link.encode())
        self.ear.bind(("::", 3784))
        self.ear.setblocking(False)
        self.mouth = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.mouth.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)      # RFC 5881 5
        self.mouth.bind(("fe80::2", 49152, 0, scope))

    def send(self, flags=0):
        packet = struct.pack("!BBBBIIIII", 1 << 5, self.state << 6 | self.flags | flags, MULTIPLIER, 24, MINE, self.yours, INTERVAL_US,
                             INTERVAL_US, 0)
        try:
            self.mouth.sendto(packet, self.to)
        except OSError:
            pass                                                     # nobody is there yet

    def take(self, packet):
        """RFC 5880 6.8.6, as far as a well-behaved other end needs it."""
        _, flags, _, _, self.yours, mine = struct.unpack("!BBBBII", packet[:12])
        remote = flags >> 6
        if remote == DOWN:
            self.state = INIT
        elif mine == MINE and remote in (INIT, UP):
            self.state = UP
        if flags & POLL:
            self.send(FINAL)

    async def hear(self):
        while True:
            self.take(await asyncio.get_running_loop().sock_recv(self.ear, 256))

    def tick(self):
        self.send()
        asyncio.get_running_loop().call_later(INTERVAL_US * 0.85e-6, self.tick)

    async def play(self):
        self.tick()
        await self.hear()


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--independent", action="store_true")
    parser.add_argument("link")
    parser.add_argument("address")
    return parser.parse_args()


asyncio.run(Peer(arguments()).play())
