"""check_fabric.py WEFT [GLOB...]: hands the nodes on standard input, {"leaf01": "text of its weft.json", ...}, to `weft check` as one fabric.

GLOB is for its --outside. The files live in a folder that only its owner can read, while it runs.
"""
import json
import os
import subprocess
import sys
import tempfile

weft, globs = sys.argv[1], sys.argv[2:]
with tempfile.TemporaryDirectory(prefix="weft-check-") as folder:
    nodes = os.path.join(folder, "nodes")
    os.mkdir(nodes)
    for name, text in json.load(sys.stdin).items():
        with open(os.path.join(nodes, name + ".json"), "w", encoding="utf-8") as file:
            file.write(text)
    outside = [word for glob in globs for word in ("--outside", glob)]
    done = subprocess.run([weft, "check", *outside, "nodes"], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
sys.stdout.write(done.stdout.decode("utf-8", "replace"))
sys.exit(done.returncode)
