# tests/bench/operated.py: the daemons as their operators handle them: ended and started again, drained and undrained, told another configuration.
# Each with graceful restart, as its own documents say that it is configured, and without.
import contextlib
import json
import os
import shutil
import subprocess

import duts
from lab import BUILD, Failed

RESTART_S = 120  # peers are asked to wait so long: FRR's and BIRD's default
TIMERS = {"keepalive": (2, 9), "hold": (4, 12)}  # of a changed configuration: KEEPALIVE and hold time; before: 3 and 9, BIRD's 80 and 240
OLD, NEW = ("old0", "10.9.1.0/24"), ("new0", "10.9.2.0/24")  # interfaces of one leaf: the first is announced before its reload, the second after it
PREFERRED = ("10.1.3.0/26", "10.0.254.3/32")  # what the policy of that reload is about: they go over swp1 alone


def said(*argv, timeout=60):
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Failed("%s: no answer" % " ".join(argv))
    if done.returncode:
        raise Failed("%s: %s" % (" ".join(argv), (done.stderr or done.stdout).strip()[-300:]))
    return done.stdout


class Operated:
    """What is done to a daemon. `drained` is None, "" for the node, or the name of a link; `changed` is what another configuration changes: "", "routes"
    (what is announced, and a policy), "keepalive" or "hold"."""
    graceful = False
    settle = 1
    drained, changed = None, ""

    def prepare(self, neighbors, multipath=64, originate=()):
        self.arguments = (neighbors, multipath, [i for i in originate if i not in (OLD[0], NEW[0])])
        self.changes = len(self.arguments[2]) != len(originate)  # this is the leaf with the two interfaces
        super().prepare(neighbors, multipath, self.originated())

    def originated(self):
        return [*self.arguments[2], *([(NEW if self.changed == "routes" else OLD)[0]] if self.changes else [])]

    def rewrite(self):
        self.configure(*self.arguments[:2], self.originated())

    def kill(self):
        self.stop()

    def leave(self):
        """SIGTERM. As the system's service manager ends it: one program after the other, those that were started last first."""
        for p in reversed(self.processes):
            p.terminate()
            self.wait_ended(p)
        self.processes = []

    def wait_ended(self, process):
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            raise Failed("%s does not end" % self.name)

    def upgrade(self):
        """Ends it, and the next start is that of another binary. False: that is an end and a start like any other."""
        return False

    def again(self):
        for step in self.starts():
            step()

    def drain(self, link=""):
        self.drained = link
        self.rewrite()
        self.apply()

    def undrain(self):
        self.drained = None
        self.rewrite()
        self.apply()

    def reload(self, changed):
        self.changed = changed
        self.rewrite()
        self.apply()


class Weft(Operated, duts.Weft):
    name = "weft"
    binary = "weftd"

    def configure(self, neighbors, multipath, originate):
        config = {"asn": self.asn, "router_id": self.router_id, "links": {"swp*": {}}, "multipath": multipath, "originate": list(originate)}
        if self.graceful:
            config["graceful_restart"] = {"restart_seconds": RESTART_S}
        if self.changed in TIMERS:
            config["timers"] = dict(zip(("keepalive", "hold"), TIMERS[self.changed]))
        if self.changed == "routes":
            config["policy"] = {"prefer": [{"match": {"prefixes": [{"prefix": p} for p in PREFERRED]}, "set": {"local_pref": 200}, "action": "accept"}, {"action": "accept"}]}
            config["links"] = {"swp1": {"import": "prefer"}, "swp*": {}}
        self.write("weft.json", json.dumps(config))

    def start(self):
        self.spawn([os.path.join(BUILD if self.binary == "weftd" else self.dir, self.binary), "--config", os.path.join(self.dir, "weft.json"),
                    "--socket", os.path.join(self.dir, "sock")])

    def weft(self, *argv):
        return said(os.path.join(BUILD, "weft"), "--socket", os.path.join(self.dir, "sock"), *argv)

    def upgrade(self):
        self.binary = "weftd-next"
        shutil.copy2(os.path.join(BUILD, "weftd"), os.path.join(self.dir, self.binary))
        self.leave()
        return True

    def over(self, routes):
        try:
            summary = json.loads(self.weft("--json", "show", "summary"))
        except Failed:
            return False
        return summary["peers_established"] == len(self.arguments[0]) and summary["restart"] is None and summary["prefixes_ipv4"] >= routes

    def apply(self):
        self.weft("reload")

    def drain(self, link=""):
        self.drained = link
        self.weft("drain", *[link] * bool(link), "--timeout", "20")

    def undrain(self):
        self.weft("undrain", *[self.drained] * bool(self.drained))
        self.drained = None


class WeftGr(Weft):
    name = "weft GR"
    graceful = True


class Frr(Operated, duts.Frr):
    LISTS = "".join("ip prefix-list PREFERRED permit %s\n" % p for p in PREFERRED) + """ip prefix-list NOT seq 5 deny {}
ip prefix-list NOT seq 10 permit any
route-map ORIGIN permit 10
 match ip address prefix-list NOT
route-map PREFER permit 10
 match ip address prefix-list PREFERRED
 set local-preference 200
route-map PREFER permit 20
route-map DRAIN-OUT permit 10
 set community graceful-shutdown additive
route-map DRAIN-IN permit 10
 set local-preference 0
"""

    def configure(self, neighbors, multipath, originate):
        super().configure(neighbors, multipath, originate)
        with open(os.path.join(self.dir, "bgpd.conf")) as f:
            text = f.read().replace("redistribute connected\n", "redistribute connected route-map ORIGIN\n")
        node = [" bgp graceful-restart\n bgp graceful-restart preserve-fw-state\n"] * self.graceful
        node += [" bgp graceful-shutdown\n"] * (self.drained == "") + [" timers bgp %d %d\n" % t for key, t in TIMERS.items() if key == self.changed]
        text = text.replace(" no bgp ebgp-requires-policy\n", " no bgp ebgp-requires-policy\n" + "".join(node))
        if self.drained:
            text += "  neighbor {0} route-map DRAIN-OUT out\n  neighbor {0} route-map DRAIN-IN in\n".format(self.drained)
        if self.changed == "routes":
            text += "  neighbor swp1 route-map PREFER in\n"
        self.write("bgpd.conf", "frr defaults datacenter\n" + self.LISTS.format((OLD if self.changed == "routes" else NEW)[1]) + text)

    def again(self):
        # bgpd is not to take the socket of the last zebra for that of the next one.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(self.dir, "zserv"))
        super().again()

    def vtysh(self, *commands, daemon="bgpd"):
        return said("vtysh", "--vty_socket", self.dir, "-d", daemon, *(word for c in commands for word in ("-c", c)))

    def over(self, routes):
        try:
            peers = json.loads(self.vtysh("show bgp ipv4 unicast summary json")).get("peers", {})
        except (Failed, ValueError):
            return False
        return len(peers) == len(self.arguments[0]) and all(p["state"] == "Established" and p["pfxRcd"] >= max(routes, 1) for p in peers.values())

    def drain(self, link=""):
        self.drained = link
        self.rewrite()
        self.say_drain("")

    def undrain(self):
        self.say_drain("no ")
        self.drained = None
        self.rewrite()

    def say_drain(self, no):
        said_so = ["%sbgp graceful-shutdown" % no]
        if self.drained:
            said_so = ["address-family ipv4 unicast", *("%sneighbor %s route-map DRAIN-%s" % (no, self.drained, way) for way in ("OUT out", "IN in"))]
        self.vtysh("configure terminal", "router bgp %d" % self.asn, *said_so)

    def apply(self):
        said("/usr/lib/frr/frr-reload.py", "--reload", "--daemon", "bgpd", "--bindir", "/usr/bin", "--confdir", self.dir, "--rundir", self.dir, "--vty_socket", self.dir,
             os.path.join(self.dir, "bgpd.conf"))


class FrrGr(Frr):
    name = "FRR GR"
    graceful = True
    zebra_options = ["-K", str(RESTART_S)]


class Bird(Operated, duts.Bird):
    FILTERS = """filter fabric_in { if (65535, 0) ~ bgp_community then bgp_local_pref = 0; accept; }
filter drained_in { bgp_local_pref = 0; accept; }
filter drained_out { bgp_community.add((65535, 0)); accept; }
filter prefer_in { if (65535, 0) ~ bgp_community then bgp_local_pref = 0; else if net ~ [ %s ] then bgp_local_pref = 200; accept; }
""" % ", ".join(PREFERRED)
    recovers = False  # -R

    def configure(self, neighbors, multipath, originate):
        super().configure(neighbors, multipath, originate)
        with open(os.path.join(self.dir, "bird.conf")) as f:
            text = f.read().replace("import all; export all;", "import filter %s; export %s;" % (
                ("drained_in", "filter drained_out") if self.drained == "" else ("fabric_in", "all")))
        if self.changed in TIMERS:
            times = "\tkeepalive time %d;" % TIMERS[self.changed][0] + " hold time %d;" % TIMERS[self.changed][1] * (self.changed == "hold")
            text = text.replace("\tconnect delay time 1;", times + "\n\tconnect delay time 1;")
        filters = ("drained_in", "filter drained_out", self.drained) if self.drained else ("prefer_in", "all", "swp1") if self.changed == "routes" else None
        if filters:
            text = text.replace('interface "%s"; }' % filters[2], 'interface "%s"; ipv4 { import filter %s; export %s; }; }' % (filters[2], *filters[:2]))
        if self.graceful:
            text = text.replace("protocol kernel {", "protocol kernel { persist; graceful restart;")
            text = text.replace("template bgp fabric {\n", "template bgp fabric {\n\tgraceful restart on; graceful restart time %d;\n" % RESTART_S)
        self.write("bird.conf", self.FILTERS + text)

    def start(self):
        self.spawn(["bird", "-f", "-c", "bird.conf", "-s", "ctl", "-P", "pid", *["-R"] * self.recovers])

    def birdc(self, *words):
        return said("birdc", "-s", os.path.join(self.dir, "ctl"), *words)

    def again(self):
        self.recovers = self.graceful
        super().again()

    def over(self, routes):
        try:
            text, status = self.birdc("show", "protocols", "all"), self.birdc("show", "status")
        except Failed:
            return False
        peers = [line for line in text.splitlines() if " BGP " in line and "---" in line]
        told = [int(line.split()[1]) for line in text.splitlines() if line.strip().startswith("Routes:")]
        return (len(peers) == len(self.arguments[0]) and all("Established" in line for line in peers) and "recovery in progress" not in status
                and max(told, default=0) >= routes)

    def apply(self):
        self.birdc("configure")


class BirdGr(Bird):
    name = "BIRD GR"
    graceful = True

    def upgrade(self):
        self.birdc("graceful", "restart")  # what it has for that
        self.wait_ended(self.processes.pop())
        return True


ALL = [WeftGr, FrrGr, BirdGr, Weft, Frr, Bird]
