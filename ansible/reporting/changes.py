"""What an earlier collection is good for: it knows where cables went that are silent now, and what was otherwise."""
from . import states
from .cables import Cable
from .words import natural, plural, ranges


def key(cable):
    return frozenset((node.name, port) for node, port in cable.ends)


def remember(nodes, cables, before):
    """Cables that were heard then, and of whose two ends nothing is known now."""
    by_name = {n.name: n for n in nodes}
    taken = {(node.name, port) for cable in cables for node, port in cable.ends}
    for old in before.cables:
        ends = [(node.name, port) for node, port in old.ends]
        known = all(name in by_name and port and (not by_name[name].is_up or port in by_name[name].ports) for name, port in ends)
        if old.source == "heard" and known and not taken.intersection(ends):
            cables.append(Cable([(by_name[name], port) for name, port in ends], "past"))


def changes(before, now):
    """Sentences, what matters most first."""
    return list(of_nodes(before, now)) + list(of_cables(before, now)) + list(of_facts(before, now))


def of_nodes(before, now):
    old, new = ({n.name: n for n in model.nodes} for model in (before, now))
    came, went = [n for n in new if n not in old], [n for n in old if n not in new]
    if came:
        yield f"{ranges(came)} {'is' if len(came) == 1 else 'are'} new in the inventory"
    if went:
        yield f"{ranges(went)} {'is' if len(went) == 1 else 'are'} not in the inventory any more"
    lost = [n for n in new if n in old and old[n].is_up and not new[n].is_up and new[n].state != "not-asked"]
    back = [n for n in new if n in old and not old[n].is_up and old[n].state != "not-asked" and new[n].is_up]
    if lost:
        yield f"{ranges(lost)} {'does' if len(lost) == 1 else 'do'} not answer any more"
    if back:
        yield f"{ranges(back)} {'answers' if len(back) == 1 else 'answer'} again"
    both = [n for n in new if n in old and old[n].is_up and new[n].is_up]
    again = [n for n in both if new[n].summary["uptime_seconds"] < old[n].summary["uptime_seconds"]]
    if again:
        yield f"weftd was restarted on {ranges(again)}"


def of_cables(before, now):
    old, new = ({key(c): c for c in model.cables} for model in (before, now))
    groups = {}
    for ends, cable in new.items():
        was = old[ends].state if ends in old else None
        if was and word(was) != word(cable.state) and "unknown" not in (was, cable.state):
            groups.setdefault((word(was), word(cable.state)), []).append(cable)
    for (was, state), some in groups.items():
        yield f"{few(some)}: {state}, {'was' if len(some) == 1 else 'were'} {was}"
    for text, some in (("is new", [c for k, c in new.items() if k not in old]), ("is gone", [c for k, c in old.items() if k not in new])):
        some = [c for c in some if c.source == "heard" and all(n.state != "not-asked" for n in c.nodes())]
        if some:
            yield f"{few(some)} {text if len(some) == 1 else text.replace('is', 'are')}"


def word(state):
    return "without a session" if state in ("session", "silent") else states.STATES[state][0]


def few(cables, most=6):
    """Their names, or how many there are."""
    if len(cables) > most:
        return f"{plural(len(cables), 'cable')} of {ranges(n.name for c in cables for n in c.nodes())}"
    return ", ".join(sorted((states.cable_text(c) for c in cables), key=natural))


def of_facts(before, now):
    old = {n.name: n for n in before.nodes if n.is_up}
    for name, fact in (("version", lambda n: n.version), ("AS", lambda n: n.asn), ("router-id", lambda n: n.router_id), ("drained", lambda n: n.drained),
                       ("next hops in the widest routes", lambda n: n.width), ("routes", lambda n: n.summary["routes_installed"])):
        groups = {}
        for node in now.nodes:
            if node.is_up and node.name in old and fact(node) != fact(old[node.name]):
                groups.setdefault((fact(old[node.name]), fact(node)), []).append(node.name)
        for (was, value), some in groups.items():
            if name == "drained":
                yield f"{ranges(some)} {'is' if len(some) == 1 else 'are'} {'drained' if value else 'not drained any more'}"
            else:
                yield f"{ranges(some)}: {name} {value}, {'was' if len(some) == 1 else 'were'} {was}"
