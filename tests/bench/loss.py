# tests/bench/loss.py: what a fabric loses when something breaks: a fabric of F1's kind, packets with numbers from a server of one leaf to one of
# another (bench_rig), and a watcher that knows over which links every node has to forward after each event (bench_right).
import functools
import json
import os
import subprocess
import time

import duts
import fabrics
from lab import BUILD, Failed, Program, in_ns, ip, sysctl, wait_for

SENDER, RECEIVER = 1, 2  # leaves
CABLES_NS = "bench-cables"
INJECTOR_NS, INJECTOR_LINK, INJECTOR_ASN = "bench-injector", "swp99", 4200001000
INJECTED = "32.0.0.0"
SETTLE_PACKETS = 20000  # so many more are sent and counted after the last table was right: a second
PATIENCE_S = 20  # for tables to become right
FLAPS, DOWN_MS, UP_MS = 20, 100, 100
WATCHER_PRIORITY, DAEMONS_PRIORITY, PACKETS_PRIORITY = 1, 2, 3


def leaf_port(spine):
    return 100 + spine


def spine_port(leaf):
    return 2000 + leaf


class Static(duts.Daemon):
    """No daemon: next-hop objects and routes that were put there once. What the kernel does by itself, it does; nobody puts anything back."""
    name = "floor"

    def configure(self, neighbors, multipath, originate):
        self.neighbors = neighbors

    def start(self):
        pass

    def routes(self, prefixes):
        """prefixes: (prefix, links of its next hops)."""
        ids = {link: 10 + i for i, (link, _, _) in enumerate(self.neighbors)}
        batch = ["nexthop add id %d via inet6 %s dev %s proto static" % (ids[link], address, link) for link, address, _ in self.neighbors]
        groups = {}
        for _, links in prefixes:
            if tuple(links) not in groups:
                groups[tuple(links)] = 1000 + len(groups)
                batch.append("nexthop add id %d group %s proto static" % (groups[tuple(links)], "/".join(str(ids[link]) for link in links)))
        batch += ["route add %s nhid %d proto static" % (prefix, groups[tuple(links)]) for prefix, links in prefixes]
        for link, address, _ in self.neighbors:
            ip("-n", self.ns, "neigh", "replace", address, "lladdr", mac_of(address), "dev", link, "nud", "permanent")
        ip("-n", self.ns, "-batch", "-", batch="\n".join(batch) + "\n")


def mac_of(address):
    """The MAC from which the kernel made a link-local address (EUI-64)."""
    groups = [int(g or "0", 16) for g in address.split("::")[1].split(":")]
    b = b"".join(g.to_bytes(2, "big") for g in groups)
    return ":".join("%02x" % x for x in (b[0] ^ 2, b[1], b[2], b[5], b[6], b[7]))


class FrrBfd(duts.Frr):
    bfd_ms = 100

    def configure(self, neighbors, multipath, originate):
        super().configure(neighbors, multipath, originate)
        with open(os.path.join(self.dir, "bgpd.conf")) as f:
            text = f.read()
        # Below 50 ms it takes a profile only.
        self.write("bgpd.conf", text.replace(" timers connect 1\n", " timers connect 1\n neighbor %s bfd profile fabric\n") % tuple(n[0] for n in neighbors))
        self.write("bfdd.conf", "bfd\n profile fabric\n  detect-multiplier 3\n  transmit-interval {0}\n  receive-interval {0}\n".format(self.bfd_ms))

    def starts(self):
        return [lambda: self.start("zebra"), self.start_bfdd, self.start_bgpd]

    def start_bfdd(self):
        self.wait_for(lambda: os.path.exists(os.path.join(self.dir, "zserv")), "zebra does not start")
        self.spawn(["/usr/lib/frr/bfdd", "-u", "root", "-g", "frrvty", "-P", "0", "-f", "bfdd.conf", "-i", "bfdd.pid",
                    "-z", os.path.join(self.dir, "zserv"), "--vty_socket", self.dir, "--bfdctl", os.path.join(self.dir, "bfdd.sock")])


class BirdBfd(duts.Bird):
    bfd_ms = 100

    def configure(self, neighbors, multipath, originate):
        super().configure(neighbors, multipath, originate)
        with open(os.path.join(self.dir, "bird.conf")) as f:
            text = f.read()
        self.write("bird.conf", text.replace("template bgp fabric {\n", 'protocol bfd { interface "*" { interval %d ms; multiplier 3; }; }\n' % self.bfd_ms +
                                             "template bgp fabric {\n\tbfd on;\n"))


class WeftBfd(duts.Weft):
    bfd_ms = 100

    def configure(self, neighbors, multipath, originate):
        super().configure(neighbors, multipath, originate)
        with open(os.path.join(self.dir, "weft.json")) as f:
            config = json.load(f)
        self.write("weft.json", json.dumps({**config, "bfd": {"interval_ms": self.bfd_ms, "multiplier": 3}}))


def with_bfd(daemon_class, ms):
    base = {duts.Frr: FrrBfd, duts.Bird: BirdBfd, duts.Weft: WeftBfd}[daemon_class]
    return type(base.__name__, (base,), {"bfd_ms": ms})


class LossFabric(fabrics.Fabric):
    """2 x 4, links that are ready as soon as they are up, and a peer that can announce N prefixes behind the receiver's leaf."""

    def __init__(self, routes, leaves=4):
        self.routes, self.programs = routes, []
        super().__init__(2, leaves)

    def build(self, spines, leaves):
        super().build(spines, leaves)
        for node in self.nodes:
            sysctl(fabrics.ns(node), {"net/ipv6/conf/default/accept_dad": 0, "net/ipv4/conf/default/ignore_routes_with_linkdown": 1})
        ip("netns", "add", CABLES_NS)
        sysctl(CABLES_NS, {"net/ipv6/conf/default/disable_ipv6": 1})
        for leaf in (SENDER, RECEIVER):
            self.recable(leaf, 1)
        if self.routes:
            self.cable_injector()
        self.wait_ready()
        # What weft would set itself, for everyone.
        for node in self.nodes:
            settings = {"net/ipv4/fib_multipath_hash_policy": 1}
            for port in [*self.addresses(node), "all"]:
                settings["net/ipv4/conf/%s/ignore_routes_with_linkdown" % port] = 1
                settings["net/ipv6/conf/%s/accept_dad" % port] = 0
            sysctl(fabrics.ns(node), settings)

    def recable(self, leaf, spine):
        """A cable that can be pulled: both ends lose their carrier, and nothing else happens to either node."""
        leaf_ns, spine_ns = fabrics.ns(self.leaf_names[leaf - 1]), fabrics.ns(self.spine_names[spine - 1])
        ip("-n", leaf_ns, "link", "del", "swp%d" % spine)
        for ns, name, number, end, own in ((leaf_ns, "swp%d" % spine, leaf_port(spine), "a%d" % leaf, 5000 + leaf),
                                           (spine_ns, "swp%d" % leaf, spine_port(leaf), "b%d" % leaf, 6000 + leaf)):
            ip("-n", ns, "link", "add", name, "index", str(number), "type", "veth", "peer", "name", end, "index", str(own), "netns", CABLES_NS)
            ip("-n", ns, "link", "set", name, "up")
        batch = ["link add cable%d type bridge mcast_snooping 0" % leaf]
        batch += ["link set %s%d %s" % (end, leaf, what) for end in "ab" for what in ("master cable%d" % leaf, "up")]
        ip("-n", CABLES_NS, "-batch", "-", batch="\n".join([*batch, "link set cable%d up" % leaf]) + "\n")

    def cable_injector(self):
        leaf = fabrics.ns(self.leaf_names[RECEIVER - 1])
        ip("netns", "add", INJECTOR_NS)
        sysctl(INJECTOR_NS, {"net/ipv6/conf/default/accept_dad": 0})
        ip("-n", leaf, "link", "add", INJECTOR_LINK, "index", "199", "type", "veth", "peer", "name", "p1", "index", "3099", "netns", INJECTOR_NS)
        ip("-n", leaf, "link", "set", INJECTOR_LINK, "up")
        ip("-n", INJECTOR_NS, "link", "set", "lo", "up")
        ip("-n", INJECTOR_NS, "link", "set", "p1", "up")

    def neighbors(self):
        found = super().neighbors()
        if self.routes:
            address = json.loads(ip("-n", INJECTOR_NS, "-j", "-6", "addr", "show", "dev", "p1", "scope", "link"))[0]["addr_info"][0]["local"]
            found[self.leaf_names[RECEIVER - 1]].append((INJECTOR_LINK, address, INJECTOR_ASN))
        return found

    def program(self, argv):
        program = Program(argv)
        self.programs.append(program)
        program.wait("ready", timeout=60)
        return program

    def down(self):
        for program in self.programs:
            program.stop()
        for ns in (INJECTOR_NS, CABLES_NS):
            subprocess.run(["ip", "netns", "del", ns], capture_output=True)
        super().down()


class Rig:
    daemons_priority = DAEMONS_PRIORITY  # None: they run as usual

    def __init__(self, daemon_class, options, routes, fabric=None):
        self.options, self.routes = options, routes
        self.wrong_nodes = ""  # when tables did not become right
        self.fabric = fabric or LossFabric(routes)
        try:
            self.start(daemon_class)
        except BaseException:
            self.close()
            raise

    def close(self):
        self.fabric.down()

    def start(self, daemon_class):
        fabric = self.fabric
        fabric.prepare(daemon_class)
        for daemon in fabric.daemons:
            daemon.wrap = in_real_time(self.daemons_priority) if self.daemons_priority else []
        self.right = fabric.program([*in_real_time(WATCHER_PRIORITY), os.path.join(BUILD, "bench_right"), *(fabrics.ns(node) for node in fabric.nodes)])
        self.ranges()
        for steps in zip(*(daemon.starts() for daemon in fabric.daemons)):
            for step in steps:
                step()
        if daemon_class is Static:
            self.static()
        elif self.routes:
            self.inject(daemon_class)
        self.want()
        self.wait_right(PATIENCE_S + self.routes / 2000)
        self.flows = self.packets(SENDER, RECEIVER, 20000)
        for _ in range(daemon_class.settle):     # BFD comes up meanwhile
            self.more_packets()
        self.calm()

    def packets(self, sender, receiver, rate):
        argv = [os.path.join(BUILD, "bench_rig"), "--rate", str(rate), fabrics.ns("host%02d" % sender), fabrics.ns("host%02d" % receiver), "10.1.%d.10" % receiver]
        return self.fabric.program([*in_real_time(PACKETS_PRIORITY), *argv])

    def inject(self, daemon_class):
        argv = [os.path.join(BUILD, "bench_peers"), "--routes", str(self.routes), "--per-set", str(self.options.per_set), "p1,%d,inject" % INJECTOR_ASN]
        peers = self.fabric.program(in_ns(INJECTOR_NS, argv))
        peers.wait("all_eor", timeout=60)
        peers.say("announce 1")
        peers.wait("sent", timeout=120)

    # --- what is right -------------------------------------------------------------------------------------------------------------
    def ranges(self):
        """(prefix, how many, kind, number): of every leaf its router-id and its subnet, of every spine its router-id."""
        fabric = self.fabric
        self.prefixes = [(fabric.facts[name]["router_id"] + "/32", 1, "leaf", i + 1) for i, name in enumerate(fabric.leaf_names)]
        self.prefixes += [("10.1.%d.0/26" % (i + 1), 1, "leaf", i + 1) for i in range(fabric.leaves)]
        self.prefixes += [(fabric.facts[name]["router_id"] + "/32", 1, "spine", i + 1) for i, name in enumerate(fabric.spine_names)]
        if self.routes:
            self.prefixes.append((INJECTED + "/32", self.routes, "leaf", RECEIVER))
        for prefix, count, _, _ in self.prefixes:
            self.right.say("range %s %s %d" % (*prefix.split("/"), count))

    def links(self, kind, number, to_kind, to, cut):
        """Numbers of the ports over which a node has to forward to another one; cut: the (leaf, spine) whose link is dead. None: it is its own."""
        if (kind, number) == (to_kind, to):
            return None
        if kind == "spine":
            return [to] if to_kind == "leaf" and (to, number) != cut else []
        if to_kind == "spine":
            return [to] if (number, to) != cut else []
        return [s for s in range(1, self.fabric.spines + 1) if (number, s) != cut and (to, s) != cut]

    def node_routes(self, node, cut):
        kind, number = node[:-2], int(node[-2:])
        for r, (prefix, count, to_kind, to) in enumerate(self.prefixes):
            links = self.links(kind, number, to_kind, to, cut)
            if links is not None:
                yield r, prefix, count, [leaf_port(s) if kind == "leaf" else spine_port(s) for s in links], ["swp%d" % s for s in links]

    def want(self, cut=None):
        for i, node in enumerate(self.fabric.nodes):
            for r, _, _, ports, _ in self.node_routes(node, cut):
                self.right.say(" ".join(map(str, ["want", i, r, *ports])))

    def wait_right(self, timeout):
        """When all tables were right, or None."""
        self.right.say("wait")
        return self.seen_right(timeout)

    def seen_right(self, timeout):
        try:
            return self.right.wait("right", timeout=timeout)["at"]
        except Failed:
            wrong = self.right.ask("verify", "verified", timeout=60)
            if wrong["wrong"] == 0:
                raise Failed("bench_right did not see that all tables are right")
            self.wrong_nodes = ", ".join("%s: %d" % (node, n) for node, n in zip(self.fabric.nodes, wrong["by_node"]) if n)
            return None

    def verify(self):
        return self.right.ask("verify", "verified", timeout=60)["wrong"]

    def static(self):
        for node, daemon in zip(self.fabric.nodes, self.fabric.daemons):
            routes = []
            for _, prefix, count, _, names in self.node_routes(node, None):
                base = [int(x) for x in prefix.split("/")[0].split(".")]
                for n in range(count):
                    address = (base[0] << 24 | base[1] << 16 | base[2] << 8 | base[3]) + n
                    if names:
                        routes.append((".".join(str(address >> s & 255) for s in (24, 16, 8, 0)) + "/" + prefix.split("/")[1], names))
            daemon.routes(routes)

    # --- packets -------------------------------------------------------------------------------------------------------------------
    def sent_over(self, node, port):
        stats = json.loads(ip("-n", fabrics.ns(node), "-s", "-j", "link", "show", port))[0]["stats64"]
        return stats["tx"]["packets"]

    def calm(self):
        """Nothing is lost before anything breaks; and how many packets a second go over the first spine."""
        self.flows.ask("mark", "marked")
        before, began = self.sent_over("leaf01", "swp1"), time.monotonic()
        self.more_packets()
        self.rate = (self.sent_over("leaf01", "swp1") - before) / (time.monotonic() - began)
        lost = self.report()["lost"]
        if lost:
            raise Failed("%d packets are lost while nothing is broken" % lost)
        if not 2000 < self.rate < 18000:
            raise Failed("%d packets a second go over the first spine: the flows are not spread" % self.rate)

    def more_packets(self):
        least = self.report()["sent"] + SETTLE_PACKETS
        wait_for(lambda: self.report()["sent"] >= least, 30, "no packets are sent")

    def mark(self):
        self.flows.ask("mark", "marked")

    def report(self):
        return self.flows.ask("report", "report", timeout=30)

    def link(self, place, to):
        return self.flows.ask("link %s %s %s" % (CABLES_NS, ",".join(place.ends), to), "link")

    def counted(self, results, name, since):
        """What was lost: outage is the time for which the link's packets were lost (all lost packets / packets a second over it); worst is that of
        the flow which lost most. One packet of a flow is 12.8 ms of that flow."""
        self.more_packets()
        report = self.report()
        results[name + "lost"] = report["lost"]
        results[name + "outage_ms"] = report["lost"] * 1000 / self.rate
        results[name + "worst_ms"] = report["worst"] * 256 * 1000 / 20000
        results[name + "reordered"] = report["reordered"]
        results[name + "duplicated"] = report["duplicated"]
        results[name + "late_us"] = report["late_us"]
        if report["lost"]:
            results[name + "first_lost_ms"] = (report["first_lost"] - since) / 1000
            results[name + "last_lost_ms"] = (report["last_lost"] - since) / 1000


def ms(later, earlier):
    return None if later is None else (later - earlier) / 1000


# --- events ------------------------------------------------------------------------------------------------------------------------
class Place:
    """The cable of a leaf to the first spine; ends: in the order in which they lose their carrier, first that of the node that has to act for the
    packets. far: the node and the port where packets of the flows come in from it."""
    def __init__(self, leaf, ends, far):
        self.ends, self.cut, self.far = ["%s%d" % (end, leaf) for end in ends], (leaf, 1), far


NEAR = Place(SENDER, "ab", ("spine01", "swp%d" % SENDER))
FAR = Place(RECEIVER, "ba", ("leaf%02d" % RECEIVER, "swp1"))


def carrier(rig, where):
    results = {}
    rig.want(where.cut)
    rig.mark()
    down = rig.link(where, "down")
    results["cut_ms"] = ms(down["end"], down["begin"])  # long when others keep the kernel's lock
    floor = isinstance(rig.fabric.daemons[0], Static)
    results["tables_ms"] = None if floor else ms(rig.wait_right(PATIENCE_S + rig.routes / 2000), down["first"])
    rig.counted(results, "", down["first"])
    rig.want()
    rig.mark()
    up = rig.link(where, "up")
    back = None if floor else rig.wait_right(PATIENCE_S + rig.routes / 2000)
    results["back_ms"] = ms(back, up["end"])
    results["back_never"] = back is None
    rig.counted(results, "back_", up["end"])
    results["wrong"] = 0 if floor else rig.verify()
    return results


def flaps(rig, where):
    results = {}
    rig.want()
    rig.mark()
    done = rig.flows.ask("flap %s %s %d %d %d" % (CABLES_NS, ",".join(where.ends), FLAPS, DOWN_MS, UP_MS), "flapped", timeout=30)
    back = rig.wait_right(PATIENCE_S)
    results["back_ms"] = ms(back, done["end"])
    results["back_never"] = back is None
    rig.counted(results, "", done["begin"])
    results["wrong"] = rig.verify()
    return results


def silent(rig, where):
    results = {}
    rig.want(where.cut)
    rig.mark()
    broken = rig.flows.ask("drop %s %s 100" % (fabrics.ns(where.far[0]), where.far[1]), "drop")
    results["tables_ms"] = ms(rig.wait_right(PATIENCE_S), broken["begin"])
    rig.counted(results, "", broken["begin"])
    return results


# name: (event, where, has the floor a number?, BFD: milliseconds, three times)
EVENTS = {
    "near": (carrier, NEAR, True, 0),
    "far": (carrier, FAR, False, 0),
    "silent-near": (silent, NEAR, False, 100),
    "silent-far": (silent, FAR, False, 100),
    "silent-near-20": (silent, NEAR, False, 20),
    "silent-far-20": (silent, FAR, False, 20),
    "flaps": (flaps, NEAR, False, 0),
}


def in_real_time(priority):
    """Milliseconds are measured: what else the machine does must not be. Everybody's daemons then come before all other work, where that is allowed;
    the watcher comes after them, for it works long on what it sees of a large table."""
    argv = ["chrt", "--rr", str(priority)]
    return argv if subprocess.run([*argv, "true"], capture_output=True).returncode == 0 else []


def run(daemon_class, options, event, routes):
    function, where, with_floor, bfd = EVENTS[event]
    if daemon_class.missing():
        return {"cannot": daemon_class.missing()}
    if daemon_class is Static and not with_floor:
        return {"cannot": "nobody is there to do it"}
    if bfd:
        daemon_class = with_bfd(daemon_class, bfd)
    rig = Rig(daemon_class, options, routes)
    try:
        return {"rate": rig.rate, **function(rig, where), "wrong_nodes": rig.wrong_nodes}
    finally:
        rig.close()


def jobs(options):
    """Every event with every daemon; those that the kernel's tables have a part in with many routes too."""
    for event in options.events.split(",") if options.events else EVENTS:
        for routes in map(int, options.loss_routes.split(",")):
            if routes and event not in ("near", "far"):
                continue
            for daemon in [Static, duts.Bird, duts.Frr, duts.Weft]:
                if daemon.name.lower() in options.daemons:
                    yield "loss %s %d" % (event, routes), daemon.name, functools.partial(run, daemon, event=event, routes=routes)
