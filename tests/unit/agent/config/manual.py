#!/usr/bin/env python3
"""Do the manual pages say what the programs do?  manual.py WEFT WEFTD
weft.json(5) against the JSON Schema, which schema.py holds to the code: every key has a paragraph with "Type: ...", "Default: ..." (or "Required.") and an
example that begins with it, there is no other key, and `weft check` accepts every example. weft(8) and weftd(8) against what --help says, and the table of
options in the source: every command and option has an item of the same synopsis, and there is no other."""
import json
import os
import re
import subprocess
import sys
import tempfile

from mdoc import Page, join
from schema import Schema

TYPES = {"number": "integer", "string": "string", "boolean": "boolean", "list": "array", "object": "object", "null": "null"}
# What an example needs beside it to be a whole configuration, where the examples of required keys are not enough.
NEEDS = {"role_strict": {"role": "peer"}, "strict": {"expect": "spine01:swp4"}, "keepalive": {"hold": 30},
         "route_reflector_client": {"remote_asn": "internal"}, "next_hop_self": {"remote_asn": "internal"}}
NAMED = {"default_only": [{"action": "accept"}]}         # a policy that examples may name
bad = []


class Object:
    """An object of the schema: where it may stand, as keys, "*" for any name and "[]" for an element."""
    def __init__(self, path, node):
        self.path, self.props, self.required = path, node["properties"], node.get("required", [])


def objects(s, node, path=()):
    for at in s.expand(node):
        if "properties" in at:
            yield Object(path, at)
            for key, kid in at["properties"].items():
                yield from objects(s, kid, path + (key,))
        if isinstance(at.get("additionalProperties"), dict):
            yield from objects(s, at["additionalProperties"], path + ("*",))
        if "items" in at:
            yield from objects(s, at["items"], path + ("[]",))


def keys_of(path):
    return tuple(part for part in path if part not in ("*", "[]"))


# --- a key's paragraph
def sentences(item):
    """What stands behind "Type:" and behind "Default:", each to the end of its paragraph or the other; None: it does not. And whether it is required."""
    said, at, required = {"Type": None, "Default": None}, None, False
    for line in item.lines:
        head = re.match(r"(Type|Default): ?(.*)", line + " ")
        if head:
            at = head[1]
            said[at] = ((said[at] or "") + " " + head[2]).strip()
        elif line == "Required.":
            at, required = None, True
        elif not line:
            at = None
        elif at:
            said[at] = join([said[at], line])
    return said["Type"], said["Default"], required


def check_type(s, name, node, said):
    plain = re.sub(r'"[^"]*"', "", said)
    types = {TYPES[word] for word in re.findall(r"(?<!of )\b(%s)\b" % "|".join(TYPES), plain)}
    if types != s.types(node):
        bad.append("%s: the page says it is %s (\"Type: %s\"), the code takes %s" % (name, sorted(types), said, sorted(s.types(node))))
    if "integer" in s.types(node):
        for bound in (s.first(node, "minimum"), s.first(node, "maximum")):
            if bound is not None and not re.search(r"\b%d\b" % bound, plain):
                bad.append("%s: \"Type: %s\" does not say %d" % (name, said, bound))
    for word in s.words(node):
        if '"%s"' % word not in said:
            bad.append("%s: \"Type: %s\" does not say that it may be \"%s\"" % (name, said, word))


def default_said(text):
    """The value that a sentence begins with; ValueError: words."""
    return json.JSONDecoder().raw_decode(text)[0]


def check_default(s, name, node, said):
    has = any("default" in at for at in s.expand(node))
    wanted = s.first(node, "default")
    try:
        value = default_said(said)
    except ValueError:
        if has:
            bad.append("%s: \"Default: %s\" does not begin with the code's, %s" % (name, said, json.dumps(wanted)))
        return
    # true: an object of which every key has its default
    if value is True and isinstance(wanted, dict):
        kids = next(at["properties"] for at in s.expand(node) if "properties" in at)
        value = {key: s.first(kid, "default") for key, kid in kids.items()}
    if has and (value != wanted or type(value) is not type(wanted)):
        bad.append("%s: the page says \"Default: %s\", in the code it is %s" % (name, said, json.dumps(wanted)))
    if not has and "Default: %s" % json.dumps(value) not in (s.first(node, "description") or ""):
        bad.append("%s: the page says \"Default: %s\", the code has none" % (name, said))


def check_key(s, obj, key, item):
    name, node = ".".join(keys_of(obj.path) + (key,)), obj.props[key]
    said, default, required = sentences(item)
    if said is None:
        bad.append("%s: has no \"Type: ...\"" % name)
    else:
        check_type(s, name, node, said)
    if required != (key in obj.required):
        bad.append("%s: is %s, the page says otherwise" % (name, "required" if key in obj.required else "not required"))
    if default is None and not required and not any("properties" in at for at in s.expand(node) if s.types(node) == {"object"}):
        bad.append("%s: has no \"Default: ...\"" % name)
    if default is not None:
        check_default(s, name, node, default)
    if not any(text.startswith('"%s": ' % key) for text in item.examples):
        bad.append("%s: has no example that begins with \"%s\": " % (name, key))


def check_list(s, all_objects, items, path, seen, examples):
    """A list of keys describes the objects that have just these; path: the keys that it stands in."""
    keys = {name for item in items for name in item.names}
    within = [o for o in all_objects if keys_of(o.path)[:len(path)] == path] or all_objects
    best = max(len(keys & o.props.keys()) - len(keys ^ o.props.keys()) / 100 for o in within)
    these = [o for o in within if len(keys & o.props.keys()) - len(keys ^ o.props.keys()) / 100 == best]
    for key in sorted(keys - these[0].props.keys()):
        bad.append("%s: the page describes it, the code does not read it" % ".".join(keys_of(these[0].path) + (key,)))
    for item in items:
        examples += [(these[0], text) for text in item.examples if text.startswith('"')]
        for key in item.names:
            for obj in these:
                if key in obj.props:
                    check_key(s, obj, key, item)
                    seen.add((frozenset(obj.props), key))
        for kid in item.lists:
            if kid and kid[0].macro == "Ic":
                check_list(s, all_objects, kid, path + (item.names[0],), seen, examples)


# --- its examples
def whole(path, value):
    for part in reversed(path):
        value = [value] if part == "[]" else {"swp1" if part == "*" else part: value}
    return value


def merged(a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        return {**a, **b, **{key: merged(a[key], b[key]) for key in a.keys() & b.keys()}}
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b) == 1:
        return [merged(a[0], b[0])]
    return b


def as_configuration(all_objects, first, obj, text):
    """An example of a key of obj, with what is required around it."""
    value = json.loads("{%s}" % text)
    config = {"policy": NAMED}
    for depth in range(len(obj.path) + 1):
        for at in (o for o in all_objects if o.path == obj.path[:depth]):
            required = {key: json.loads("{%s}" % first[(frozenset(at.props), key)])[key] for key in at.required}
            config = merged(config, whole(at.path, required))
    for key in value:
        config = merged(config, whole(obj.path, NEEDS.get(key, {})))
    return merged(config, whole(obj.path, value))


def refused(weft, text):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        f.write(text)
        f.flush()
        said = subprocess.run([weft, "check", f.name], capture_output=True, text=True)
    return said.stderr.replace(f.name, "").strip() or said.returncode if said.returncode else None


def check_keys(weft, root):
    with open(os.path.join(root, "templates/schema/config.json"), encoding="utf-8") as f:
        s = Schema(json.load(f))
    page = Page(os.path.join(root, "templates/man/weft.json.5"))
    all_objects = list(objects(s, s.schema))
    seen, examples = set(), []
    for _, items in page.lists:
        if items and items[0].macro == "Ic":
            check_list(s, all_objects, items, (), seen, examples)
    for obj in all_objects:
        for key in obj.props:
            if (frozenset(obj.props), key) not in seen:
                bad.append("%s: is not described in the page" % ".".join(keys_of(obj.path) + (key,)))
    first = {}
    for obj, text in examples:
        first.setdefault((frozenset(obj.props), re.match(r'"([^"]*)"', text)[1]), text)
    if not bad:
        for obj, text in examples:
            why = refused(weft, json.dumps(as_configuration(all_objects, first, obj, text)))
            if why:
                bad.append("the example %s is refused: %s" % (text, why))
    configs = [text for text in page.examples if text.startswith("{")]
    for text in configs:
        why = refused(weft, text)
        if why:
            bad.append("the example %s is refused: %s" % (text, why))
    return len({key for key in seen}), len(examples) + len(configs)


# --- commands and options
def squeezed(synopsis):
    return re.sub(r" *(\||\.\.\.) *", r"\1", re.sub(r"\s+", " ", synopsis)).strip()


def compare(what, page, program):
    for line in sorted(program - page):
        bad.append("%s: \"%s\" is not in the page" % (what, line))
    for line in sorted(page - program):
        bad.append("%s: \"%s\" is in the page and not in the program" % (what, line))


def heads(page, first):
    """The synopses of the items of all lists of DESCRIPTION that begin with such a macro; "a , b" are two."""
    return {squeezed(part) for section, items in page.lists if section == "DESCRIPTION" for item in items if item.macro == first
            for part in item.head.split(" , " if " , " in item.head else ", ")}


def check_commands(program, page, source):
    usage = subprocess.run([program, "--help"], capture_output=True, text=True)
    usage = usage.stdout + usage.stderr
    with open(source, encoding="utf-8") as f:
        text = f.read()
    table = {"--" + name for names in re.findall(r'\{ "([a-z-]+)", (?:no|required)_argument|strcmp\(argv\[1\], "--([a-z-]+)"', text) for name in names if name}
    lines = [re.split(r"  +", line.strip())[0] for line in usage.split("\n") if re.match(r"  [a-z-]", line)]
    options = {squeezed(line) for line in lines if line.startswith("-")}
    commands = {squeezed(line) for line in lines if not line.startswith("-")}
    what = os.path.basename(page)
    page = Page(page)
    compare(what, heads(page, "Fl"), options)
    compare(what, heads(page, "Cm"), commands)
    compare(what + ", the table of options", {word for line in options | commands for word in re.findall(r"--[a-z-]+", line)}, table)
    return len(options | commands)


def main():
    weft, weftd = sys.argv[1:]
    root = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../../.."))
    keys, examples = check_keys(weft, root)
    commands = check_commands(weft, os.path.join(root, "templates/man/weft.8"), os.path.join(root, "agent/weft.c"))
    commands += check_commands(weftd, os.path.join(root, "templates/man/weftd.8"), os.path.join(root, "agent/main.c"))
    for line in dict.fromkeys(bad):
        print("manual: " + line)
    print("%s the manual pages: %d keys, %d examples, %d commands and options, %d differences" %
          ("FAIL" if bad else "PASS", keys, examples, commands, len(set(bad))))
    return 1 if bad or not keys or not examples or not commands else 0


sys.exit(main())
