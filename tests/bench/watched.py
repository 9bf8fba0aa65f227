# tests/bench/watched.py: weft with those who may look at it looking: Prometheus once a second, a BMP collector, `weft watch`. What they cost weftd is in
# its numbers; what they do themselves is not, but they need CPU of the same machine.
import os
import subprocess
import sys

from duts import Weft
from lab import Failed, in_ns, wait_for

METRICS_PORT, BMP_PORT = 9473, 1790
AUDIENCE = [sys.executable, "-B", os.path.join(os.path.dirname(os.path.abspath(__file__)), "audience.py")]


class Scraped(Weft):
    name = "weft scraped"
    more = ('"metrics": { "listen": "127.0.0.1:%d" }' % METRICS_PORT,)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.audience = {}

    def look(self, what, where):
        path = os.path.join(self.dir, what)
        with open(path, "wb") as out:
            self.audience[what] = subprocess.Popen(in_ns(self.ns, [*AUDIENCE, what, where]), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        wait_for(lambda: os.path.getsize(path), 20, "nobody looks: " + what)

    def start(self):
        super().start()
        page = in_ns(self.ns, ["curl", "-sf", "-o", os.devnull, "http://127.0.0.1:%d/metrics" % METRICS_PORT])
        self.wait_for(lambda: subprocess.run(page).returncode == 0, "there are no metrics")
        self.look("metrics", str(METRICS_PORT))

    def seen(self):
        seen = {}
        for what in self.audience:
            with open(os.path.join(self.dir, what)) as f:
                seen[what] = int(f.read().split()[-1])
            if not seen[what]:
                raise Failed("nothing was seen by " + what)
        return seen

    def stop(self):
        for p in self.audience.values():
            p.kill()
            p.wait()
        self.audience = {}
        super().stop()


class Watched(Scraped):
    name = "weft watched"
    more = (*Scraped.more, '"bmp": { "collector": "127.0.0.1", "port": %d }' % BMP_PORT)

    def start(self):
        self.look("bmp", str(BMP_PORT))
        super().start()
        self.look("watch", os.path.join(self.dir, "sock"))


ALL = [Scraped, Watched]
