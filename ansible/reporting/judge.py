"""What is wrong, worst first: each a sentence with names, said once, however many nodes suffer from it."""
from . import cables, states, tiers
from .words import duration, listed, most_common, plural, ranges, same_host

SEVERITIES = ("error", "warning", "note")
JSON_VERSION = 1                                # of weft --json
# What a node's doctor says of a cable that is told as a cable.
OF_CABLES = {"cabling", "no-carrier", "port-down", "nobody-heard", "refused", "filtered", "closed", "no-session", "same-asn", "open-rejected", "password",
             "hold-timer", "bfd", "damped", "no-extended-next-hop", "stale-routes"}
OF_DRAIN = {"drained"}
# What a doctor finds out of what all nodes' answers tell more exactly.
OF_TWICE = {"duplicate-router-id": "same-router-id", "router-id-elsewhere": "same-router-id", "duplicate-hostname": "same-hostname"}
STATE_WORDS = {"no-daemon": "weftd does not run", "unreachable": "it cannot be reached", "no-weft": "weft is not installed, or cannot be asked",
               "unreadable": "its answer cannot be read", "no-answer": "it has not answered"}


VERBS = {"miscabled": ("is elsewhere", "are elsewhere"), "down": ("is down", "are down"), "session": ("has no session", "have no session"),
         "missing": ("is not there", "are not there"), "off": ("is down", "are switched off"), "impaired": ("is up, but", "are up, but")}
AT_ONCE = 4                                     # broken cables of a node that are told as one problem


class Problem:
    def __init__(self, severity, kind, what, nodes=(), cables=(), do=""):
        self.severity = severity
        self.kind = kind
        self.what = what
        self.nodes = list(nodes)
        self.cables = list(cables)
        self.do = do
        self.said = []                       # (node's name, sentence): of its doctor


class Judge:
    def __init__(self, model):
        self.model = model
        self.problems = []
        self.told = set()                    # ids of findings of doctors that are part of a problem

    def add(self, *args, **kwargs):
        self.problems.append(Problem(*args, **kwargs))
        return self.problems[-1]

    def all(self):
        self.silent_nodes()
        self.broken_cables()
        self.patterns()
        self.twice()
        self.drift()
        self.doctors()
        self.narrow()
        self.tables()
        self.versions()
        self.drained()
        self.foreign()
        self.problems.sort(key=lambda p: SEVERITIES.index(p.severity))
        for i, problem in enumerate(self.problems, 1):
            problem.number = i
            for cable in problem.cables:
                cable.number = cable.number or i
        return self.problems

    def silent_nodes(self):
        for node in self.model.nodes:
            if node.is_up or node.state == "not-asked":
                continue
            around = self.model.cables_of(node)
            alive = [c for c in around if c.sessions and any(states.is_established(s) for s in c.sessions.values())]
            lost = [c for c in around if c.state == "silent"]
            what = f"{node.name}: {STATE_WORDS[node.state]}"
            if alive:
                others = ranges(other_end(c, node).name for c in alive)
                what += f"; {plural(len(alive), 'neighbor')} ({others}) {'has' if len(alive) == 1 else 'have'} a session with it: it routes"
            if lost:
                what += f"; {plural(len(lost), 'cable')} of it {'is' if len(lost) == 1 else 'are'} without a session"
            problem = self.add("error" if not alive else "warning", node.state, what, [node], lost, do=remedy(node))
            if node.error and node.state != "no-daemon":
                problem.said.append((node.name, node.error))
            for cable in lost:
                self.take(problem, cable)
            for finding in node.findings:
                if finding["severity"] == "error":
                    problem.said.append((node.name, finding["what"]))
                self.told.add(id(finding))

    def broken_cables(self):
        for state in states.ORDER:
            left = [c for c in self.model.cables if c.state == state and state in VERBS]
            while left:
                node, some = most_hit(left)
                if state == "miscabled" or len(some) < AT_ONCE:
                    break
                self.many_cables(node, state, some)
                left = [c for c in left if c not in some]
            for cable in left:
                self.one_cable(cable)

    def many_cables(self, node, state, some):
        """Of one node, at once: that has one reason more often than many."""
        whys = {"; ".join(c.why) for c in some}
        ports = ranges(port or "?" for c in some for n, port in c.ends if n is node)
        what = f"{node.name}: {len(some)} of its {plural(len(self.model.cables_of(node)), 'cable')} {VERBS[state][1]} ({ports})"
        problem = self.add(states.STATES[state][1], state, f"{what}: {whys.pop()}" if len(whys) == 1 else what, [node], some, do="what have they in common: the node, a line card, a bundle of fibres?")
        problem.said += [("", f"{states.cable_text(c)}: {'; '.join(c.why)}") for c in some]
        for cable in some:
            self.take(problem, cable)

    def one_cable(self, cable):
        what, more = f"{states.cable_text(cable)} {VERBS[cable.state][0]}: {'; '.join(cable.why)}", []
        if cable.state == "miscabled":
            what, more = cable.why[0], cable.why[1:]
        if cable.source == "past":
            more = [f"that these two ports are one cable is what was heard at the time of the earlier report, {self.model.before.time}"]
        if cable.source == "pattern":
            more = ["that these two ports are one cable is a guess: they are left over, and others of their kind have one"]
        problem = self.add(states.STATES[cable.state][1], cable.state, what, cable.nodes(), [cable], do=cable_remedy(cable))
        problem.said += [("", text) for text in more]
        self.take(problem, cable)

    def take(self, problem, cable):
        """What the doctors at both ends say of it belongs to it."""
        for port in cable.ports():
            for finding in port.node.findings:
                if finding["link"] == port.name and finding["check"] in OF_CABLES:
                    self.told.add(id(finding))
                    known = [problem.what] + [text for _, text in problem.said]
                    if finding["severity"] != "note" and not any(finding["what"] in text for text in known):
                        problem.said.append((port.node.name, finding["what"]))
                    problem.do = problem.do or finding["do"]

    def patterns(self):
        by_upper = {}
        for node, upper in self.model.missing:
            by_upper.setdefault(upper, []).append(node)
        for upper, nodes in by_upper.items():
            nodes = [n for n in nodes if n.is_up]
            if nodes:
                self.add("warning", "lacks", f"{ranges(n.name for n in nodes)} {have(nodes)} no cable to {upper.name}, as most others of their kind have",
                         nodes, do="is it missing, or at another port? the ports without a carrier are candidates")
        for node, port, far, usual in cables.unusual(self.model.nodes, [c for c in self.model.cables if states.is_planned(c) is None and c.source == "heard"]):
            self.add("note", "unusual", f"{node.name} {port} goes to {far}, on the other {tiers.MANY[node.tier]} it goes to {usual}; no plan says which is right", [node])

    def twice(self):
        self.same("router_id", "router-id", lambda nodes: True, "error")
        self.same("asn", "AS", lambda nodes: any(n.tier in (tiers.LEAF, tiers.HOST) for n in nodes), "error")
        self.same("hostname", "hostname", lambda nodes: True, "warning")

    def same(self, key, name, matters, severity):
        found = {}
        for node in self.model.nodes:
            if getattr(node, key):
                found.setdefault(str(getattr(node, key)).lower(), []).append(node)
        for value, nodes in found.items():
            if len(nodes) > 1 and matters(nodes):
                effect = {"asn": ": neither hears what the other announces", "router_id": ": both announce it"}.get(key, "")
                self.add(severity, f"same-{name}", f"{ranges(n.name for n in nodes)} have the same {name} {getattr(nodes[0], key)}{effect}", nodes,
                         do="each node has its own")

    def drift(self):
        for node in self.model.nodes:
            if node.is_up and not node.inventory.get("hostname") and not same_host(node.hostname, node.name):
                self.add("note", "hostname", f"{node.name} calls itself {node.hostname}", [node])
            hold = node.summary["start_hold"]
            if hold:
                self.add("note", "starting", f"{node.name} has just started and announces nothing yet, for {duration(hold['seconds_left'])} at most", [node])
            for key, name in (("asn", "AS"), ("router_id", "router-id")):
                runs, planned = node.summary[key], node.inventory.get(key)
                if node.is_up and planned and str(runs) != str(planned):
                    self.add("warning", "drift", f"{node.name} runs with {name} {runs}, the inventory says {planned}", [node], do="deploy, or correct the inventory")

    def doctors(self):
        """What many nodes say in the same words is one problem."""
        found = {}
        twice = {p.kind: p for p in self.problems if p.kind in OF_TWICE.values()}
        for node in self.model.nodes:
            if node.is_up and not node.asked_doctor:
                self.add("warning", "no-doctor", f"{node.name}: weft doctor has not answered", [node], do="on the node: weft doctor")
            for finding in node.findings:
                if id(finding) in self.told or finding["check"] in OF_DRAIN or finding["check"] == "port-down":
                    continue
                if OF_TWICE.get(finding["check"]) in twice:
                    twice[OF_TWICE[finding["check"]]].said.append((node.name, finding["what"]))
                    continue
                severity = finding["severity"] if finding["severity"] in SEVERITIES else "warning"
                key = (severity, finding["check"], finding["what"])
                found.setdefault(key, (finding, []))[1].append(node)
        for (severity, check, what), (finding, nodes) in found.items():
            self.add(severity, check, f"{ranges(n.name for n in nodes)}: {what}", nodes, do=finding["do"])

    def narrow(self):
        unexplained, explained = [], []
        usual = {t: most_common(n.width for n in self.model.nodes if n.tier == t and n.is_up) or 0 for t in tiers.NAMES}
        for node in self.model.nodes:
            node.full = full_width(node, self.model, usual.get(node.tier, 0))
            if node.is_up and node.width < node.full and node.told_groups:
                usable = sum(states.is_usable(c) for c in self.model.uplinks(node))
                node.explained = node.width >= min(usable, node.full)
                (explained if node.explained else unexplained).append(node)
        for nodes, severity, end in ((unexplained, "warning", ", though more links are usable"), (explained, "note", ", by what is told above")):
            by_width = {}
            for node in nodes:
                by_width.setdefault((node.width, node.full), []).append(node)
            for (width, full), some in by_width.items():
                self.add(severity, "narrow", f"{ranges(n.name for n in some)} {have(some)} {width} of {full} next hops in {its(some)} widest routes{end}", some)

    def tables(self):
        """Nodes of a tier know as many prefixes as each other."""
        for tier in tiers.NAMES:
            nodes = [n for n in self.model.nodes if n.tier == tier and n.is_up]
            usual = most_common(n.summary["prefixes"] for n in nodes)
            odd = [n for n in nodes if n.summary["prefixes"] != usual]
            if len(nodes) < 3 or len(odd) * 2 >= len(nodes):
                continue
            for node in odd:
                what = f"{node.name} knows {plural(node.summary['prefixes'], 'prefix', 'prefixes')}, most {tiers.MANY[tier]} know {usual}"
                if node.width < node.full:
                    self.add("note", "table", what + ", by what is told above", [node])
                else:
                    self.add("warning", "table", what, [node], do="weft show routes, and weft explain of one that is missing")

    def versions(self):
        nodes = [n for n in self.model.nodes if n.version]
        usual = most_common(n.version for n in nodes)
        by_version = {}
        for node in nodes:
            node.odd_version = node.version != usual
            if node.odd_version:
                by_version.setdefault(node.version, []).append(node)
            if node.summary["json_version"] not in (0, JSON_VERSION):
                what = f"{node.name} answers in version {node.summary['json_version']} of the JSON, this report knows {JSON_VERSION}: it may be wrong about it"
                self.add("warning", "json", what, [node], do="use the report of that version")
            if node.program and node.program != node.version:
                self.add("warning", "old-daemon", f"{node.name} runs weftd {node.version}, installed is {node.program}", [node], do="restart weftd there")
        for version, some in sorted(by_version.items()):
            self.add("note", "version", f"{ranges(n.name for n in some)} {'runs' if len(some) == 1 else 'run'} version {version}, most nodes {usual}", some)

    def drained(self):
        for node in self.model.nodes:
            drain = node.summary["drain"]
            since = f" since {duration(drain['drained_seconds'])}" if drain.get("drained_seconds") else ""
            if node.drained:
                gone = {True: ", no traffic is left", False: ", and there still is traffic"}.get(drain.get("traffic_gone"), "")
                self.add("note", "drained", f"{node.name} is drained{since}{gone}", [node], do="weft undrain, when the work is done")
            links = node.summary["drained_links"]
            if links and not node.drained:
                some = [c for c in self.model.cables_of(node) for i in (0, 1) if c.ends[i][0] is node and c.ends[i][1] in links]
                self.add("note", "drained", f"{node.name}: {listed(links)} {'is' if len(links) == 1 else 'are'} drained", [node], some, do="weft undrain LINK, when the work is done")

    def foreign(self):
        for other in self.model.foreign:
            ends = ranges(states.end_text(end) for c in self.model.cables_of(other) for end in c.ends if end[0] is not other)
            as_number = f", AS {other.asn}" if other.asn else ""
            self.add("note", "foreign", f"{other.name}{as_number} at {ends} is not in the inventory", [other])


def most_hit(cables):
    """(node, its cables of these): of the node that has most of them."""
    count = {}
    for cable in cables:
        for node in set(cable.nodes()):
            count.setdefault(node, []).append(cable)
    node = max(count, key=lambda n: len(count[n]))
    return node, count[node]


def other_end(cable, node):
    return next(n for n in cable.nodes() if n is not node)


def have(nodes):
    return "has" if len(nodes) == 1 else "have"


def its(nodes):
    return "its" if len(nodes) == 1 else "their"


def remedy(node):
    return {"no-daemon": "on the node: systemctl status weftd; journalctl -u weftd", "unreachable": "is the node up? is its management network?",
            "no-weft": "deploy it", "no-answer": "can it be reached, and does weftd run?", "unreadable": "on the node: weft --json show summary"}[node.state]


def cable_remedy(cable):
    if cable.state == "down":
        return "look at the cable and at the modules at both ends"
    if cable.state == "off":
        off = [p for p in cable.ports() if p.state == "down"]
        return "; ".join(f"on {p.node.name}: ip link set {p.name} up, if it is to be used" for p in off)
    if cable.state == "miscabled":
        return "move the cable, or correct the plan"
    if cable.state == "missing":
        return "look where the cables of these two ports go"
    return ""


def full_width(node, model, usual):
    """How many next hops the widest routes of a node could have: one per uplink, whatever state it is in, or what most others of its tier have."""
    if node.tier is None:
        return node.width
    return max(len(model.uplinks(node)), usual, 1 if node.width else 0)
