"""What state a cable is in, worst first, and why, in words."""
from .cables import is_established
from .words import duration, listed

# name: what it is called, how bad it is
STATES = {
    "miscabled": ("miscabled", "error"),
    "down": ("down", "error"),
    "session": ("no session", "error"),
    "missing": ("missing", "error"),
    "off": ("switched off", "warning"),
    "impaired": ("impaired", "warning"),
    "silent": ("end does not answer", "error"),
    "unknown": ("not known", "warning"),
    "drained": ("drained", "note"),
    "up": ("up", "well"),
}
ORDER = list(STATES)
DARK = ("down", "no-carrier")                   # states of a port


def end_text(end):
    return f"{end[0].name} {end[1]}" if end[1] else end[0].name


def cable_text(cable):
    return f"{end_text(cable.ends[0])} – {end_text(cable.ends[1])}"


def judge(cable, model):
    """cable.state, cable.why: [sentences]."""
    cable.state, cable.why = state_of(cable, model)


def state_of(cable, model):
    wrong = cabling_words(cable, model)
    if wrong:
        return "miscabled", wrong
    if not any(n.is_up for n in cable.nodes()):
        return "unknown", ["neither end has answered"]
    dead = [n for n in cable.nodes() if not n.is_up and n.state not in ("foreign", "not-asked")]
    if cable.source != "heard" or all(p.state in DARK for p in cable.ports()):
        return dark(cable, dead)
    established = [i for i in (0, 1) if is_established(cable.sessions.get(i))]
    if not established:
        return "silent" if dead else "session", reasons(cable) or ["the two hear each other, and have no session"]
    answering = [i for i in (0, 1) if cable.ends[i][0].is_up]
    if len(answering) > len(established):
        up, other = (cable.ends[i][0].name for i in (established[0], 1 - established[0]))
        return "session", [f"{up} says that it is up, {other} does not"] + reasons(cable)
    bad = impairments(cable)
    if bad:
        return "impaired", bad
    return "drained" if is_drained(cable) else "up", []


def cabling_words(cable, model):
    """In weft's own words when a node says them."""
    said = [f"{p.node.name} {p.cabling['what']}" for p in cable.ports() if p.is_miscabled and p.cabling["what"]]
    if said:
        return said
    return [f"{end_text(cable.ends[i])} is connected to {end_text(cable.ends[1 - i])}, the plan says {end_text(want)}{swapped(cable.ends[i][0], want, model)}"
            for i, want in sorted(cable.expected.items())]


def swapped(node, want, model):
    """The cable that is where this one is to be, if it is at another port of this node and does not belong there."""
    for cable in model.cables_of(node):
        for i, (here, port) in enumerate(cable.ends):
            if here is node and i in cable.expected and cable.ends[1 - i] == want:
                return f": swapped with {port}?"
    return ""


def dark(cable, dead):
    """Nothing is heard on it."""
    off = [f"{p.node.name} {p.name}" for p in cable.ports() if p.state == "down"]
    gone = [f"{p.node.name} {p.name}" for p in cable.ports() if p.state == "no-carrier"]
    if off and not dead:
        return "off", [f"{listed(off)} {'is' if len(off) == 1 else 'are'} switched off"]
    if off or gone:
        both = "no carrier at either end" if len(gone) == 2 else f"no carrier at {listed(gone)}" if gone else f"{listed(off)} is switched off"
        return "silent" if dead else "down", [both]
    return "silent" if dead else "missing", ["nobody is heard on " + listed(end_text(end) for end in cable.ends if end[0].is_up)]


def reasons(cable):
    """Why there is no session: once, when both ends say the same."""
    said = {}
    for i in (0, 1):
        port, session = cable.port(i), cable.sessions.get(i)
        if not port or is_established(session):
            continue
        reason = session and (session["last_error"] or session["fault"])
        if port.state == "held":
            reason = f"{port.name} failed again and again, and is held back"
        said.setdefault(str(reason or f"{port.name}: {port.state}"), []).append(port.node.name)
    return [reason if len(names) == 2 else f"{names[0]} says: {reason}" for reason, names in said.items()]


def impairments(cable):
    """What is wrong with a cable that has a session."""
    said = []
    for i in (0, 1):
        name, port, session = cable.ends[i][0].name, cable.port(i), cable.sessions.get(i)
        if session:
            said += [f"{name} says: {session['fault']}"] if session["fault"] else []
            said += [f"{name}: BFD is {session['bfd']['state']}"] if session["bfd"].get("blocks_bgp") else []
        said += [f"{name}: {alarm}" for alarm in port.alarms] if port else []
    return said


def is_drained(cable):
    return any(p.drained for p in cable.ports()) or any(n.drained for n in cable.nodes())


def is_usable(cable):
    """Packets are sent over it as over any other."""
    return any(is_established(s) for s in cable.sessions.values()) and not is_drained(cable)


def up_for(cable):
    seconds = [s["uptime_seconds"] for s in cable.sessions.values() if is_established(s)]
    return duration(min(seconds)) if seconds else ""


def is_planned(cable):
    """True: as the plan says; False: it is elsewhere; None: there is no plan of it."""
    if cable.expected or any(p.is_miscabled for p in cable.ports()):
        return False
    return True if cable.source == "plan" or cable.planned or any(p.cabling.get("verdict") == "as-planned" for p in cable.ports()) else None
