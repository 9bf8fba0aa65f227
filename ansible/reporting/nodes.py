"""A node as it described itself: its ports, its sessions, its table."""
from .collect import NO_DAEMON

ESTABLISHED = "Established"


def as_dict(value):
    return value if isinstance(value, dict) else {}


def dicts(value):
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


class Port:
    """A fabric link of a node: what the kernel, discovery, BGP and the cabling plan say of it."""

    def __init__(self, node, link, sessions):
        self.node = node
        self.name = str(link.get("link", ""))
        self.link = link
        self.sessions = sessions
        self.mac = link.get("mac")
        self.address = link.get("address")
        self.state = str(link.get("state", ""))
        self.expect = link.get("expect") or None
        self.cabling = as_dict(link.get("cabling"))
        self.alarms = [str(a) for a in link.get("alarms") or []]
        self.drained = bool(link.get("drained")) or any(s.get("drained") for s in sessions)

    def __repr__(self):
        return f"{self.node.name}:{self.name}"

    @property
    def is_miscabled(self):
        return str(self.cabling.get("verdict", "")).startswith("wrong")

    def peers(self):
        """(address, MAC, session or None) of everyone heard on it: one, on a cable."""
        found = [(s.get("address"), s.get("mac"), s) for s in self.sessions]
        heard = [as_dict(self.link.get("peer"))] + dicts(self.link.get("further"))
        known = {address for address, _, _ in found}
        return found + [(p["address"], p.get("mac"), None) for p in heard if p.get("address") and p["address"] not in known]


class Node:
    """state: up, no-daemon, unreachable, no-weft (the program is not there), unreadable (it said something that is no answer),
    not-asked (this time)."""

    def __init__(self, raw):
        self.name = str(raw["name"])
        self.inventory = as_dict(raw.get("inventory"))
        self.answers = as_dict(raw.get("answers"))
        self.program = str(raw.get("program", "")).removeprefix("weft ").strip()
        self.summary = as_dict(self.value("show summary"))
        self.nexthops = as_dict(self.value("show nexthops"))
        self.findings = dicts(as_dict(self.value("doctor")).get("findings"))
        self.error = str(raw.get("error") or "")
        self.state = self.state_of(raw)
        self.tier = self.pod = None
        sessions = dicts(self.summary.get("neighbors"))
        self.ports = {}
        for link in dicts(self.value("show links")) if self.is_up else []:
            if link.get("fabric"):
                port = Port(self, link, [s for s in sessions if s.get("link") == link.get("link")])
                self.ports[port.name] = port
        self.numbered = [s for s in sessions if not s.get("link")]

    def value(self, question):
        return as_dict(self.answers.get(question)).get("value")

    def state_of(self, raw):
        summary = as_dict(self.answers.get("show summary"))
        if not raw.get("asked", True):
            return "not-asked"
        if not raw.get("reached", True):
            return "unreachable"
        if "router_id" in self.summary:
            return "up"
        self.error = self.error or summary.get("error") or ""
        if summary.get("rc") == NO_DAEMON or "no weftd listens" in self.error:
            return "no-daemon"
        if not summary:
            return "no-weft"
        return "no-daemon" if summary.get("rc") is None and not self.error else "unreadable"

    @property
    def is_up(self):
        return self.state == "up"

    @property
    def hostname(self):
        return str(self.summary.get("hostname") or self.inventory.get("hostname") or self.name)

    @property
    def asn(self):
        return self.summary.get("asn") or self.inventory.get("asn")

    @property
    def router_id(self):
        return self.summary.get("router_id") or self.inventory.get("router_id")

    @property
    def version(self):
        return str(self.summary.get("version") or "")

    @property
    def drained(self):
        return bool(self.summary.get("drained"))

    def groups(self):
        """Next-hop groups that routes use: (how many different next hops, how many routes)."""
        used = [g for g in dicts(self.nexthops.get("groups")) if g.get("routes")]
        return [(len({(h.get("link"), h.get("address")) for h in dicts(g.get("hops")) if h.get("link")}), g["routes"]) for g in used]

    def widths(self):
        """How many routes have how many next hops."""
        found = {}
        for width, routes in self.groups():
            found[width] = found.get(width, 0) + routes
        return dict(sorted(found.items(), reverse=True))

    @property
    def width(self):
        return max(self.widths(), default=0)


class Foreign:
    """Somebody at the end of a cable who is not in the inventory."""
    is_up = drained = False
    state = "foreign"
    version = ""
    ports = {}
    pod = None

    def __init__(self, name, router_id=None, asn=None):
        self.name = str(name)
        self.hostname = self.name
        self.router_id = router_id
        self.asn = asn
        self.tier = None
