"""Where everything stands in the picture: tiers are rows, pods stand together, a row that is too long wraps. Coordinates, no ink."""
from . import tiers
from .words import natural

WIDTH = 1240
MOST_IN_ROW = 100
MARGIN = 8


class Box:
    """Of a node. turned: its name is written upwards, for there is no room."""

    def __init__(self, node, x, y, width, height, turned):
        self.node, self.x, self.y, self.width, self.height, self.turned = node, x, y, width, height, turned

    @property
    def middle(self):
        return self.x + self.width / 2


class Layout:
    def __init__(self, model):
        self.model = model
        self.boxes = {}
        self.rows = []                       # (name, y of its middle)
        self.height = MARGIN
        self.pods = pods_of(model)
        rows = rows_of(model)
        for i, (name, nodes) in enumerate(rows):
            self.row(name, nodes, last=i == len(rows) - 1)
        self.height += MARGIN
        self.ends = ends_of(model, self.boxes)

    def row(self, name, nodes, last):
        nodes = sorted(nodes, key=lambda n: (pod_key(self.pods.get(n)), natural(n.name)))
        longest = max(len(n.name) for n in nodes)
        lines = -(-len(nodes) // MOST_IN_ROW)
        per_line = -(-len(nodes) // lines)
        slot = (WIDTH - 2 * MARGIN) / max(per_line, 1)
        turned = slot < max(60, longest * 7.4 + 10)
        width = max(min(slot - 3, 26), 7) if turned else min(slot - 14, max(132, longest * 8 + 16))
        height = min(longest, 22) * (6.2 if slot > 12 else 5.4) + 14 if turned else 58 if width > 110 else 42
        top = self.height
        for line in range(lines):
            some = nodes[line * per_line:(line + 1) * per_line]
            for node, x in zip(some, self.places(some)):
                self.boxes[node] = Box(node, x - width / 2, self.height, width, height, turned)
            self.height += height + (10 if line < lines - 1 else 0)
        self.rows.append((name, (top + self.height) / 2, top))
        if not last:
            self.height += 130 + min(len(self.model.cables), 700) * 0.22

    def places(self, nodes):
        """The middles of nodes of a row; those of pods stand in the part of the width that their pod has."""
        inside = WIDTH - 2 * MARGIN
        order = sorted({self.pods.get(n) for n in nodes} | set(self.pods.values()), key=pod_key) if self.pods else [None]
        if not self.pods or all(self.pods.get(n) is None for n in nodes):
            return [MARGIN + inside * (i + 0.5) / len(nodes) for i in range(len(nodes))]
        part = inside / len(order)
        found = []
        for pod in order:
            some = [n for n in nodes if self.pods.get(n) == pod]
            start = MARGIN + part * order.index(pod)
            room = part - 14
            found += [start + 7 + room * (i + 0.5) / len(some) for i in range(len(some))]
        return found


def pod_key(pod):
    return (pod is None, natural(pod if pod is not None else ""))


def rows_of(model):
    rows = []
    outside = {True: [], False: []}
    for other in model.foreign:
        outside[bool(getattr(other, "above", False))].append(other)
    if outside[True]:
        rows.append(("outside", outside[True]))
    for tier in sorted(tiers.NAMES, reverse=True):
        nodes = [n for n in model.nodes if n.tier == tier]
        if nodes:
            rows.append((tiers.MANY[tier] if len(nodes) > 1 else tiers.NAMES[tier], nodes))
    if outside[False]:
        rows.append(("outside", outside[False]))
    return rows


def pods_of(model):
    """{node: pod} of leaves, spines and hosts: as the inventory says, else what hangs together below the super-spines. {} when there is one only."""
    below = [n for n in model.nodes if n.tier is not None and n.tier < tiers.SUPER]
    if any(n.pod is not None for n in below):
        pods = {n: str(n.pod) for n in below if n.pod is not None}
        return pods if len(set(pods.values())) > 1 else {}
    if not any(n.tier == tiers.SUPER for n in model.nodes):
        return {}
    sound = [c for c in model.cables if c.state != "miscabled"]
    near = tiers.near_of(below, sound)
    pods, number = {}, 0
    for node in below:
        if node not in pods:
            together = tiers.distances(node, near)
            if len(together) > 1:
                number += 1
                pods.update({n: str(number) for n in together})
    return pods if number > 1 else {}


def ends_of(model, boxes):
    """{cable: ((x, y), (x, y))}: along the edge of a box its cables stand in the order of their other ends, so that they do not cross there."""
    at = {}
    for cable in model.cables:
        a, b = (boxes.get(n) for n in cable.nodes())
        if a and b:
            for i, (here, there) in enumerate(((a, b), (b, a))):
                at.setdefault((here, side(here, there)), []).append((there.middle, id(cable), cable, i))
    ends = {}
    for (box, edge), some in at.items():
        some.sort(key=lambda one: one[:2])
        for k, (_, _, cable, i) in enumerate(some):
            x = box.x + box.width * (k + 1) / (len(some) + 1)
            ends.setdefault(cable, [None, None])[i] = (x, box.y if edge == "top" else box.y + box.height)
    return ends


def side(here, there):
    """Cables leave upwards or downwards; between two of a row they go below it."""
    return "top" if there.y + there.height <= here.y else "bottom"
