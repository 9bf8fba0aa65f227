"""What each node of a fabric is called by BGP, and what is at the other end of its cables: from the inventory, before any node is touched.

    weft_fabric_hosts | weft_fabric(hostvars, weft_plan, weft_cables, weft_outside)

is {"nodes": {name: {"role", "asn", "router_id", "expect": {port: "peer:port"}, "servers": [port, ...]}}, "errors": [sentence, ...]}; servers are the
planned ports to hosts. Pure: needs nothing of Ansible.
"""
import difflib
import fnmatch
import ipaddress
import re

ROLES = ("leaf", "spine", "super_spine", "host")
PRIVATE = range(4200000000, 4294967295)         # RFC 6996
# RFC 7938 5.2.1: one number for the spines of a tier (of a pod), one for each leaf; servers have one each, too.
FIRST_ASN = {"super_spine": 4200000000, "spine": 4200000000, "leaf": 4210000000, "host": 4220000000}
PLAN_KEYS = {"asn", "router_ids", "from", "per_pod"}
LOOKED_AT = ("weft_role", "weft_asn", "weft_router_id", "weft_number", "weft_pod", "weft_plan", "weft_hostname",
             "weft_links", "weft_link_settings", "weft_host_links", "weft_strict")


class Refused(Exception):
    """A sentence for the operator."""


def natural(name):
    """leaf2 before leaf10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def given(value):
    return value is not None and value != ""


def number(what, value, least, most):
    try:
        n = int(str(value))
    except ValueError:
        raise Refused("%s: %r is no number" % (what, value)) from None
    if not least <= n <= most:
        raise Refused("%s: %d is not within %d to %d" % (what, n, least, most))
    return n


def to_bool(value):
    return value if isinstance(value, bool) else str(value).lower() in ("yes", "on", "1", "true")


def meant(word, words):
    near = difflib.get_close_matches(word, sorted(words), 1)
    return ', did you mean "%s"?' % near[0] if near else ""


# --- the plan ----------------------------------------------------------------------------------------------------------------------
def read_plan(plan):
    """{role: {asn, router_ids, from, per_pod}}, or Refused."""
    roles = {}
    for role, keys in plan.items():
        if role not in ROLES:
            raise Refused("weft_plan: there is no role %s%s" % (role, meant(role, ROLES)))
        for key in keys:
            if key not in PLAN_KEYS:
                raise Refused("weft_plan.%s: there is no key %s%s" % (role, key, meant(key, PLAN_KEYS)))
        at = "weft_plan.%s." % role
        asn = number(at + "asn", keys.get("asn", FIRST_ASN[role]), 1, 4294967294)
        if asn not in PRIVATE:
            raise Refused("%sasn: %d is not a private AS number of 4 bytes, %d to %d" % (at, asn, PRIVATE[0], PRIVATE[-1]))
        net = None
        if "router_ids" in keys:
            try:
                net = ipaddress.IPv4Network(str(keys["router_ids"]))
            except ValueError as error:
                raise Refused("%srouter_ids: %s" % (at, error)) from None
        if keys.get("from", "bottom") not in ("bottom", "top"):
            raise Refused('%sfrom: %s, allowed: "bottom", "top"' % (at, keys["from"]))
        per_pod = number(at + "per_pod", keys["per_pod"], 1, 1 << 24) if given(keys.get("per_pod")) else None
        roles[role] = {"asn": asn, "router_ids": net, "from": keys.get("from", "bottom"), "per_pod": per_pod}
    return roles


def index_in_plan(name, role, host, plan):
    """Which one of its role it is, counted from 1 through all pods; and its pod, or None."""
    n = host.get("weft_number")
    if not given(n):                             # the number that its name ends in
        found = re.search(r"(\d+)$", name.split(".")[0])
        if not found:
            raise Refused("%s: has no weft_number, and its name ends in none" % name)
        n = found.group(1)
    n = number(name + ": weft_number", n, 1, 1 << 24)
    if not given(host.get("weft_pod")) or role == "super_spine":
        return n, None
    pod = number(name + ": weft_pod", host["weft_pod"], 1, 1 << 16)
    most = plan["per_pod"]
    if not most:
        raise Refused("%s: is in pod %d, and weft_plan.%s.per_pod does not say how many a pod has" % (name, pod, role))
    if n > most:
        raise Refused("%s: is number %d of pod %d, and weft_plan.%s.per_pod has numbers for %d" % (name, n, pod, role, most))
    return (pod - 1) * most + n, pod


def planned_asn(name, role, index, pod, plan):
    if role == "super_spine":
        asn = plan["asn"]
    elif role == "spine":
        asn = plan["asn"] + (pod or 0)
    else:
        asn = plan["asn"] + index
    if asn not in PRIVATE:
        raise Refused("%s: would have AS %d, and the last private one is %d: weft_plan.%s.asn has no room for it" % (name, asn, PRIVATE[-1], role))
    return asn


def planned_router_id(name, role, index, plan):
    net = plan["router_ids"]
    if net is None:
        raise Refused("%s: has no weft_router_id, and weft_plan.%s has no router_ids" % (name, role))
    room = max(net.num_addresses - 2, 0)
    if index > room:
        raise Refused("%s: is number %d, and weft_plan.%s.router_ids %s has numbers for %d" % (name, index, role, net, room))
    return str(net.broadcast_address - index if plan["from"] == "top" else net.network_address + index)


def identify(name, host, plan):
    """Its role, ASN and router-id: its own words first, then the plan's."""
    role = host.get("weft_role") or "leaf"
    if role not in ROLES:
        raise Refused("%s: weft_role %s, allowed: %s" % (name, role, ", ".join(ROLES)))
    node = {"role": role, "asn": None, "router_id": None, "expect": {}, "servers": []}
    if given(host.get("weft_asn")):
        node["asn"] = number(name + ": weft_asn", host["weft_asn"], 1, 4294967294)
    if given(host.get("weft_router_id")):
        try:
            node["router_id"] = str(ipaddress.IPv4Address(str(host["weft_router_id"])))
        except ValueError:
            raise Refused("%s: weft_router_id %s is no IPv4 address" % (name, host["weft_router_id"])) from None
    if node["asn"] and node["router_id"]:
        return node
    if role not in plan:
        missing = " and no ".join(["weft_asn"] * (not node["asn"]) + ["weft_router_id"] * (not node["router_id"]))
        raise Refused("%s: has no %s, and weft_plan says nothing of role %s" % (name, missing, role))
    index, pod = index_in_plan(name, role, host, plan[role])
    node["asn"] = node["asn"] or planned_asn(name, role, index, pod, plan[role])
    node["router_id"] = node["router_id"] or planned_router_id(name, role, index, plan[role])
    return node


# --- what no two may share -----------------------------------------------------------------------------------------------------------
def duplicates(nodes):
    errors, ids, asns = [], {}, {}
    for name in sorted(nodes, key=natural):
        node = nodes[name]
        first = ids.setdefault(node["router_id"], name)
        if first != name:
            errors.append("%s: router-id %s is that of %s too" % (name, node["router_id"], first))
        first = asns.setdefault(node["asn"], name)
        # Spines of a tier share one: nobody needs more of another spine than the way through it.
        if first != name and (node["role"] != nodes[first]["role"] or node["role"] in ("leaf", "host")):
            errors.append("%s (%s): AS %d is that of %s (%s) too, and neither would hear what the other one announces"
                          % (name, node["role"], node["asn"], first, nodes[first]["role"]))
    return errors


# --- cables --------------------------------------------------------------------------------------------------------------------------
def read_end(cable, end, nodes, outside):
    name, colon, port = end.partition(":")
    if name in nodes:
        if not port or re.search(r"[*?\[\]]", port) or len(port) > 15:
            raise Refused('weft_cables: "%s": "%s" names no port of %s' % (cable, end, name))
    elif not any(fnmatch.fnmatchcase(name, glob) for glob in outside):
        raise Refused('weft_cables: "%s": %s is neither in the inventory nor in weft_outside%s' % (cable, name or '"%s"' % end, meant(name, nodes)))
    elif colon and not port:
        raise Refused('weft_cables: "%s": "%s" names no port' % (cable, end))
    return name, port


def to_server(node, port, peer, host):
    is_host = peer is not None and peer["role"] == "host"
    return node["role"] != "host" and (is_host or any(fnmatch.fnmatchcase(port, glob) for glob in host.get("weft_host_links") or []))


def lay_cables(nodes, hosts, cables, outside):
    """Fills in expect of both ends; returns what is wrong."""
    errors, used, peers = [], {}, {name: {} for name in nodes}

    def plug(cable, here, there):
        name, port = here
        if name not in nodes:
            return
        if here in used:
            raise Refused('weft_cables: "%s": %s:%s is an end of "%s" already' % (cable, name, port, used[here]))
        used[here] = cable
        peers[name][port] = there[0]
        peer = hosts[there[0]].get("weft_hostname") or there[0] if there[0] in nodes else there[0]
        nodes[name]["expect"][port] = peer + (":" + there[1] if there[1] else "")

    for cable in cables:
        try:
            ends = str(cable).split()
            if len(ends) != 2:
                raise Refused('weft_cables: "%s": a cable has two ends, as in "leaf01:swp1 spine01:swp1"' % cable)
            a, b = (read_end(cable, end, nodes, outside) for end in ends)
            if a[0] == b[0]:
                raise Refused('weft_cables: "%s": both ends are at %s' % (cable, a[0]))
            plug(cable, a, b)
            plug(cable, b, a)
        except Refused as why:
            errors.append(str(why))
    for name, node in nodes.items():
        node["servers"] = [port for port in node["expect"] if to_server(node, port, nodes.get(peers[name][port]), hosts[name])]
        node["expect"] = {port: node["expect"][port] for port in sorted(node["expect"], key=natural)}
    return errors


def check_links(name, node, host):
    """What would be no link at all, or say nothing."""
    links = host.get("weft_links")
    if isinstance(links, str) and links != "auto":
        raise Refused('%s: weft_links "%s", allowed: "auto", or a list of globs' % (name, links))
    if to_bool(host.get("weft_strict")) and not node["expect"]:
        raise Refused("%s: weft_strict is true, and no cable of weft_cables ends here" % name)
    if node["expect"] or isinstance(links, (list, tuple)):
        return
    if node["role"] == "host":
        raise Refused("%s: a host needs weft_links, a list of globs, or weft_cables: that it announces its own routes only is said of each link" % name)
    for key in ("weft_link_settings", "weft_host_links"):
        if host.get(key):
            raise Refused("%s: %s needs weft_links, a list of globs, or weft_cables: auto names no port" % (name, key))


def weft_fabric(names, hostvars, plan=None, cables=None, outside=None):
    errors, nodes = [], {}
    hosts = {name: {key: hostvars[name].get(key) for key in LOOKED_AT} for name in names}
    for name in names:
        try:
            nodes[name] = identify(name, hosts[name], read_plan(hosts[name]["weft_plan"] or plan or {}))
        except Refused as why:
            errors += [str(why)] * (str(why) not in errors)
    errors += duplicates(nodes)
    if len(nodes) == len(hosts):                 # else a cable to a node without numbers would be called wrong too
        errors += lay_cables(nodes, hosts, cables or [], outside or [])
        for name in names:
            try:
                check_links(name, nodes[name], hosts[name])
            except Refused as why:
                errors.append(str(why))
    return {"nodes": nodes, "errors": errors}


class FilterModule:
    """Ansible's way to find it."""

    def filters(self):
        return {"weft_fabric": weft_fabric}
