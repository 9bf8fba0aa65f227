#!/usr/bin/env python3
"""sim-report: what the simulation says fabrics cost (sim --plan, a JSON object per line), as tables and as a picture.

    plan_report.py RUNS.jsonl OUT        writes OUT.md, OUT.svg, OUT.json
"""
import json
import math
import statistics
import sys

COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]     # Okabe and Ito: told apart by everybody, on white and on black
ROLES = ["leaf", "spine", "super"]


def by_shape(runs):
    shapes = {}
    for run in runs:
        shapes.setdefault(run["shape"], []).append(run)
    return shapes


def of_event(runs, name):
    return [e for run in runs for e in run["events"] if e["event"] == name]


def names(runs):
    return [e["event"] for e in runs[0]["events"] if e["event"] != "rest"]


def median(values):
    return statistics.median(values)


def amount(n):
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if n >= 10 * size:
            return f"{n / size:.0f} {unit}"
        if n >= size:
            return f"{n / size:.1f} {unit}"
    return f"{n:.0f}"


def ms(values):
    text = f"{median(values):.1f}"
    return text if len(values) == 1 or f"{max(values):.1f}" == text else f"{text} ({max(values):.1f})"


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|" + "|".join("---" if i == 0 else "--:" for i in range(len(head))) + "|"
    for row in rows:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"
    yield ""


def markdown(shapes):
    first = next(iter(shapes.values()))[0]
    yield "# What a fabric costs: simulated"
    yield ""
    yield "Real agents, simulated cables and kernels, no faults but those named (tests/sim/README.md). Assumed: a message takes 20 to 520 us; a lost"
    yield f"carrier is seen at both ends after 50 us; a node is busy {first['turn_us']} us with each wake-up, {first['op_us']} us with each change of its kernel,"
    yield (f"{first['byte_ns']} ns with each byte of BGP, times {first['slow']}. Each leaf announces its address and {first['subnets_per_leaf']} subnet(s). Nodes start within "
           f"{first['spread_ms']} ms of each other.")
    yield "Median of all runs, in brackets the worst."
    yield ""
    yield "## Time until every kernel is right, ms"
    yield "Of the start: after the last node has started. 0: the kernels of the neighbours drop the dead link by themselves, and nobody else had to change."
    yield ""
    all_names = max((names(runs) for runs in shapes.values()), key=len)
    yield from table(["event"] + list(shapes), [
        [name] + [ms([e["right_ms"] for e in of_event(runs, name)]) if of_event(runs, name) else "" for runs in shapes.values()] for name in all_names])
    for title, where in (("all nodes together, each message once", lambda e: e["total"]), ("the busiest node, what it says and hears", busiest)):
        yield f"## Messages: {title}"
        yield "UPDATEs / prefixes announced / withdrawn / bytes of BGP / changes of the kernel"
        yield ""
        yield from table(["event"] + list(shapes), [
            [name] + [" / ".join(amount(median([where(e)[k] for e in of_event(runs, name)])) for k in ("update", "announced", "withdrawn", "bytes", "kernel_ops"))
                      if of_event(runs, name) else "" for runs in shapes.values()] for name in all_names])
    yield "## At rest, a second"
    yield ""
    yield from table(["fabric", "nodes", "links", "OPENs at the start", "KEEPALIVEs/s", "bytes/s of BGP", "busiest node: KEEPALIVEs/s"], [
        [shape, runs[0]["nodes"], runs[0]["links"], amount(median([e["total"]["open"] for e in of_event(runs, "start")])),
         *(amount(median([where(e)[k] / runs[0]["rest_s"] for e in of_event(runs, "rest")]))
           for where, k in ((lambda e: e["total"], "keepalive"), (lambda e: e["total"], "bytes"), (busiest, "keepalive")))]
        for shape, runs in shapes.items()])
    yield "## What a node holds"
    yield "Memory: what an agent has of malloc when all is at rest (the difference when it is freed), without the sockets, libraries and code of a daemon."
    yield "The node of each role that holds most."
    yield ""
    yield from table(["fabric", "role", "nodes", "sessions", "kB", "kB of these: RIB", "paths", "routes in the kernel", "groups", "next hops"], [
        [shape, role, r["nodes"], r["sessions"], f"{r['bytes'] / 1000:.0f}", f"{r['rib_bytes'] / 1000:.0f}", r["paths"], r["routes"], r["groups"], r["hops"]]
        for shape, runs in shapes.items() for role in ROLES if role in runs[0]["roles"]
        for r in [max((run["roles"][role] for run in runs), key=lambda x: x["bytes"])]])


def busiest(event):
    return max(event["busiest"].values(), key=lambda c: c["bytes"])


# --- the picture -----------------------------------------------------------------------------------------------------------------
WIDTH, LEFT, RIGHT, HEIGHT = 1000, 220, 110, 0
STYLE = """
  text { font: 13px sans-serif; fill: #1f2328; } .title { font-size: 15px; font-weight: bold; } .small { font-size: 11px; fill: #59636e; paint-order: stroke; stroke: #ffffff; stroke-width: 3px; }
  .grid { stroke: #d1d9e0; stroke-width: 1; } .page { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } .small { fill: #9198a1; stroke: #0d1117; } .grid { stroke: #3d444d; } .page { fill: #0d1117; } }
"""


def place(value, low, high):
    return LEFT + (math.log10(max(value, low)) - math.log10(low)) / (math.log10(high) - math.log10(low)) * (WIDTH - LEFT - RIGHT)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def panel(top, title, note, rows, shapes, word):
    """Groups of bars on a logarithmic scale: rows are (name, [value or None by shape])."""
    values = [v for _, row in rows for v in row if v]
    low, high = 10 ** math.floor(math.log10(min(values)) - 0.01), 10 ** math.ceil(math.log10(max(values)) + 0.01)
    out = [f'<text class="title" x="20" y="{top + 18}">{escape(title)}</text>', f'<text class="small" x="20" y="{top + 35}">{escape(note)}</text>']
    y = top + 48
    bars = []
    for name, row in rows:
        present = [(i, v) for i, v in enumerate(row) if v is not None]
        bars.append(f'<text x="{LEFT - 10}" y="{y + 6.5 * len(present) + 4:.1f}" text-anchor="end">{escape(name)}</text>')
        for i, v in present:
            end = place(v, low, high) if v else LEFT
            bars.append(f'<rect x="{LEFT}" y="{y}" width="{max(end - LEFT, 2):.1f}" height="11" fill="{COLOURS[i % len(COLOURS)]}"/>')
            bars.append(f'<text class="small" x="{max(end, LEFT + 2) + 5:.1f}" y="{y + 9.5}">{escape(word(v))}</text>')
            y += 13
        y += 9
    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        x = place(10 ** power, low, high)
        out.append(f'<line class="grid" x1="{x:.1f}" y1="{top + 44}" x2="{x:.1f}" y2="{y}"/>')
        out.append(f'<text class="small" x="{x:.1f}" y="{y + 14}" text-anchor="middle">{escape(word(10.0 ** power))}</text>')
    return out + bars, y + 40


def legend(top, shapes):
    x = 20
    for i, (shape, runs) in enumerate(shapes.items()):
        yield f'<rect x="{x}" y="{top}" width="14" height="14" fill="{COLOURS[i % len(COLOURS)]}"/>'
        text = f"{shape}, {runs[0]['nodes']} nodes"
        yield f'<text x="{x + 20}" y="{top + 12}">{text}</text>'
        x += 50 + 7.5 * len(text)


def svg(shapes):
    all_names = max((names(runs) for runs in shapes.values()), key=len)

    def rows_of(pick):
        return [(name, [median([pick(e) for e in of_event(runs, name)]) if of_event(runs, name) else None for runs in shapes.values()]) for name in all_names]

    def memory(role):
        return [max(run["roles"][role]["bytes"] for run in runs) / 1000 if role in runs[0]["roles"] else None for runs in shapes.values()]

    body, y = list(legend(16, shapes)), 44
    for title, note, rows, word in (
            ("Until every kernel is right", "milliseconds, logarithmic; 0: the kernels next to it do it alone. Of the start: after the last node has started",
             rows_of(lambda e: round(e["right_ms"], 1)), lambda v: f"{v:g} ms"),
            ("UPDATEs, all nodes together", "each counted once, logarithmic", rows_of(lambda e: e["total"]["update"]), amount),
            ("Memory of an agent", "kilobytes at rest, logarithmic; the node of each role that holds most",
             [(role, memory(role)) for role in ROLES if any(memory(role))], lambda v: f"{v:,.0f} kB")):
        part, y = panel(y, title, note, rows, shapes, word)
        body += part
        y += 12
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}">', f"<style>{STYLE}</style>",
                      f'<rect class="page" width="{WIDTH}" height="{y}"/>', *body, "</svg>", ""])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as f:
        runs = [json.loads(line) for line in f if line.strip()]
    shapes = by_shape(runs)
    for end, text in (("md", "\n".join(markdown(shapes))), ("svg", svg(shapes)), ("json", json.dumps(runs, indent=1) + "\n")):
        with open(f"{sys.argv[2]}.{end}", "w", encoding="utf-8") as f:
            f.write(text)
    print("\n".join(markdown(shapes)))


if __name__ == "__main__":
    main()
