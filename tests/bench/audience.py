#!/usr/bin/env python3
# tests/bench/audience.py: somebody who looks at weftd, as fast as it tells. A line to stdout when it begins, and how many bytes came whenever it pauses.
#   bmp PORT      a collector            metrics PORT  scrapes once a second            watch SOCKET  `weft watch`
import signal
import socket
import sys
import urllib.request


def read_all(s):
    total, told = 0, None
    s.settimeout(0.1)
    while True:
        try:
            got = s.recv(1 << 20)
        except TimeoutError:
            got = None
        if got == b"":
            return
        total += len(got or b"")
        if not got and total != told:  # it pauses
            told = total
            print(total, flush=True)


def bmp(port):
    with socket.create_server(("127.0.0.1", int(port))) as server:
        print("0", flush=True)
        while True:
            with server.accept()[0] as s:
                read_all(s)


def metrics(port):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    signal.setitimer(signal.ITIMER_REAL, 0.001, 1)
    while signal.sigwait({signal.SIGALRM}):  # the clock of whoever scrapes
        print(len(urllib.request.urlopen("http://127.0.0.1:%s/metrics" % port, timeout=60).read()), flush=True)


def watch(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.connect(path)
        s.sendall(b'{"command": "watch"}\n')
        read_all(s)


{"bmp": bmp, "metrics": metrics, "watch": watch}[sys.argv[1]](sys.argv[2])
