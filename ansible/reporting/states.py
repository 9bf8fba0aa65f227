"""What state a cable is in, worst first, and why, in words."""
from .cables import is_established
from .words import duration

# name, what it is called, how bad it is
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


def end_text(end):
    return f"{end[0].name} {end[1]}" if end[1] else end[0].name


def cable_text(cable):
    return f"{end_text(cable.ends[0])} – {end_text(cable.ends[1])}"


def cabling_words(cable):
    """In weft's own words when a node says them."""
    said = [f"{p.node.name} {p.cabling['what']}" for p in cable.ports() if p.is_miscabled and p.cabling.get("what")]
    return said or [f"{end_text(cable.ends[i])} is connected to {end_text(cable.ends[1 - i])}, the plan says {end_text(end)}"
                    for i, end in sorted(cable.expected.items())]


def judge(cable):
    """cable.state, cable.why: [sentences]."""
    cable.state, cable.why = state_of(cable)


def state_of(cable):
    wrong = cabling_words(cable)
    if wrong:
        return "miscabled", wrong
    dead = [n for n in cable.nodes() if not n.is_up and n.state not in ("foreign", "not-asked")]
    established = [i for i in (0, 1) if is_established(cable.sessions.get(i))]
    if not any(n.is_up for n in cable.nodes()):
        return "unknown", ["neither end has answered"]
    if cable.source != "heard" or not any(p.state not in ("down", "no-carrier") for p in cable.ports()):
        return silent_or_down(cable, dead)
    if not established:
        why = why_no_session(cable)
        return ("silent", why) if dead else ("session", why)
    answers = [i for i in (0, 1) if cable.ends[i][0].is_up]
    if len(answers) > len(established):
        up, other = established[0], 1 - established[0]
        return "session", [f"{cable.ends[up][0].name} says that the session is up, {cable.ends[other][0].name} does not"] + why_no_session(cable)
    bad = impairments(cable)
    if bad:
        return "impaired", bad
    if is_drained(cable):
        return "drained", []
    return "up", []


def silent_or_down(cable, dead):
    off = [p for p in cable.ports() if p.state == "down"]
    gone = [p for p in cable.ports() if p.state == "no-carrier"]
    if off:
        return "off", [f"{p.node.name} {p.name} is switched off" for p in off]
    if gone:
        why = [f"{p.node.name} {p.name} has no carrier" for p in gone]
        return ("silent", why) if dead else ("down", why)
    there = [end_text(end) for end in cable.ends if end[0].is_up]
    return ("silent" if dead else "missing"), [f"nobody is heard on {text}" for text in there]


def why_no_session(cable):
    said = []
    for i in (0, 1):
        port, session = cable.port(i), cable.sessions.get(i)
        if not port:
            continue
        reason = (session or {}).get("last_error") or (session or {}).get("fault")
        if port.state == "held":
            said.append(f"{port.node.name} holds {port.name} back, for it failed again and again")
        elif reason and not is_established(session):
            said.append(f"{port.node.name} says: {reason}")
        elif not session and port.state != "peer":
            said.append(f"{port.node.name} {port.name}: {port.state}")
    return said


def impairments(cable):
    said = []
    for i in (0, 1):
        port, session = cable.port(i), cable.sessions.get(i) or {}
        if session.get("fault"):
            said.append(f"{cable.ends[i][0].name} says: {session['fault']}")
        bfd = session.get("bfd") or {}
        if bfd.get("blocks_bgp"):
            said.append(f"{cable.ends[i][0].name}: BFD is {bfd.get('state')}")
        said += [f"{port.node.name} {port.name}: {alarm}" for alarm in port.alarms] if port else []
    return said


def is_drained(cable):
    return any(p.drained for p in cable.ports()) or any(n.drained for n in cable.nodes())


def is_usable(cable):
    """Packets are sent over it as over any other."""
    return any(is_established(s) for s in cable.sessions.values()) and not is_drained(cable)


def up_for(cable):
    seconds = [s.get("uptime_seconds") for s in cable.sessions.values() if is_established(s)]
    return duration(min(seconds)) if seconds else ""


def is_planned(cable):
    """True: as the plan says; False: it is elsewhere; None: there is no plan of it."""
    verdicts = {p.cabling.get("verdict") for p in cable.ports()}
    if cable.expected or any(p.is_miscabled for p in cable.ports()):
        return False
    return True if "as-planned" in verdicts or cable.source == "plan" else None
