"""A collection -> the fabric: nodes, cables, problems. Pure: the same collection always makes the same model."""
import datetime

from . import cables, changes, states, tiers
from .judge import Judge, SEVERITIES
from .nodes import Node
from .words import harmless, natural


def when(made):
    if isinstance(made, (int, float)):
        made = datetime.datetime.fromtimestamp(made, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(made).replace("T", " ").replace("Z", " UTC")


class Model:
    def __init__(self, collection, before=None):
        """before: an earlier collection of the same fabric."""
        self.before = Model(before) if before else None
        self.time = when(collection.get("made", ""))
        self.title = str(collection.get("title") or "")
        self.nodes = [Node(raw) for raw in collection["nodes"]]
        self.asked = sum(n.state != "not-asked" for n in self.nodes)
        finder = cables.Finder(self.nodes)
        self.cables = cables.heard(self.nodes, finder)
        cables.apply_plan(self.cables, cables.wanted(self.nodes, collection.get("plan", []), finder))
        if self.before:
            changes.remember(self.nodes, self.cables, self.before)
        tiers.place(self.nodes, self.cables)
        tiers.find_pods(self)
        self.missing = cables.presume(self.nodes, self.cables)
        self.nodes.sort(key=lambda n: (-(n.tier if n.tier is not None else -1), natural(n.name)))
        self.foreign = sorted((f for f in finder.foreign.values() if any(f in c.nodes() for c in self.cables)), key=lambda f: natural(f.name))
        self.at = {}
        for cable in self.cables:
            self.turn(cable)
            for node in set(cable.nodes()):
                self.at.setdefault(node, []).append(cable)
        for cable in self.cables:
            states.judge(cable, self)
        self.cables.sort(key=lambda c: [natural(states.end_text(end)) for end in c.ends])
        self.problems = Judge(self).all()
        self.changes = changes.changes(self.before, self) if self.before else []

    def turn(self, cable):
        """The lower end first: leaf01 swp1 – spine01 swp1."""
        def rank(node):
            return (node.tier if node.tier is not None else 9, natural(node.name))
        if rank(cable.ends[0][0]) > rank(cable.ends[1][0]):
            cable.ends.reverse()
            cable.sessions = {1 - i: s for i, s in cable.sessions.items()}
            cable.expected = {1 - i: e for i, e in cable.expected.items()}

    def uplinks(self, node):
        return [c for c in self.cables_of(node) for a, b in (c.nodes(), c.nodes()[::-1]) if a is node and cables.above(b, a)]

    def cables_of(self, node):
        return self.at.get(node, [])

    def count(self, severity):
        return sum(p.severity == severity for p in self.problems)

    def counts(self):
        return {severity: self.count(severity) for severity in SEVERITIES}

    def sentences(self):
        return [harmless(f"{p.severity}: {p.what}").replace("\n", " ") for p in self.problems]
