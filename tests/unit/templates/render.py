#!/usr/bin/env python3
"""render.py WEFT [--write]: what templates/weft.json.j2 makes of each example, against weft, the JSON Schema, and what it made of it before.
render.py --into FOLDER INVENTORY VARIABLES: its nodes, NAME.json each, with the hostname there and VARIABLES (JSON) of all; its cables on standard output.

An example is a fabric: tests/data/templates/NAME.yml (`all`: variables of every node; `nodes`: of each), or an inventory of ansible/inventory, read by
ansible-inventory(1). `weft check` reads it as a whole. In tests/data/templates/NAME/ are some of its nodes as they were: --write makes these again.
"""
import json
import os
import subprocess
import sys
import tempfile

import jsonschema
import yaml

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
DATA = os.path.join(ROOT, "tests/data/templates")
sys.path.insert(0, os.path.join(ROOT, "ansible/roles/weft/filter_plugins"))
import weft_fabric  # noqa: E402
import weft_render  # noqa: E402


def example(path):
    with open(path, encoding="utf-8") as file:
        told = yaml.safe_load(file)
    return {name: {**told.get("all", {}), **(more or {})} for name, more in told["nodes"].items()}


def inventory(path):
    done = subprocess.run(["ansible-inventory", "-i", path, "--list"], stdout=subprocess.PIPE, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    return json.loads(done.stdout)["_meta"]["hostvars"]


def render(hosts):
    every = next(iter(hosts.values()))
    fabric = weft_fabric.weft_fabric(list(hosts), hosts, every.get("weft_plan"), every.get("weft_cables"), every.get("weft_outside"))
    if fabric["errors"]:
        raise SystemExit("\n".join(fabric["errors"]))
    return weft_render.weft_render(fabric, hosts)


def ask_weft(weft, texts, outside):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as file:
                file.write(text)
        options = [word for glob in outside for word in ("--outside", glob)]
        done = subprocess.run([weft, "check", *options, folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode == 0, done.stdout.decode()


def against_schema(schema, name, text):
    return ["%s: the schema says: %s" % (name, error.message) for error in schema.iter_errors(json.loads(text))]


def against_golden(folder, texts):
    wrong = []
    for file in sorted(os.listdir(folder)):
        name = file[:-len(".json")]
        with open(os.path.join(folder, file), encoding="utf-8") as golden:
            if name not in texts:
                wrong.append("%s: is no node of it" % file)
            elif golden.read() != texts[name]:
                wrong.append("%s: is rendered as something else than %s/%s (if that is right: --write):\n%s" % (name, folder, file, texts[name]))
    return wrong


def into(folder, path, more):
    hosts = inventory(path)
    for name, known in hosts.items():
        known.update(json.loads(more), weft_hostname=name)
    for name, text in render(hosts).items():
        with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as file:
            file.write(text)
    print("\n".join(next(iter(hosts.values())).get("weft_cables", [])))


def main():
    weft = os.path.abspath(sys.argv[1])
    with open(os.path.join(ROOT, "templates/schema/config.json"), encoding="utf-8") as file:
        schema = jsonschema.Draft202012Validator(json.load(file))
    places = [os.path.join(DATA, name) for name in os.listdir(DATA) if name.endswith(".yml")]
    places += [os.path.join(ROOT, "ansible/inventory", name) for name in os.listdir(os.path.join(ROOT, "ansible/inventory"))]
    wrong, n, rendered = [], 0, {}
    for place in sorted(places):
        name = os.path.basename(place)[:-len(".yml")]
        hosts = example(place) if place.startswith(DATA) else inventory(place)
        texts = rendered[name] = render(hosts)
        folder = os.path.join(DATA, name)
        if "--write" in sys.argv:
            for file in os.listdir(folder):
                with open(os.path.join(folder, file), "w", encoding="utf-8") as golden:
                    golden.write(texts[file[:-len(".json")]])
        good, said = ask_weft(weft, texts, next(iter(hosts.values())).get("weft_outside", []))
        told = ([] if good else [said]) + [line for node in texts for line in against_schema(schema, node, texts[node])] + against_golden(folder, texts)
        wrong += ["%s: %s" % (name, line) for line in told]
        n += len(texts)
    # The plan is another way to say the same.
    wrong += ["%s: is not the same by the plan" % node for node in rendered["two-values"] if rendered["two-values"][node] != rendered["plan"].get(node)]
    # So are variables for what FRR says.
    for node, text in rendered["frr"].items():
        with open(os.path.join(ROOT, "tests/data/import", node + ".json"), encoding="utf-8") as file:
            if json.load(file) != json.loads(text):
                wrong.append("%s: is not what weft import makes of FRR's" % node)
    print("\n".join(wrong) or "templates: %d nodes of %d fabrics are rendered as before, and weft and the schema accept them" % (n, len(places)))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    into(*sys.argv[2:]) if sys.argv[1] == "--into" else main()
