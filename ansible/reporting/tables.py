"""Tables of the page: complete without the script, sortable with it."""
from html import escape

from . import states, tiers
from .picture import STATE_NAMES
from .words import duration, listed, plural

FOLDED = 60                                     # rows: if there are more, those with nothing wrong are folded away


def cell(text, key=None, kind=""):
    attributes = (f' class="{kind}"' if kind else "") + (f' data-k="{escape(str(key))}"' if key is not None else "")
    return f"<td{attributes}>{escape(str(text))}</td>"


def table(name, titles, rows):
    head = "".join(f'<th scope="col">{escape(t)}</th>' for t in titles)
    return f'<div class="wide"><table id="{name}">\n<thead><tr>{head}</tr></thead>\n<tbody>\n' + "\n".join(rows) + "\n</tbody></table></div>"


def nodes(model):
    if not model.nodes:
        return ""
    titles = ("Node", "Tier", "State", "AS", "Router-id", "Version", "Up", "Sessions", "ECMP", "Routes by next hops", "Prefixes", "Routes")
    if len(model.nodes) <= FOLDED:
        return f'<section><h2>Nodes</h2>\n{table("nodes", titles, [node_row(n) for n in model.nodes])}</section>'
    odd = [n for n in model.nodes if is_odd(n)]
    well = [n for n in model.nodes if not is_odd(n)]
    shown = table("nodes", titles, [node_row(n) for n in odd]) if odd else "<p>All are well.</p>"
    return (f'<section><h2>Nodes</h2>\n{shown}\n<details><summary>{plural(len(well), "node")} with nothing to say of</summary>\n'
            f'{table("nodes-well", titles, [node_row(n) for n in well])}</details></section>')


def is_odd(node):
    sessions = node.summary["peers_established"] < node.summary["peers"]
    return not node.is_up or node.drained or node.odd_version or node.width < node.full or sessions or bool(node.summary["drained_links"])


def node_row(node):
    summary = node.summary
    hostname = "" if node.hostname.split(".")[0].lower() == node.name.split(".")[0].lower() else f" ({node.hostname})"
    first = f'<th scope="row">{escape(node.name + hostname)}</th>'
    tier = cell(tiers.NAMES.get(node.tier, "?"), node.tier)
    if not node.is_up:
        rest = cell(STATE_NAMES[node.state], None, "" if node.state == "not-asked" else "error") + cell(node.asn or "") + cell(node.router_id or "") + "<td></td>" * 7
        return f'<tr class="dead">{first}{tier}{rest}</tr>'
    state = "drained" if node.drained else "links drained" if summary["drained_links"] else "starting" if summary["start_hold"] or summary["restart"] else "up"
    peers, established = summary["peers"], summary["peers_established"]
    widths = ", ".join(f"{routes} × {width}" for width, routes in node.widths.items())
    cells = [tier, cell(state, None, "note" if state != "up" else ""), cell(node.asn, node.asn), cell(node.router_id),
             cell(node.version + (" (others differ)" if node.odd_version else ""), None, "warning" if node.odd_version else ""),
             cell(duration(summary["uptime_seconds"]), summary["uptime_seconds"]),
             cell(f"{established} of {peers}", established, "error" if established < peers else ""),
             cell(f"{node.width} of {node.full}" + (" (narrow)" if node.width < node.full else ""), node.width, "warning" if node.width < node.full else ""),
             cell(widths), cell(summary["prefixes"], summary["prefixes"]), cell(summary["routes_installed"], summary["routes_installed"])]
    return f"<tr>{first}{''.join(cells)}</tr>"


def cables(model):
    if not model.cables:
        return ""
    titles = ("One end", "Other end", "State", "Plan", "Up for", "Prefixes", "Why")
    bad = sorted((c for c in model.cables if c.state != "up"), key=lambda c: states.ORDER.index(c.state))
    good = [c for c in model.cables if c.state == "up"]
    if len(good) <= FOLDED:
        return f'<section><h2>Cables</h2>\n{table("cables", titles, [cable_row(c) for c in bad + good])}</section>'
    shown = table("cables", titles, [cable_row(c) for c in bad]) if bad else "<p>All are up.</p>"
    return (f'<section><h2>Cables</h2>\n{shown}\n<details><summary>{plural(len(good), "cable")} that {"is" if len(good) == 1 else "are"} up</summary>\n'
            f'{table("cables-up", titles, [cable_row(c) for c in good])}</details></section>')


def cable_row(cable):
    name, severity = states.STATES[cable.state]
    link = f' <a href="#p{cable.number}">{cable.number}</a>' if cable.number else ""
    prefixes = [cable.sessions[i]["prefixes_received"] if i in cable.sessions else "-" for i in (0, 1)]
    expected = listed(f"{states.end_text(cable.ends[i])} to {states.end_text(end)}" for i, end in sorted(cable.expected.items()))
    plan = {True: "as planned", False: expected or "elsewhere", None: ""}[states.is_planned(cable)]
    guess = {"heard": "", "plan": "", "past": "by the earlier report", "pattern": "a guess"}[cable.source]
    drained = ["drained"] if cable.state != "drained" and states.is_drained(cable) else []
    why = "; ".join(([guess] if guess else []) + cable.why + drained)
    return (f'<tr><th scope="row">{escape(states.end_text(cable.ends[0]))}</th><th scope="row">{escape(states.end_text(cable.ends[1]))}</th>'
            f'<td class="{severity}" data-k="{states.ORDER.index(cable.state)}">{escape(name)}{link}</td>{cell(plan)}{cell(states.up_for(cable), seconds(cable))}'
            f"{cell(' / '.join(str(p) for p in prefixes))}{cell(why)}</tr>")


def seconds(cable):
    return max((s["uptime_seconds"] for s in cable.sessions.values() if states.is_established(s)), default=0)
