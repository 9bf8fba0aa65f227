"""All nodes' configurations at once, for the check of the whole fabric: 400 of them in a second, where a task of Ansible for each takes minutes.

    weft_fabric | weft_render(hostvars)

is {name: text of weft.json}: templates/weft.json.j2 with the role's defaults, and over them what the inventory says of the node. It is plain Jinja2
with three filters of Ansible's, so that nothing else is needed to render it.
"""
import json
import os

import jinja2
import jinja2.meta
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


def variables_of(known, defaults, native):
    """A node's: known, any mapping, and for the rest the defaults, some of which are expressions."""
    told = {name: known[name] if name in known else value for name, value in defaults.items()}
    needed = dict(told)
    for name, value in told.items():
        if name not in known and isinstance(value, str) and "{{" in value:
            needed[name] = native.from_string(value).render(told)
    return needed


def weft_render(fabric, hostvars):
    with open(os.path.join(ROLE, "defaults", "main.yml"), encoding="utf-8") as file:
        defaults = yaml.safe_load(file)
    env = environment(jinja2.Environment, keep_trailing_newline=True)
    text = env.loader.get_source(env, "weft.json.j2")[0]
    used = jinja2.meta.find_undeclared_variables(env.parse(text))
    defaults = {name: value for name, value in defaults.items() if name in used}
    template, native = env.from_string(text), environment(jinja2.nativetypes.NativeEnvironment)
    return {name: template.render(variables_of(hostvars[name], defaults, native), weft_node=node) for name, node in fabric["nodes"].items()}


class FilterModule:
    """Ansible's way to find it."""

    def filters(self):
        return {"weft_render": weft_render}
