#!/usr/bin/env python3
"""What Prometheus at 127.0.0.1:9090 knows: prometheus.py DIR VERB ...
alerts               those that fire, sorted: NAME INSTANCE LINK
mark NAME [ALERT...] remembers this moment, and which alerts (NAME/INSTANCE/LINK) are to fire then; "@STEP" in front of them: were each sample
                     STEP after the one before, from that mark's own begin ("from=NAME", an earlier mark) on. "only": nothing is asked
judge                what was recorded becomes series of promtool, the marks become its questions
dashboard FILE       every expression of a Grafana dashboard is asked for; those that Prometheus does not understand, or to which it knows nothing,
                     are listed"""
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

URL = "http://127.0.0.1:9090/api/v1/"
SAMPLE_S = 0.5
ALERTS = 'count by (alertname, instance, link) (ALERTS{alertstate="firing"})'


def ask(what, **args):
    try:
        with urllib.request.urlopen(URL + what + "?" + urllib.parse.urlencode(args), timeout=10) as answer:
            return json.load(answer)["data"]
    except urllib.error.HTTPError as e:
        return {"error": json.load(e)["error"]}


def named(labels):
    return "%s %s %s" % (labels["alertname"], labels.get("instance", "-"), labels.get("link", "-"))


def alerts():
    for line in sorted({named(a["labels"]) for a in ask("alerts")["alerts"] if a["state"] == "firing"}):
        print(line)


def mark(folder, name, *words):
    found = {"name": name, "at": time.time(), "step": "15s", "from": None, "alerts": [], "asked": True}
    for word in words:
        if word.startswith("@"):
            found["step"] = word[1:]
        elif word.startswith("from="):
            found["from"] = word[5:]
        elif word == "only":
            found["asked"] = False
        else:
            found["alerts"].append(word.replace("/", " "))
    with open(os.path.join(folder, "marks"), "a") as f:
        f.write(json.dumps(found) + "\n")


def used(rules):
    """The metrics that the rules name: no others need be recorded."""
    return sorted(set(re.findall(r"\b(?:weft|process)_[a-z_]+", "\n".join(re.findall(r"expr: (.*)", rules)))) | {"up"})


def record(names, begin, end):
    steps = int((end - begin) / SAMPLE_S)
    for name in names:
        data = ask("query_range", query='%s{job="weft"}' % name, start=begin, end=end, step=SAMPLE_S)
        for series in data["result"]:
            values = ["_"] * (steps + 1)
            for at, value in series["values"]:
                values[min(steps, round((float(at) - begin) / SAMPLE_S))] = value
            values = ["stale" if v == "_" and i and values[i - 1] != "_" else v for i, v in enumerate(values)]  # as Prometheus notes itself
            labels = ",".join('%s="%s"' % (k, v.replace("\\", "\\\\").replace('"', '\\"')) for k, v in sorted(series["metric"].items()) if k != "__name__")
            yield "%s{%s}" % (series["metric"]["__name__"], labels), values


def seconds(step):
    return int(step[:-1]) * {"s": 1, "m": 60, "h": 3600}[step[-1]]


def question(found, begin):
    samples = []
    for line in found["alerts"]:
        name, instance, link = line.split()
        more = ', link="%s"' % link if link != "-" else ""
        samples.append({"labels": '{alertname="%s", instance="%s"%s}' % (name, instance, more), "value": 1})
    step = int((found["at"] - begin) / SAMPLE_S)
    return {"expr": ALERTS, "eval_time": "%ds" % (step * seconds(found["step"])), "exp_samples": samples}


def judge(folder):
    marks = [json.loads(line) for line in open(os.path.join(folder, "marks"))]
    names = used(open(os.path.join(folder, "real.yml")).read())
    at = {m["name"]: m["at"] for m in marks}
    groups = {}
    for m in filter(lambda m: m["asked"], marks):
        groups.setdefault((at[m["from"]] if m["from"] else marks[0]["at"], m["step"]), []).append(m)
    for n, ((begin, step), asked) in enumerate(sorted(groups.items())):
        test = {
            "rule_files": ["real.yml"], "evaluation_interval": step,
            "tests": [{
                "interval": step,
                "input_series": [{"series": s, "values": " ".join(v)} for s, v in record(names, begin, max(m["at"] for m in asked) + 1)],
                "promql_expr_test": [question(m, begin) for m in asked],
            }],
        }
        path = os.path.join(folder, "judge%d.json" % n)          # JSON is YAML
        with open(path, "w") as f:
            json.dump(test, f, indent=1)
        print("%s: %s" % (step, ", ".join(m["name"] for m in asked)), flush=True)
        if subprocess.call(["promtool", "test", "rules", path]) != 0:
            sys.exit(1)


def dashboard(_, path):
    board = json.load(open(path))
    known = {"job": "weft", "host": ".*", "link": ".*", "__rate_interval": "5s"}
    bad = 0
    expressions = [t["expr"] for p in board["panels"] for t in p.get("targets", [])] + [a["expr"] for a in board["annotations"]["list"]]
    for expression in expressions:
        for name, value in known.items():
            expression = expression.replace("$" + name, value)
        data = ask("query", query=expression)
        if "error" in data or "$" in expression:
            print("%s: %s" % (expression, data.get("error", "a variable is left")))
            bad += 1
    for v in board["templating"]["list"]:
        if v["type"] == "query" and not ask("series", **{"match[]": re.search(r"\((.*), \w+\)", v["definition"]).group(1).replace("$job", "weft").replace("$host", ".*")}):
            print("variable %s has no values" % v["name"])
            bad += 1
    if not expressions or bad:
        sys.exit(1)


if __name__ == "__main__":
    verbs = {"alerts": lambda folder: alerts(), "mark": mark, "judge": judge, "dashboard": dashboard}
    verbs[sys.argv[2]](sys.argv[1], *sys.argv[3:])
