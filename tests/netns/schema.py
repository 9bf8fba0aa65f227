#!/usr/bin/env python3
"""Does an answer of `weft --json` (stdin) have the shape that templates/schema says?  schema.py FOLDER NAME
schema.py FOLDER --check: are all schemas themselves well-formed, and is nothing referred to that is not there?"""
import glob
import json
import os
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)      # RefResolver: Debian 12's jsonschema has nothing else
import jsonschema  # noqa: E402


def refs(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from refs(value)


def validator(schemas, schema):
    resolver = jsonschema.RefResolver.from_schema(schema, store={s["$id"]: s for s in schemas.values()})
    return jsonschema.Draft202012Validator(schema, resolver=resolver)


def main():
    folder, name = sys.argv[1:]
    schemas = {}
    for path in glob.glob(os.path.join(folder, "*.json")):
        with open(path, encoding="utf-8") as f:
            schemas[os.path.basename(path)[:-5]] = json.load(f)
    if name == "--check":
        for key, schema in schemas.items():
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["$id"] == "urn:weft:schema:" + key, key
            for ref in refs(schema):
                validator(schemas, schema).resolver.resolve(ref)
        return 0
    bad = 0
    for error in validator(schemas, schemas[name]).iter_errors(json.load(sys.stdin)):
        print("%s: %s: %s" % (name, "/".join(map(str, error.absolute_path)), error.message[:300]))
        bad += 1
    return 1 if bad else 0


sys.exit(main())
