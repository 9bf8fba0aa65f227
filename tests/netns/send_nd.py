#!/usr/bin/env python3
"""Puts hand-made neighbour discovery and ARP on a link: send_nd.py PORT COUNT SECONDS TARGET4 TARGET6 SPOOF6 TO_MAC. Run it in the namespace at
the other end of the cable.

For SECONDS, COUNT senders in turn, each with addresses and a MAC of its own: a neighbour solicitation for TARGET6 and an ARP request for TARGET4, of
which the kernel makes a neighbour entry each as long as it has room; and a solicitation from one address, each time from another MAC, of which
it tells everybody who listens. And lies (RFC 4861 4.4, RFC 5227 1.1): an unsolicited advertisement that says that SPOOF6 is
somewhere else now, and an ARP announcement that says so of 169.254.0.1. Prints how many frames that were, and how many
hundredths of a second of CPU they took, which is what the kernel at the other end did with them too."""
import errno
import socket
import struct
import sys
import time

from send_ra import checksum

BROADCAST, ALL_NODES = b"\xff" * 6, socket.inet_pton(socket.AF_INET6, "ff02::1")
SOLICIT, ADVERTISE, OVERRIDE = 135, 136, 0x20000000
LIAR = bytes.fromhex("02005e0bad00")


def mac_of(i):
    return struct.pack("!HI", 0x0200, i)


def icmp6(to_mac, mac, source, to, message):
    pseudo = source + to + struct.pack("!II", len(message), socket.IPPROTO_ICMPV6)
    message = message[:2] + struct.pack("!H", checksum(pseudo + message)) + message[4:]
    return to_mac + mac + b"\x86\xdd" + struct.pack("!IHBB", 0x6C000000, len(message), socket.IPPROTO_ICMPV6, 255) + source + to + message


def solicitation(to_mac, sender, i, target):
    source = socket.inet_pton(socket.AF_INET6, f"fe80::bad:{sender >> 16:x}:{sender & 0xFFFF:x}")
    return icmp6(to_mac, mac_of(i), source, target, struct.pack("!BBHI", SOLICIT, 0, 0, 0) + target + b"\x01\x01" + mac_of(i))


def advertisement(whose):
    return icmp6(b"\x33\x33\x00\x00\x00\x01", LIAR, whose, ALL_NODES, struct.pack("!BBHI", ADVERTISE, 0, 0, OVERRIDE) + whose + b"\x02\x01" + LIAR)


def arp(kind, mac, source, target):
    return BROADCAST + mac + b"\x08\x06" + struct.pack("!HHBBH", 1, 0x0800, 6, 4, kind) + mac + source + b"\0" * 6 + target


def main():
    port, count, seconds, target4, target6, spoof6, to_mac = sys.argv[1:8]
    to_mac = bytes.fromhex(to_mac.replace(":", ""))
    target4, target6 = socket.inet_aton(target4), socket.inet_pton(socket.AF_INET6, target6)
    on_link = socket.inet_aton("169.254.0.1")
    lies = [advertisement(socket.inet_pton(socket.AF_INET6, spoof6)), arp(1, LIAR, on_link, on_link), arp(2, LIAR, on_link, on_link)]
    frames = []
    for i in range(1, int(count) + 1):
        frames += [solicitation(to_mac, i, i, target6), solicitation(to_mac, 0, i, target6), arp(1, mac_of(i), socket.inet_aton(f"198.18.{i >> 8 & 255}.{i & 255}"), target4)]
        if i % 100 == 0:
            frames += lies
    sent, deadline = 0, time.monotonic() + float(seconds)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        sock.bind((port, 0))
        while time.monotonic() < deadline:
            for frame in frames:
                try:
                    sent += sock.send(frame) > 0
                except OSError as e:
                    if e.errno != errno.ENOBUFS:                 # no room for one more: that is a flood too
                        raise
    print(sent, round(time.process_time() * 100))


main()
