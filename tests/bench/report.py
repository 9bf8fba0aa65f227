# tests/bench/report.py: medians of all runs as one table, with weft's ratio to the kernel and to the best of the others.
import statistics

DAEMONS = ["weft", "FRR", "BIRD", "GoBGP"]
LOOKED_AT = ["weft scraped", "weft watched"]  # only if they were asked for

# cell, what is shown, key, unit, and what the kernel alone has for it: (mode of bench_floor, its key)
ROWS = [
    ("b1", "B1 one peer, all in the kernel", "kernel_s", "s", ("plain", "add_s")),
    ("b1", "B1   the same, kernel by next-hop object", "kernel_s", "s", ("object", "add_s")),
    ("b1", "B1   CPU", "cpu_s", "s", ("plain", "add_cpu_s")),
    ("b1", "B1   CPU of the benchmark's own programs", "bench_cpu_s", "s", None),
    ("b1", "B1   memory per route, peak above idle", "bytes_per_route", "B", None),
    ("b1", "B1   memory when idle (PSS)", "idle_pss_kb", "kB", None),
    ("b1", "B1   all withdrawn, none in the kernel", "withdraw_s", "s", ("plain", "delete_s")),
    ("b2", "B2 one peer, all at 16 others", "sinks_s", "s", None),
    ("b2", "B2   first at any of them", "first_sink_s", "s", None),
    ("b2", "B2   all in the kernel", "kernel_s", "s", ("plain", "add_s")),
    ("b2", "B2   CPU", "cpu_s", "s", ("plain", "add_cpu_s")),
    ("b2", "B2   CPU of the benchmark's own programs", "bench_cpu_s", "s", None),
    ("b2", "B2   memory per route, peak above idle", "bytes_per_route", "B", None),
    ("b2", "B2   all withdrawn at 16 others", "withdraw_s", "s", None),
    ("b3", "B3 four peers, all four wide in the kernel", "kernel_s", "s", ("group", "add_s")),
    ("b3", "B3   CPU", "cpu_s", "s", ("group", "add_cpu_s")),
    ("b3", "B3   route messages of the kernel", "route_messages", "", None),
    ("b3", "B3   memory per prefix, peak above idle", "bytes_per_route", "B", None),
    ("b3", "B3   all withdrawn, none in the kernel", "withdraw_s", "s", ("group", "delete_s")),
    ("b4", "B4 one of four links dies: kernel clean", "clean_s", "s", ("group", "member_deleted_s")),
    ("b4", "B4   first UPDATE to a neighbour", "first_update_s", "s", None),
    ("b4", "B4   last UPDATE to a neighbour", "last_update_s", "s", None),
    ("b4", "B4   route messages of the kernel", "route_messages", "", None),
    ("b4", "B4   CPU", "cpu_s", "s", None),
    ("t1", "T1 one peer and 63 silent ones, all in the kernel", "kernel_s", "s", None),
    ("t1", "T1   longest silence towards any (KEEPALIVE 1 s)", "silence_s", "s", None),
    ("t1", "T1   slowest weft show summary", "show_s", "s", None),
    ("t1", "T1   all of weft show routes", "table_s", "s", None),
]

FABRIC_ROWS = [
    ("%s, every leaf complete", "complete_s", "s"),
    ("  CPU of all daemons", "cpu_s", "s"),
    ("  memory of all daemons (PSS)", "pss_kb", "kB"),
    ("  memory of a leaf (PSS)", "leaf_pss_kb", "kB"),
    ("  memory of a spine (PSS)", "spine_pss_kb", "kB"),
]


def rows(results):
    sizes = [cell.split()[1] for cell in results if cell.startswith("f1 ")]
    return ROWS + [("f1 " + size, "F1 " + (title % size.replace("x", " x ") if "%" in title else title), key, unit, None)
                   for size in sizes for title, key, unit in FABRIC_ROWS]


def median(runs, key):
    values = [run[key] for run in runs if run.get(key) is not None]
    return statistics.median(values) if values else None


def floor_median(runs, floor):
    if not floor:
        return None
    mode, key = floor
    return median([run[mode] for run in runs if mode in run], key)


def number(value, unit):
    if value is None:
        return "-"
    if unit != "s":
        return ("%.0f %s" % (value, unit)).rstrip()
    if value < 0.01:
        return "%.2f ms" % (value * 1000)
    return "%.2f s" % value


def cell_text(runs, key, unit, notes, where):
    """A number, or why there is none; of several runs one that failed is told too."""
    value = median(runs, key)
    for run in runs:
        for kind in ("cannot", "failed"):
            if kind in run:
                note = "%s %s: %s" % (where, kind, run[kind])
                if note not in notes:
                    notes.append(note)
    if value is None:
        return "cannot" if any("cannot" in run for run in runs) else "failed" if any("failed" in run for run in runs) else "-"
    return number(value, unit) + ("!" if any("failed" in run for run in runs) else "")


def ratio(value, other):
    return "%.2f" % (value / other) if value is not None and other else "-"


def table(results):
    shown = DAEMONS + [name for name in LOOKED_AT if any(name in cell for cell in results.values())]
    notes, lines = [], [["", "kernel", *shown, "weft/kernel", "weft/best peer"]]
    for cell, title, key, unit, floor in rows(results):
        runs = results.get(cell)
        if not runs:
            continue
        kernel, weft = floor_median(runs.get("kernel", []), floor), median(runs.get("weft", []), key)
        others = [v for v in (median(runs.get(name, []), key) for name in DAEMONS[1:]) if v is not None]
        lines.append([title, number(kernel, unit), *(cell_text(runs.get(name, []), key, unit, notes, "%s %s" % (cell.replace("b", "B").replace("f", "F"), name)) for name in shown),
                      ratio(weft, kernel), ratio(weft, min(others, default=None))])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = ["  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths))) for line in lines]
    wires = [run for run in results.get("wire", {}).get("bench_peers", []) if "sink_s" in run]
    if wires:
        notes.append("the benchmark's own peers, joined without a daemon: %s; CPU of the one that announces %s, of the one that listens %s" % tuple(
            number(median(wires, key), "s") for key in ("sink_s", "injector_cpu_s", "sink_cpu_s")))
    return "\n".join([text[0], "-" * len(text[0]), *text[1:], *notes])


def problems(results, routes):
    """What must not be: a failed run, or a count that is not the number of routes. Times are for people to look at."""
    found = []
    for cell, daemons in results.items():
        for name, runs in daemons.items():
            for run in runs:
                if "failed" in run:
                    found.append("%s %s: %s" % (cell, name, run["failed"]))
                elif run.get("short_of_routes"):
                    found.append("%s %s: a leaf is short of %d routes" % (cell, name, run["short_of_routes"]))
                elif run.get("kernel_routes", routes) != routes or run.get("kernel_left", 0) != 0:
                    found.append("%s %s: the kernel has %s routes, then %s" % (cell, name, run.get("kernel_routes"), run.get("kernel_left")))
    return found
