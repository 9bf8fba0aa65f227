#!/usr/bin/env python3
"""The report of a fabric without Ansible: report.py FOLDER | collection.json > page.html

FOLDER has a folder per node with what it answered: leaf01/show-summary.json, show-links.json, show-nexthops.json, doctor.json; each is the standard output of
`weft --json ...` there, or, if it has failed, what it has said of that."""
import argparse
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from reporting import collect, page  # noqa: E402
from reporting.model import Model  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0], epilog=__doc__.split("\n\n")[1])
    parser.add_argument("where", help="a folder of answers, or a collection that report.yml or --collection has written")
    parser.add_argument("--before", metavar="FILE", help="an earlier collection: what has changed since, and where cables went that are silent now")
    parser.add_argument("--title", help="what stands above the page")
    parser.add_argument("--collection", metavar="FILE", help="write what was read as one JSON file, too")
    parser.add_argument("--strict", action="store_true", help="exit with 5 when something is wrong")
    arguments = parser.parse_args()
    try:
        found = collect.read(arguments.where)
        before = collect.read(arguments.before) if arguments.before else None
    except (OSError, ValueError) as error:
        sys.exit(f"report.py: {error}")
    if arguments.title:
        found["title"] = arguments.title
    if arguments.collection:
        with open(arguments.collection, "w", encoding="utf-8") as file:
            json.dump(found, file)
    model = Model(found, before)
    sys.stdout.buffer.write(page.render(model).encode())
    for sentence in model.sentences():
        print(sentence, file=sys.stderr)
    if arguments.strict and model.count("error") + model.count("warning"):
        sys.exit(5)


if __name__ == "__main__":
    main()
