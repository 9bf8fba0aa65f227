#!/usr/bin/env python3
"""The report of a fabric: recorded answers of real daemons (tests/data/report, made by tests/netns/test_report.sh) and what the page says of them."""
import copy
import html.parser
import json
import os
import random
import re
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
sys.path.insert(0, os.path.join(ROOT, "ansible"))
sys.dont_write_bytecode = True

import fabrics  # noqa: E402
from fabrics import answer_of, of, sentences  # noqa: E402
from reporting import collect, page  # noqa: E402
from reporting.model import Model  # noqa: E402


def recorded(name):
    return collect.read(os.path.join(ROOT, "tests", "data", "report", name + ".json"))


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
            "warning: leaf01 swp1 – spine01 swp1 is down: leaf01 swp1 is switched off",
            "note: leaf01 to leaf03 have 1 of 2 next hops in their widest routes, by what is told above",
            "note: leaf01 knows 7 prefixes, most leaves know 8, by what is told above",
            "note: spine02 is drained since ..."])

    def test_without_roles_and_names_the_cables_tell_the_tiers(self):
        collection = recorded("well")
        for i, node in enumerate(collection["nodes"]):
            node["name"] = node["answers"]["show summary"]["value"]["hostname"] = f"r{i}"
        tiers = {n.asn == 4200000000: n.tier for n in Model(collection).nodes}
        self.assertEqual(tiers, {True: 2, False: 1})


class Folder(unittest.TestCase):
    """What report.py reads: a folder per node."""

    def state_of(self, text):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "leaf01"))
            with open(os.path.join(folder, "leaf01", "show-summary.json"), "w", encoding="utf-8") as file:
                file.write(text)
            node = Model(collect.read(folder)).nodes[0]
            return node.state, node.error

    def test_why_there_is_no_answer(self):
        self.assertEqual(self.state_of("weft: no weftd listens at /run/weft/weft.sock: Connection refused\n")[0], "no-daemon")
        self.assertEqual(self.state_of("ssh: connect to host leaf01 port 22: No route to host\n"), ("unreadable", "ssh: connect to host leaf01 port 22: No route to host"))
        self.assertEqual(self.state_of(""), ("no-answer", ""))


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
        self.assertEqual(said[0], "error: leaf03 swp1 – spine01 swp3 has no session: spine01 says that it is up, leaf03 does not; leaf03 says: hold timer expired")

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

    def test_a_daemon_older_than_what_is_installed(self):
        of(self.collection, "leaf02")["program"] = "weft 0.2.0"
        of(self.collection, "leaf03")["program"] = "weft 0.1.0"
        self.says("warning: leaf02 runs weftd 0.1.0, installed is 0.2.0")

    def test_a_node_that_has_just_started(self):
        self.summary("leaf02")["start_hold"] = {"held_seconds": 3, "seconds_left": 57, "waits_for": []}
        self.says("note: leaf02 has just started and announces nothing yet, for 57 s at most")

    def test_a_node_with_the_name_of_another_one(self):
        self.summary("spine02")["hostname"] = "leaf01"
        self.says("warning: leaf01 and spine02 have the same hostname leaf01", "note: spine02 calls itself leaf01")

    def test_what_all_nodes_tell_more_exactly_than_a_doctor_is_said_once(self):
        self.summary("leaf02")["router_id"] = "10.0.254.3"
        answer_of(self.collection, "spine01", "doctor")["findings"].append(
            {"check": "duplicate-router-id", "severity": "error", "link": None, "what": "leaf02 on swp2 and leaf03 on swp3 have the same router_id", "do": ""})
        self.says("error: leaf02 and leaf03 have the same router-id 10.0.254.3: both announce it")

    def test_a_version_of_the_answers_that_is_not_known(self):
        self.summary("leaf02")["json_version"] = 2
        self.says("warning: leaf02 answers in version 2 of the JSON, this report knows 1: it may be wrong about it")

    def test_answers_that_are_missing(self):
        of(self.collection, "leaf02")["answers"]["doctor"] = {"rc": 1, "value": None, "error": "timed out"}
        self.says("warning: leaf02: weft doctor has not answered")
        of(self.collection, "leaf02")["answers"]["show links"] = {"rc": 1, "value": None, "error": "timed out"}
        self.assertEqual(sentences(self.collection)[0], "warning: leaf02: its answer cannot be read; 2 neighbors (spine01 and spine02) have a session with it: it routes")

    def test_groups_that_no_route_uses_do_not_count(self):
        answer_of(self.collection, "leaf02", "show nexthops")["groups"].append({"routes": 0, "hops": [{"link": f"swp{i}", "address": "fe80::1"} for i in range(9)]})
        self.assertEqual([n.width for n in Model(self.collection).nodes if n.name == "leaf02"], [2])

    def test_what_a_doctor_says_on_many_nodes_is_said_once(self):
        for name in ("leaf01", "leaf02", "leaf03", "spine01"):
            answer_of(self.collection, name, "doctor")["findings"].append(
                {"check": "forwarding", "severity": "error", "link": None, "what": "this node does not forward IPv4", "do": "sysctl"})
        self.says("error: leaf01 to leaf03 and spine01: this node does not forward IPv4")


class Links(unittest.TestCase):
    """One thing of a link of a fabric that is well, as its node says it."""

    def setUp(self):
        self.collection = copy.deepcopy(recorded("well"))
        self.link = next(x for x in answer_of(self.collection, "leaf03", "show links") if x["link"] == "swp2")
        self.session = next(x for x in answer_of(self.collection, "leaf03", "show summary")["neighbors"] if x["link"] == "swp2")

    def says(self, *expected):
        self.assertEqual(sentences(self.collection), list(expected))

    def test_an_alarm(self):
        self.link["alarms"] = ["full-size packets are lost on swp2"]
        self.says("warning: leaf03 swp2 – spine02 swp3 is up, but: leaf03: full-size packets are lost on swp2")

    def test_a_session_that_does_not_work(self):
        self.session["fault"] = "peer did not offer extended next hop"
        self.says("warning: leaf03 swp2 – spine02 swp3 is up, but: leaf03 says: peer did not offer extended next hop")

    def test_bfd(self):
        self.session["bfd"] = {"state": "Down", "blocks_bgp": True}
        self.says("warning: leaf03 swp2 – spine02 swp3 is up, but: leaf03: BFD is Down")

    def test_a_link_that_is_held_back(self):
        self.link["state"] = "held"
        self.session["state"] = "Idle"
        self.assertIn("leaf03 says: swp2 failed again and again, and is held back", sentences(self.collection)[0])

    def test_a_drained_link(self):
        self.link["drained"] = self.session["drained"] = True
        answer_of(self.collection, "leaf03", "show summary")["drained_links"] = ["swp2"]
        self.says("note: leaf03: swp2 is drained")
        self.assertEqual([repr(c) for c in Model(self.collection).cables if c.state == "drained"], ["leaf03:swp2 - spine02:swp3"])


class Before(unittest.TestCase):
    """An earlier collection is at hand."""

    def test_what_has_changed(self):
        self.assertEqual(Model(recorded("faults"), recorded("well")).changes, [
            "leaf04 does not answer any more",
            "leaf01 swp1 – spine01 swp1: switched off, was up",
            "leaf01 swp2 – spine02 swp1, leaf03 swp2 – spine02 swp3: drained, were up",
            "leaf04 swp1 – spine01 swp4, leaf04 swp2 – spine02 swp4: without a session, were up",
            "leaf02 swp1 – spine02 swp2, leaf02 swp2 – spine01 swp2 are new",
            "leaf02 swp1 – spine01 swp2, leaf02 swp2 – spine02 swp2 are gone",
            "spine02 is drained",
            "leaf01 to leaf03: next hops in the widest routes 1, were 2",
            "spine01: routes 4, was 8",
            "leaf02, leaf03 and spine02: routes 6, were 8",
            "leaf01: routes 5, was 8"])

    def test_nothing_has_changed(self):
        model = Model(recorded("well"), recorded("well"))
        self.assertEqual(model.changes, [])
        self.assertIn("Nothing has changed", page.render(model))

    def test_where_a_silent_cable_went(self):
        fabric = fabrics.clos(2, 2)
        before = fabric.collection()
        fabric.break_cable(("leaf01", "swp1"))
        fabric.break_cable(("leaf01", "swp2"))
        self.assertEqual([c for c in Model(fabric.collection()).cables if "leaf01" in repr(c)], [])
        model = Model(fabric.collection(), before)
        self.assertEqual(model.sentences()[:2], ["error: leaf01 swp1 – spine01 swp1 is down: no carrier at either end",
                                                 "error: leaf01 swp2 – spine02 swp1 is down: no carrier at either end"])
        self.assertIn("earlier report", model.problems[0].said[0][1])


class Page(unittest.TestCase):
    def test_nodes_that_were_not_asked(self):
        collection = recorded("well")
        for node in collection["nodes"]:
            if node["name"] != "leaf02":
                node.update(asked=False, answers={})
        model = Model(collection)
        self.assertEqual(model.sentences(), [])
        self.assertEqual([repr(c) for c in model.cables if c.state == "up"], ["leaf02:swp1 - spine01:swp2", "leaf02:swp2 - spine02:swp2"])
        self.assertEqual(page.verdict(model), "nothing wrong with 1 of 6 nodes")

    def test_garbage_in_answers_is_no_reason_for_no_page(self):
        """An answer that is no answer makes its node unreadable, or is left out; nobody's mistake stops the report."""
        dice = random.Random(7)
        for _ in range(300):
            collection = copy.deepcopy(recorded("faults"))
            for _ in range(dice.randint(1, 4)):
                mangle(dice.choice(collection["nodes"])["answers"], dice)
            page.render(Model(collection))

    def test_names_from_the_wire_are_text(self):
        evil = "\x1b[2J\u202e\ud800²<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;{{ 7*7 }}"
        text = json.dumps(recorded("faults"))
        for word in ("leaf02", "leaf04", "spine02", "0.1.0", "ip link set", "no carrier", "AS number"):
            text = text.replace(word, json.dumps(evil)[1:-1])
        collection = json.loads(text)
        collection["title"] = evil
        for finding in answer_of(collection, "spine01", "doctor")["findings"]:
            finding.update(check=evil, link=None, do=evil)
        text = page.render(Model(collection, json.loads(json.dumps(recorded("well")).replace("leaf02", "<b>"))))
        self.assertEqual(tags_of(text), tags_of(page.render(Model(recorded("faults"), recorded("well")))))
        self.assertEqual(text.count("<script>"), 1)
        self.assertNotRegex(text, "[\x1b\u202e\ud800]")
        self.assertNotRegex("".join(Model(collection).sentences()), "[\x1b\u202e\ud800]")
        text.encode()

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


def mangle(value, dice):
    """Somewhere in it there is something else than before."""
    while True:
        key = dice.choice(list(value) if isinstance(value, dict) else range(len(value)))
        if value is not None and isinstance(value[key], (dict, list)) and value[key] and dice.random() < .9:
            value = value[key]
            continue
        value[key] = dice.choice([None, "", "x", "7", -1, 1e300, True, [], {}, [None], ["x"], {"x": None}])
        return


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
