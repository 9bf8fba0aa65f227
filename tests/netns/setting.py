#!/usr/bin/env python3
"""setting.py FILE VALUE: writes a kernel setting, says after how many milliseconds somebody put it back, and ends with 1 if that took over half a second."""
import sys
import time

file, value = sys.argv[1:]


def read():
    with open(file) as f:
        return f.read().strip()


found = read()
with open(file, "w") as f:
    f.write(value)
began = time.monotonic()
while read() != found and time.monotonic() < began + 5:
    pass
took = time.monotonic() - began
print("     %s: %s after %.0f ms" % (file, read(), took * 1000))
sys.exit(took > 0.5)
