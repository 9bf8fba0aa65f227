"""Cables: both ends of each, matched by what the two say of each other; then what the plan wants, and what the pattern of the others suggests."""
from .nodes import ESTABLISHED, Foreign
from .words import most_common, same_host


class Cable:
    """ends: two (node, port's name or None). source: heard (by weft), plan (nobody hears it), past (it was heard once),
    pattern (a guess: the two ends that are left)."""

    def __init__(self, ends, source):
        self.ends = list(ends)
        self.source = source
        self.sessions = {}                   # end's index -> the session that it has
        self.expected = {}                   # end's index -> (node, port's name or None) where the plan has the other end
        self.planned = False                 # is where the plan of the whole fabric has it
        self.number = None                   # of the problem that it is in

    def port(self, i):
        node, name = self.ends[i]
        return node.ports.get(name)

    def ports(self):
        return [p for p in (self.port(0), self.port(1)) if p]

    def nodes(self):
        return [node for node, _ in self.ends]

    def index_of(self, port):
        return next(i for i in (0, 1) if self.port(i) is port)

    def __repr__(self):
        return " - ".join(f"{node.name}:{port}" for node, port in self.ends)


class Finder:
    """Nodes and ports by what others know of them."""

    def __init__(self, nodes):
        self.nodes = nodes
        self.by_address = {}
        self.foreign = {}
        for node in nodes:
            for port in node.ports.values():
                self.by_address.setdefault(port.address, []).append(port)

    def node_named(self, name):
        for call in (lambda n: n.name == name, lambda n: same_host(n.name, name), lambda n: same_host(n.hostname, name)):
            found = [n for n in self.nodes if call(n)]
            if len(found) == 1:
                return found[0]
        return None

    def far_port(self, port, address, mac, session):
        """The port at the other end. A link-local address may be that of many ports, so all that is known is asked, most exact first."""
        found = [p for p in self.by_address.get(address, []) if p.node is not port.node and (not mac or p.mac == mac)]
        session = session or {}
        for test in (lambda p: any(a == port.address for a, _, _ in p.peers()), lambda p: p.node.router_id == session.get("remote_router_id"),
                     lambda p: p.name == session.get("remote_port")):
            if len(found) > 1:
                found = [p for p in found if test(p)] or found
        return found[0] if len(found) == 1 else None

    def far_node(self, router_id, name):
        """Of a peer whose own ports are not known: by its router-id, then by its name."""
        found = [n for n in self.nodes if n.router_id and n.router_id == router_id]
        if len(found) > 1:
            found = [n for n in found if name and same_host(n.hostname, name)]
        if len(found) == 1:
            return found[0]
        node = self.node_named(name) if name else None
        return node if node and not (node.router_id and router_id) else None

    def outside(self, name, router_id=None, asn=None):
        """A name that two routers have is two routers."""
        return self.foreign.setdefault((name, router_id), Foreign(name, router_id, asn))

    def far_end(self, port, address, mac, session):
        far = self.far_port(port, address, mac, session)
        if far:
            return far.node, far.name
        session = session or {}
        router_id, name = session.get("remote_router_id", "").replace("0.0.0.0", ""), session.get("hostname")
        node = self.far_node(router_id, name) or self.outside(name or router_id or address, router_id, session.get("remote_asn"))
        return node, session.get("remote_port") or None

    def planned_end(self, text):
        host, _, port = str(text).partition(":")
        return self.node_named(host) or self.outside(host), port or None


def heard(nodes, finder):
    """A cable of everything that is heard on a port; the two ends of one are one."""
    cables = {}
    for node in nodes:
        for port in node.ports.values():
            for address, mac, session in port.peers():
                end = finder.far_end(port, address, mac, session)
                key = frozenset(((id(node), port.name), (id(end[0]), end[1] or (port.name, node.name, address))))
                cable = cables.setdefault(key, Cable([(node, port.name), end], "heard"))
                if session:
                    cable.sessions[cable.index_of(port)] = session
    return list(cables.values())


def wanted(nodes, plan, finder):
    """What the plan says: pairs of ends. Of the whole fabric (the inventory's), or of a port (its own `expect`)."""
    pairs, known = {}, set()

    def add(a, b):
        if b[1] or (a, b[0]) not in known:       # who is at the other end alone is nothing new when the port there is known
            pairs.setdefault(frozenset((a, b)), (a, b))
            known.update(((a, b[0]), (b, a[0])))

    for line in plan:
        words = str(line).split()
        if len(words) == 2:
            add(finder.planned_end(words[0]), finder.planned_end(words[1]))
    expected = [((p.node, p.name), finder.planned_end(p.expect)) for node in nodes for p in node.ports.values() if p.expect]
    for a, b in sorted(expected, key=lambda pair: pair[1][1] is None):
        add(a, b)
    return list(pairs.values())


def fits(end, plan):
    return end[0] is plan[0] and (not plan[1] or not end[1] or end[1] == plan[1])


def apply_plan(cables, pairs):
    """Each pair is a cable that is there, or says of one or two that they are elsewhere, or is a cable that nobody hears."""
    at = {}
    for cable in cables:
        for i in (0, 1):
            at.setdefault((id(cable.ends[i][0]), cable.ends[i][1]), []).append((cable, i))
    for a, b in pairs:
        here = [(cable, i, there) for end, there in ((a, b), (b, a)) for cable, i in at.get((id(end[0]), end[1]), [])]
        right = [cable for cable, i, there in here if fits(cable.ends[1 - i], there)]
        for cable in right:
            cable.planned = True
        if right:
            continue
        for cable, i, there in here:
            if cable.port(i) and told(cable.ends[1 - i], there):
                cable.expected[i] = there
        if not here:
            cables.append(Cable([a, b], "plan"))


def told(end, plan):
    """Is enough known of the end to say that it is not the one of the plan? A node that says nothing of its ports may be right."""
    return end[0] is not plan[0] or (end[1] and plan[1] and end[1] != plan[1])


def lacks(node, others, has):
    """Upper nodes that most of the others have a cable to (of at least two), and this one has not."""
    count = {}
    for other in others:
        for upper in has.get(other, ()):
            count[upper] = count.get(upper, 0) + 1
    return [u for u, n in count.items() if n >= 2 and n * 2 > len(others) and u not in has.get(node, ())]


def neighbours(cables):
    has = {}
    for cable in cables:
        a, b = cable.nodes()
        has.setdefault(a, set()).add(b)
        has.setdefault(b, set()).add(a)
    return has


def peers_of(node, nodes, has):
    """Who is to be compared with a node: those of its tier that share an upper node with it, or all, if it has none at all."""
    mine = {u for u in has.get(node, ()) if above(u, node)}
    tier = [n for n in nodes if n is not node and n.tier == node.tier]
    return [n for n in tier if mine & has.get(n, set())] if mine else tier


def above(upper, lower):
    return upper.tier is not None and lower.tier is not None and upper.tier == lower.tier + 1


def missing(nodes, cables):
    """(node, upper node) pairs that the pattern has and nobody hears."""
    has = neighbours(cables)
    return [(node, upper) for node in nodes if node.tier is not None for upper in lacks(node, peers_of(node, nodes, has), has) if above(upper, node)]


def unused(nodes, cables):
    """{node: its ports without a carrier of which no cable is known}"""
    taken = {end for cable in cables for end in cable.ends}
    return {n: [p for p in n.ports.values() if p.state in ("down", "no-carrier") and (n, p.name) not in taken] for n in nodes}


def usual_port(node, other, cables):
    """The port that nodes like this one have to `other`."""
    return most_common(port for cable in cables for (n, port), (far, _) in (cable.ends, cable.ends[::-1])
                       if far is other and n is not node and n.tier == node.tier and port)


def unusual(nodes, cables):
    """(node, port, where it goes, where it goes on the others of its kind): of nodes that agree on their ports, and of which no plan is known."""
    goes, found = {}, []
    for cable in cables:
        for (node, port), (far, _) in (cable.ends, cable.ends[::-1]):
            if port and above(far, node):
                goes.setdefault((node.tier, node.pod, port), {})[node] = far
    for (_, _, port), ends in goes.items():
        usual = most_common((far.name for far in ends.values()))
        odd = [n for n, far in ends.items() if far.name != usual]
        if len(odd) * 5 < len(ends):
            found += [(n, port, ends[n].name, usual) for n in odd]
    return found


def presume(nodes, cables):
    """What is missing, and the dead ports that are left for it: one each, or the one that the pattern says. Returns what has no such ports."""
    pairs = missing(nodes, cables)
    free, has = unused(nodes, cables), neighbours(cables)
    silent = [n for n in nodes if not n.is_up and n not in has]
    for node in nodes:
        here = [s for s in silent if above(s, node)]
        pairs += [(node, s) for s in here if len(here) == 1 and node.is_up and len(free[node]) == 1]
    left = []
    for node, upper in pairs:
        mine = choose(free[node], usual_port(node, upper, cables))
        theirs = choose(free.get(upper, []), usual_port(upper, node, cables))
        if (mine or not node.is_up) and (theirs or not upper.is_up) and (mine or theirs):
            cables.append(Cable([(node, mine and mine.name), (upper, theirs and theirs.name)], "pattern"))
            for port in (mine, theirs):
                if port:
                    free[port.node].remove(port)
        else:
            left.append((node, upper))
    return left


def choose(ports, usual):
    return next((p for p in ports if p.name == usual), ports[0] if len(ports) == 1 else None)


def is_established(session):
    return bool(session) and session["state"] == ESTABLISHED
