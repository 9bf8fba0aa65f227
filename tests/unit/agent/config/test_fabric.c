/* Several configurations side by side, without a plan of the cables: names, router-ids, AS numbers, numbered peers. */
#include <criterion/criterion.h>
#include <string.h>

#include "agent/base/own.h"
#include "fabric_rig.h"

#define NODE(asn, id, more) "{\"asn\": " #asn ", \"router_id\": \"10.0.0." #id "\"" more "}"
#define HOST(name) ", \"hostname\": \"" name "\""
#define VLANS ", \"originate\": [\"lo\", \"vlan*\"]"
#define PEER(address, asn, more) ", \"neighbors\": [{\"address\": \"" address "\", \"remote_asn\": " asn more "}]"

struct row {
	struct fabric_file files[FILES_MAX];
	const char *lines;
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fabric_says(rows[i].files, FILES_MAX, NULL, rows[i].lines);
}

Test(fabric, a_router_id_is_one_nodes)
{
	static const struct row rows[] = {
		{ { { "a.json", NODE(1, 1, "") }, { "b.json", NODE(2, 2, "") } }, "" },
		{ { { "a.json", NODE(1, 1, "") }, { "b.json", NODE(2, 2, "") }, { "c.json", NODE(3, 1, "") }, { "d.json", NODE(4, 1, "") } },
		  "c.json:1:12: router_id: is that of a (a.json:1:12) too, allowed: an address of its own\n"
		  "d.json:1:12: router_id: is that of a (a.json:1:12) too, allowed: an address of its own" },
		{ { { "a.json", "{\n \"asn\": 1,\n \"router_id\": \"10.0.0.1\"\n}" }, { "b.json", "{\n \"hostname\": \"x\", \"router_id\": \"10.0.0.1\", \"asn\": 2 }" } },
		  "b.json:2:19: router_id: is that of a (a.json:3:2) too, allowed: an address of its own" },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(fabric, a_name_is_one_nodes_whether_hostname_or_file_says_it)
{
	static const struct row rows[] = {
		{ { { "leaf01.json", NODE(1, 1, HOST("a")) }, { "b.json", NODE(2, 2, HOST("a")) } },
		  "b.json:1:37: hostname: the name is that of a (leaf01.json:1:37) too, allowed: a hostname of its own" },
		{ { { "n/leaf01.json", NODE(1, 1, "") }, { "b.json", NODE(2, 2, HOST("leaf01")) } },
		  "b.json:1:37: hostname: the name is that of leaf01 (n/leaf01.json:1:1) too, allowed: a hostname of its own" },
		{ { { "n/leaf01.json", NODE(1, 1, "") }, { "m/leaf01.json", NODE(2, 2, "") } },
		  "m/leaf01.json:1:1: the name is that of leaf01 (n/leaf01.json:1:1) too, allowed: a hostname of its own" },
		{ { { "leaf01/weft.json", NODE(1, 1, "") }, { "/x/leaf02/weft.json", NODE(2, 2, "") } }, "" },
		{ { { "leaf01/weft.json", NODE(1, 1, "") }, { "leaf01", NODE(2, 2, "") } },
		  "leaf01:1:1: the name is that of leaf01 (leaf01/weft.json:1:1) too, allowed: a hostname of its own" },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(fabric, a_file_that_is_bad_by_itself_is_told_so_and_still_has_its_name)
{
	static const struct row rows[] = {
		{ { { "a.json", "{" }, { "b.json", NODE(2, 2, HOST("a")) } },
		  "a.json:1:1: not valid JSON: string or '}' expected near end of file\n"
		  "b.json:1:37: hostname: the name a is that of a.json too, allowed: a hostname of its own" },
		{ { { "a.json", "{\"asn\": 0, \"router_id\": \"10.0.0.2\", \"hostname\": \"b\"}" }, { "b.json", NODE(2, 2, "") } },
		  "a.json:1:2: asn: 0 is reserved (RFC 7607), allowed: a number from 1 to 4294967294 that is not reserved\n"
		  "b.json:1:1: the name is that of b (a.json:1:37) too, allowed: a hostname of its own" },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

#define NEITHER ") too, and neither would hear what the other one announces, allowed: a number of its own"
#define OTHERS ") too, while others with such a name have one of their own, allowed: a number of its own"

Test(fabric, an_as_number_is_shared_only_by_those_who_need_not_hear_each_other)
{
	static const struct row rows[] = {
		/* spines, which announce their loopback only */
		{ { { "leaf1.json", NODE(1, 1, VLANS) }, { "leaf2.json", NODE(2, 2, VLANS) }, { "spine1.json", NODE(9, 8, "") }, { "spine2.json", NODE(9, 9, "") } }, "" },
		/* nodes with prefixes of their own, or servers */
		{ { { "a.json", NODE(1, 1, VLANS) }, { "b.json", NODE(1, 2, VLANS) }, { "c.json", NODE(1, 3, ", \"links\": {\"eth*\": {\"import\": \"host\"}}") } },
		  "b.json:1:2: asn: 1 is the AS of a (a.json:1:2" NEITHER "\n" "c.json:1:2: asn: 1 is the AS of a (a.json:1:2" NEITHER },
		{ { { "a.json", NODE(1, 1, VLANS) }, { "b.json", NODE(1, 2, "") } }, "" },
		/* one of a kind with another one's number: copied, and not changed */
		{ { { "leaf1.json", NODE(1, 1, "") }, { "leaf2.json", NODE(1, 2, "") }, { "leaf3.json", NODE(3, 3, "") } },
		  "leaf2.json:1:2: asn: 1 is the AS of leaf1 (leaf1.json:1:2" OTHERS },
		{ { { "p1-spine1.json", NODE(1, 1, "") }, { "p1-spine2.json", NODE(1, 2, "") }, { "p2-spine1.json", NODE(2, 3, "") }, { "p2-spine2.json", NODE(2, 4, "") },
		    { "super1.json", NODE(7, 5, "") } }, "" },
		{ { { "leaf1.dc.json", NODE(1, 1, "") }, { "leaf2.dc.json", NODE(1, 2, "") }, { "leaf3.dc.json", NODE(3, 3, "") }, { "leaf4.eu.json", NODE(4, 4, "") } },
		  "leaf2.dc.json:1:2: asn: 1 is the AS of leaf1.dc (leaf1.dc.json:1:2" OTHERS },
		/* a spine alone with the number of a leaf; a leaf with that of another pod's */
		{ { { "leaf1.json", NODE(1, 1, "") }, { "leaf2.json", NODE(2, 2, "") }, { "leaf3.json", NODE(3, 3, "") }, { "spine1.json", NODE(2, 9, "") } },
		  "leaf2.json:1:2: asn: 2 is the AS of spine1 (spine1.json:1:2" OTHERS },
		{ { { "p1-leaf1.json", NODE(1, 1, "") }, { "p1-leaf2.json", NODE(2, 2, "") }, { "p2-leaf1.json", NODE(3, 3, "") }, { "p2-leaf2.json", NODE(2, 4, "") } },
		  "p2-leaf2.json:1:2: asn: 2 is the AS of p1-leaf2 (p1-leaf2.json:1:2" OTHERS },
		/* pairs, all of them */
		{ { { "leaf1.json", NODE(1, 1, "") }, { "leaf2.json", NODE(1, 2, "") }, { "leaf3.json", NODE(3, 3, "") }, { "leaf4.json", NODE(3, 4, "") } }, "" },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(fabric, the_as_of_a_numbered_peer_is_that_of_the_node_which_has_the_address)
{
#define IS_OF_B ": neighbors[0].remote_asn: the address is that of b (b.json:1:2), which has AS 2, allowed: that"
	static const struct row rows[] = {
		{ { { "a.json", NODE(1, 1, PEER("10.0.0.2", "2", "")) }, { "b.json", NODE(2, 2, PEER("10.0.0.1", "\"external\"", "")) } }, "" },
		{ { { "a.json", NODE(1, 1, PEER("10.0.0.2", "7", "")) }, { "b.json", NODE(2, 2, "") } }, "a.json:1:75" IS_OF_B },
		{ { { "a.json", NODE(1, 1, PEER("10.0.0.2", "\"internal\"", "")) }, { "b.json", NODE(2, 2, "") } }, "a.json:1:75" IS_OF_B },
		{ { { "a.json", NODE(2, 1, PEER("10.0.0.2", "\"external\"", "")) }, { "b.json", NODE(2, 2, "") } }, "a.json:1:75" IS_OF_B },
		{ { { "a.json", NODE(1, 1, PEER("203.0.113.2", "7", "")) }, { "b.json", NODE(2, 2, PEER("203.0.113.1", "1", ", \"local_address\": \"203.0.113.2\"")) } },
		  "a.json:1:78" IS_OF_B },
		{ { { "a.json", NODE(1, 1, PEER("2001:db8::2", "7", "")) }, { "b.json", NODE(2, 2, PEER("2001:db8::1", "1", ", \"local_address\": \"2001:db8::2\"")) } },
		  "a.json:1:78" IS_OF_B },
		/* the same private address on two nodes: which is meant? */
		{ { { "a.json", NODE(1, 1, PEER("10.9.9.2", "7", "")) }, { "b.json", NODE(2, 2, PEER("10.9.9.1", "1", ", \"local_address\": \"10.9.9.2\"")) },
		    { "c.json", NODE(3, 3, PEER("10.9.9.1", "1", ", \"local_address\": \"10.9.9.2\"")) } }, "" },
	};

	check_rows(rows, ARRAY_LEN(rows));
}
