"""All nodes' configurations at once, for the check of the whole fabric: 400 of them in a second, where a task of Ansible for each takes minutes.

    weft_fabric | weft_render(hostvars)

is {name: text of weft.json}: templates/weft.json.j2 with the role's defaults, and over them what the inventory says of the node. It is plain Jinja2
with three filters of Ansible's, so that nothing else is needed to render it.
"""
import json
import os

import jinja2
import jinja2.nativetypes
import yaml

ROLE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def combine(a, b, recursive=False):
    out = dict(a)
    for key, value in b.items():
        both = recursive and isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = combine(out[key], value, True) if both else value
    return out


def to_bool(value):
    return value if isinstance(value, bool) else str(value).lower() in ("yes", "on", "1", "true")


def to_nice_json(value, indent=4, sort_keys=True):
    return json.dumps(value, indent=indent, sort_keys=sort_keys, separators=(",", ": "))


def environment(kind, **options):
    env = kind(loader=jinja2.FileSystemLoader(os.path.join(ROLE, "templates")), undefined=jinja2.StrictUndefined, trim_blocks=True, **options)
    env.filters.update({"combine": combine, "bool": to_bool, "to_nice_json": to_nice_json})
    return env


def render_node(node, known):
    """known: the node's variables of the inventory, any mapping."""
    with open(os.path.join(ROLE, "defaults", "main.yml"), encoding="utf-8") as file:
        defaults = yaml.safe_load(file)
    variables = {name: known[name] if name in known else value for name, value in defaults.items()}
    native = environment(jinja2.nativetypes.NativeEnvironment)
    needed = dict(variables)
    for name, value in variables.items():
        if name not in known and isinstance(value, str) and "{{" in value and name != "weft_fabric_hosts":
            needed[name] = native.from_string(value).render(variables)
    return environment(jinja2.Environment, keep_trailing_newline=True).get_template("weft.json.j2").render(needed, weft_node=node)


def weft_render(fabric, hostvars):
    return {name: render_node(node, hostvars[name]) for name, node in fabric["nodes"].items()}


class FilterModule:
    """Ansible's way to find it."""

    def filters(self):
        return {"weft_render": weft_render}
