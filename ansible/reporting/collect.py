"""What was asked, and what came back: from a folder, from a file, or from Ansible's results -> one collection (a plain dict, good for JSON)."""
import json
import os

QUESTIONS = ("show summary", "show links", "show nexthops", "doctor")
VERSION = 1
NO_DAEMON = 3                                   # how weft exits then


def answer(rc, out, err=""):
    """rc: None, nobody knows how it ended. What is no JSON is no answer."""
    try:
        value = json.loads(out) if out and out.strip() else None
    except ValueError:
        value, err = None, err or out.strip()[:300]
    return {"rc": rc, "value": value, "error": (err or "").strip()}


def collection(nodes, made, plan=(), title=""):
    return {"report_version": VERSION, "title": title, "made": made, "plan": [str(cable) for cable in plan or ()], "nodes": nodes}


def node(name, answers=None, error="", reached=True, **known):
    """known: what the inventory says: role, groups, asn, router_id, pod."""
    return {"name": name, "reached": reached, "error": error, "inventory": {k: v for k, v in known.items() if v not in (None, "", [])},
            "answers": answers or {}}


def read(path):
    """A collection in a file, or a folder that has a folder per node: leaf01/show-summary.json, show-links.json, ..."""
    if os.path.isfile(path):
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        if not isinstance(found, dict) or found.get("report_version") != VERSION:
            raise ValueError(f"{path}: no collection of this version of the report ({VERSION})")
        return found
    nodes = []
    latest = 0
    for name in sorted(os.listdir(path)):
        folder = os.path.join(path, name)
        if not os.path.isdir(folder):
            continue
        answers = {}
        for question in QUESTIONS:
            file = os.path.join(folder, question.replace(" ", "-") + ".json")
            if os.path.exists(file):
                with open(file, encoding="utf-8", errors="replace") as opened:
                    answers[question] = answer(None, opened.read())
                latest = max(latest, os.path.getmtime(file))
        nodes.append(node(name, answers))
    if not nodes:
        raise ValueError(f"{path}: there is no folder of a node in it")
    return collection(nodes, latest)


def of_ansible(hostvars, hosts, asked, made, plan=(), title="", planned=None):
    """hostvars after report.yml has asked: weft_report_program (is weft there) and weft_report_answers (a result per question). asked: the hosts of this run.
    planned: what hosts have by weft_plan."""
    nodes = [of_host(name, hostvars[name], (planned or {}).get(name, {})) for name in hosts]
    for one in nodes:
        one["asked"] = one["name"] in asked
    return collection(nodes, made, plan, title)


def of_host(name, facts, planned):
    program, asked = facts.get("weft_report_program") or {}, facts.get("weft_report_answers") or {}
    known = {"role": facts.get("weft_role"), "groups": [g for g in facts.get("group_names") or [] if g != "weft"], "pod": facts.get("weft_pod"),
             "hostname": facts.get("weft_hostname"), "asn": facts.get("weft_asn") or planned.get("asn"),
             "router_id": facts.get("weft_router_id") or planned.get("router_id")}
    answers = {}
    for result in [program, asked] + list(asked.get("results") or []):
        if result.get("unreachable"):
            return node(name, error=str(result.get("msg", "")).strip(), reached=False, **known)
        if "rc" in result and "item" in result:
            answers[str(result["item"])] = answer(result["rc"], result.get("stdout", ""), result.get("stderr") or result.get("msg"))
    error = "" if answers else str(program.get("stderr") or program.get("msg") or "").strip()
    made = node(name, answers, error, **known)
    if program.get("rc") == 0:
        made["program"] = program.get("stdout", "").strip()
    return made
