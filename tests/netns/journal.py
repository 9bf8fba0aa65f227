#!/usr/bin/env python3
"""journal.py SOCKET FILE: stands for the journal: a message comes to SOCKET, a JSON object with its fields is a line of FILE."""
import json
import os
import socket
import struct
import sys


def fields(data):
    """systemd.io/JOURNAL_NATIVE_PROTOCOL: KEY=value, or KEY, a length of 64 bits, and the value."""
    found = {}
    while data:
        line, _, rest = data.partition(b"\n")
        key, equals, value = line.partition(b"=")
        if not equals:
            size = struct.unpack("<Q", rest[:8])[0]
            value, rest = rest[8:8 + size], rest[9 + size:]
        found[key.decode()] = value.decode()
        data = rest
    return found


def main():
    os.makedirs(os.path.dirname(sys.argv[1]), exist_ok=True)
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(sys.argv[1])
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        while True:
            out.write(json.dumps(fields(s.recv(65536))) + "\n")
            out.flush()


main()
