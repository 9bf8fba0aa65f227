"""Cables: both ends of each, matched by what the two say of each other; then what the plan wants, and what the pattern of the others suggests."""
from .nodes import ESTABLISHED, Foreign
from .words import most_common, same_host


class Cable:
    """ends: two (node, port's name or None). source: heard (by weft), plan (nobody hears it), pattern (a guess: the two ends that are left)."""

    def __init__(self, ends, source):
        self.ends = list(ends)
        self.source = source
        self.sessions = {}                   # end's index -> the session that it has
        self.expected = {}                   # end's index -> (node, port's name or None) where the plan has the other end
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

    def far_node(self, session):
        """Of a peer whose own ports are not known: by its router-id, then by its name."""
        router_id, name = session.get("remote_router_id"), session.get("hostname")
        found = [n for n in self.nodes if n.router_id and n.router_id == router_id]
        if len(found) > 1:
            found = [n for n in found if name and same_host(n.hostname, name)]
        if len(found) == 1:
            return found[0]
        node = self.node_named(name) if name else None
        return node if node and (not node.router_id or router_id in (None, "", "0.0.0.0")) else None

    def outside(self, name, router_id=None, asn=None):
        """A name that two routers have is two routers."""
        return self.foreign.setdefault((name, router_id), Foreign(name, router_id, asn))

    def far_end(self, port, address, mac, session):
        far = self.far_port(port, address, mac, session)
        if far:
            return far.node, far.name
        session = session or {}
        node, name = self.far_node(session), session.get("remote_port") or None
        if not node:
            router_id = session.get("remote_router_id")
            router_id = None if router_id == "0.0.0.0" else router_id
            node = self.outside(session.get("hostname") or router_id or address, router_id, session.get("remote_asn") or None)
        return node, name

    def planned_end(self, text):
        host, _, port = str(text).partition(":")
        return self.node_named(host) or self.outside(host), port or None


def heard(nodes, finder):
    """A cable of everything that is heard on a port; the two ends of one are one."""
    cables = {}
    for node in nodes:
        for port in node.ports.values():
            for address, mac, session in port.peers() if port.state not in ("down", "no-carrier") else []:
                end = finder.far_end(port, address, mac, session)
                key = frozenset(((id(node), port.name), (id(end[0]), end[1] or (port.name, node.name, address))))
                cable = cables.setdefault(key, Cable([(node, port.name), end], "heard"))
                if session:
                    cable.sessions[cable.index_of(port)] = session
    return list(cables.values())


def wanted(nodes, plan, finder):
    """What the plan says: pairs of ends. Of the whole fabric (the inventory's), or of a port (its own `expect`)."""
    pairs = {}

    def add(a, b):
        key = frozenset(((id(a[0]), a[1]), (id(b[0]), b[1])))
        if not any(a in pair and b[0] in (pair[0][0], pair[1][0]) and None in (b[1],) for pair in pairs.values()):
            pairs.setdefault(key, (a, b))

    for line in plan:
        words = str(line).split()
        if len(words) == 2:
            add(finder.planned_end(words[0]), finder.planned_end(words[1]))
    for node in nodes:
        for port in node.ports.values():
            if port.expect:
                add((node, port.name), finder.planned_end(port.expect))
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
        if any(fits(cable.ends[1 - i], there) for cable, i, there in here):
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
    found = []
    for node in nodes:
        if node.tier is not None:
            found += [(node, u) for u in lacks(node, peers_of(node, nodes, has), has) if above(u, node)]
    return found


def unused(nodes, cables):
    """Ports without a carrier of which no cable is known."""
    taken = {(id(node), port) for cable in cables for node, port in cable.ends}
    return [p for n in nodes for p in n.ports.values() if p.state in ("down", "no-carrier") and (id(n), p.name) not in taken]


def usual_port(node, other, nodes, cables):
    """The port that nodes like this one have to `other`."""
    return most_common(port for cable in cables for (n, port), (far, _) in (cable.ends, cable.ends[::-1])
                       if far is other and n is not node and n.tier == node.tier and port)


def like(other, node, cables):
    """The port of `other` to this node, by the ports that the likes of `other` have to it."""
    return most_common(port for cable in cables for (n, port), (far, _) in (cable.ends, cable.ends[::-1])
                       if far is node and n is not other and n.tier == other.tier and port)


def presume(nodes, cables):
    """What is missing, and the dead ports that are left for it: one each, or the one that the pattern says. Returns what has no such ports."""
    pairs = missing(nodes, cables)
    silent = [n for n in nodes if not n.is_up and n not in neighbours(cables)]
    for node in nodes:
        here = [s for s in silent if above(s, node)]
        pairs += [(node, s) for s in here if len(here) == 1 and node.is_up and len([p for p in unused(nodes, cables) if p.node is node]) == 1]
    left = []
    for node, upper in pairs:
        free = unused(nodes, cables)
        mine = choose([p for p in free if p.node is node], usual_port(node, upper, nodes, cables))
        theirs = choose([p for p in free if p.node is upper], like(upper, node, cables))
        if (mine or not node.is_up) and (theirs or not upper.is_up) and (mine or theirs):
            cables.append(Cable([(node, mine and mine.name), (upper, theirs and theirs.name)], "pattern"))
        else:
            left.append((node, upper))
    return left


def choose(ports, usual):
    return next((p for p in ports if p.name == usual), ports[0] if len(ports) == 1 else None)


def is_established(session):
    return bool(session) and session.get("state") == ESTABLISHED
