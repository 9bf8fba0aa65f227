# tests/bench/cells.py: B1 to B4, one measurement each: a fresh daemon, its peers, one burst. Results are plain dictionaries of numbers, seconds
# and bytes; what a daemon cannot do is {"cannot": why}.
import time

import usage
from lab import DUT, PEERS, Lab, patience

SINK_ASN = 4200001000  # first of the peers that only listen
SPINE_ASN = 4200000001  # first of those that announce: every one its own, so that the death of the best one has to be told


class Bed:
    """A daemon with its peers, all sessions up, idle, nothing announced."""

    def __init__(self, daemon_class, injectors, sinks, options):
        self.options = options
        self.injectors = list(range(1, injectors + 1))
        n = injectors + sinks
        self.asns = [SPINE_ASN + i if i < injectors else SINK_ASN + i for i in range(n)]
        self.lab = Lab(n)
        self.daemon = daemon_class()
        try:
            self.start(n)
        except BaseException:
            self.close()
            raise

    def start(self, n):
        specs = ["p%d,%d,%s" % (i + 1, self.asns[i], "inject" if i < len(self.injectors) else "sink") for i in range(n)]
        addresses = self.lab.addresses(PEERS)
        self.daemon.prepare([("swp%d" % (i + 1), addresses["p%d" % (i + 1)], self.asns[i]) for i in range(n)])
        self.kmon = self.lab.kmon()
        self.daemon.start()
        self.peers = self.lab.peers(specs, self.options.routes, self.options.per_set)
        # End-of-RIB from the daemon on every session: it has nothing left to do. Some say it to peers that restart gracefully only.
        self.peers.wait("all_eor" if self.daemon.settle is None else "all_up", timeout=60, fatal=("error",))
        time.sleep(self.daemon.settle or 0)
        self.patience = patience(self.options.routes)
        self.pids = self.daemon.pids()
        self.profiler = usage.profile(self.options.profile, self.pids)
        self.begin_usage()

    def begin_usage(self):
        usage.reset_peak(self.pids)
        self.idle_kb, self.idle_pss_kb = usage.rss_kb(self.pids), usage.pss_kb(self.pids)
        self.cpu = usage.cpu_s(self.pids)

    def used(self):
        """Since begin_usage."""
        self.daemon.pids()
        return {"cpu_s": usage.cpu_s(self.pids) - self.cpu, "idle_kb": self.idle_kb, "idle_pss_kb": self.idle_pss_kb,
                "pss_kb": usage.pss_kb(self.pids), "bytes_per_route": (usage.peak_kb(self.pids) - self.idle_kb) * 1024 / self.options.routes}

    def announce(self, injectors):
        self.peers.say("announce " + " ".join(map(str, injectors)))
        return min(self.peers.wait("sent", timeout=self.patience)["first"] for _ in injectors)

    def withdraw(self, injectors):
        self.peers.say("withdraw " + " ".join(map(str, injectors)))
        return min(self.peers.wait("sent", timeout=self.patience)["first"] for _ in injectors)

    def mark(self):
        self.kmon.ask("mark", "marked")
        self.peers.ask("mark", "marked")

    def verified(self):
        return self.kmon.ask("verify", "verified", timeout=self.patience)["routes"]

    def close(self):
        self.daemon.stop()
        self.lab.down()


def seconds(later, earlier):
    return (later - earlier) / 1e6


def load(bed, injectors, width, results):
    """All routes from these peers into the kernel; and how it looked on the way."""
    bed.mark()
    bed.kmon.say("want %d %d" % (bed.options.routes, width))
    first = bed.announce(injectors)
    done = bed.kmon.wait("complete", timeout=bed.patience)
    usage.end_profile(bed.profiler)
    results.update(bed.used(), kernel_s=seconds(done["at"], first), route_messages=done["news"] + done["dels"])
    results["kernel_routes"] = bed.verified()
    return first


def unload(bed, injectors, results):
    bed.mark()
    bed.kmon.say("want 0 0")
    first = bed.withdraw(injectors)
    done = bed.kmon.wait("complete", timeout=bed.patience)
    results["withdraw_s"] = seconds(done["at"], first)
    results["kernel_left"] = bed.verified()


def b1(daemon_class, options):
    if "kernel" in daemon_class.cannot:
        return {"cannot": daemon_class.cannot["kernel"]}
    bed, results = Bed(daemon_class, 1, 0, options), {}
    try:
        load(bed, [1], 1, results)
        unload(bed, [1], results)
        return results
    finally:
        bed.close()


def kernel_floor(options):
    """The kernel alone, watched as it is when daemons work: the watcher costs it something too."""
    lab = Lab(4)
    try:
        lab.kmon().ask("mark", "marked")
        return {mode: lab.floor(mode, options.routes, 4) for mode in ("plain", "object", "group")}
    finally:
        lab.down()


CELLS = {"b1": b1}
