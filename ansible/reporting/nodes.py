"""A node as it described itself: its ports, its sessions, its table."""
from . import answers
from .collect import NO_DAEMON

ESTABLISHED = "Established"


def as_dict(value):
    return value if isinstance(value, dict) else {}


class Port:
    """A fabric link of a node: what the kernel, discovery, BGP and the cabling plan say of it."""

    def __init__(self, node, link, sessions):
        self.node = node
        self.name = link["link"]
        self.sessions = sessions
        self.mac = link["mac"]
        self.address = link["address"]
        self.state = link["state"]
        self.expect = link["expect"]
        self.cabling = link["cabling"]
        self.alarms = link["alarms"]
        self.drained = link["drained"] or any(s["drained"] for s in sessions)
        self.heard = [p for p in [link["peer"]] + link["further"] if p.get("address")]

    def __repr__(self):
        return f"{self.node.name}:{self.name}"

    @property
    def is_miscabled(self):
        return self.cabling.get("verdict", "").startswith("wrong")

    def peers(self):
        """(address, MAC, session or None) of everyone heard on it: one, on a cable."""
        found = [(s["address"], s["mac"], s) for s in self.sessions]
        known = {address for address, _, _ in found}
        return found + [(p["address"], p["mac"], None) for p in self.heard if p["address"] not in known]


class Node:
    """state: up, no-daemon, unreachable, no-weft (the program is not there), unreadable (it said something that is no answer),
    no-answer (nor a reason why), not-asked (this time)."""

    def __init__(self, raw):
        self.name = str(raw["name"])
        self.inventory = as_dict(raw.get("inventory"))
        self.raw = {question: as_dict(as_dict(raw.get("answers")).get(question)) for question in answers.SHAPES}
        self.program = str(raw.get("program") or "").removeprefix("weft ").strip()
        self.error = str(raw.get("error") or "")
        self.state = self.state_of(raw)
        self.summary = self.read("show summary")
        self.findings = answers.read("doctor", self.raw["doctor"].get("value"))["findings"]
        self.asked_doctor = isinstance(self.raw["doctor"].get("value"), dict)
        self.tier = None
        self.pod = self.inventory.get("pod")
        sessions = self.summary["neighbors"]
        self.ports = {link["link"]: Port(self, link, [s for s in sessions if s["link"] == link["link"]]) for link in self.read("show links") if link["fabric"]}
        self.widths = self.widths_of(self.read("show nexthops")["groups"])
        self.told_groups = bool(self.raw["show nexthops"].get("value"))
        self.width = max(self.widths, default=0)
        self.full = self.width
        self.odd_version = False

    def read(self, question):
        return answers.read(question, self.raw[question].get("value") if self.is_up else None)

    def state_of(self, raw):
        summary, links = self.raw["show summary"], self.raw["show links"]
        if not raw.get("asked", True):
            return "not-asked"
        if not raw.get("reached", True):
            return "unreachable"
        if answers.read("show summary", summary.get("value"))["router_id"]:
            if isinstance(links.get("value"), list):
                return "up"
            self.error = f"show links: {links.get('error') or 'no answer'}"
            return "unreadable"
        self.error = self.error or str(summary.get("error") or "")
        if summary.get("rc") == NO_DAEMON or "no weftd listens" in self.error:
            return "no-daemon"
        if not summary:
            return "no-weft"
        return "unreadable" if self.error or summary.get("value") else "no-answer"

    @property
    def is_up(self):
        return self.state == "up"

    @property
    def hostname(self):
        return self.summary["hostname"] or str(self.inventory.get("hostname") or self.name)

    @property
    def asn(self):
        return self.summary["asn"] or self.inventory.get("asn")

    @property
    def router_id(self):
        return self.summary["router_id"] or self.inventory.get("router_id")

    @property
    def version(self):
        return self.summary["version"]

    @property
    def drained(self):
        return self.summary["drained"]

    @staticmethod
    def widths_of(groups):
        """{number of different next hops: how many routes have so many}, widest first"""
        found = {}
        for group in groups:
            if group["routes"]:
                width = len({(hop["link"], hop["address"]) for hop in group["hops"] if hop["link"]})
                found[width] = found.get(width, 0) + group["routes"]
        return dict(sorted(found.items(), reverse=True))


class Foreign:
    """Somebody at the end of a cable who is not in the inventory."""
    is_up = drained = False
    state = "foreign"
    ports = {}
    pod = tier = None

    def __init__(self, name, router_id=None, asn=None):
        self.name = self.hostname = str(name)
        self.router_id = router_id
        self.asn = asn
        self.above = True                    # where it stands in the picture: nobody below the spines knows it
