#!/usr/bin/env python3
"""import_verdicts.py WEFT COUNT: does what `weft import` makes of route-maps and prefix lists judge routes as FRR does?  COUNT configurations by the
roll of a dice, each with 100 routes, for `import` of a neighbor and for `originate`: judged here by FRR's rules on the one hand, by what
weft.json(5) says of the result on the other. What FRR judges by something that weft lacks has to be rejected."""
import ipaddress
import json
import random
import subprocess
import sys

INTERFACES = ["lo", "vlan1", "vlan2"]


def some_prefix(most):
    return ipaddress.ip_network((10 << 24 | random.getrandbits(4) << 20, random.randint(8, most)), strict=False)


def some_entry(seq):
    """(permit, prefix, ge, le), and its words"""
    net, kind, permit = some_prefix(12), random.random(), random.random() < 0.65
    ge, le, words = net.prefixlen, net.prefixlen, str(net)
    if kind < 0.15:
        net, ge, le, words = ipaddress.ip_network("0.0.0.0/0"), 0, 32, "any"
    elif kind < 0.4:
        le = random.randint(net.prefixlen + 1, 16)
        words += f" le {le}"
    elif kind < 0.7:
        ge, le = random.randint(net.prefixlen + 1, 15), 32
        words += f" ge {ge}"
    return (permit, net, ge, le), f"seq {seq} {'permit' if permit else 'deny'} {words}"


def within(route, net, ge, le):
    return ge <= route.prefixlen <= le and route.prefixlen >= net.prefixlen and route.subnet_of(net)


def listed(entries, route):
    return next((permit for permit, net, ge, le in entries if within(route, net, ge, le)), False)


def some_configuration():
    """words, lists, entries of the map M, is the list L in front of it, redistribute by M?"""
    front, own = random.random() < 0.5, random.random() < 0.4
    words = ["frr defaults datacenter", "router bgp 65001", " bgp router-id 10.0.0.1", " bgp bestpath as-path multipath-relax",
             " neighbor 192.0.2.9 remote-as 65002", " redistribute connected route-map M" if own else " neighbor 192.0.2.9 route-map M in"]
    if front and not own:
        words.append(" neighbor 192.0.2.9 prefix-list L in")
    lists, entries = {}, []
    for name in "LAB":
        pairs = [some_entry(5 * seq) for seq in range(1, random.randint(2, 6))]
        lists[name] = [entry for entry, _ in pairs]
        words += [f"ip prefix-list {name} {text}" for _, text in pairs]
    for seq in range(1, random.randint(2, 5)):
        e = {"permit": random.random() < 0.7, "list": random.choice([None, "A", "B"]), "med": random.choice([None, seq]), "tag": random.random() < 0.08}
        e["origin"] = None if own else random.choice([None, None, "igp", "egp"])
        e["interface"] = random.choice([None, None] + INTERFACES) if own else None
        entries.append(e)
        words.append(f"route-map M {'permit' if e['permit'] else 'deny'} {seq}")
        words += [f" match {text} {e[key]}" for key, text in (("list", "ip address prefix-list"), ("origin", "origin"), ("interface", "interface")) if e[key]]
        words += [" match tag 5"] * e["tag"] + ([f" set metric {e['med']}"] if e["med"] else [])
    return "\n".join(words) + "\n", lists, entries, front and not own, own


def frr(lists, entries, front, route, origin, interface):
    """accepted?, its metric; None: only FRR knows"""
    if front and not listed(lists["L"], route):
        return False, None
    for e in entries:
        if e["list"] and not listed(lists[e["list"]], route) or e["origin"] and e["origin"] != origin or e["interface"] and e["interface"] != interface:
            continue
        return None if e["tag"] else (e["permit"], e["med"] if e["permit"] else None)
    return False, None


def in_ranges(ranges, route):
    for r in ranges:
        net = ipaddress.ip_network(r["prefix"])
        if net.version == 4 and within(route, net, r.get("ge", net.prefixlen), r.get("le", 32 if "ge" in r else net.prefixlen)):
            return True
    return False


def weft(config, route, origin):
    name = config["neighbors"][0].get("import", "all")
    rules = {"all": [{"action": "accept"}], "none": []}.get(name) or config.get("policy", {}).get(name, [])
    for rule in rules:
        match = rule.get("match", {})
        if "prefixes" in match and not in_ranges(match["prefixes"], route) or match.get("origin", origin) != origin:
            continue
        return rule["action"] == "accept", rule.get("set", {}).get("med")
    return False, None


def originates(config, route, interface):
    what = config.get("originate", ["lo"])
    globs, ranges = (what, None) if isinstance(what, list) else (what.get("interfaces", ["lo"]), what.get("prefixes"))
    return ("*" in globs or interface in globs) and (ranges is None or in_ranges(ranges, route))


def judge(program):
    words, lists, entries, front, own = some_configuration()
    answer = json.loads(subprocess.run([program, "import", "--json", "-"], input=words, capture_output=True, text=True, check=False).stdout)
    left_out = any("announce" in n["why"] and "an export policy changes them" not in n["why"] for n in answer["notes"])
    for _ in range(100):
        route, origin, interface = some_prefix(17), random.choice(["igp", "egp", "incomplete"]), random.choice(INTERFACES)
        theirs = frr(lists, entries, front, route, origin, interface)
        if own:
            ours = originates(answer["config"], route, interface)
            good = not ours or theirs and theirs[0] if left_out else theirs is None or ours == theirs[0]
        else:
            ours = weft(answer["config"], route, origin)
            good = ours[0] is False if theirs is None else ours == theirs
        if not good:
            sys.exit(f"{words}\n{json.dumps(answer)}\n{route} {origin} {interface}: FRR {theirs}, weft {ours}")


def main():
    random.seed(7)
    for _ in range(int(sys.argv[2])):
        judge(sys.argv[1])


main()
