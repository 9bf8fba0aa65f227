# tests/bench/fabrics.py: F1, a whole fabric whose daemons start together: tests/fabric lays the cables, with one namespace per node; here the
# daemons come into them. Nothing is known to weft and FRR but names of ports; BIRD has to be given every neighbour's address.
import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import usage
from lab import BUILD, ROOT, Failed, Program, ip, sysctl, wait_for

NAME = "bench"


def ns(node):
    return "weft-%s-%s" % (NAME, node)


class Fabric:
    def __init__(self, spines, leaves):
        self.spines, self.leaves = spines, leaves
        self.spine_names = ["spine%02d" % (i + 1) for i in range(spines)]
        self.leaf_names = ["leaf%02d" % (i + 1) for i in range(leaves)]
        self.nodes = self.spine_names + self.leaf_names
        self.daemons = []
        self.facts = {}
        try:
            self.build(spines, leaves)
        except BaseException:
            self.down()
            raise

    def build(self, spines, leaves):
        began = time.monotonic()
        self.fabric("up", "--spines", str(spines), "--leaves", str(leaves), "--no-daemons")
        self.wait_ready()
        self.built_s = time.monotonic() - began
        for node in self.nodes:
            with open("/run/weft-fabric-%s/%s/weft.json" % (NAME, node)) as f:
                self.facts[node] = json.load(f)
            ip("-n", ns(node), "addr", "add", self.facts[node]["router_id"] + "/32", "dev", "lo")
            sysctl(ns(node), {"net/ipv4/nexthop_compat_mode": 0, "net/ipv4/ip_forward": 1, "net/ipv6/conf/all/forwarding": 1})

    def fabric(self, verb, *args):
        argv = [os.path.join(ROOT, "tests", "fabric"), verb, "--name", NAME, *args]
        done = subprocess.run(argv, capture_output=True, text=True)
        if done.returncode:
            raise Failed("%s: %s" % (verb, done.stderr.strip()))

    def wait_ready(self):
        """No address is still being tried: the links are ready before anybody's clock runs."""
        for node in self.nodes:
            wait_for(lambda: not ip("-n", ns(node), "-6", "addr", "show", "tentative").strip(), 120, "addresses of %s stay tentative" % node)

    def addresses(self, node):
        found = json.loads(ip("-n", ns(node), "-j", "-6", "addr", "show", "scope", "link"))
        return {link["ifname"]: link["addr_info"][0]["local"] for link in found if link.get("ifname", "").startswith("swp")}

    def neighbors(self):
        """node -> (link, the address at its other end, its AS)."""
        with ThreadPoolExecutor(2) as pool:
            address = dict(zip(self.nodes, pool.map(self.addresses, self.nodes)))
        asn = {node: self.facts[node]["asn"] for node in self.nodes}
        found = {}
        for s, spine in enumerate(self.spine_names):
            for l, leaf in enumerate(self.leaf_names):
                up, down = "swp%d" % (s + 1), "swp%d" % (l + 1)
                found.setdefault(leaf, []).append((up, address[spine][down], asn[spine]))
                found.setdefault(spine, []).append((down, address[leaf][up], asn[leaf]))
        return found

    def prepare(self, daemon_class):
        neighbors = self.neighbors()
        for node in self.nodes:
            daemon = daemon_class(ns(node), self.facts[node]["asn"], self.facts[node]["router_id"])
            daemon.prepare(neighbors[node], originate=self.facts[node]["originate"])
            self.daemons.append(daemon)

    def pids(self):
        return [pid for daemon in self.daemons for pid in daemon.pids()]

    def down(self):
        for daemon in self.daemons:
            daemon.stop()
        self.fabric("down")


def room(spines, leaves):
    """Each end of each cable knows its peer's link-local address, and the kernel has one table of these for all namespaces."""
    have, need = int(os.environ.get("BENCH_NEIGHBOURS") or 0), 2 * spines * leaves + 2 * leaves
    if have and have < need:
        return "this kernel holds %d IPv6 neighbours, it needs %d: sysctl -w net.ipv6.neigh.default.gc_thresh3=%d" % (have, need, 2 * need)
    return None


def measure(fabric, daemon_class, results):
    fabric.prepare(daemon_class)
    kmon = Program([os.path.join(BUILD, "bench_kmon"), *(ns(leaf) for leaf in fabric.leaf_names)])
    try:
        kmon.wait("ready")
        # What a leaf has of every other leaf: its router-id and its subnet, over every spine.
        routes = 2 * (fabric.leaves - 1)
        kmon.say("want %d %d" % (routes, fabric.spines))
        began = time.monotonic()
        for steps in zip(*(daemon.starts() for daemon in fabric.daemons)):
            for step in steps:
                step()
        done = kmon.wait("complete", timeout=120 + fabric.spines * fabric.leaves / 10)
        pids = fabric.pids()
        results.update(complete_s=done["at"] / 1e6 - began, cpu_s=usage.cpu_s(pids), pss_kb=usage.pss_kb(pids),
                       leaf_pss_kb=usage.pss_kb(fabric.daemons[-1].pids()), spine_pss_kb=usage.pss_kb(fabric.daemons[0].pids()))
        results["short_of_routes"] = max(0, routes - kmon.ask("verify", "verified")["routes"])
    finally:
        kmon.stop()


def f1(daemon_class, options, size):
    spines, leaves = map(int, size.split("x"))
    why = daemon_class.cannot.get("kernel") or room(spines, leaves)
    if why:
        return {"cannot": why}
    results = {}
    fabric = Fabric(spines, leaves)
    try:
        results["built_s"] = fabric.built_s
        measure(fabric, daemon_class, results)
        return results
    finally:
        fabric.down()
