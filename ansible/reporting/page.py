"""The page: one HTML file that needs nothing else. Everything that came from a node or an inventory is escaped; a policy forbids what is not here."""
import base64
import hashlib
import os
from html import escape

from . import states, tables
from .picture import Picture
from .words import harmless, most_common, plural, ranges

HERE = os.path.dirname(__file__)


def part(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read().strip()


def render(model):
    script, style = part("script.js"), part("style.css")
    digest = base64.b64encode(hashlib.sha256(f"\n{script}\n".encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = model.title or "Fabric report"
    head = (f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
            f"<title>{escape(title)}: {escape(verdict(model))}</title>\n<style>\n{style}\n</style>\n</head>\n")
    body = [header(model, title), problems(model), picture(model), since(model), tables.nodes(model), tables.cables(model), notes(model), footer(model)]
    return harmless(head + "<body>\n" + "\n".join(b for b in body if b)) + f"\n<script>\n{script}\n</script>\n</body>\n</html>\n"


def verdict(model):
    errors, warnings = model.count("error"), model.count("warning")
    if errors or warnings:
        return ", ".join(plural(n, word) for n, word in ((errors, "error"), (warnings, "warning")) if n)
    return "all is well" if model.asked == len(model.nodes) else f"nothing wrong with {model.asked} of {plural(len(model.nodes), 'node')}"


def header(model, title):
    worst = "error" if model.count("error") else "warning" if model.count("warning") else "well"
    tiles = [tile(*t) for t in facts(model)]
    return (f'<header>\n<h1>{escape(title)}</h1>\n<p class="when">{escape(model.time)}</p>\n<p class="verdict {worst}">{escape(verdict(model).capitalize())}</p>\n'
            f'<dl class="tiles">{"".join(tiles)}</dl>\n</header>')


def tile(name, value, more, bad):
    return f'<div{" class=bad" if bad else ""}><dt>{escape(name)}</dt><dd><b>{escape(value)}</b> {escape(more)}</dd></div>'


def facts(model):
    """(name, value, what of it, is it bad)"""
    up = [n for n in model.nodes if n.is_up]
    good = [c for c in model.cables if c.state in ("up", "drained")]
    sessions = [s for n in up for s in n.summary["neighbors"]]
    established = [s for s in sessions if states.is_established(s)]
    versions = [n.version for n in up]
    usual = most_common(versions)
    drained = [n.name for n in up if n.drained]
    narrow = [n for n in up if n.width < n.full]
    routes = [n.summary["routes_installed"] for n in up]
    left = len(model.nodes) - model.asked
    yield "Nodes", f"{len(up)} of {model.asked}", "answer" + (f", {left} not asked" if left else ""), len(up) < model.asked
    yield "Cables", f"{len(good)} of {len(model.cables)}", "up where they belong", len(good) < len(model.cables)
    yield "Sessions", f"{len(established)} of {len(sessions)}", "Established", len(established) < len(sessions)
    yield "ECMP", f"{len(up) - len(narrow)} of {len(up)}", "nodes at full width", bool(narrow)
    yield "Routes", span(routes), "installed per node", False
    yield "Versions", usual or "-", f"{versions.count(usual)} of {plural(len(versions), 'node')}" if len(set(versions)) > 1 else "everywhere", len(set(versions)) > 1
    yield "Drained", str(len(drained)) if drained else "none", ranges(drained, 3), False


def span(values):
    return "-" if not values else str(values[0]) if min(values) == max(values) else f"{min(values)} to {max(values)}"


def problems(model):
    some = [p for p in model.problems if p.severity != "note"]
    if not some:
        text = "There is no node in this report."
        if model.nodes:
            text = "Nothing: every node answers, every cable is up where it belongs, and no doctor complains."
        if model.asked < len(model.nodes):
            text = f"Nothing, as far as the {plural(model.asked, 'node')} that {'was' if model.asked == 1 else 'were'} asked can tell."
        return f'<section><h2>What is wrong</h2><p class="fine">{text}</p></section>'
    shown = f'<ol class="problems">\n{"".join(problem(p) for p in some[:MOST])}</ol>'
    if len(some) > MOST:
        shown += f'<details class="wrong"><summary>{len(some) - MOST} more</summary><ol class="problems">\n{"".join(problem(p) for p in some[MOST:])}</ol></details>'
    return f'<section><h2>What is wrong</h2>\n{shown}</section>'


def notes(model):
    some = [p for p in model.problems if p.severity == "note"]
    return f'<section><h2>Good to know</h2>\n<ol class="problems">\n{"".join(problem(p) for p in some)}</ol></section>' if some else ""


MOST = 20                                       # problems before the picture: the rest is folded away
MOST_SAID = 6


def problem(p):
    said = "".join(f"<li>{escape(name)}{': ' if name else ''}{escape(text)}</li>" for name, text in p.said[:MOST_SAID])
    if len(p.said) > MOST_SAID:
        said += f"<li>and {len(p.said) - MOST_SAID} more of this kind</li>"
    do = f'<p class="do">{escape(p.do)}</p>' if p.do else ""
    return (f'<li id="p{p.number}" value="{p.number}" class="{p.severity}"><p><span class="severity">{p.severity}</span> {escape(sentence(p.what))}</p>'
            f'{f"<ul>{said}</ul>" if said else ""}{do}</li>\n')


def sentence(text):
    return text if text.endswith((".", "?", "!")) else text + "."


def picture(model):
    if not model.nodes:
        return ""
    counts = {}
    for cable in model.cables:
        counts[cable.state] = counts.get(cable.state, 0) + 1
    keys = "".join(f'<li>{key_line(s)}{escape(states.STATES[s][0])} <b>{counts[s]}</b></li>' for s in reversed(states.ORDER) if s in counts)
    if any(c.expected for c in model.cables):
        keys += f'<li>{key_line("ghost")}where the plan has it</li>'
    return (f'<section><h2>The fabric</h2>\n<ul class="legend">{keys}</ul>\n<div class="frame">{Picture(model).svg()}</div>\n'
            '<p class="hint">A number leads to its sentence. A name, a cable: point at it.</p></section>')


def since(model):
    if not model.before:
        return ""
    text = "".join(f"<li>{escape(sentence(change))}</li>" for change in model.changes)
    return f'<section><h2>Since {escape(model.before.time)}</h2>\n' + (f'<ul class="changes">{text}</ul>' if text else "<p>Nothing has changed.</p>") + "</section>"


def key_line(state):
    return f'<svg class="key" viewBox="0 0 44 10" aria-hidden="true"><path class="c {state}" d="M1 5L43 5"/></svg>'


def footer(model):
    return ('<footer><p>What each node says of itself: <code>weft --json show summary</code>, <code>show links</code>, <code>show nexthops</code>, <code>doctor</code>; '
            "the ends of a cable are matched by the addresses that each hears at the other. Nodes were asked one after the other, so the page is of those seconds, not of one instant. "
            "ECMP: next hops in the widest routes, of as many as there are links upwards, or as most nodes of that tier have.</p></footer>")
