"""The picture: inline SVG. Colour is never the only sign: every state has a stroke of its own, and a number that leads to its sentence."""
from html import escape

from . import states
from .layout import LETTER, WIDTH, Layout
from .words import plural

TITLED = 600                                 # healthy cables: from here on they have no words of their own
# Healthy cables, and how thin and how faint they are.
STROKES = ((40, 1.6, 1), (150, 1.2, .8), (500, .9, .6), (1000, .7, .45), (3000, .5, .35), (1 << 30, .35, .3))


def number(value):
    return f"{value:.1f}".rstrip("0").rstrip(".")


class Picture:
    def __init__(self, model):
        self.model = model
        self.layout = Layout(model)
        self.index = {node: i for i, node in enumerate(list(model.nodes) + list(model.foreign))}
        self.ghostly = set()                 # what the plan has is drawn once, from whichever end
        self.taken = []                      # where numbers are already

    def svg(self):
        layout = self.layout
        below = max((self.sag(c) for c in self.model.cables), default=0)
        _, width, faint = next(s for s in STROKES if len(self.model.cables) <= s[0])
        parts = [f'<svg class="fabric" style="--width:{width};--faint:{faint}" viewBox="0 0 {WIDTH} {number(layout.height + below)}" role="img" aria-labelledby="pt pd">',
                 f'<title id="pt">The fabric</title><desc id="pd">{escape(self.described())}</desc>']
        parts += [f'<text class="row" x="0" y="{number(y + 4)}">{escape(name)}</text>' for name, y in layout.rows]
        parts += self.cables()
        parts += [self.node(node, box) for node, box in layout.boxes.items()]
        parts += self.numbers()
        return "\n".join(p for p in parts if p) + "</svg>"

    def described(self):
        found = {}
        for cable in self.model.cables:
            found[cable.state] = found.get(cable.state, 0) + 1
        return f"{plural(len(self.model.nodes), 'node')}; cables: " + ", ".join(f"{n} {states.STATES[s][0]}" for s, n in found.items())

    # --- cables ----------------------------------------------------------------------------------------------------------------
    def sag(self, cable):
        """Between two nodes of a row a cable hangs below it."""
        a, b = (self.layout.boxes[n] for n in cable.nodes())
        return 0 if a.bottom <= b.y or b.bottom <= a.y else 46

    def line(self, one, other, sag=0):
        (x1, y1), (x2, y2) = one, other
        if sag:
            return f"M{number(x1)} {number(y1)}Q{number((x1 + x2) / 2)} {number(max(y1, y2) + 2 * sag)} {number(x2)} {number(y2)}"
        return f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}"

    def cables(self):
        ordered = sorted(self.model.cables, key=lambda c: -states.ORDER.index(c.state))
        parts = []
        for cable in ordered:
            ends = self.layout.ends[cable]
            a, b = (self.index[n] for n in cable.nodes())
            path = self.line(ends[0], ends[1], self.sag(cable))
            title = "" if cable.state == "up" and len(ordered) > TITLED else f"<title>{escape(title_of(cable))}</title>"
            if cable.state not in ("up", "drained", "silent"):
                parts.append(f'<path class="halo" d="{path}"/>')
            parts.append(f'<path class="c {cable.state}" data-n="{a} {b}" d="{path}">{title}</path>')
            parts += self.ghosts(cable, ends)
        return parts

    def ghosts(self, cable, ends):
        """Where the plan has the cable."""
        parts = []
        for i, (node, port) in cable.expected.items():
            box = self.layout.boxes.get(node)
            pair = frozenset((cable.ends[i], (node, port)))
            if box and pair not in self.ghostly:
                self.ghostly.add(pair)
                to = (box.middle, box.bottom if ends[i][1] > box.y else box.y)
                text = f"the plan has {states.end_text(cable.ends[i])} at {states.end_text((node, port))}"
                parts.append(f'<path class="c ghost" d="{self.line(ends[i], to)}"><title>{escape(text)}</title></path>')
        return parts

    # --- nodes -----------------------------------------------------------------------------------------------------------------
    def node(self, node, box):
        kind = ["n", node.state] + (["drained"] if node.drained else []) + (["turned"] if box.turned else [])
        x, y, w, h = (number(v) for v in (box.x, box.y, box.width, box.height))
        parts = [f'<g class="{" ".join(kind)}" data-i="{self.index[node]}"><title>{escape(node_title(node))}</title>',
                 f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{3 if box.turned else 6}"/>']
        if box.turned:
            at = f"translate({number(box.middle + box.size * 0.36)} {number(box.bottom - 5)}) rotate(-90)"
            name = node.name if len(node.name) <= 24 else node.name[:11] + "…" + node.name[-12:]
            parts.append(f'<text class="name" transform="{at}" style="font-size:{number(box.size)}px">{escape(name)}</text>')
        else:
            wide = box.height > 50
            lines = [short(node.name, int((box.width - 4) / box.size / LETTER))] + node_lines(node, wide)
            for i, text in enumerate(lines):
                size = box.size if i == 0 else 11.5 if wide else min(10.5, (box.width - 4) / max(len(text), 1) / 0.56)
                y = box.y + (20 if wide else 18) + i * 15
                parts.append(f'<text class="{"fact" if i else "name"}" x="{number(box.middle)}" y="{number(y)}" style="font-size:{number(size)}px">{escape(text)}</text>')
        return "".join(parts) + "</g>"

    # --- numbers of problems ------------------------------------------------------------------------------------------------------
    def numbers(self):
        parts = []
        for problem in self.model.problems:
            if problem.severity == "note" and problem.kind not in ("drained",):
                continue
            spots = [self.spot(c) for c in problem.cables] if problem.kind in states.STATES and len(problem.cables) == 1 else []
            spots += [self.corner(self.layout.boxes[n]) for n in problem.nodes if n in self.layout.boxes] if not spots and len(problem.nodes) <= 6 else []
            parts += [self.mark(problem, *spot) for spot in spots]
        return parts

    def spot(self, cable):
        """On the cable, where no other number is."""
        (x1, y1), (x2, y2) = self.layout.ends[cable]
        best = None
        for part in (0.5, 0.4, 0.6, 0.3, 0.7, 0.45, 0.55, 0.35, 0.65, 0.25, 0.75, 0.2, 0.8):
            spot = (x1 + (x2 - x1) * part, y1 + (y2 - y1) * part + self.sag(cable) * (1 - abs(2 * part - 1)))
            room = min((abs(spot[0] - x) + abs(spot[1] - y) for x, y in self.taken), default=99)
            if best is None or room > best[0]:
                best = (room, spot)
            if room >= 24:
                break
        self.taken.append(best[1])
        return best[1]

    def corner(self, box):
        spot = (box.middle, box.bottom + 2) if box.turned else (box.x + box.width - 2, box.y)
        while any(abs(spot[0] - x) + abs(spot[1] - y) < 16 for x, y in self.taken):
            spot = (spot[0], spot[1] + 18) if box.turned else (spot[0] - 20, spot[1])
        self.taken.append(spot)
        return spot

    def mark(self, problem, x, y):
        shape = f'<circle cx="{number(x)}" cy="{number(y)}" r="9"/>'
        if problem.severity == "warning":
            shape = f'<path d="M{number(x)} {number(y - 11)}l11 11l-11 11l-11 -11z"/>'
        elif problem.severity == "note":
            shape = f'<rect x="{number(x - 9)}" y="{number(y - 8)}" width="18" height="16" rx="2"/>'
        return (f'<a class="mark {problem.severity}" href="#p{problem.number}"><title>{escape(problem.what)}</title>{shape}'
                f'<text x="{number(x)}" y="{number(y + 3.6)}">{problem.number}</text></a>')


def short(text, most):
    return text if len(text) <= most else text[:max(most - 1, 1)] + "…"


def title_of(cable):
    planned = {True: ", as planned", False: "", None: ""}[states.is_planned(cable)]
    return f"{states.cable_text(cable)}: {states.STATES[cable.state][0]}{planned}" + "".join(f"; {w}" for w in cable.why)


def node_title(node):
    facts = [node.name, f"AS {node.asn}" if node.asn else "", f"router-id {node.router_id}" if node.router_id else ""]
    if node.is_up:
        facts += [f"version {node.version}", f"ECMP {node.width} of {node.full}", plural(node.summary["routes_installed"], "route")]
        facts += ["drained"] if node.drained else []
    else:
        facts.append(STATE_NAMES[node.state])
    return ", ".join(f for f in facts if f)


STATE_NAMES = {"no-daemon": "no daemon", "unreachable": "unreachable", "no-weft": "no weft", "unreadable": "unreadable", "no-answer": "no answer", "not-asked": "not asked", "foreign": "not in the inventory", "up": "up"}


def node_lines(node, wide):
    """What stands below the name."""
    if not node.is_up:
        return ([f"AS {node.asn}"] if wide and node.asn else []) + [STATE_NAMES[node.state]]
    last = "DRAINED" if node.drained else f"ECMP {node.width}/{node.full}" if node.full > 1 else ""
    routes = plural(node.summary["routes_installed"], "route")
    if not wide:
        return [last or routes]
    odd = f"v{node.version}" if node.odd_version else f"AS {node.asn}"
    return [odd, f"{last}, {routes}" if last else routes]
