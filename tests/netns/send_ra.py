#!/usr/bin/env python3
"""Puts hand-made Router Advertisements on a link: send_ra.py PORT CASE [COUNT]. Run it in the namespace at the other end of the cable.

Written from RFC 4861 section 6.1.2: each case breaks one rule, "second" breaks none. "flood" is "second" from a hundred routers in turn,
each with an address and a MAC of its own."""
import socket
import struct
import sys

ALL_NODES = socket.inet_pton(socket.AF_INET6, "ff02::1")
MAC = bytes.fromhex("02005e00bad0")
SOURCE_LL = b"\x01\x01" + MAC
RA = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 0, 0, 0)

# case: hop limit, source address, ICMPv6 message (checksum filled in later)
CASES = {
    "second": (255, "fe80::bad:1", RA + SOURCE_LL),
    "hop-limit": (64, "fe80::bad:1", RA + SOURCE_LL),
    "source-global": (255, "2001:db8::bad", RA + SOURCE_LL),
    "source-any": (255, "::", RA + SOURCE_LL),
    "code": (255, "fe80::bad:1", RA[:1] + b"\x01" + RA[2:] + SOURCE_LL),
    "short": (255, "fe80::bad:1", RA[:12]),
    "empty": (255, "fe80::bad:1", RA[:4]),
    "option-zero": (255, "fe80::bad:1", RA + b"\x01\x00" + MAC),
    "option-past-end": (255, "fe80::bad:1", RA + b"\x01\x02" + MAC),
    "option-cut": (255, "fe80::bad:1", RA + SOURCE_LL + b"\x05"),
    "checksum": (255, "fe80::bad:1", RA + SOURCE_LL),
}


def checksum(data):
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


SENDERS = 100


def frame(case, sender=0):
    hop_limit, source, message = CASES["second" if case == "flood" else case]
    mac = MAC
    if case == "flood":
        source = f"fe80::bad:{sender % SENDERS + 0x100:x}"
        mac = MAC[:5] + bytes([sender % SENDERS])
        message = message[:-6] + mac
    source = socket.inet_pton(socket.AF_INET6, source)
    pseudo = source + ALL_NODES + struct.pack("!II", len(message), socket.IPPROTO_ICMPV6)
    value = checksum(pseudo + message) ^ (0xFFFF if case == "checksum" else 0)
    message = message[:2] + struct.pack("!H", value) + message[4:]
    ip = struct.pack("!IHBB", 0x6C000000, len(message), socket.IPPROTO_ICMPV6, hop_limit) + source + ALL_NODES
    return b"\x33\x33\x00\x00\x00\x01" + mac + b"\x86\xdd" + ip + message


def main():
    port, case = sys.argv[1:3]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        sock.bind((port, 0))
        for i in range(int(sys.argv[3]) if len(sys.argv) > 3 else 1):
            sock.send(frame(case, i))


if __name__ == "__main__":
    main()
