# tests/bench/watched.py: weft with everybody who may look at it looking: Prometheus once a second, a BMP collector, `weft watch`.
import os
import subprocess
import sys

from duts import Weft
from lab import Failed, in_ns

METRICS_PORT, BMP_PORT = 9473, 1790


class Watched(Weft):
    """What they cost is in weftd's numbers; what they do themselves is not, but they need CPU on the same machine."""
    name = "weft watched"
    more = ('"metrics": { "listen": "127.0.0.1:%d" }' % METRICS_PORT, '"bmp": { "collector": "127.0.0.1", "port": %d }' % BMP_PORT)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.audience = []

    def look(self, name, argv):
        path = os.path.join(self.dir, name)
        with open(path, "wb") as out:
            self.audience.append(subprocess.Popen(in_ns(self.ns, argv), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT))
        self.wait_for(lambda: os.path.getsize(path), "nobody looks: " + name)

    def start(self):
        program = [sys.executable, "-B", os.path.join(os.path.dirname(os.path.abspath(__file__)), "audience.py")]
        self.look("bmp", [*program, "bmp", str(BMP_PORT)])
        super().start()
        self.look("metrics", [*program, "metrics", str(METRICS_PORT)])
        self.look("watch", [*program, "watch", os.path.join(self.dir, "sock")])

    def seen(self):
        seen = {}
        for name in ("bmp", "metrics", "watch"):
            with open(os.path.join(self.dir, name)) as f:
                seen[name] = int(f.read().split()[-1])
            if not seen[name]:
                raise Failed("nothing was seen by " + name)
        return seen

    def stop(self):
        for p in self.audience:
            p.kill()
            p.wait()
        self.audience = []
        super().stop()
