# tests/bench/lab.py: the place where a daemon is measured: its namespace, that of its peers, the cables between them, and the programs that
# speak and watch. Everything is inside the namespaces that `run` entered.
import json
import os
import select
import signal
import subprocess
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build"))
DUT, PEERS = "bench-dut", "bench-peers"
DUT_LINK, PEER_LINK = 100, 2000  # swpI and pI have these numbers plus I
DUT_ASN, DUT_ID = 4210000001, "10.0.254.1"
PATIENCE = int(os.environ.get("BENCH_PATIENCE", "120"))  # seconds that anything may take, and more for many routes (see patience)


class Failed(Exception):
    """What the benchmark waited for did not happen; the run counts as failed and says why."""


def patience(routes):
    return PATIENCE + routes / 5000


def wait_for(condition, seconds, what):
    """The one place that waits: asks until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failed(what)
        select.select([], [], [], 0.02)


def ip(*args, batch=None):
    done = subprocess.run(["ip", *args], input=batch, text=True, capture_output=True)
    if done.returncode:
        raise Failed("ip %s: %s" % (" ".join(args), done.stderr.strip()))
    return done.stdout


def in_ns(ns, argv):
    return ["nsenter", "--net=/run/netns/" + ns, *argv]


def sysctl(ns, settings):
    script = "\n".join("echo %s >/proc/sys/%s" % (value, key) for key, value in settings.items())
    subprocess.run(in_ns(ns, ["sh", "-c", script]), check=True)


class Program:
    """A program of the benchmark that takes lines on stdin and says JSON objects, one a line, on stdout."""

    def __init__(self, argv):
        self.name = os.path.basename(next(a for a in argv if "bench_" in a and "/" in a))
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.rest, self.events = b"", []

    def say(self, line):
        self.process.stdin.write((line + "\n").encode())
        self.process.stdin.flush()

    def read(self, timeout):
        if not select.select([self.process.stdout], [], [], max(timeout, 0))[0]:
            return
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        if not data:
            raise Failed("%s ended" % self.name)
        *lines, self.rest = (self.rest + data).split(b"\n")
        self.events += [json.loads(line) for line in lines]

    def wait(self, event, timeout=PATIENCE, fatal=("down", "error")):
        """The next object with that name; older ones with other names are passed over, those that end a run are not."""
        deadline = time.monotonic() + timeout
        while True:
            while self.events:
                e = self.events.pop(0)
                if e["event"] == event:
                    return e
                if e["event"] in fatal:
                    raise Failed("%s: %s" % (self.name, e))
            if time.monotonic() >= deadline:
                raise Failed("%s: no '%s' within %d s" % (self.name, event, timeout))
            self.read(min(0.2, deadline - time.monotonic()))

    def poll(self, event, seconds, fatal=("down", "error")):
        """The same, or None when it does not come within so many seconds."""
        self.read(seconds)
        return self.wait(event, fatal=fatal) if any(e["event"] in (event, *fatal) for e in self.events) else None

    def ask(self, line, event, **kwargs):
        self.say(line)
        return self.wait(event, **kwargs)

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Lab:
    """swp1..swpN of the daemon, each cabled to p1..pN of its peers."""

    def __init__(self, links):
        self.links = links
        self.programs = []
        try:
            self.build()
        except BaseException:
            self.down()
            raise

    def build(self):
        links = self.links
        for ns in (DUT, PEERS):
            ip("netns", "add", ns)
            # Every daemon finds links that are ready: duplicate address detection is no part of what is measured here.
            sysctl(ns, {"net/ipv6/conf/all/accept_dad": 0, "net/ipv6/conf/default/accept_dad": 0})
        # What weft would set itself, for everyone: forwarding, no routes over dead links, no route announced again because of its group.
        sysctl(DUT, {"net/ipv4/nexthop_compat_mode": 0, "net/ipv4/ip_forward": 1, "net/ipv6/conf/all/forwarding": 1,
                     "net/ipv4/conf/all/ignore_routes_with_linkdown": 1, "net/ipv4/conf/default/ignore_routes_with_linkdown": 1})
        batch = ["link set lo up"]
        for i in range(1, links + 1):
            # Both ends get different numbers: equal ones make the kernel sit on carrier events for up to a second.
            batch += ["link add swp%d index %d type veth peer name p%d index %d netns %s" % (i, DUT_LINK + i, i, PEER_LINK + i, PEERS)]
            batch += ["link set swp%d up" % i]
        batch += ["addr add %s/32 dev lo" % DUT_ID]
        ip("-n", DUT, "-batch", "-", batch="\n".join(batch) + "\n")
        ip("-n", PEERS, "-batch", "-", batch="link set lo up\n" + "".join("link set p%d up\n" % i for i in range(1, links + 1)))
        self.wait_ready()

    def addresses(self, ns):
        """The usable link-local address of each link."""
        found = json.loads(ip("-n", ns, "-j", "-6", "addr", "show", "scope", "link") or "[]")
        return {link["ifname"]: a["local"] for link in found if link.get("ifname") for a in link["addr_info"] if not a.get("tentative")}

    def wait_ready(self):
        wait_for(lambda: len(self.addresses(DUT)) >= self.links and len(self.addresses(PEERS)) >= self.links, 20, "the cables do not come up")

    def start(self, argv):
        program = Program(argv)
        self.programs.append(program)
        program.wait("ready", timeout=60)
        return program

    def kmon(self, namespaces=(DUT,)):
        return self.start([os.path.join(BUILD, "bench_kmon"), *namespaces])

    def peers(self, specs, options, ns=PEERS):
        argv = [os.path.join(BUILD, "bench_peers"), "--routes", str(options.routes), "--per-set", str(options.per_set), *specs]
        return self.start(in_ns(ns, argv + ["--extended"] * options.extended))

    def floor(self, mode, routes, links):
        argv = in_ns(DUT, [os.path.join(BUILD, "bench_floor"), mode, str(routes), *("swp%d" % i for i in range(1, links + 1))])
        done = subprocess.run(argv, capture_output=True, text=True)
        if done.returncode:
            raise Failed(done.stderr.strip())
        return json.loads(done.stdout)

    def down(self):
        for program in self.programs:
            program.stop()
        for ns in (DUT, PEERS):
            for pid in subprocess.run(["ip", "netns", "pids", ns], capture_output=True, text=True).stdout.split():
                os.kill(int(pid), signal.SIGKILL)
            subprocess.run(["ip", "netns", "del", ns])
