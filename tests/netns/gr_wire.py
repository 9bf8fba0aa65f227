#!/usr/bin/env python3
"""What two BGP speakers say on a cable, as it passes: gr_wire.py INTERFACE ADDRESS. ADDRESS is weft's end. On stdout a line for whatever matters to a
restart, in the order of the wire: weft|peer, the number of the TCP connection, and what was said:

  open R=1 N=1 time=30 ipv4=F ipv6=-   as of gr_peer.py
  told PREFIX | gone PREFIX            an UPDATE
  eor ipv4 | eor ipv6                  End-of-RIB
  notification CODE SUBCODE
  fin | rst                            of TCP

It reads frames from the kernel, and TCP with its own eyes: neither end can hide anything from it, and none is asked."""
import ctypes
import socket
import struct
import sys

import bgp
import gr_peer

ETH_P_ALL, SO_ATTACH_FILTER, IP6, TCP, FIN, SYN, RST, ACK = 3, 26, 0x86DD, 6, 1, 2, 4, 16
# Classic BPF: IPv6 whose next header is TCP; nothing else wakes us.
ONLY_TCP = [(0x28, 0, 0, 12), (0x15, 0, 3, IP6), (0x30, 0, 0, 20), (0x15, 0, 1, TCP), (0x06, 0, 0, 0x40000), (0x06, 0, 0, 0)]


def listen(interface):
    program = b"".join(struct.pack("HBBI", *step) for step in ONLY_TCP)
    memory = ctypes.create_string_buffer(program)
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)          # deaf, until it has its filter
    s.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(ONLY_TCP), ctypes.addressof(memory)))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    s.bind((interface, ETH_P_ALL))
    return s


class Half:
    """One direction of one TCP connection."""

    def __init__(self, who, number, at):
        self.who, self.number, self.at = who, number, at
        self.early, self.data = {}, b""

    def say(self, *words):
        print(self.who, self.number, *words, flush=True)

    def segment(self, at, payload):
        """Bytes that were there before are not taken again; those that come too early wait."""
        self.early[at] = max(payload, self.early.get(at, b""), key=len)
        for at in sorted(self.early, key=lambda k: (k - self.at + 2**31) % 2**32):
            old = (self.at - at) % 2**32
            if old >= 2**31:
                break
            fresh = self.early.pop(at)[old:]
            self.data += fresh
            self.at = (self.at + len(fresh)) % 2**32
        while len(self.data) >= 19 and len(self.data) >= (n := struct.unpack("!H", self.data[16:18])[0]):
            self.message(self.data[18], self.data[19:n])
            self.data = self.data[n:]

    def message(self, kind, body):
        if kind == bgp.OPEN:
            self.say(gr_peer.words_of(body))
        elif kind == bgp.NOTIFICATION:
            self.say("notification", body[0], body[1])
        elif kind == bgp.UPDATE:
            for words in gr_peer.words_of_update(body):
                self.say(words)


class Cable:
    def __init__(self, weft):
        self.weft, self.halves, self.count = weft, {}, 0

    def half(self, flow, flags, seq):
        half, asked = self.halves.get(flow), self.halves.get((flow[1], flow[0]))
        first = (seq + 1) % 2**32
        if flags & SYN and not (half and half.at == first):          # not the same one once more
            self.count += not flags & ACK
            half = Half("weft" if flow[0][0] == self.weft else "peer", asked.number if flags & ACK and asked else self.count, first)
            self.halves[flow] = half
        return half

    def frame(self, data):
        size, source, to = struct.unpack("!H", data[18:20])[0], data[22:38], data[38:54]
        tcp = data[54 : 54 + size]
        sport, dport, seq, _, offset, flags = struct.unpack("!HHIIBB", tcp[:14])
        if 179 not in (sport, dport):
            return
        half = self.half(((source, sport), (to, dport)), flags, seq)
        if not half:                                                 # of a connection from before our time, or one that nobody took
            return
        payload = tcp[offset >> 4 << 2 :]
        if payload:
            half.segment(seq, payload)
        if flags & FIN and not flags & RST:
            half.say("fin")
        if flags & RST:
            half.say("rst")


def main():
    cable = Cable(bgp.address(sys.argv[2]))
    with listen(sys.argv[1]) as s:
        print("listens", flush=True)
        while True:
            cable.frame(s.recv(1 << 18))


main()
