#!/usr/bin/env python3
"""The fabric plan of the Ansible role: numbers, duplicates, cables."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../ansible/roles/weft/filter_plugins"))
from weft_fabric import weft_fabric  # noqa: E402

PLAN = {
    "super_spine": {"asn": 4200000000, "router_ids": "10.0.255.0/24"},
    "spine": {"asn": 4200000000, "router_ids": "10.0.254.0/24", "from": "top", "per_pod": 4},
    "leaf": {"asn": 4210000000, "router_ids": "10.0.0.0/22", "per_pod": 32},
    "host": {"router_ids": "10.2.0.0/16"},
}


def roled(role, names, **more):
    return {name: {"weft_role": role, **more} for name in names.split()}


def two(name, asn=4210000001, router_id="10.0.254.1", **more):
    return {name: {"weft_asn": asn, "weft_router_id": router_id, **more}}


class Case(unittest.TestCase):
    maxDiff = None

    def ask(self, hosts, plan=None, cables=None, outside=None):
        return weft_fabric(list(hosts), hosts, plan, cables, outside)

    def numbers(self, hosts, plan=None):
        got = self.ask(hosts, plan)
        self.assertEqual(got["errors"], [])
        return {name: (node["asn"], node["router_id"]) for name, node in got["nodes"].items()}

    def refused(self, sentences, hosts, plan=None, cables=None, outside=None):
        self.assertEqual(self.ask(hosts, plan, cables, outside)["errors"], [sentences] if isinstance(sentences, str) else sentences)


class Numbers(Case):
    def test_two_values_are_enough(self):
        self.assertEqual(self.numbers(two("leaf01")), {"leaf01": (4210000001, "10.0.254.1")})

    def test_values_may_be_text(self):
        self.assertEqual(self.numbers(two("leaf01", "4210000001")), {"leaf01": (4210000001, "10.0.254.1")})

    def test_three_stages(self):
        hosts = {**roled("spine", "spine01 spine02"), **roled("leaf", "leaf01 leaf04")}
        self.assertEqual(self.numbers(hosts, PLAN), {
            "spine01": (4200000000, "10.0.254.254"), "spine02": (4200000000, "10.0.254.253"),
            "leaf01": (4210000001, "10.0.0.1"), "leaf04": (4210000004, "10.0.0.4")})

    def test_five_stages(self):
        hosts = {**roled("super_spine", "super02"), **roled("spine", "p1-spine01", weft_pod=1), **roled("spine", "p2-spine01 p2-spine02", weft_pod=2),
                 **roled("leaf", "p1-leaf32", weft_pod=1), **roled("leaf", "p2-leaf01", weft_pod="2"), **roled("host", "web-17", weft_links=["eth*"])}
        self.assertEqual(self.numbers(hosts, PLAN), {
            "super02": (4200000000, "10.0.255.2"), "p1-spine01": (4200000001, "10.0.254.254"),
            "p2-spine01": (4200000002, "10.0.254.250"), "p2-spine02": (4200000002, "10.0.254.249"),
            "p1-leaf32": (4210000032, "10.0.0.32"), "p2-leaf01": (4210000033, "10.0.0.33"), "web-17": (4220000017, "10.2.0.17")})

    def test_a_number_goes_before_the_name_and_own_values_before_the_plan(self):
        hosts = {**roled("leaf", "rack-b.dc1.example", weft_number=7), **roled("leaf", "leaf02", weft_asn=65002), **roled("leaf", "leaf03", weft_router_id="10.9.9.9")}
        self.assertEqual(self.numbers(hosts, PLAN), {
            "rack-b.dc1.example": (4210000007, "10.0.0.7"), "leaf02": (65002, "10.0.0.2"), "leaf03": (4210000003, "10.9.9.9")})

    def test_a_plan_of_its_own(self):
        hosts = {**roled("leaf", "leaf01"), **roled("leaf", "edge02", weft_plan={"leaf": {"asn": 4230000000, "router_ids": "10.3.0.0/24"}})}
        self.assertEqual(self.numbers(hosts, PLAN), {"leaf01": (4210000001, "10.0.0.1"), "edge02": (4230000002, "10.3.0.2")})

    def test_no_role_is_a_leaf(self):
        self.assertEqual(self.numbers({"leaf05": {}}, PLAN), {"leaf05": (4210000005, "10.0.0.5")})

    def test_the_last_private_number(self):
        plan = {"leaf": {"asn": 4294967293, "router_ids": "10.0.0.0/24"}}
        self.assertEqual(self.numbers({"leaf01": {}}, plan), {"leaf01": (4294967294, "10.0.0.1")})
        self.refused("leaf02: would have AS 4294967295, and the last private one is 4294967294: weft_plan.leaf.asn has no room for it", {"leaf02": {}}, plan)

    def test_room_for_router_ids(self):
        plan = {"leaf": {"router_ids": "10.0.0.0/29"}}
        self.assertEqual(self.numbers({"leaf6": {}}, plan), {"leaf6": (4210000006, "10.0.0.6")})
        self.refused("leaf7: is number 7, and weft_plan.leaf.router_ids 10.0.0.0/29 has numbers for 6", {"leaf7": {}}, plan)

    def test_room_in_a_pod(self):
        self.refused("p1-leaf33: is number 33 of pod 1, and weft_plan.leaf.per_pod has numbers for 32", roled("leaf", "p1-leaf33", weft_pod=1), PLAN)
        self.refused("web1: is in pod 1, and weft_plan.host.per_pod does not say how many a pod has", roled("host", "web1", weft_pod=1), PLAN)


class Wrong(Case):
    def test_values(self):
        self.refused("leaf01: weft_asn: 0 is not within 1 to 4294967294", two("leaf01", 0))
        self.refused("leaf01: weft_asn: 'one' is no number", two("leaf01", "one"))
        self.refused("leaf01: weft_router_id 10.0.254 is no IPv4 address", two("leaf01", router_id="10.0.254"))
        self.refused("leaf01: weft_role lead, allowed: leaf, spine, super_spine, host", two("leaf01", weft_role="lead"))
        self.refused('leaf01: weft_links "swp*", allowed: "auto", or a list of globs', two("leaf01", weft_links="swp*"))

    def test_nothing_to_take_numbers_from(self):
        self.refused("leaf01: has no weft_asn and no weft_router_id, and weft_plan says nothing of role leaf", {"leaf01": {}})
        self.refused("leaf01: has no weft_router_id, and weft_plan says nothing of role leaf", {"leaf01": {"weft_asn": 65001}})
        self.refused("leaf01: has no weft_router_id, and weft_plan.leaf has no router_ids", {"leaf01": {}}, {"leaf": {}})
        self.refused("leaf: has no weft_number, and its name ends in none", {"leaf": {}}, PLAN)
        self.refused("leaf00: weft_number: 0 is not within 1 to 16777216", {"leaf00": {}}, PLAN)

    def test_plan(self):
        self.refused('weft_plan: there is no role leafs, did you mean "leaf"?', {"leaf01": {}, "leaf02": {}}, {"leafs": {}})
        self.refused('weft_plan.leaf: there is no key router_id, did you mean "router_ids"?', {"leaf01": {}, "leaf02": {}}, {"leaf": {"router_id": "10.0.0.0/24"}})
        self.refused("weft_plan.leaf.asn: 65000 is not a private AS number of 4 bytes, 4200000000 to 4294967294", {"leaf01": {}, "leaf02": {}}, {"leaf": {"asn": 65000}})
        self.refused("weft_plan.leaf.router_ids: 10.0.0.1/24 has host bits set", {"leaf01": {}, "leaf02": {}}, {"leaf": {"router_ids": "10.0.0.1/24"}})
        self.refused('weft_plan.leaf.from: end, allowed: "bottom", "top"', {"leaf01": {}, "leaf02": {}}, {"leaf": {"from": "end"}})

    def test_a_router_id_twice_names_both(self):
        self.refused("leaf02: router-id 10.0.254.1 is that of leaf01 too", {**two("leaf02", 4210000002), **two("leaf01")})

    def test_an_as_twice_names_both(self):
        self.refused("leaf10 (leaf): AS 4210000001 is that of leaf2 (leaf) too, and neither would hear what the other one announces",
                     {**two("leaf10", router_id="10.0.254.10"), **two("leaf2")})
        self.refused("spine01 (spine): AS 4210000001 is that of leaf01 (leaf) too, and neither would hear what the other one announces",
                     {**two("leaf01"), **two("spine01", router_id="10.0.254.254", weft_role="spine")})

    def test_spines_share_one(self):
        self.numbers({**two("spine01", 4200000000, "10.0.0.1", weft_role="spine"), **two("spine02", 4200000000, "10.0.0.2", weft_role="spine")})

    def test_a_plan_that_meets_itself(self):
        plan = {"spine": {"router_ids": "10.0.0.0/29", "from": "top"}, "leaf": {"router_ids": "10.0.0.0/29"}}
        self.refused("spine1: router-id 10.0.0.6 is that of leaf6 too", {**roled("spine", "spine1"), **roled("leaf", "leaf6")}, plan)

    def test_a_host_has_to_name_its_ports(self):
        self.refused("web1: a host needs weft_links, a list of globs, or weft_cables: that it announces its own routes only is said of each link",
                     two("web1", weft_role="host"))
        self.numbers(two("web1", weft_role="host", weft_links=["eth*"]))

    def test_settings_of_links_that_nobody_named(self):
        self.refused("leaf01: weft_host_links needs weft_links, a list of globs, or weft_cables: auto names no port", two("leaf01", weft_host_links=["swp1"]))
        self.refused("leaf01: weft_link_settings needs weft_links, a list of globs, or weft_cables: auto names no port",
                     two("leaf01", weft_links="auto", weft_link_settings={"gtsm": True}))
        self.refused("leaf01: weft_strict is true, and no cable of weft_cables ends here", two("leaf01", weft_strict=True))


class Cables(Case):
    hosts = {**two("leaf01"), **two("leaf02", 4210000002, "10.0.254.2"), **two("spine01", 4200000000, "10.0.254.254", weft_role="spine"),
             **two("web1", 4220000001, "10.2.0.1", weft_role="host", weft_links=["eth*"])}

    def lay(self, *cables, **more):
        got = self.ask({**self.hosts, **more}, None, list(cables), ["fw*"])
        self.assertEqual(got["errors"], [])
        return got["nodes"]

    def wrong(self, sentences, *cables):
        self.refused(sentences, self.hosts, None, list(cables), ["fw*"])

    def test_both_ends_expect_each_other_in_the_order_of_ports(self):
        nodes = self.lay("leaf01:swp10 spine01:swp1", "spine01:swp2 leaf02:swp1", "leaf01:swp2 fw01:eth0", "leaf01:swp3 fw02")
        self.assertEqual(list(nodes["leaf01"]["expect"].items()), [("swp2", "fw01:eth0"), ("swp3", "fw02"), ("swp10", "spine01:swp1")])
        self.assertEqual(nodes["spine01"]["expect"], {"swp1": "leaf01:swp10", "swp2": "leaf02:swp1"})
        self.assertEqual(nodes["leaf02"]["expect"], {"swp1": "spine01:swp2"})

    def test_who_has_another_name(self):
        nodes = self.lay("leaf01:swp1 spine01:swp1", spine01={**self.hosts["spine01"], "weft_hostname": "big"})
        self.assertEqual(nodes["leaf01"]["expect"], {"swp1": "big:swp1"})

    def test_ports_to_hosts(self):
        nodes = self.lay("leaf01:swp1 web1:eth0", "leaf01:swp31 spine01:swp1")
        self.assertEqual((nodes["leaf01"]["servers"], nodes["web1"]["servers"], nodes["spine01"]["servers"]), (["swp1"], [], []))
        named = {**self.hosts["leaf02"], "weft_host_links": ["swp[1-9]"]}
        self.assertEqual(self.lay("leaf02:swp1 fw01", "leaf02:swp31 spine01:swp1", leaf02=named)["leaf02"]["servers"], ["swp1"])

    def test_who_is_not_there(self):
        self.wrong('weft_cables: "leaf01:swp1 spine1:swp1": spine1 is neither in the inventory nor in weft_outside, did you mean "spine01"?',
                   "leaf01:swp1 spine1:swp1")

    def test_a_port_is_used_once(self):
        self.wrong('weft_cables: "leaf02:swp1 spine01:swp1": spine01:swp1 is an end of "leaf01:swp1 spine01:swp1" already',
                   "leaf01:swp1 spine01:swp1", "leaf02:swp1 spine01:swp1")

    def test_what_is_no_cable(self):
        self.wrong('weft_cables: "leaf01:swp1": a cable has two ends, as in "leaf01:swp1 spine01:swp1"', "leaf01:swp1")
        self.wrong('weft_cables: "leaf01 spine01:swp1": "leaf01" names no port of leaf01', "leaf01 spine01:swp1")
        self.wrong('weft_cables: "leaf01:swp* spine01:swp1": "leaf01:swp*" names no port of leaf01', "leaf01:swp* spine01:swp1")
        self.wrong('weft_cables: "leaf01:swp1 leaf01:swp2": both ends are at leaf01', "leaf01:swp1 leaf01:swp2")
        self.wrong('weft_cables: "leaf01:swp1 fw01:": "fw01:" names no port', "leaf01:swp1 fw01:")


if __name__ == "__main__":
    unittest.main()
