"""Which row of the picture a node stands in: what the inventory says, else what the names say, else what the cables say."""
import re

HOST, LEAF, SPINE, SUPER = range(4)
NAMES = {HOST: "host", LEAF: "leaf", SPINE: "spine", SUPER: "super-spine"}
MANY = {HOST: "hosts", LEAF: "leaves", SPINE: "spines", SUPER: "super-spines"}
ROLES = {"host": HOST, "leaf": LEAF, "spine": SPINE, "super_spine": SUPER, "super-spine": SUPER, "superspine": SUPER}
WORDS = ((SUPER, r"super.?spine|core"), (SPINE, r"spine"), (LEAF, r"leaf|leaves|tor(?![a-z])"), (HOST, r"host|server"))


def by_words(texts):
    for text in texts:
        for tier, words in WORDS:
            if re.search(rf"(?<![a-z])(?:{words})", str(text).lower()):
                return tier
    return None


def place(nodes, cables):
    for node in nodes:
        node.tier = ROLES.get(str(node.inventory.get("role")).lower())
        if node.tier is None:
            node.tier = by_words(list(node.inventory.get("groups", [])) + [node.name, node.hostname])
    if any(n.tier is None for n in nodes):
        by_cables(nodes, cables)
    for cable in cables:
        for end, other in (cable.nodes(), cable.nodes()[::-1]):
            if end.state == "foreign":
                end.above = end.above and other.tier is not None and other.tier >= SPINE


def distances(start, near):
    found, queue = {start: 0}, [start]
    for node in queue:
        for other in near.get(node, ()):
            if other not in found:
                found[other] = found[node] + 1
                queue.append(other)
    return found


def near_of(nodes, cables):
    near = {node: set() for node in nodes}
    for cable in cables:
        a, b = cable.nodes()
        if a in near and b in near and a is not b:
            near[a].add(b)
            near[b].add(a)
    return near


def by_cables(nodes, cables):
    """A Clos is bipartite. Of its two halves the upper one has those that share an AS (RFC 7938), else the fewer ones. In the lower half those that share
    an AS among them are super-spines: what is left of it are leaves."""
    near = near_of(nodes, cables)
    seen = set()
    for start in sorted(nodes, key=lambda n: -len(near[n])):
        if start in seen:
            continue
        steps = distances(start, near)
        seen |= set(steps)
        even = [n for n, d in steps.items() if d % 2 == 0]
        odd = [n for n, d in steps.items() if d % 2]
        fixed = [(n, n.tier) for n in steps if n.tier is not None]
        if fixed:
            spines = even if any((t == SPINE) == (steps[n] % 2 == 0) for n, t in fixed) else odd
        else:
            spines = max((even, odd), key=lambda half: (shared(half) > 1, -len(half)))
            if shared(even) > 1 and shared(odd) > 1:
                spines = even if leaves_in(odd) else odd
        for node in steps:
            if node.tier is None:
                node.tier = SPINE if node in spines and len(steps) > 1 else LEAF
        lower = [n for n in steps if n.tier == LEAF]
        if leaves_in(lower):
            for node in lower:
                if sum(n.asn == node.asn for n in lower) > 1:
                    node.tier = SUPER


def find_pods(model):
    """node.pod of leaves, spines and hosts: as the inventory says, else what hangs together below the super-spines. None when there is one only."""
    below = [n for n in model.nodes if n.tier is not None and n.tier < SUPER]
    if not any(n.pod is not None for n in below) and any(n.tier == SUPER for n in model.nodes):
        near = near_of(below, [c for c in model.cables if not c.expected and not any(p.is_miscabled for p in c.ports())])
        number = 0
        for node in below:
            together = distances(node, near) if node.pod is None else ()
            if len(together) > 1:
                number += 1
                for other in together:
                    other.pod = number
    if len({n.pod for n in below if n.pod is not None}) < 2:
        for node in below:
            node.pod = None


def shared(half):
    """The most nodes of a half that have one AS."""
    numbers = [n.asn for n in half if n.asn]
    return max((numbers.count(a) for a in numbers), default=0)


def leaves_in(half):
    """Nodes with an AS of their own, beside some that share one."""
    numbers = [n.asn for n in half if n.asn]
    return shared(half) > 1 and any(numbers.count(a) == 1 for a in numbers)
