#!/usr/bin/env python3
# tests/sim/mutants.py: takes the protections of mutants.txt out of weft, one at a time, and shows that the simulation finds each.
#
# The sources are copied and built once. A mutant is a copy of that tree with one text changed, so that one file is compiled. It runs until the
# first seed that fails; the same seed must pass without the mutation.
import argparse
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCES = ["agent", "nexthop", "ra", "tests/sim"]
SIM = "build/sim"
FAILED = re.compile(r"FAILED seed (\d+): (\S+?): at [\d.]+ s: (.*)")


class Broken(Exception):
    """The list or the tree is wrong: not a matter of one mutant that survives."""


class Mutant:
    """One record: `name: file [arguments of sim]`, sentences, the text that stands there (-), what is to stand there (+)."""

    def __init__(self, head, body):
        m = re.fullmatch(r"([^:]+): (\S+?)(?: \[(.*)\])?", head)
        if not m:
            raise Broken(f"mutants.txt: not a head line: {head}")
        self.name, self.file, args = m.groups()
        self.args = args.split() if args else []
        self.why = " ".join(line.strip() for line in body if line.startswith("    "))
        self.old = "\n".join(line[1:] for line in body if line.startswith("-"))
        self.new = "\n".join(line[1:] for line in body if line.startswith("+"))
        if not self.old or not self.why or self.old == self.new:
            raise Broken(f"{self.name}: needs a sentence, a text, and another text")

    def applied(self, tree):
        with open(os.path.join(tree, self.file), encoding="utf-8") as f:
            text = f.read()
        if text.count(self.old) != 1:
            raise Broken(f"{self.name}: its text stands in {self.file} {text.count(self.old)} times, not once")
        return text.replace(self.old, self.new)

    def apply(self, tree):
        text = self.applied(tree)
        with open(os.path.join(tree, self.file), "w", encoding="utf-8") as f:
            f.write(text)


def read_mutants(path):
    with open(path, encoding="utf-8") as f:
        text = "".join(line for line in f if not line.startswith("#"))
    records = [r.splitlines() for r in re.split(r"\n{2,}", text.strip("\n"))]
    mutants = [Mutant(r[0], r[1:]) for r in records]
    names = [m.name for m in mutants]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise Broken("two mutants of one name: " + ", ".join(sorted(twice)))
    return mutants


def sources():
    yield "Makefile"
    for top in SOURCES:
        for folder, _, files in os.walk(os.path.join(ROOT, top)):
            for name in files:
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(folder, name), ROOT)


def same(a, b):
    try:
        with open(a, "rb") as x, open(b, "rb") as y:
            return x.read() == y.read()
    except FileNotFoundError:
        return False


def copy_sources(tree):
    """What is as it was keeps its time, so that it is not compiled again."""
    wanted = set(sources())
    for folder, _, files in os.walk(tree):
        for name in files:
            path = os.path.relpath(os.path.join(folder, name), tree)
            if name.endswith((".c", ".h")) and path not in wanted:
                os.unlink(os.path.join(tree, path))
    for path in wanted:
        to = os.path.join(tree, path)
        if not same(os.path.join(ROOT, path), to):
            os.makedirs(os.path.dirname(to), exist_ok=True)
            shutil.copyfile(os.path.join(ROOT, path), to)


def build(tree, what):
    r = subprocess.run(["make", "-s", "-j2", "BUILD=build", "OPT=-O2 -w", SIM], cwd=tree, capture_output=True, text=True, check=False)
    if r.returncode:
        raise Broken(f"{what} does not build:\n{r.stdout}{r.stderr}")


class Hunt:
    """Seeds until one fails, in a process of its own each: .seed, .topo, .what (None: none does), .seconds."""

    def __init__(self, tree, args):
        self.seed = self.topo = self.what = self.wrong = None
        began = time.monotonic()
        with subprocess.Popen([os.path.join(tree, SIM), "--no-shrink", *args], stdout=subprocess.PIPE, text=True, errors="replace") as p:
            for line in p.stdout:
                m = FAILED.search(line)
                if m:
                    self.seed, self.topo, self.what = m[1], m[2], m[3].strip()
                    p.kill()  # its children go with it
                    break
        self.seconds = time.monotonic() - began
        if p.returncode and not self.what:
            raise Broken(f"{tree}: sim ends with {p.returncode}")


def try_one(mutant, base, tree, options):
    args = mutant.args + (["--topo", options.topo] if options.topo else [])
    shutil.copytree(base, tree, symlinks=True, copy_function=shutil.copy2)
    try:
        mutant.apply(tree)
        build(tree, mutant.name)
        hunt = Hunt(tree, ["--seeds", str(options.seeds), "--jobs", str(options.jobs), *args])
    finally:
        shutil.rmtree(tree)
    if hunt.what:
        clean = Hunt(base, ["--seed", hunt.seed, *args])
        if clean.what:
            hunt.what, hunt.wrong = None, f"seed {hunt.seed}, {hunt.topo} fails without it too: {clean.what}"
    return hunt


def report(mutant, hunt):
    where = f"seed {hunt.seed}, {hunt.topo}" if hunt.what else "NOT FOUND"
    print(f"{mutant.name:32} {where:24} {hunt.seconds:6.1f} s  {hunt.what or hunt.wrong or mutant.why}", flush=True)


def options_of(argv):
    p = argparse.ArgumentParser(description="mutation check of tests/sim: which protections of weft does the simulation prove?")
    p.add_argument("--build", default="build", help="where: a folder `mutants` in it")
    p.add_argument("--seeds", type=int, default=2000, help="at most so many for each")
    p.add_argument("--jobs", type=int, default=2, help="seeds at once")
    p.add_argument("--topo", help="one shape of fabric, not each seed's own")
    p.add_argument("--only", help="names, separated by commas")
    p.add_argument("--list", action="store_true", help="the table of mutants, and nothing else")
    return p.parse_args(argv)


def chosen(mutants, only):
    if not only:
        return mutants
    names = [n.strip() for n in only.split(",")]
    unknown = set(names) - {m.name for m in mutants}
    if unknown:
        raise Broken("no such mutant: " + ", ".join(sorted(unknown)))
    return [m for m in mutants if m.name in names]


def main(argv):
    options = options_of(argv)
    mutants = chosen(read_mutants(os.path.join(ROOT, "tests/sim/mutants.txt")), options.only)
    for m in mutants:
        m.applied(ROOT)
    if options.list:
        for m in mutants:
            print(f"{m.name:32} {m.file:32} {m.why}")
        return 0
    top = os.path.join(os.path.abspath(options.build), "mutants")
    base, tree = os.path.join(top, "base"), os.path.join(top, "mutant")
    shutil.rmtree(tree, ignore_errors=True)
    copy_sources(base)
    build(base, "the tree as it is")
    found = 0
    for m in mutants:
        hunt = try_one(m, base, tree, options)
        report(m, hunt)
        found += hunt.what is not None
    print(f"{found} of {len(mutants)} found")
    return found != len(mutants)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Broken as e:
        sys.exit(f"mutants: {e}")
