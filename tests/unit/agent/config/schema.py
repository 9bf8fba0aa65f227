#!/usr/bin/env python3
"""Does templates/schema/config.json say what agent/config does?  schema.py SCHEMA FACTS
FACTS is what facts.c and examples.c wrote (CONFIG_FACTS=FILE unit_agent_config): the keys of every object with their rows, what is shown of keys that nobody set, and
every configuration that a unit test has read, with what became of it. Each difference is one line that says what to do."""
import json
import re
import sys
import warnings

try:
    warnings.simplefilter("ignore", DeprecationWarning)
    import jsonschema
except ImportError:
    print("SKIP the schema of the configuration: python3-jsonschema is not installed")
    sys.exit(0)

# Refused by the code and by no schema: how values in different places go together, and what a pattern cannot say of one.
BEYOND = [
    r"a third of hold", r"is 0 and the session would not live", r"would run out before the next RA", r"is the router_id", r"buckets for a multipath",
    r"there is no such policy", r"is there already", r"without a role", r"is for internal peers", r"is for external peers",
    r"demands nothing with multihop", r"is of another family", r"is the peer's, allowed", r"needs local_address with IPv6", r"although nothing is torn down",
    r"allowed: 30 ms or more", r"allowed: from (the prefix's own length )?\d+ to \d+$",
    r"is upside down", r"names one port, and", r"where there may be several routers", r"is true without a plan",
    r"has a \[ without \]", r"is no prefix, or has bits set behind its length", r" has .* \(character \d+\), allowed: ", r"is too long, allowed: as many numbers",
    r"is no community", r"^[^:]*\.(address|local_address|collector): is ",
    r"metrics\.listen: .* (is no address with a port|cannot be listened on)",
    r"^not valid JSON", r"and \d+ more errors$",
]
WORD = re.compile(r'"([a-z][a-z0-9_-]*)"')       # HOST stands for one
bad = []



class Schema:
    def __init__(self, schema):
        self.schema = {key: value for key, value in schema.items() if key != "$id"}     # a urn: to which "#/..." is relative for few resolvers
        self.visited = set()
        jsonschema.Draft202012Validator.check_schema(schema)
        self.resolver = jsonschema.RefResolver("", self.schema)

    def errors(self, node, value):
        return list(jsonschema.Draft202012Validator(node, resolver=self.resolver).iter_errors(value))    # all: a resolver is not to be left halfway

    def valid(self, node, value):
        return not self.errors(node, value)

    def expand(self, node):
        """The node itself, what it refers to, and its alternatives."""
        yield node
        if "$ref" in node:
            yield from self.expand(self.resolver.resolve(node["$ref"])[1])
        for kid in node.get("anyOf", []):
            yield from self.expand(kid)

    def step(self, nodes, part):
        for node in nodes:
            for at in self.expand(node):
                if isinstance(part, int) or (part == "*" and "items" in at):
                    if "items" in at:
                        yield at["items"]
                elif part in at.get("properties", {}):
                    yield at["properties"][part]
                elif isinstance(at.get("additionalProperties"), dict):
                    yield at["additionalProperties"]

    def at(self, path):
        nodes = [self.schema]
        for part in path:
            nodes = list(self.step(nodes, part))
        return nodes

    def objects(self, path):
        return [at for node in self.at(path) for at in self.expand(node) if "properties" in at]

    def types(self, node):
        names = {int: "integer", str: "string", bool: "boolean", list: "array", dict: "object", type(None): "null"}
        ret = set()
        for at in self.expand(node):
            said = at.get("type", [])
            ret |= set([said] if isinstance(said, str) else said)
            ret |= {names[type(v)] for v in at.get("enum", []) + ([at["const"]] if "const" in at else [])}
        return ret

    def words(self, node):
        return {v for at in self.expand(node) for v in at.get("enum", []) + [at.get("const")] if isinstance(v, str)}

    def first(self, node, key):
        return next((at[key] for at in self.expand(node) if key in at), None)


def named(path):
    return ".".join(str(p) for p in path) or "the whole"


def check_row(s, path, row, node):
    name = named(path + [row["key"]])
    if s.types(node) != set(row["types"]):
        bad.append("%s: types are %s in the schema, %s in the code" % (name, sorted(s.types(node)), sorted(row["types"])))
    if "integer" in row["types"] and row["max"] > 0:
        for value, good in ((row["min"], True), (row["max"], True), (row["min"] - 1, False), (row["max"] + 1, False)):
            if s.valid(node, value) != good:
                bad.append("%s: %d is %s by the schema, the row says %d to %d" % (name, value, "refused" if good else "accepted", row["min"], row["max"]))
    # Examples in brackets, and behind "such as", name no words that are allowed by themselves.
    allowed = set(WORD.findall(re.sub(r"\{.*\}|\[[^]]*\]", "", row["allowed"])))
    if (s.words(node) or allowed) and s.words(node) != allowed:
        bad.append("%s: words are %s in the schema, %s in the row's sentence" % (name, sorted(s.words(node)), sorted(allowed)))
    for word in s.words(node):
        if not s.valid(node, word):
            bad.append("%s: the schema names \"%s\" and refuses it" % (name, word))
    if not s.first(node, "description"):
        bad.append("%s: has no description in the schema" % name)


def check_rows(s, fact):
    path, rows = fact["at"], fact["rows"]
    nodes = s.objects(path)
    if len(nodes) != 1:
        bad.append("%s: the code reads an object here, the schema has %d" % (named(path), len(nodes)))
        return
    node = nodes[0]
    s.visited.add(id(node))
    props = node["properties"]
    for row in rows:
        if row["key"] in props:
            check_row(s, path, row, props[row["key"]])
        else:
            bad.append("%s.%s: is a key of the code and not of the schema. Its row says: %s, allowed: %s" %
                       (named(path), row["key"], " or ".join(row["types"]), row["allowed"]))
    for key in props.keys() - {row["key"] for row in rows}:
        bad.append("%s.%s: is a key of the schema and not of the code" % (named(path), key))
    required = {row["key"] for row in rows if row["required"]}
    if set(node.get("required", [])) != required:
        bad.append("%s: required are %s in the schema, %s in the code" % (named(path), node.get("required", []), sorted(required)))
    if node.get("additionalProperties") is not False:
        bad.append("%s: needs \"additionalProperties\": false" % named(path))


def every_object(node):
    """Of the schema: unlike the facts it may be reached by several ways."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and node.get("type") == "object":
            yield node
        for kid in node.values():
            yield from every_object(kid)
    elif isinstance(node, list):
        for kid in node:
            yield from every_object(kid)


def shown_members(value, of, path=()):
    """path, value of everything that is shown and that nobody has set."""
    if isinstance(value, dict):
        for key, kid in value.items():
            set_ = of.get(key) if isinstance(of, dict) else None
            # What was set is no default, except what is in it
            if set_ is None or isinstance(set_, bool):
                yield path + (key,), kid
            else:
                yield from shown_members(kid, set_, path + (key,))
    elif isinstance(value, list) and isinstance(of, list):
        for i, kid in enumerate(value):
            yield from shown_members(kid, of[i] if i < len(of) else None, path + (i,))


def check_defaults(s, fact, seen):
    for path, value in shown_members(fact["shown"], json.loads(fact["of"])):
        nodes = s.at(path)
        if len(nodes) != 1:
            bad.append("%s: is shown by the code, the schema has %d places for it" % (named(path), len(nodes)))
            continue
        seen.add(id(nodes[0]))
        default = s.first(nodes[0], "default")
        has = any("default" in at for at in s.expand(nodes[0]))
        # null where no null may stand: the wiring fills it in. An object whose keys have defaults; a default that is said in words.
        if value is None and "null" not in s.types(nodes[0]):
            continue
        if not has and isinstance(value, dict) and s.objects(path):
            continue
        if not has and "Default: " in (s.first(nodes[0], "description") or ""):
            continue
        if not has or default != value or type(default) is not type(value):
            bad.append("%s: the default is %s in the schema, %s in the code" % (named(path), json.dumps(default) if has else "missing", json.dumps(value)))


def check_said(s, node, name):
    """Every key has a default, the words for one, or is required, or is an object of such."""
    for key, kid in node["properties"].items():
        said = any("default" in at for at in s.expand(kid)) or "Default: " in (s.first(kid, "description") or "")
        if not said and key not in node.get("required", []) and not any("properties" in at for at in s.expand(kid)):
            bad.append("%s.%s: the schema does not say its default" % (name, key))


def check_example(s, fact):
    try:
        value = json.loads(fact["example"])
    except ValueError:
        return
    valid = s.valid(s.schema, value)
    if fact["good"] and not valid:
        error = jsonschema.exceptions.best_match(s.errors(s.schema, value))
        bad.append("the code accepts and the schema refuses %s: %s" % (fact["example"][:300], error.message[:200]))
    if not fact["good"] and valid:
        left = [line for line in fact["errors"] if not any(re.search(b, re.sub(r"^[^ ]*:\d+:\d+: ", "", line)) for b in BEYOND)]
        if left:
            bad.append("the schema accepts and the code refuses %s: %s" % (fact["example"][:300], left[0]))


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        s = Schema(json.load(f))
    with open(sys.argv[2], encoding="utf-8") as f:
        facts = [json.loads(line) for line in dict.fromkeys(f)]
    seen, examples, keys = set(), 0, 0
    for fact in facts:
        if "rows" in fact:
            check_rows(s, fact)
            keys += len(fact["rows"])
        elif "shown" in fact:
            check_defaults(s, fact, seen)
        elif "key" in fact:
            if not s.at(fact["key"].split(".")):
                bad.append("%s: config_keys names it, the schema does not" % fact["key"])
        else:
            check_example(s, fact)
            examples += 1
    for node in every_object(s.schema):
        if id(node) not in s.visited:
            bad.append("an object of the schema that no configuration of the test has: add one to schema_whole in facts.c (its keys: %s)" %
                       ", ".join(node["properties"]))
        check_said(s, node, "/".join(list(node["properties"])[:2]) + "...")
    for line in sorted(set(bad)):
        print("schema: " + line)
    print("%s the schema of the configuration: %d keys, %d defaults, %d examples, %d differences" %
          ("FAIL" if bad else "PASS", keys, len(seen), examples, len(set(bad))))
    return 1 if bad or not keys or not examples else 0


if __name__ == "__main__":
    sys.exit(main())
