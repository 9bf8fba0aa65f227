#!/usr/bin/env python3
"""notify.py SOCKET FILE: stands for a service manager: a datagram that comes to SOCKET (sd_notify(3); @name is no file) is a line of FILE: when it
came, in milliseconds, and its lines."""
import json
import socket
import sys
import time


def main():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(sys.argv[1].replace("@", "\0", 1))
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        while True:
            lines = s.recv(65536).decode().split("\n")
            out.write(json.dumps({"ms": int(time.monotonic() * 1000), "lines": lines}) + "\n")
            out.flush()


main()
