# tests/bench/loss_report.py: what was lost, as a table: medians, and from the best to the worst run; what weft is to reach, and whether it does.
import statistics

DAEMONS = ["floor", "BIRD", "FRR", "weft"]

# event, what is shown, key, unit, goal of weft: a number, or ("floor", times)
ROWS = [
    ("near", "carrier loss, near link: outage", "outage_ms", "ms", ("floor", 2)),
    ("near", "  all tables right", "tables_ms", "ms", 5),
    ("near", "  link back: full ECMP again", "back_ms", "ms", 100),
    ("near", "  packets lost then", "back_lost", "", 0),
    ("far", "carrier loss, far link: outage", "outage_ms", "ms", 2),
    ("far", "  all tables right", "tables_ms", "ms", 5),
    ("far", "  link back: full ECMP again", "back_ms", "ms", 100),
    ("far", "  packets lost then", "back_lost", "", 0),
    ("silent-near", "silent failure, BFD 100 ms x 3, near: worst flow", "worst_ms", "ms", 310),
    ("silent-far", "silent failure, BFD 100 ms x 3, far: worst flow", "worst_ms", "ms", 310),
    ("silent-near-20", "silent failure, BFD 20 ms x 3, near: worst flow", "worst_ms", "ms", 65),
    ("silent-far-20", "silent failure, BFD 20 ms x 3, far: worst flow", "worst_ms", "ms", 65),
    ("flaps", "20 flaps, 100 ms down, 100 ms up: packets lost", "lost", "", 6),
    ("flaps", "  full ECMP after the last", "back_ms", "ms", 100),
    ("flaps", "  wrong routes in the end", "wrong", "", 0),
]


def number(value, unit):
    return "%.0f" % value if unit == "" else "%.2f" % value if value < 10 else "%.0f" % value


def values(runs, key):
    """Of the runs that came to an end; None stands for never."""
    return [run.get(key) for run in runs if not ("failed" in run or "cannot" in run)]


def median(runs, key):
    found = sorted(float("inf") if v is None else v for v in values(runs, key))
    return statistics.median_high(found) if found else None


def cell(runs, key, unit, notes, where):
    for run in runs:
        for kind in ("cannot", "failed"):
            if kind in run and run[kind] != "nobody is there to do it":
                note = "%s %s: %s" % (where, kind, run[kind])
                notes += [] if note in notes else [note]
    found = [v for v in values(runs, key) if v is not None]
    middle = median(runs, key)
    if middle is None:
        return "failed" if any("failed" in run for run in runs) else "-"
    failed = "!" if any("failed" in run for run in runs) else ""
    if middle == float("inf"):
        return "never" + failed
    spread = "" if min(found) == max(found) else " (%s-%s)" % (number(min(found), unit), number(max(found), unit) if len(found) == len(values(runs, key)) else "never")
    return number(middle, unit) + spread + failed


def goal_cell(goal, floor, weft, unit):
    """What weft has to reach, and whether it does."""
    if goal is None:
        return "-", "-"
    if isinstance(goal, tuple) and floor is None:
        return "<= %d x floor" % goal[1], "-"
    text, limit = ("<= %d x floor" % goal[1], floor * goal[1]) if isinstance(goal, tuple) else ("<= %g %s" % (goal, unit), goal)
    return text.rstrip(), "-" if weft is None else "yes" if weft <= limit else "no"


def table(results):
    notes, lines = [], [["median (best-worst)", *DAEMONS, "weft is to reach", "does it"]]
    for event, title, key, unit, goal in ROWS:
        for name, daemons in results.items():
            kind, _, rest = name.partition(" ")
            if kind != "loss" or rest.split()[0] != event:
                continue
            routes = int(rest.split()[1])
            cells = [cell(daemons.get(d, []), key, unit, notes, "%s %s" % (name, d)) for d in DAEMONS]
            # A floor under which nobody can be seen is one packet.
            floor = median(daemons.get("floor", []), key)
            if floor is not None and key == "outage_ms":
                floor = max(floor, 1000 / next(run["rate"] for run in daemons["floor"] if "rate" in run))
            goals = goal_cell(goal, floor, median(daemons.get("weft", []), key), unit)
            lines.append([title + (", %d routes" % routes if routes else ""), *(c + (" ms" if unit and c[0].isdigit() else "") for c in cells), *goals])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = ["  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths))) for line in lines]
    return "\n".join([text[0], "-" * len(text[0]), *text[1:], *notes])
