#!/usr/bin/env python3
"""The report of a fabric: recorded answers of real daemons (tests/data/report, made by tests/netns/test_report.sh) and what the page says of them."""
import copy
import html.parser
import json
import os
import re
import sys
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
sys.path.insert(0, os.path.join(ROOT, "ansible"))
sys.dont_write_bytecode = True

from reporting import collect, page  # noqa: E402
from reporting.model import Model  # noqa: E402


def recorded(name):
    return collect.read(os.path.join(ROOT, "tests", "data", "report", name + ".json"))


def sentences(collection):
    return Model(collection).sentences()


def of(collection, name):
    return next(n for n in collection["nodes"] if n["name"] == name)


def answer_of(collection, name, question):
    return of(collection, name)["answers"][question]["value"]


class Recorded(unittest.TestCase):
    def test_nothing_is_said_of_a_fabric_that_is_well(self):
        model = Model(recorded("well"))
        self.assertEqual(model.sentences(), [])
        self.assertEqual({c.state for c in model.cables}, {"up"})
        self.assertEqual([repr(c) for c in model.cables], [f"leaf0{leaf}:swp{spine} - spine0{spine}:swp{leaf}" for leaf in range(1, 5) for spine in (1, 2)])
        self.assertEqual([(n.width, n.full) for n in model.nodes], [(1, 1)] * 2 + [(2, 2)] * 4)

    def test_two_swapped_cables_are_named_in_wefts_words(self):
        self.assertEqual(sentences(recorded("swapped")), [
            "error: leaf02 swp1 is connected to spine02 swp2, the plan says spine01 swp2: swapped with swp2?",
            "error: leaf02 swp2 is connected to spine01 swp2, the plan says spine02 swp2: swapped with swp1?"])

    def test_each_fault_is_named(self):
        model = Model(recorded("faults"))
        self.assertEqual([re.sub(r"since .*", "since ...", s) for s in model.sentences()], [
            "error: leaf04: weftd does not run; 2 cables of it are without a session",
            "error: leaf02 swp1 is connected to spine02 swp2, the plan says spine01 swp2: swapped with swp2?",
            "error: leaf02 swp2 is connected to spine01 swp2, the plan says spine02 swp2: swapped with swp1?",
            "warning: leaf01 swp1 – spine01 swp1: switched off (that this is one cable is a guess: these two ports are left, and the others of their kind have one): "
            "leaf01 swp1 is switched off",
            "warning: leaf01 knows 7 prefixes, most leaves know 8",
            "note: leaf01 to leaf03 have 1 of 2 next hops in their widest routes, by what is told above",
            "note: spine02 is drained since ..."])

    def test_without_roles_and_names_the_cables_tell_the_tiers(self):
        collection = recorded("well")
        for i, node in enumerate(collection["nodes"]):
            node["name"] = node["answers"]["show summary"]["value"]["hostname"] = f"r{i}"
        tiers = {n.answers["show summary"]["value"]["asn"] == 4200000000: n.tier for n in Model(collection).nodes}
        self.assertEqual(tiers, {True: 2, False: 1})


class Broken(unittest.TestCase):
    """One thing of a fabric that is well is changed."""

    def setUp(self):
        self.collection = copy.deepcopy(recorded("well"))

    def summary(self, name):
        return answer_of(self.collection, name, "show summary")

    def says(self, *expected):
        self.assertEqual(sentences(self.collection), list(expected))

    def test_a_node_that_cannot_be_reached_and_routes(self):
        of(self.collection, "leaf03").update(reached=False, answers={}, error="timed out")
        self.says("warning: leaf03: it cannot be reached; 2 neighbors (spine01 and spine02) have a session with it: it routes")

    def test_one_end_alone_says_that_the_session_is_up(self):
        self.summary("leaf03")["neighbors"][0].update(state="Active", last_error="hold timer expired")
        said = sentences(self.collection)
        self.assertEqual(said[0], "error: leaf03 swp1 – spine01 swp3: no session: spine01 says that the session is up, leaf03 does not; leaf03 says: hold timer expired")

    def test_a_version_that_others_do_not_have(self):
        self.summary("leaf02")["version"] = "0.0.9"
        self.says("note: leaf02 runs version 0.0.9, most nodes 0.1.0")

    def test_the_same_router_id(self):
        self.summary("leaf02")["router_id"] = "10.0.254.3"
        self.says("error: leaf02 and leaf03 have the same router-id 10.0.254.3: both announce it")

    def test_the_same_as_on_two_leaves(self):
        self.summary("leaf02")["asn"] = 4210000003
        self.says("error: leaf02 and leaf03 have the same AS 4210000003: neither hears what the other announces")

    def test_a_node_that_runs_with_other_numbers_than_the_inventory_has(self):
        of(self.collection, "leaf02")["inventory"]["asn"] = 4210000099
        self.says("warning: leaf02 runs with AS 4210000002, the inventory says 4210000099")

    def test_the_plan_of_the_inventory_alone(self):
        self.collection["plan"] = ["leaf01:swp1 spine02:swp1"]
        self.assertIn("error: leaf01 swp1 is connected to spine01 swp1, the plan says spine02 swp1", sentences(self.collection))

    def test_a_neighbor_outside_the_inventory(self):
        self.collection["nodes"] = [n for n in self.collection["nodes"] if n["name"] != "leaf04"]
        self.says("note: leaf04, AS 4210000004 at spine01 swp4 and spine02 swp4 is not in the inventory")

    def test_what_a_doctor_says_on_many_nodes_is_said_once(self):
        for name in ("leaf01", "leaf02", "leaf03", "spine01"):
            answer_of(self.collection, name, "doctor")["findings"].append(
                {"check": "forwarding", "severity": "error", "link": None, "what": "this node does not forward IPv4", "do": "sysctl"})
        self.says("error: leaf01 to leaf03 and spine01: this node does not forward IPv4")


class Page(unittest.TestCase):
    def test_names_from_the_wire_are_text(self):
        evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;{{ 7*7 }}"
        collection = json.loads(json.dumps(recorded("faults")).replace("leaf02", json.dumps(evil)[1:-1]).replace("0.1.0", json.dumps(evil)[1:-1]))
        collection["title"] = evil
        text = page.render(Model(collection))
        self.assertEqual(tags_of(text) - {"a"}, tags_of(page.render(Model(recorded("faults")))) - {"a"})
        self.assertEqual(text.count("<script>"), 1)

    def test_a_page_needs_nothing_else(self):
        text = page.render(Model(recorded("faults")))
        self.assertEqual(re.findall(r"(?i)(?:src|href)=[\"']?(?!#)[^\"'#]+|@import|url\(", text), [])

    def test_tags_are_closed(self):
        for name in ("well", "swapped", "faults"):
            checker = Closed()
            checker.feed(page.render(Model(recorded(name))))
            self.assertEqual(checker.open, [])

    def test_an_empty_fabric(self):
        self.assertIn("There is no node", page.render(Model(collect.collection([], "now"))))


VOID = {"meta", "br", "img", "input"}


def tags_of(text):
    return set(re.findall(r"<([a-zA-Z]+)", text))


class Closed(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise AssertionError(f"</{tag}> closes nothing")


class Playbook(unittest.TestCase):
    def test_the_playbook_asks_what_the_report_reads(self):
        with open(os.path.join(ROOT, "ansible", "report.yml"), encoding="utf-8") as file:
            asked = re.findall(r"^        - ((?:show )?[a-z]+)$", file.read(), re.M)
        self.assertEqual(asked, list(collect.QUESTIONS))


if __name__ == "__main__":
    unittest.main()
