#!/usr/bin/env python3
# tests/bench/bench.py: weft, FRR, BIRD, GoBGP and the bare kernel, measured in turn in one run. Started by `run`.
import argparse
import functools
import json
import os
import platform
import sys
import time

import cells
import duts
import events
import events_report
import fabrics
import loss
import loss_report
import report
import watched
from lab import BUILD, Failed


CELLS = [*cells.CELLS, "f1"]
TABLES = {"loss": loss, "events": events}  # measured alone


def options():
    p = argparse.ArgumentParser(prog="tests/bench/run", description="weft beside FRR, BIRD, GoBGP and the bare kernel")
    p.add_argument("--bench", default="all", help="cells, separated by commas: " + " ".join(CELLS) + "; or loss or events, each a table of its own")
    p.add_argument("--routes", type=int, default=100000, help="prefixes (N)")
    p.add_argument("--runs", type=int, default=3, help="of each daemon, in turn; medians are shown")
    p.add_argument("--per-set", type=int, default=100, help="prefixes that share their attributes, as those of one leaf do")
    p.add_argument("--only", default="", help="daemons, separated by commas: kernel,weft,FRR,BIRD,GoBGP,floor; weft scraped, weft watched: with metrics; with BMP and watch, too; for events also weft GR,FRR GR,BIRD GR")
    p.add_argument("--fabrics", default="2x4,4x32,16x96", help="sizes for f1: spines x leaves")
    p.add_argument("--events", default="", help="for loss: %s; for events: %s" % (",".join(loss.EVENTS), ",".join(events.EVENTS)))
    p.add_argument("--events-routes", type=int, default=1000000, help="for the event of events that has many")
    p.add_argument("--loss-routes", default="0,100000", help="for loss: routes beside the fabric's own")
    p.add_argument("--extended", action="store_true", help="peers offer extended messages (RFC 8654)")
    p.add_argument("--profile", default="", help="profiler for the daemon while it loads: 'perf record -g -o FILE -p {pids}'")
    p.add_argument("--json", default="", help="where the numbers of every run go (build/bench-N.json)")
    o = p.parse_args()
    o.cells = CELLS if o.bench == "all" else o.bench.lower().split(",")
    o.json = o.json or os.path.join(BUILD, "bench-events.json" if o.cells == ["events"] else "bench-%d.json" % o.routes)
    o.daemons = [name.lower() for name in (o.only or "kernel,weft,FRR,BIRD,GoBGP,floor").split(",")]
    for cell in o.cells:
        if cell not in CELLS and o.cells not in [[t] for t in TABLES]:
            p.error("no such cell: %s" % cell)
    known = TABLES[o.cells[0]].EVENTS if o.cells[0] in TABLES else {}
    for event in o.events.split(",") if o.events else []:
        if event not in known:
            p.error("no such event: %s" % event)
    return o


def progress(run, what, got):
    flat = {"%s.%s" % (k, q) if q else k: w for k, v in got.items() for q, w in (v.items() if isinstance(v, dict) else [("", v)])}
    shown = ", ".join("%s %s" % (k, "%.3f" % v if isinstance(v, float) else v) for k, v in flat.items())
    print("%s run %d %s %s" % (time.strftime("%H:%M:%S"), run + 1, what, shown), file=sys.stderr, flush=True)


def attempt(function, *args):
    try:
        return function(*args)
    except Failed as e:
        return {"failed": str(e)}


def job(cell, daemon):
    """The function that measures this daemon in this cell."""
    if cell.startswith("f1 "):
        return functools.partial(fabrics.f1, daemon, size=cell[3:])
    return functools.partial(cells.CELLS[cell], daemon)


def jobs(o):
    """Everything that one run measures, in order: what is compared stands side by side in time."""
    if o.cells[0] in TABLES:
        yield from TABLES[o.cells[0]].jobs(o)
        return
    if "kernel" in o.daemons:
        yield "wire", "bench_peers", cells.wire
    for cell in [c for name in o.cells for c in (["f1 " + size for size in o.fabrics.split(",")] if name == "f1" else [name])]:
        if "kernel" in o.daemons and cell in cells.FLOOR:
            yield cell, "kernel", functools.partial(cells.kernel_floor, cells.FLOOR[cell])
        for daemon in [*duts.ALL, *watched.ALL]:
            why = daemon.missing()
            if daemon.name.lower() in o.daemons:
                yield cell, daemon.name, (lambda _, why=why: {"cannot": why}) if why else job(cell, daemon)


def measure(o):
    results = {}
    for run in range(o.runs):
        for cell, name, function in jobs(o):
            got = attempt(function, o)
            results.setdefault(cell, {}).setdefault(name, []).append(got)
            progress(run, "%s %s" % (cell, name), got)
    return results


def main():
    o = options()
    results = measure(o)
    with open(o.json, "w") as f:
        json.dump({"routes": o.routes, "per_set": o.per_set, "runs": o.runs, "kernel": platform.release(), "cpus": os.cpu_count(),
                   "results": results}, f, indent=1)
    print("%d prefixes, %d per attribute set, medians of %d runs, Linux %s, %d CPUs" % (o.routes, o.per_set, o.runs, platform.release(), os.cpu_count()))
    print(events_report.table(results, o) if o.cells == ["events"] else loss_report.table(results) if o.cells == ["loss"] else report.table(results))
    bad = report.problems(results, o.routes)
    if bad:
        print("\n".join(bad), file=sys.stderr)
        sys.exit(1)


main()
