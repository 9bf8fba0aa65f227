# tests/bench/events_report.py: what was lost by what was done on purpose, as a table: medians of all runs, the worst in brackets.
import statistics

from operated import ALL

LOST = "lost"
# event, what is shown, key, unit
ROWS = [
    ("kill-spine", "kill -9 of a spine, started 2 s later", LOST, ""),
    ("kill-leaf", "kill -9 of a leaf, started 2 s later", LOST, ""),
    ("term-spine", "SIGTERM and start of a spine", LOST, ""),
    ("term-leaf", "SIGTERM and start of a leaf", LOST, ""),
    ("upgrade-spine", "another binary on a spine", LOST, ""),
    ("upgrade-leaf", "another binary on a leaf", LOST, ""),
    ("drain-spine", "a spine: drain, stop, start, undrain", LOST, ""),
    ("drain-spine", "  until nobody goes over it", "drain_s", "s"),
    ("drain-uplink", "one uplink of a leaf: drain, undrain", LOST, ""),
    ("drain-uplink", "  until nobody goes over it", "drain_s", "s"),
    ("reload-routes", "reload of a leaf: prefixes, policy; and back", LOST, ""),
    ("reload-keepalive", "  KEEPALIVE time; and back", LOST, ""),
    ("reload-hold", "  hold time; and back", LOST, ""),
    ("million", "kill -9 of a leaf with %d routes", LOST, ""),
    ("million", "  start to all sessions and routes, restart over", "over_s", "s"),
    ("million", "  start to no work left", "idle_s", "s"),
]


def number(value, unit):
    return "%d" % value if unit == "" else "%.2f s" % value


def spread(values, unit):
    """The median, and in brackets the worst if it is another one."""
    middle, worst = number(statistics.median_high(values), unit), number(max(values), unit)
    return middle if middle == worst else "%s (%s)" % (middle, worst)


def cell(runs, key, unit, notes, where):
    for run in runs:
        for kind in ("cannot", "failed"):
            if kind in run and "%s %s: %s" % (where, kind, run[kind]) not in notes:
                notes.append("%s %s: %s" % (where, kind, run[kind]))
    ended = [run for run in runs if "lost" in run]
    if not [run for run in ended if key in run]:
        return "failed" if any("failed" in run for run in runs) else "-"
    text = spread([run[key] for run in ended], unit)
    if key == LOST:
        text += " / " + spread([run["worst"] for run in ended], unit)
        text += "*" * any(0 < run["lost"] <= run["dropped"] for run in ended)
    return text + ("!" if len(ended) < len(runs) else "")


def machine(results):
    """What a zero is worth, and what a small number may be: what the machine dropped, and what was not sent as it should have been."""
    runs = [run for daemons in results.values() for all_runs in daemons.values() for run in all_runs if "lost" in run]
    if not runs:
        return []
    text = "%d packets were dropped by the machine's own queues in %d of %d runs, %d were refused at the sender" % (
        sum(run["dropped"] for run in runs), sum(run["dropped"] > 0 for run in runs), len(runs), sum(run["refused"] for run in runs))
    return ["* in a run with a loss the machine itself dropped as many packets, of this fabric or of others"] * any(
        0 < run["lost"] <= run["dropped"] for run in runs) + [text, "wrong routes in the end: %d" % sum(run["wrong"] for run in runs)]


def table(results, options):
    names = [d.name for d in ALL if any(d.name in daemons for daemons in results.values())]
    notes, lines = [], [["packets lost / of the flow that lost most: median (worst)", *names]]
    for event, title, key, unit in ROWS:
        daemons = results.get("events " + event)
        if daemons:
            lines.append([title % options.events_routes if "%d" in title else title, *(cell(daemons.get(n, []), key, unit, notes, "%s %s" % (event, n)) for n in names)])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = ["  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths))) for line in lines]
    return "\n".join([text[0], "-" * len(text[0]), *text[1:], *machine(results), *notes])
