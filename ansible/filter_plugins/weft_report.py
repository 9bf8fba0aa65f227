"""hostvars | weft_report(hosts, asked, made) -> {"page", "collection", "errors", "warnings", "sentences"}: what report.yml asked, as a page. The work is in ../reporting."""
import json
import os
import sys

ANSIBLE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
for folder in (ANSIBLE, os.path.join(ANSIBLE, "roles", "weft", "filter_plugins")):
    if folder not in sys.path:
        sys.path.append(folder)

from reporting import collect, page  # noqa: E402
from reporting.model import Model  # noqa: E402


def planned(hostvars, hosts):
    """{name: {"asn", "router_id"}} of hosts that have them by weft_plan. A plan that is wrong is for check.yml to tell."""
    from weft_fabric import weft_fabric  # pylint: disable=import-outside-toplevel

    first = hostvars[hosts[0]] if hosts else {}
    return weft_fabric(hosts, hostvars, first.get("weft_plan")).get("nodes", {}) if first.get("weft_plan") else {}


def weft_report(hostvars, hosts, asked, made, title="", before=""):
    """hosts: all nodes of the fabric; asked: those that --limit has left; before: a file with an earlier collection, if there is one yet."""
    first = hostvars[hosts[0]] if hosts else {}
    found = collect.of_ansible(hostvars, hosts, asked, made, first.get("weft_cables"), title, planned(hostvars, hosts))
    found = json.loads(json.dumps(found, default=str))     # plain values, whatever Ansible has wrapped them in
    model = Model(found, collect.read(before) if before and os.path.exists(before) else None)
    return {"page": page.render(model), "collection": found, "errors": model.count("error"), "warnings": model.count("warning"), "sentences": model.sentences()}


class FilterModule:
    """Ansible's way to find it."""

    def filters(self):
        return {"weft_report": weft_report}
