"""Where everything stands in the picture: tiers are rows, pods stand together, a row that is too long wraps. Coordinates, no ink."""
from . import tiers
from .words import natural

WIDTH = 1280
LEFT = 78                                       # the names of the rows stand here
RIGHT = 8
TOP = 14
INSIDE = WIDTH - LEFT - RIGHT
MOST_IN_ROW = 100
BETWEEN_PODS = 14
LETTER = 0.62                                   # how wide one is, of its height


class Box:
    """Of a node. size: of the letters of its name. turned: it is written upwards, for there is no room."""

    def __init__(self, node, place, shape):
        self.node = node
        self.width, self.height, self.size, self.turned = shape
        self.x, self.y = place[0] - self.width / 2, place[1]

    @property
    def middle(self):
        return self.x + self.width / 2

    @property
    def bottom(self):
        return self.y + self.height


def shape_for(slot, longest):
    """(width, height, size of letters, turned) of boxes that have so much room each, and names of so many letters."""
    if slot >= longest * 13 * LETTER + 34 and slot >= 146:
        return max(132, longest * 13 * LETTER + 20), 60, 13, False
    size = min((slot - 12) / longest / LETTER, 13)
    if size >= 9.5:
        return min(slot - 4, longest * size * LETTER + 14, 132), 42, size, False
    size = max(min(slot - 3.5, 11), 5.5)
    return max(min(slot - 2, 24), 5), min(longest, 24) * size * LETTER + 12, size, True


class Layout:
    def __init__(self, model):
        self.model = model
        self.boxes = {}
        self.rows = []                       # (name, y of its middle)
        self.height = TOP
        self.pods = {n: n.pod for n in model.nodes if n.pod is not None and n.tier != tiers.SUPER}
        self.order = sorted(set(self.pods.values()), key=natural)
        rows = rows_of(model)
        for i, (name, nodes) in enumerate(rows):
            if i:
                self.height += self.gap(rows[i - 1][1], nodes)
            self.row(name, nodes)
        self.height += TOP
        self.ends = ends_of(model, self.boxes)

    def gap(self, upper, lower):
        """Between two rows: the more cables, the more room."""
        some = set(lower)
        count = sum(len(some.intersection(c.nodes())) > 0 for n in upper for c in self.model.cables_of(n))
        return 110 + min(count, 900) * 0.2

    def row(self, name, nodes):
        nodes = sorted(nodes, key=lambda n: (n not in self.pods, natural(self.pods.get(n, "")), natural(n.name)))
        lines = self.wrapped(nodes)
        middles = [self.places(some) for some in lines]
        slot = min([b - a for some in middles for a, b in zip(some, some[1:])] + [INSIDE])
        shape = shape_for(slot, max(len(n.name) for n in nodes))
        top = self.height
        for i, (some, across) in enumerate(zip(lines, middles)):
            self.height += 9 if i else 0
            for node, x in zip(some, across):
                self.boxes[node] = Box(node, (x, self.height), shape)
            self.height += shape[1]
        self.rows.append((name, (top + self.height) / 2))

    def wrapped(self, nodes):
        """The lines of a row. A pod keeps to its part of the width."""
        columns = [nodes]
        if self.in_pods(nodes):
            columns = [[n for n in nodes if self.pods[n] == pod] for pod in self.order]
        most = max(MOST_IN_ROW // len(columns), 1)
        count = max(-(-len(column) // most) for column in columns)
        lines = [[] for _ in range(count)]
        for column in columns:
            per_line = -(-len(column) // count)
            for i, line in enumerate(lines):
                line += column[i * per_line:(i + 1) * per_line]
        return [line for line in lines if line]

    def in_pods(self, nodes):
        return bool(self.order) and all(n in self.pods for n in nodes)

    def places(self, nodes):
        """The middles of nodes of a line, from left to right; those of a pod in the part of the width that the pod has."""
        if not self.in_pods(nodes):
            return [LEFT + INSIDE * (i + 0.5) / len(nodes) for i in range(len(nodes))]
        part = INSIDE / len(self.order)
        found = []
        for k, pod in enumerate(self.order):
            count = sum(self.pods[n] == pod for n in nodes)
            room = part - min(BETWEEN_PODS, part / 5)
            found += [LEFT + part * k + (part - room) / 2 + room * (i + 0.5) / count for i in range(count)]
        return found


def rows_of(model):
    """[(name, nodes)] from the top. Who is not in the inventory stands above when only spines know him, else at the bottom."""
    above = [f for f in model.foreign if f.above]
    rows = [("outside", above)] if above else []
    for tier in sorted(tiers.NAMES, reverse=True):
        nodes = [n for n in model.nodes if n.tier == tier]
        if nodes:
            rows.append((tiers.MANY[tier] if len(nodes) > 1 else tiers.NAMES[tier], nodes))
    below = [f for f in model.foreign if not f.above]
    return rows + ([("outside", below)] if below else [])


def ends_of(model, boxes):
    """{cable: [(x, y), (x, y)]}: along the edge of a box its cables stand in the order of their other ends, so that they do not cross there."""
    at = {}
    for cable in model.cables:
        a, b = (boxes[n] for n in cable.nodes())
        for i, (here, there) in enumerate(((a, b), (b, a))):
            at.setdefault((here, side(here, there)), []).append((there.middle, str(cable), cable, i))
    ends = {}
    for (box, edge), some in at.items():
        some.sort(key=lambda one: one[:2])
        for k, (_, _, cable, i) in enumerate(some):
            ends.setdefault(cable, [None, None])[i] = (box.x + box.width * (k + 1) / (len(some) + 1), box.y if edge == "top" else box.bottom)
    return ends


def side(here, there):
    """Cables leave upwards or downwards; between two of a row they go below it."""
    return "top" if there.bottom <= here.y else "bottom"
