"""Collections of fabrics that nobody has to build: what the report reads of each answer, and nothing more."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "ansible"))
sys.dont_write_bytecode = True

from reporting import collect  # noqa: E402
from reporting.model import Model  # noqa: E402


# --- of any collection ---------------------------------------------------------------------------------------------------------------
def sentences(collection):
    return Model(collection).sentences()


def of(collection, name):
    return next(n for n in collection["nodes"] if n["name"] == name)


def answer_of(collection, name, question):
    return of(collection, name)["answers"][question]["value"]


# --- made up -------------------------------------------------------------------------------------------------------------------------
class Fabric:
    """Nodes and cables; then faults; then collection()."""

    def __init__(self):
        self.nodes = {}
        self.cables = {}                     # (node, port) -> (node, port)
        self.faults = {}                     # (node, port) -> what it does not do: "down", "no-carrier", "session"
        self.plan = []
        self.one_mac = False                 # a switch that has one for all its ports, and one link-local address
        self.one_address = False             # fe80::1 everywhere
        self.sessionless = False             # of no peer more is known than what it advertises

    def node(self, name, asn, role=None):
        number = len(self.nodes) + 1
        self.nodes[name] = {"number": number, "asn": asn, "router_id": f"10.0.{number // 250}.{number % 250 + 1}", "role": role, "ports": [], "findings": [], "version": "0.1.0", "drained": False}

    def port(self, name):
        ports = self.nodes[name]["ports"]
        ports.append(f"swp{len(ports) + 1}")
        return name, ports[-1]

    def cable(self, a, b):
        a, b = self.port(a), self.port(b)
        self.cables[a] = b
        self.cables[b] = a

    def planned(self):
        self.plan = [f"{a[0]}:{a[1]} {b[0]}:{b[1]}" for a, b in self.cables.items() if a < b]
        return self

    def break_cable(self, a, how="no-carrier"):
        self.faults[a] = self.faults[self.cables[a]] = how

    def swap(self, a, b):
        """The other ends of two cables change places."""
        far_a, far_b = self.cables[a], self.cables[b]
        for one, other in ((a, far_b), (b, far_a)):
            self.cables[one] = other
            self.cables[other] = one

    def kill(self, name):
        self.nodes[name]["dead"] = True
        for port in self.nodes[name]["ports"]:
            self.faults[self.cables[name, port]] = "session"

    def mac(self, end):
        number, port = self.numbers(end)
        port = 0 if self.one_mac else port
        return f"02:00:{number >> 8:02x}:{number & 255:02x}:{port >> 8:02x}:{port & 255:02x}"

    def address(self, end):
        number, port = self.numbers(end)
        return "fe80::1" if self.one_address else f"fe80::{number:x}:{0 if self.one_mac else port:x}"

    def numbers(self, end):
        return self.nodes[end[0]]["number"], int(end[1].removeprefix("swp"))

    def link(self, end):
        fault = self.faults.get(end)
        found = {"link": end[1], "fabric": True, "up": fault != "down", "carrier": fault not in ("down", "no-carrier"), "mac": self.mac(end), "address": self.address(end),
                 "state": fault if fault in ("down", "no-carrier", "discovering", "held") else "peer", "expect": None, "cabling": None, "alarms": [], "drained": False}
        if found["state"] in ("peer", "held"):
            found["peer"] = {"address": self.address(self.cables[end]), "mac": self.mac(self.cables[end])}
        return found

    def session(self, end):
        far = self.cables[end]
        node = self.nodes[far[0]]
        up = end not in self.faults
        return {"name": end[1], "link": end[1], "address": self.address(far), "mac": self.mac(far), "remote_asn": node["asn"], "remote_router_id": node["router_id"],
                "hostname": far[0], "remote_port": far[1], "state": "Established" if up else "Active", "uptime_seconds": 86400 * 3 + 7200 if up else 0,
                "prefixes_received": 12 if up else 0, "last_error": "" if up else "hold timer expired", "drained": False}

    def answers(self, name):
        node = self.nodes[name]
        if node.get("dead"):
            return {"show summary": collect.answer(3, "", "weft: no weftd listens")}
        ends = [(name, port) for port in node["ports"]]
        sessions = [self.session(e) for e in ends if not self.sessionless and self.faults.get(e) not in ("down", "no-carrier", "discovering")]
        ups = sorted(e for e in ends if e not in self.faults and self.rank(self.cables[e][0]) > self.rank(name))
        groups = [[e] for e in ups] + [ups] if len(ups) > 1 else [[e] for e in ups]
        groups += [[e] for e in ends if e not in self.faults and e not in ups]
        groups = [{"id": i, "routes": 40 if len(g) > 1 else 1, "hops": [{"link": e[1], "address": self.address(self.cables[e])} for e in g]} for i, g in enumerate(groups)]
        values = {"show summary": {"router_id": node["router_id"], "asn": node["asn"], "hostname": name, "version": node["version"], "uptime_seconds": 86400 * 3 + 7300,
                                   "prefixes": len(self.nodes) * 2, "peers": len(sessions), "peers_established": sum(s["state"] == "Established" for s in sessions),
                                   "drained": node["drained"], "drained_links": [], "routes_installed": sum(g["routes"] for g in groups), "neighbors": sessions},
                  "show links": [self.link(e) for e in ends], "show nexthops": {"groups": groups}, "doctor": {"findings": node["findings"]}}
        return {question: {"rc": 0, "value": value, "error": ""} for question, value in values.items()}

    def rank(self, name):
        return ("leaf", "spine", "super_spine").index(self.nodes[name]["kind"])

    def collection(self):
        nodes = [collect.node(name, self.answers(name), role=node["role"]) for name, node in self.nodes.items()]
        return collect.collection(nodes, "2026-01-05T03:12:44Z", self.plan)


def clos(spines, leaves, roles=True):
    fabric = Fabric()
    for s in range(1, spines + 1):
        fabric.node(f"spine{s:02d}", 4200000000, "spine" if roles else None)
        fabric.nodes[f"spine{s:02d}"]["kind"] = "spine"
    for i in range(1, leaves + 1):
        fabric.node(f"leaf{i:02d}", 4210000000 + i, "leaf" if roles else None)
        fabric.nodes[f"leaf{i:02d}"]["kind"] = "leaf"
        for s in range(1, spines + 1):
            fabric.cable(f"leaf{i:02d}", f"spine{s:02d}")
    return fabric


def five_stage(supers, pods, spines, leaves):
    """Each spine of a pod goes to its own plane of super-spines."""
    fabric = Fabric()

    def node(name, asn, kind):
        fabric.node(name, asn, kind)
        fabric.nodes[name]["kind"] = kind

    for s in range(1, supers + 1):
        node(f"super{s:02d}", 4200000000, "super_spine")
    for p in range(1, pods + 1):
        for s in range(1, spines + 1):
            node(f"p{p}-spine{s}", 4200000000 + p, "spine")
            for t in range(s, supers + 1, spines):
                fabric.cable(f"p{p}-spine{s}", f"super{t:02d}")
        for i in range(1, leaves + 1):
            node(f"p{p}-leaf{i:02d}", 4210000000 + p * 1000 + i, "leaf")
            for s in range(1, spines + 1):
                fabric.cable(f"p{p}-leaf{i:02d}", f"p{p}-spine{s}")
    return fabric
