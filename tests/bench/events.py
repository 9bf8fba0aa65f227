# tests/bench/events.py: what a fabric loses by what its operators do on purpose: ends and starts, upgrades, drains, reloads. The fabric, its watcher
# and its packets are those of loss.py, with packets in both directions; one fabric serves a daemon for all events, as long as its tables are right.
import functools
import time

import fabrics
import loss
import operated
import usage
from lab import Failed, ip, wait_for
from loss import PATIENCE_S, RECEIVER, SENDER

RATE = 10000            # packets a second, in each direction
AWAY_S = 2              # from kill -9 to the next start
IDLE_S, IDLE_SHARE = 0.5, 0.05  # a daemon that used so little CPU for so long has no work left


class EventsFabric(loss.LossFabric):
    """The receiver's leaf has two interfaces more: its reload takes the prefix of one back, and announces that of the other."""

    def build(self, spines, leaves):
        super().build(spines, leaves)
        leaf = "leaf%02d" % RECEIVER
        for name, prefix in (operated.OLD, operated.NEW):
            batch = ["link add %s type veth peer name %s-end" % (name, name), "addr add %s dev %s" % (prefix.replace(".0/", ".1/"), name)]
            batch += ["link set %s up" % name, "link set %s-end up" % name]
            ip("-n", fabrics.ns(leaf), "-batch", "-", batch="\n".join(batch) + "\n")
            self.facts[leaf]["originate"].append(name)


class BothWays:
    """Two of bench_rig, which are asked as one."""

    def __init__(self, *flows):
        self.flows = flows

    def ask(self, line, event, **kwargs):
        answers = [f.ask(line, event, **kwargs) for f in self.flows]
        most = ("worst", "late_us")
        return {key: max(a[key] for a in answers) if key in most else sum(a[key] for a in answers) for key in answers[0] if key != "event"}


class Rig(loss.Rig):
    daemons_priority = None  # packets are counted, nothing is measured in milliseconds: daemons run as they do elsewhere
    reloaded = False         # does the receiver's leaf announce and prefer something else?

    def __init__(self, daemon_class, options, routes, leaves):
        super().__init__(daemon_class, options, routes, EventsFabric(routes, leaves))

    def start(self, daemon_class):
        super().start(daemon_class)
        self.wait_over(self.fabric.daemons)
        self.mark()

    def inject(self, daemon_class):
        # FRR ends its first sessions itself when it has just started.
        leaf = self.node("leaf%02d" % RECEIVER)
        wait_for(lambda: all(d.pids() and d.over(0) for d in self.fabric.daemons if d is not leaf), PATIENCE_S, "sessions do not come up")
        super().inject(daemon_class)

    def packets(self, sender, receiver, rate):
        return BothWays(super().packets(sender, receiver, RATE), super().packets(receiver, sender, RATE))

    def node(self, name):
        return self.fabric.daemons[self.fabric.nodes.index(name)]

    # --- what is right ---------------------------------------------------------------------------------------------------------------
    def ranges(self):
        super().ranges()
        for kind, (_, prefix) in (("old", operated.OLD), ("new", operated.NEW)):
            self.prefixes.append((prefix, 1, kind, RECEIVER))
            self.right.say("range %s %s 1" % tuple(prefix.split("/")))

    def links(self, kind, number, to_kind, to, cut):
        """cut is a (leaf, spine) that is drained, leaf None: the whole spine. Nobody goes over it who has another way."""
        if to_kind in ("old", "new"):
            if (kind, number) == ("leaf", to):
                return None
            return self.links(kind, number, "leaf", to, cut) if (to_kind == "new") == self.reloaded else []
        if kind == "leaf" and to_kind == "leaf" and number != to:
            if self.reloaded and (number, to) == (RECEIVER, 3):
                return [1]
            return [s for s in range(1, self.fabric.spines + 1) if not cut or cut not in ((None, s), (number, s), (to, s))]
        return super().links(kind, number, to_kind, to, None)

    def patience(self):
        return PATIENCE_S + self.routes / 2000

    def wait_over(self, daemons):
        """All sessions are there, everything was told, nobody has work left: of these daemons, and in all kernels."""
        wait_for(lambda: all(d.pids() and d.over(0) for d in daemons), self.patience(), "not all sessions are back")
        if self.wait_right(self.patience()) is None:
            raise Failed("tables do not become right: " + self.wrong_nodes)

    def wait_idle(self, daemon):
        """When it had no work any more."""
        def is_idle():
            before, began[0] = usage.cpu_s(daemon.pids()), time.monotonic()
            wait_for(lambda: time.monotonic() >= began[0] + IDLE_S, 2 * IDLE_S, "time does not pass")
            return usage.cpu_s(daemon.pids()) - before < IDLE_S * IDLE_SHARE

        began = [0.0]
        wait_for(is_idle, self.patience(), "%s does not come to rest" % daemon.name)
        return began[0]

    # --- packets -------------------------------------------------------------------------------------------------------------------
    def mark(self):
        super().mark()
        self.dropped_then = machine_dropped()

    def calm(self):
        """Nothing is lost before anything is done, but what the machine itself drops."""
        self.mark()
        self.pass_s(1)
        lost = self.report()["lost"]
        if lost > machine_dropped() - self.dropped_then:
            raise Failed("%d packets are lost while nothing happens" % lost)

    def pass_s(self, seconds):
        """So much time with packets in it."""
        least = self.report()["sent"] + seconds * 2 * RATE
        wait_for(lambda: self.report()["sent"] >= least, 30, "no packets are sent")

    def counted(self, results):
        """All that was lost since the mark; "dropped" is what the machine itself threw away meanwhile, whosever it was: its queues hold the packets of
        all namespaces."""
        self.pass_s(1)
        report = self.report()
        results.update({key: report[key] for key in ("sent", "lost", "worst", "flows_hit", "reordered", "duplicated", "refused", "late_us")})
        results["dropped"] = machine_dropped() - self.dropped_then
        results["wrong"] = self.verify()
        return results


def machine_dropped():
    with open("/proc/net/softnet_stat") as f:
        return sum(int(line.split()[1], 16) for line in f)


# --- events ------------------------------------------------------------------------------------------------------------------------
def restarted(rig, node, away_s=0):
    """It is started again, and all is as before."""
    if away_s:
        rig.pass_s(away_s)
    began = time.monotonic()
    node.again()
    results = {}
    wait_for(lambda: node.pids() and node.over(rig.routes), rig.patience(), "%s has not all sessions and routes back" % node.name)
    results["over_s"] = time.monotonic() - began
    if rig.routes:
        results["idle_s"] = rig.wait_idle(node) - began
    rig.wait_over(rig.fabric.daemons)
    return rig.counted(results)


def killed(rig, name):
    rig.node(name).kill()
    return restarted(rig, rig.node(name), AWAY_S)


def left(rig, name):
    rig.node(name).leave()
    return restarted(rig, rig.node(name))


def upgraded(rig, name):
    return restarted(rig, rig.node(name)) if rig.node(name).upgrade() else {"cannot": "that is SIGTERM and a start like any other"}


def drained(rig, name, link, cut):
    """Drained until nobody goes over it any more; and back."""
    results, node = {}, rig.node(name)
    rig.want(cut)
    rig.right.say("wait")
    began = time.monotonic()
    node.drain(link)
    results["told_s"] = time.monotonic() - began
    gone = rig.seen_right(rig.patience())
    if gone is None:
        raise Failed("traffic does not go: " + rig.wrong_nodes)
    results["drain_s"] = gone / 1e6 - began
    if not link:
        rig.pass_s(1)
        node.leave()
        rig.pass_s(1)
        node.again()
        rig.wait_over(rig.fabric.daemons)
    rig.pass_s(1)
    rig.want()
    node.undrain()
    rig.wait_over(rig.fabric.daemons)
    return rig.counted(results)


def reloaded(rig, name, changes):
    """To another configuration, and back."""
    for changed in (changes, ""):
        rig.reloaded = changed == "routes"
        rig.want()
        rig.node(name).reload(changed)
        rig.wait_over(rig.fabric.daemons)
        rig.pass_s(1)
    return rig.counted({})


SPINE, LEAF = "spine01", "leaf%02d" % RECEIVER

# name: (event, its arguments, with how many routes (None: --events-routes), leaves)
EVENTS = {
    "kill-spine": (killed, (SPINE,), 0, 4),
    "kill-leaf": (killed, (LEAF,), 0, 4),
    "term-spine": (left, (SPINE,), 0, 4),
    "term-leaf": (left, (LEAF,), 0, 4),
    "upgrade-spine": (upgraded, (SPINE,), 0, 4),
    "upgrade-leaf": (upgraded, (LEAF,), 0, 4),
    "drain-spine": (drained, (SPINE, "", (None, 1)), 0, 4),
    "drain-uplink": (drained, (LEAF, "swp1", (RECEIVER, 1)), 0, 4),
    "reload-routes": (reloaded, (LEAF, "routes"), 0, 4),
    "reload-keepalive": (reloaded, (LEAF, "keepalive"), 0, 4),
    "reload-hold": (reloaded, (LEAF, "hold"), 0, 4),
    # Not the leaf with the peer that announces them.
    "million": (killed, ("leaf%02d" % SENDER,), None, 2),
}


class Stage:
    """The fabric of a daemon, made when it is needed: the first event after one that went wrong has a new one."""

    def __init__(self, daemon_class):
        self.daemon_class, self.rig, self.made_for = daemon_class, None, None

    def run(self, options, event):
        function, arguments, routes, leaves = EVENTS[event]
        routes = options.events_routes if routes is None else routes
        if self.made_for != (routes, leaves):
            self.close()
        try:
            if not self.rig:
                self.rig, self.made_for = Rig(self.daemon_class, options, routes, leaves), (routes, leaves)
            self.rig.mark()
            return function(self.rig, *arguments)
        except BaseException:
            self.close()
            raise

    def close(self):
        if self.rig:
            self.rig.close()
        self.rig = None


def jobs(options):
    for daemon_class in operated.ALL:
        if options.only and daemon_class.name.lower() not in options.daemons:
            continue
        stage = Stage(daemon_class)
        try:
            for event in (options.events or ",".join(EVENTS)).split(","):
                why = daemon_class.missing()
                yield "events " + event, daemon_class.name, (lambda _, why=why: {"cannot": why}) if why else functools.partial(stage.run, event=event)
        finally:
            stage.close()
