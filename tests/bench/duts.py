# tests/bench/duts.py: the daemons that are measured, each with the configuration that its users would write. A daemon is given its neighbours
# as (link, link-local address, ASN); it calls them, they never call it.
import os
import shutil
import subprocess

from lab import BUILD, DUT, DUT_ASN, DUT_ID, Failed, in_ns, wait_for


class Daemon:
    name = ""
    # a cell, or "kernel" for all cells that end there -> why this daemon has no number in it
    cannot = {}
    # seconds after Established until it is idle, for one that does not say End-of-RIB
    settle = 1  # windows of packets before anything breaks (loss.py)
    # what its programs are started by
    wrap = []

    def __init__(self, ns=DUT, asn=DUT_ASN, router_id=DUT_ID):
        self.ns, self.asn, self.router_id = ns, asn, router_id
        self.dir = os.path.join("/run", "bench-%s-%s" % (self.name.lower().replace(" ", "-"), ns))
        self.processes = []

    @classmethod
    def missing(cls):
        """Why it cannot be measured here, or None."""
        return None

    def spawn(self, argv):
        log = open(os.path.join(self.dir, "log"), "ab")
        self.processes.append(subprocess.Popen(in_ns(self.ns, [*self.wrap, *argv]), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.dir))

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def prepare(self, neighbors, multipath=64, originate=()):
        """Writes the configuration."""
        shutil.rmtree(self.dir, ignore_errors=True)
        os.makedirs(self.dir)
        self.configure(neighbors, multipath, originate)

    def starts(self):
        """What has to be called one after the other to start it; a fabric makes each step on all nodes before the next."""
        return [self.start]

    def pids(self):
        for p in self.processes:
            if p.poll() is not None:
                raise Failed("%s ended: %s" % (self.name, self.log_tail()))
        return [p.pid for p in self.processes]

    def log_tail(self):
        with open(os.path.join(self.dir, "log"), errors="replace") as f:
            return " | ".join(f.read().splitlines()[-3:])

    def wait_for(self, condition, what):
        """While all its processes live."""
        wait_for(lambda: self.pids() and condition(), 20, "%s: %s" % (self.name, what))

    def seen(self):
        """What those who look at it have seen, by their names, in bytes."""
        return {}

    def stop(self):
        for p in self.processes:
            p.kill()
        for p in self.processes:
            p.wait()
        self.processes = []


class Weft(Daemon):
    name = "weft"
    more = ()  # settings

    @classmethod
    def missing(cls):
        return None if os.path.exists(os.path.join(BUILD, "weftd")) else "not built"

    def configure(self, neighbors, multipath, originate):
        self.write("weft.json", '{ "asn": %d, "router_id": "%s", "links": ["swp*"], "multipath": %d, "originate": [%s]%s }\n'
                   % (self.asn, self.router_id, multipath, ", ".join('"%s"' % i for i in originate), "".join(", " + more for more in self.more)))

    def start(self):
        self.spawn([os.path.join(BUILD, "weftd"), "--config", os.path.join(self.dir, "weft.json"), "--socket", os.path.join(self.dir, "sock")])


class Frr(Daemon):
    name = "FRR"
    settle = 4  # bfdd begins with a second between packets
    zebra_options = []

    @classmethod
    def missing(cls):
        return None if os.path.exists("/usr/lib/frr/bgpd") else "frr is not installed"

    def configure(self, neighbors, multipath, originate):
        links = ["interface %s\n no ipv6 nd suppress-ra\n ipv6 nd ra-interval 5\n" % link for link, _, _ in neighbors]
        self.write("zebra.conf", "".join(links))
        self.write("bgpd.conf", "router bgp %d\n bgp router-id %s\n no bgp ebgp-requires-policy\n bgp bestpath as-path multipath-relax\n"
                   % (self.asn, self.router_id)
                   + "".join(" neighbor %s interface remote-as external\n neighbor %s timers connect 1\n" % (link, link)
                             for link, _, _ in neighbors)
                   + " address-family ipv4 unicast\n  maximum-paths %d\n%s" % (multipath, "  redistribute connected\n" if originate else ""))

    def starts(self):
        return [lambda: self.start("zebra"), self.start_bgpd]

    def start(self, daemon):
        self.spawn(["/usr/lib/frr/" + daemon, "-u", "root", "-g", "frrvty", "-P", "0", "-F", "datacenter", "-f", daemon + ".conf",
                    "-i", daemon + ".pid", "-z", os.path.join(self.dir, "zserv"), "--vty_socket", self.dir, *(self.zebra_options if daemon == "zebra" else [])])

    def start_bgpd(self):
        # A bgpd that does not find zebra tries again only ten seconds later.
        self.wait_for(lambda: os.path.exists(os.path.join(self.dir, "zserv")), "zebra does not start")
        self.start("bgpd")


class Bird(Daemon):
    name = "BIRD"

    @classmethod
    def missing(cls):
        return None if shutil.which("bird") else "bird2 is not installed"

    def configure(self, neighbors, multipath, originate):
        # BIRD 2.0 hears no Router Advertisements: its neighbours are given by their link-local addresses.
        self.write("bird.conf", "router id %s;\nprotocol device { }\nprotocol kernel { merge paths %s; metric 20; ipv4 { export where source = RTS_BGP; }; }\n"
                   % (self.router_id, "yes limit %d" % multipath)
                   + "".join('protocol direct { ipv4; interface "%s"; }\n' % i for i in originate)
                   + "template bgp fabric {\n\tlocal as %d;\n\tconnect delay time 1; connect retry time 1; error wait time 1, 2;\n" % self.asn
                   + "\tipv4 { import all; export all; extended next hop yes; };\n}\n"
                   + "".join('protocol bgp %s from fabric { neighbor %s as %d; interface "%s"; }\n' % (link, address, asn, link)
                             for link, address, asn in neighbors))

    def start(self):
        self.spawn(["bird", "-f", "-c", "bird.conf", "-s", "ctl", "-P", "pid"])


class Gobgp(Daemon):
    name = "GoBGP"
    cannot = {"kernel": "installs no routes without FRR's zebra, and panics with Debian's",
              "b4": "does not watch its links: two minutes after one died no UPDATE had come"}

    @classmethod
    def missing(cls):
        return None if shutil.which("gobgpd") else "gobgpd is not installed"

    def configure(self, neighbors, multipath, originate):
        self.write("gobgpd.toml", '[global.config]\n  as = %d\n  router-id = "%s"\n' % (self.asn, self.router_id)
                   + "".join('[[neighbors]]\n  [neighbors.config]\n    neighbor-address = "%s%%%s"\n    peer-as = %d\n'
                             '  [neighbors.timers.config]\n    connect-retry = 1\n    idle-hold-time-after-reset = 1\n'
                             '  [neighbors.graceful-restart.config]\n    enabled = true\n    restart-time = 120\n'
                             '  [[neighbors.afi-safis]]\n    [neighbors.afi-safis.config]\n      afi-safi-name = "ipv4-unicast"\n'
                             '    [neighbors.afi-safis.mp-graceful-restart.config]\n      enabled = true\n'
                             % (address, link, asn) for link, address, asn in neighbors))

    def start(self):
        self.spawn(["gobgpd", "-f", "gobgpd.toml", "--api-hosts", "127.0.0.1:50051", "--pprof-disable"])


ALL = [Weft, Frr, Bird, Gobgp]
