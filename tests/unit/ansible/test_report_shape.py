#!/usr/bin/env python3
"""The report of a fabric: large ones, and what is found out of cables alone; where things stand in the picture."""
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

import fabrics  # noqa: E402
from fabrics import answer_of, of, sentences  # noqa: E402
from reporting import page, words  # noqa: E402
from reporting.layout import INSIDE, LEFT, Layout  # noqa: E402
from reporting.model import Model  # noqa: E402


class Large(unittest.TestCase):
    """16 spines and 96 leaves, with a plan."""

    def setUp(self):
        self.fabric = fabrics.clos(16, 96).planned()

    def says(self, *expected):
        self.assertEqual(sentences(self.fabric.collection()), list(expected))

    def test_well(self):
        self.says()

    def test_a_cable_without_a_carrier(self):
        self.fabric.break_cable(("leaf17", "swp3"))
        self.says("error: leaf17 swp3 – spine03 swp17 is down: no carrier at either end",
                  "note: leaf17 has 15 of 16 next hops in its widest routes, by what is told above")

    def test_the_same_cable_without_a_plan(self):
        self.fabric.plan = []
        self.fabric.break_cable(("leaf17", "swp3"))
        model = Model(self.fabric.collection())
        self.assertEqual(model.sentences()[0], "error: leaf17 swp3 – spine03 swp17 is down: no carrier at either end")
        self.assertIn("a guess", model.problems[0].said[0][1])

    def test_many_cables_of_a_node_at_once_are_one_problem(self):
        for leaf in range(20, 29):
            self.fabric.break_cable((f"leaf{leaf:02d}", "swp3"))
        self.fabric.break_cable(("leaf50", "swp1"))
        model = Model(self.fabric.collection())
        self.assertEqual(model.sentences()[:2], ["error: spine03: 9 of its 96 cables are down (swp20 to swp28): no carrier at either end",
                                                 "error: leaf50 swp1 – spine01 swp50 is down: no carrier at either end"])
        self.assertIn("and 3 more of this kind", page.render(model))
        self.assertEqual({c.number for c in model.cables if c.state == "down"}, {1, 2})

    def test_two_swapped_cables_by_the_plan_of_the_inventory(self):
        self.fabric.swap(("leaf60", "swp5"), ("leaf60", "swp12"))
        self.says("error: leaf60 swp5 is connected to spine12 swp60, the plan says spine05 swp60: swapped with swp12?",
                  "error: leaf60 swp12 is connected to spine05 swp60, the plan says spine12 swp60: swapped with swp5?")

    def test_two_swapped_cables_without_a_plan_are_seen_by_the_pattern(self):
        self.fabric.plan = []
        self.fabric.swap(("leaf60", "swp5"), ("leaf60", "swp12"))
        self.says("note: leaf60 swp5 goes to spine12, on the other leaves it goes to spine05; no plan says which is right",
                  "note: leaf60 swp12 goes to spine05, on the other leaves it goes to spine12; no plan says which is right")

    def test_a_dead_spine_is_one_problem(self):
        self.fabric.kill("spine09")
        self.says("error: spine09: weftd does not run; 96 cables of it are without a session",
                  "note: leaf01 to leaf96 have 15 of 16 next hops in their widest routes, by what is told above")

    def test_a_spine_that_is_switched_off_is_one_problem_with_a_plan_and_without(self):
        self.fabric.kill("spine09")
        for leaf in range(1, 97):
            self.fabric.break_cable((f"leaf{leaf:02d}", "swp9"))
        said = sentences(self.fabric.collection())
        self.assertEqual(said[0], "error: spine09: weftd does not run; 96 cables of it are without a session")
        self.fabric.plan = []
        self.assertEqual(sentences(self.fabric.collection()), said)

    def test_a_leaf_without_a_cable_that_all_others_have(self):
        self.fabric.plan = []
        end = ("leaf30", "swp16")
        for one in (end, self.fabric.cables[end]):
            self.fabric.nodes[one[0]]["ports"][int(one[1][3:]) - 1] = "swp" + "9" * 3
            self.fabric.faults[one] = "down"
            del self.fabric.cables[one]
        for name in ("leaf30", "spine16"):
            self.fabric.nodes[name]["ports"].remove("swp999")
        self.assertEqual(sentences(self.fabric.collection())[0], "warning: leaf30 has no cable to spine16, as most others of their kind have")

    def test_fewer_next_hops_than_links_that_are_up(self):
        collection = self.fabric.collection()
        groups = answer_of(collection, "leaf08", "show nexthops")["groups"]
        groups[-1]["hops"] = groups[-1]["hops"][:5]
        self.assertEqual(sentences(collection), ["warning: leaf08 has 5 of 16 next hops in its widest routes, though more links are usable"])

    def test_a_broken_cable_is_drawn_above_all_that_are_well(self):
        self.fabric.break_cable(("leaf17", "swp3"))
        text = page.render(Model(self.fabric.collection()))
        lines = re.findall(r'<path class="c ([a-z]+)" data-n', text)
        self.assertEqual((len(lines), lines[-1], set(lines[:-1])), (1536, "down", {"up"}))


class Ends(unittest.TestCase):
    """Whose port is at the other end."""

    def matched(self, fabric):
        model = Model(fabric.collection())
        self.assertEqual({frozenset((node.name, port) for node, port in cable.ends) for cable in model.cables}, {frozenset(pair) for pair in fabric.cables.items()})
        self.assertTrue(all(cable.port(0) and cable.port(1) for cable in model.cables))

    def test_ports_of_a_switch_or_all_nodes_that_share_an_address(self):
        for what in ("one_mac", "one_address"):
            for sessionless in (False, True):
                with self.subTest(what, sessionless=sessionless):
                    fabric = fabrics.clos(3, 4)
                    setattr(fabric, what, True)
                    fabric.sessionless = sessionless
                    self.matched(fabric)

    def test_two_cables_between_the_same_nodes(self):
        fabric = fabrics.clos(2, 3)
        fabric.cable("leaf02", "spine01")
        fabric.one_mac = True
        self.matched(fabric)

    def test_a_peer_that_has_not_answered_is_known_by_its_name_and_says_its_port(self):
        collection = fabrics.clos(2, 3).collection()
        of(collection, "spine02").update(reached=False, answers={})
        self.assertIn("leaf03:swp2 - spine02:swp3", [repr(c) for c in Model(collection).cables])

    def test_a_third_spine_that_few_have_is_nobodys_fault(self):
        fabric = fabrics.clos(2, 6)
        fabric.node("spine03", 4200000000, "spine")
        fabric.nodes["spine03"]["kind"] = "spine"
        for leaf in ("leaf01", "leaf02"):
            fabric.cable(leaf, "spine03")
        self.assertEqual([s for s in sentences(fabric.collection()) if "next hops" not in s], [])

    def test_a_port_where_somebody_is_looked_for_is_no_end_of_a_guess(self):
        fabric = fabrics.clos(2, 6)
        fabric.break_cable(("leaf04", "swp2"), "discovering")
        self.assertEqual(sentences(fabric.collection())[0], "warning: leaf04 has no cable to spine02, as most others of their kind have")

    def test_nodes_that_do_not_agree_on_ports_have_no_pattern(self):
        fabric = fabrics.clos(2, 6)
        for leaf in ("leaf02", "leaf05"):
            fabric.swap((leaf, "swp1"), (leaf, "swp2"))
        self.assertEqual(sentences(fabric.collection()), [])

    def test_more_spines_than_leaves_without_roles_and_names(self):
        collection = fabrics.clos(4, 2).collection()
        for i, node in enumerate(collection["nodes"]):
            node["inventory"] = {}
            node["name"] = node["answers"]["show summary"]["value"]["hostname"] = f"r{i}"
        self.assertEqual([(n.name, n.tier) for n in Model(collection).nodes], [("r0", 2), ("r1", 2), ("r2", 2), ("r3", 2), ("r4", 1), ("r5", 1)])


class Shape(unittest.TestCase):
    def boxes_stand_apart(self, fabric):
        model = Model(fabric.collection())
        layout = Layout(model)
        self.assertEqual(len(layout.boxes), len(fabric.nodes))
        lines = {}
        for box in layout.boxes.values():
            self.assertTrue(LEFT - 1 <= box.x and box.x + box.width <= LEFT + INSIDE + 1, box.node.name)
            lines.setdefault(box.y, []).append(box)
        for line in lines.values():
            line.sort(key=lambda box: box.x)
            for a, b in zip(line, line[1:]):
                self.assertLess(a.x + a.width, b.x)
        tops = sorted((y, line[0].height) for y, line in lines.items())
        for (y, height), (below, _) in zip(tops, tops[1:]):
            self.assertLess(y + height, below)
        return layout

    def test_rows(self):
        self.assertEqual([name for name, _ in self.boxes_stand_apart(fabrics.clos(2, 4)).rows], ["spines", "leaves"])
        self.boxes_stand_apart(fabrics.clos(16, 96))
        self.boxes_stand_apart(fabrics.clos(16, 384))
        self.assertEqual([name for name, _ in self.boxes_stand_apart(fabrics.five_stage(16, 4, 4, 20)).rows], ["super-spines", "spines", "leaves"])
        self.boxes_stand_apart(fabrics.five_stage(16, 20, 4, 16))
        self.boxes_stand_apart(fabrics.clos(1, 1))

    def test_cables_do_not_cross_at_the_edge_of_a_box(self):
        fabric = fabrics.clos(4, 12)
        for leaf in ("leaf02", "leaf11"):
            fabric.swap((leaf, "swp1"), (leaf, "swp4"))
        layout = Layout(Model(fabric.collection()))
        at = {}
        for cable, ends in layout.ends.items():
            for i in (0, 1):
                at.setdefault(cable.ends[i][0], []).append((ends[i][0], layout.boxes[cable.ends[1 - i][0]].middle))
        for some in at.values():
            self.assertEqual([far for _, far in sorted(some)], sorted(far for _, far in some))

    def test_pods_stand_together(self):
        layout = Layout(Model(fabrics.five_stage(8, 4, 2, 20).collection()))
        spans = {}
        for node, box in layout.boxes.items():
            if node.tier != 3:
                spans.setdefault(node.name[:2], []).append(box.middle)
        spans = sorted((min(x), max(x)) for x in spans.values())
        self.assertEqual(len(spans), 4)
        for (_, end), (start, _) in zip(spans, spans[1:]):
            self.assertLess(end, start)

    def test_without_roles_five_stages_are_seen_by_cables_and_numbers(self):
        fabric = fabrics.five_stage(8, 4, 2, 20)
        collection = fabric.collection()
        for i, node in enumerate(collection["nodes"]):
            node["inventory"] = {}
            node["was"] = node["name"]
            node["name"] = node["answers"]["show summary"]["value"]["hostname"] = f"r{i:03d}"
        was = {node["name"]: node["was"] for node in collection["nodes"]}
        for node in Model(collection).nodes:
            self.assertEqual(node.tier, 3 if "super" in was[node.name] else 2 if "spine" in was[node.name] else 1, was[node.name])


class Words(unittest.TestCase):
    def test_ranges(self):
        self.assertEqual(words.ranges(["leaf10", "leaf02", "leaf03", "leaf01", "leaf05"]), "leaf01 to leaf03, leaf05 and leaf10")
        self.assertEqual(words.ranges(f"r{i}" for i in range(0, 60, 2)), ", ".join(f"r{i}" for i in range(0, 24, 2)) + " and others (30 in all)")

        self.assertEqual(words.ranges(f"swp{i}" for i in (1, 2, 3, 8, 9, 10, 11, 100)), "swp1 to swp3, swp8 to swp11 and swp100")
        self.assertEqual(words.ranges(["r9", "r10", "r11", "r09"]), "r09 and r9 to r11")

    def test_duration(self):
        self.assertEqual([words.duration(s) for s in (0, 59, 60, 3700, 90000, 86400 * 40)], ["0 s", "59 s", "1 min", "1h 1 min", "1d 1h", "40d"])

    def test_names_of_hosts(self):
        self.assertTrue(words.same_host("LEAF01", "leaf01.dc1.example"))
        self.assertFalse(words.same_host("leaf01.dc2.example", "leaf01.dc1.example"))


if __name__ == "__main__":
    unittest.main()
