# tests/bench/cells.py: B1 to B4, one measurement each: a fresh daemon, its peers, one burst. Results are plain dictionaries of numbers, seconds
# and bytes; what a daemon cannot do is {"cannot": why}.
import os
import socket
import subprocess
import time

import duts
import usage
from lab import BUILD, DUT, DUT_LINK, PEERS, Failed, Lab, patience

SINK_ASN = 4200001000  # first of the peers that only listen
SPINE_ASN = 4200000001  # first of those that announce: every one its own, so that the death of the best one has to be told

ESTABLISHED = 3  # enum speaker_state


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
        for step in self.daemon.starts():
            step()
        self.peers = self.lab.peers(specs, self.options)
        self.wait_idle()
        self.patience = patience(self.options.routes)
        self.pids = self.daemon.pids()
        self.begin_usage()

    def wait_idle(self):
        """End-of-RIB from the daemon on every session: it has nothing left to do."""
        while True:
            self.peers.wait("all_eor", timeout=60, fatal=("error",))
            status = self.peers.ask("status", "status", fatal=("error",))
            if all(peer["state"] == ESTABLISHED for peer in status["peers"]):
                return

    def begin_usage(self):
        self.profiler = usage.profile(self.options.profile, self.pids)
        usage.reset_peak(self.pids)
        self.idle_kb, self.idle_pss_kb = usage.rss_kb(self.pids), usage.pss_kb(self.pids)
        self.cpu = usage.cpu_s(self.pids)

    def used(self):
        """Since begin_usage."""
        usage.end_profile(self.profiler)
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


def messages(status):
    """What the kernel said about routes, unless some of it was lost (an ordinary user's socket is small)."""
    return None if status["lost"] else status["messages"]


def load(bed, injectors, width, results):
    """All routes from these peers into the kernel; and how it looked on the way."""
    bed.mark()
    bed.kmon.say("want %d %d" % (bed.options.routes, width))
    first = bed.announce(injectors)
    done = bed.kmon.wait("complete", timeout=bed.patience)
    results.update(bed.used(), kernel_s=seconds(done["at"], first), route_messages=messages(done))
    results["kernel_routes"] = bed.verified()
    results["seen"] = bed.daemon.seen()
    return first


def unload(bed, injectors, results):
    bed.mark()
    bed.kmon.say("want 0 0")
    first = bed.withdraw(injectors)
    done = bed.kmon.wait("complete", timeout=bed.patience)
    results["withdraw_s"] = seconds(done["at"], first)
    results["kernel_left"] = bed.verified()


def measured(daemon_class, options, injectors, sinks, measure):
    """One cell: its bed, what `measure` finds out in it, and what the benchmark's own programs used meanwhile."""
    bed, results = Bed(daemon_class, injectors, sinks, options), {}
    try:
        own = [bed.peers.process.pid, bed.kmon.process.pid]
        before = usage.cpu_s(own)
        measure(bed, results)
        results["bench_cpu_s"] = usage.cpu_s(own) - before
        return results
    finally:
        bed.close()


def b1(daemon_class, options):
    def measure(bed, results):
        load(bed, [1], 1, results)
        unload(bed, [1], results)

    if "kernel" in daemon_class.cannot:
        return {"cannot": daemon_class.cannot["kernel"]}
    return measured(daemon_class, options, 1, 0, measure)


def b2(daemon_class, options):
    def measure(bed, results):
        routed = "kernel" not in daemon_class.cannot
        bed.mark()
        if routed:
            bed.kmon.say("want %d 1" % options.routes)
        first = bed.announce([1])
        full = bed.peers.wait("all_full", timeout=bed.patience)
        results.update(first_sink_s=seconds(full["first"], first), sinks_s=seconds(full["last"], first), sink_updates=full["updates"])
        if routed:
            results["kernel_s"] = seconds(bed.kmon.wait("complete", timeout=bed.patience)["at"], first)
            results["kernel_routes"] = bed.verified()
        results.update(bed.used())
        bed.mark()
        first = bed.withdraw([1])
        empty = bed.peers.wait("all_empty", timeout=bed.patience)
        results["withdraw_s"] = seconds(empty["last"], first)

    return measured(daemon_class, options, 1, 16, measure)


def b3(daemon_class, options):
    def measure(bed, results):
        load(bed, bed.injectors, 4, results)
        unload(bed, bed.injectors, results)

    if "kernel" in daemon_class.cannot:
        return {"cannot": daemon_class.cannot["kernel"]}
    return measured(daemon_class, options, 4, 0, measure)


def b4(daemon_class, options):
    def measure(bed, results):
        # The first to announce is the best for every daemon: the lowest router-id, and the oldest path.
        load(bed, [1], 1, {})
        load(bed, [2, 3, 4], 4, {})
        quiet(bed.kmon)
        bed.mark()
        bed.kmon.ask("want %d 3\nwatch %d" % (options.routes, DUT_LINK + 1), "watching")
        bed.begin_usage()
        cut = bed.peers.ask("cut 1", "cut")["at"]
        told = bed.peers.wait("all_told", timeout=bed.patience, fatal=("error",))
        clean = bed.kmon.wait("clean", timeout=bed.patience)
        results.update(clean_s=seconds(clean["at"], cut), first_update_s=seconds(told["first"], cut), last_update_s=seconds(told["last"], cut))
        results["route_messages"] = quiet(bed.kmon)
        results.update(bed.used())
        results["kernel_routes"] = bed.verified()

    if "b4" in daemon_class.cannot:
        return {"cannot": daemon_class.cannot["b4"]}
    return measured(daemon_class, options, 4, 1, measure)


HOLD = 3


class Punctual(duts.Weft):
    """Short timers; and those that only listen are told nothing, so that what they hear is KEEPALIVEs."""

    def configure(self, neighbors, multipath, originate):
        self.write("weft.json", '{ "asn": %d, "router_id": "%s", "originate": [], "timers": { "hold": %d, "keepalive": 1 },\n'
                   '  "links": { "swp1": {}, "swp*": { "export": "none" } } }\n' % (self.asn, self.router_id, HOLD))

    def show_s(self):
        began = time.monotonic()
        subprocess.run([os.path.join(BUILD, "weft"), "--socket", os.path.join(self.dir, "sock"), "show", "summary"], check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - began


    def table_s(self):
        """All of `show routes`, read and thrown away."""
        began = time.monotonic()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
            s.connect(os.path.join(self.dir, "sock"))
            s.sendall(b'{"command": "show routes"}\n')
            rest = b""
            while not rest.endswith(b"\n"):
                rest = s.recv(1 << 20)
                if not rest:
                    raise Failed("the answer of `show routes` ends too early")
        return time.monotonic() - began


def shown_until_complete(bed, shows):
    """`weft show summary` again and again, timed, while the kernel is given routes or loses them."""
    deadline = time.monotonic() + bed.patience
    while time.monotonic() < deadline:
        shows.append(bed.daemon.show_s())
        done = bed.kmon.poll("complete", 0.1)
        if done:
            return done
    raise Failed("the kernel does not get all routes, or keeps some")


def t1(daemon_class, options):
    def measure(bed, results):
        shows, end = [], time.monotonic() + 2 * HOLD
        bed.mark()
        bed.kmon.say("want %d 1" % options.routes)
        first = bed.announce([1])
        done = shown_until_complete(bed, shows)
        results.update(bed.used(), kernel_s=seconds(done["at"], first))
        while time.monotonic() < end:  # few routes are there sooner than any session could end: again
            bed.kmon.say("want 0 0")
            bed.withdraw([1])
            shown_until_complete(bed, shows)
            bed.kmon.say("want %d 1" % options.routes)
            bed.announce([1])
            shown_until_complete(bed, shows)
        results["table_s"] = bed.daemon.table_s()
        status = bed.peers.ask("status", "status")  # and none has ended: that would be the end of this run
        results.update(show_s=max(shows), shows=len(shows))
        results["silence_s"] = max(peer["silence"] for peer in status["peers"][1:]) / 1e6
        results["kernel_routes"] = bed.verified()

    if daemon_class is not duts.Weft:
        return {"cannot": "is asked of weft alone"}
    return measured(Punctual, options, 1, 63, measure)


def quiet(kmon):
    """Route notifications until there were none for two seconds."""
    return messages(kmon.ask("quiet 2000", "quiet"))


# What the kernel alone is asked to do for a cell: modes of bench_floor.
FLOOR = {"b1": ("plain", "object"), "b2": ("plain",), "b3": ("group",), "b4": ("group",)}


def kernel_floor(modes, options):
    """The kernel alone, watched as it is when daemons work: the watcher costs it something too."""
    lab = Lab(4)
    try:
        lab.kmon().ask("mark", "marked")
        return {mode: lab.floor(mode, options.routes, 4) for mode in modes}
    finally:
        lab.down()


def wire(options):
    """The benchmark's own peers joined without a daemon: what they could do at most."""
    lab = Lab(1)
    try:
        injector = lab.peers(["p1,%d,inject" % SPINE_ASN], options)
        sink = lab.peers(["swp1,%d,sink,%s" % (SINK_ASN, lab.addresses(PEERS)["p1"])], options, ns=DUT)
        sink.wait("all_eor")
        injector.wait("all_eor")
        cpu = usage.cpu_s([injector.process.pid]), usage.cpu_s([sink.process.pid])
        injector.say("announce 1")
        first = injector.wait("sent")["first"]
        full = sink.wait("all_full")
        return {"sink_s": seconds(full["last"], first), "injector_cpu_s": usage.cpu_s([injector.process.pid]) - cpu[0],
                "sink_cpu_s": usage.cpu_s([sink.process.pid]) - cpu[1]}
    finally:
        lab.down()


CELLS = {"b1": b1, "b2": b2, "b3": b3, "b4": b4, "t1": t1}
