/* Both ends of each cable of a plan, and the AS numbers of whoever a plan puts side by side. */
#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "fabric_rig.h"

#define NODE(asn, id, links) "{\"asn\": " #asn ",\n\"router_id\": \"10.0.0." #id "\",\n\"links\": " links "}"
#define TO(port, expect, more) "\"" port "\": {\"expect\": \"" expect "\"" more "}"
#define ONE(port, expect) "{\n" TO(port, expect, "") "}"
#define LEAF(asn, id) NODE(asn, id, "{\n" TO("swp1", "s1:swp" #id, "") ",\n" TO("swp2", "s2:swp" #id, "") "}")
#define SPINE(asn, n) "{\"asn\": " #asn ",\n\"router_id\": \"10.0.1." #n "\",\n\"links\": {\n" TO("swp1", "l1:swp" #n, "") ",\n" \
	TO("swp2", "l2:swp" #n, "") ",\n" TO("swp3", "l3:swp" #n, "") "}}"

struct row {
	struct fabric_file files[FILES_MAX];
	const char *outside, *lines;
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fabric_says(rows[i].files, FILES_MAX, rows[i].outside, rows[i].lines);
}

Test(fabric_cables, both_ends_expect_each_other_or_one_has_no_plan)
{
	static const struct row rows[] = {
		{ { { "a.json", NODE(1, 1, ONE("swp1", "b:swp7")) }, { "b.json", NODE(2, 2, ONE("swp7", "a:swp1")) } }, NULL, "" },
		{ { { "a.json", NODE(1, 1, ONE("swp1", "b:swp7")) }, { "b.json", NODE(2, 2, "\"auto\"") } }, NULL, "" },
		{ { { "a.json", NODE(1, 1, ONE("swp1", "b:swp7")) }, { "b.json", NODE(2, 2, "[\"swp*\"]") } }, NULL, "" },
		{ { { "a.json", NODE(1, 1, ONE("swp1", "b:swp7")) }, { "b.json", NODE(2, 2, "[\"eth*\"]") } }, NULL,
		  "a.json:4:10: links.swp1.expect: swp7 is no fabric link of b (b.json:3:1), allowed: one that its links name" },
		/* another port, another node, nobody */
		{ { { "a.json", NODE(1, 1, ONE("swp1", "b:swp7")) }, { "b.json", NODE(2, 2, ONE("swp8", "a:swp1")) } }, NULL,
		  "a.json:4:10: links.swp1.expect: b (b.json:3:1) expects nobody at swp7, did you mean \"b:swp8\"?\n"
		  "b.json:4:10: links.swp8.expect: a (a.json:4:10) expects b:swp7 at swp1, allowed: \"b:swp8\" there" },
		{ { { "a.json", NODE(1, 1, ONE("swp1", "b:swp7")) }, { "b.json", NODE(2, 2, ONE("swp7", "c:swp1")) }, { "c.json", NODE(3, 3, "\"auto\"") } }, NULL,
		  "a.json:4:10: links.swp1.expect: b (b.json:4:10) expects c:swp1 at swp7, allowed: \"a:swp1\" there" },
		{ { { "a.json", NODE(1, 1, ONE("swp1", "b:swp7")) }, { "b.json", NODE(2, 2, ONE("swp8", "c:swp1")) }, { "c.json", NODE(3, 3, "\"auto\"") } }, NULL,
		  "a.json:4:10: links.swp1.expect: b (b.json:3:1) expects nobody at swp7, allowed: \"a:swp1\" there" },
		{ { { "a.json", NODE(1, 1, ONE("swp1", "a:swp2")) } }, NULL, "a.json:4:10: links.swp1.expect: is this node itself, allowed: another one" },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(fabric_cables, a_plan_may_leave_out_the_port_and_name_nodes_as_hostnames_are)
{
	static const struct row rows[] = {
		{ { { "a.json", NODE(1, 1, ONE("swp*", "b")) }, { "b.json", NODE(2, 2, "{\n" TO("swp7", "a:swp1", "") ",\n" TO("swp8", "a", "") "}") } }, NULL, "" },
		{ { { "a.json", NODE(1, 1, ONE("swp1", "B.example.net:swp7")) }, { "b.json", NODE(2, 2, ONE("swp7", "A:swp1")) } }, NULL, "" },
		{ { { "a.x.json", NODE(1, 1, ONE("swp1", "b:swp7")) }, { "b.json", NODE(2, 2, ONE("swp7", "a.x:swp1")) } }, NULL, "" },
		{ { { "a.x.json", NODE(1, 1, ONE("swp1", "b:swp7")) }, { "b.json", NODE(2, 2, ONE("swp7", "a.y:swp1")) } }, NULL,
		  "a.x.json:4:10: links.swp1.expect: b (b.json:4:10) expects a.y:swp1 at swp7, allowed: \"a.x:swp1\" there\n"
		  "b.json:4:10: links.swp7.expect: there is no node a.y, did you mean \"a.x:swp1\"?" },
		{ { { "a.json", NODE(1, 1, ONE("swp*", "b")) }, { "b.json", NODE(2, 2, ONE("swp7", "c:swp1")) }, { "c.json", NODE(3, 3, "\"auto\"") } }, NULL,
		  "a.json:4:10: links.swp*.expect: b (b.json:3:1) expects a at none of its links, allowed: \"a\" there" },
		{ { { "a.json", NODE(1, 1, ONE("swp*", "b")) }, { "b.json", NODE(2, 2, ONE("swp7", "a:eth1")) } }, NULL,
		  "a.json:4:10: links.swp*.expect: b (b.json:3:1) expects a at none of its links, allowed: \"a\" there\n"
		  "b.json:4:10: links.swp7.expect: a (a.json:3:1) expects nobody at eth1, allowed: \"b:swp7\" there" },
		{ { { "a.json", NODE(1, 1, ONE("swp*", "b")) }, { "b.json", NODE(2, 2, ONE("swp*", "a")) } }, NULL, "" },
		/* what is known of the other end without its port */
		{ { { "a.json", NODE(1, 1, "{\n" TO("swp*", "b", ", \"asn\": 7") "}") }, { "b.json", NODE(2, 2, "\"auto\"") } }, NULL,
		  "a.json:4:25: links.swp*.asn: does not allow 2, the AS of b (b.json:1:2), which swp* is connected to, allowed: a list that has it" },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(fabric_cables, a_port_has_one_cable)
{
	static const struct row rows[] = {
		{ { { "a.json", NODE(1, 1, "{\n" TO("swp1", "b:swp7", "") ",\n" TO("swp2", "b:swp7", "") "}") }, { "b.json", NODE(2, 2, ONE("swp7", "a:swp1")) } }, NULL,
		  "a.json:5:10: links.swp2.expect: b:swp7 is what swp1 of a (a.json:4:10) expects too, allowed: one cable for each port\n"
		  "a.json:5:10: links.swp2.expect: b (b.json:4:10) expects a:swp1 at swp7, allowed: \"a:swp2\" there" },
		{ { { "a.json", NODE(1, 1, ONE("swp1", "x:swp7")) }, { "b.json", NODE(2, 2, ONE("swp1", "x:swp7")) } }, "x",
		  "b.json:4:10: links.swp1.expect: x:swp7 is what swp1 of a (a.json:4:10) expects too, allowed: one cable for each port" },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(fabric_cables, who_is_expected_has_a_file_or_is_outside)
{
	static const struct row rows[] = {
		{ { { "leaf01.json", NODE(1, 1, ONE("swp1", "spin01:swp7")) }, { "spine01.json", NODE(2, 2, "\"auto\"") } }, NULL,
		  "leaf01.json:4:10: links.swp1.expect: there is no node spin01, did you mean \"spine01:swp7\"?" },
		{ { { "leaf01.json", NODE(1, 1, ONE("swp1", "fw1:eth0")) }, { "spine01.json", NODE(2, 2, "\"auto\"") } }, NULL,
		  "leaf01.json:4:10: links.swp1.expect: there is no node fw1, allowed: one of these files, or one that --outside names" },
		{ { { "leaf01.json", NODE(1, 1, ONE("swp1", "fw1:eth0")) }, { "spine01.json", NODE(2, 2, "\"auto\"") } }, "fw*", "" },
		{ { { "leaf01.json", NODE(1, 1, ONE("swp1", "spine01:swp7")) }, { "spine01.json", "{" } }, NULL,     /* bad, but there */
		  "spine01.json:1:1: not valid JSON: string or '}' expected near end of file" },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(fabric_cables, what_the_ends_say_of_each_other_goes_together)
{
#define ENDS(of_a, of_b) { { "a.json", NODE(1, 1, "{\n" TO("swp1", "b:swp7", of_a) "}") }, { "b.json", NODE(2, 2, "{\n" TO("swp7", "a:swp1", of_b) "}") } }
#define A_PAIR ", allowed: the two of a pair, such as provider and customer"
#define ALIKE ", allowed: the same password at both ends"
	static const struct row rows[] = {
		{ ENDS(", \"asn\": 2", ", \"asn\": [7, \"1-2\"]"), NULL, "" },
		{ ENDS(", \"asn\": 3", ""), NULL,
		  "a.json:4:30: links.swp1.asn: does not allow 2, the AS of b (b.json:1:2), which swp1 is connected to, allowed: a list that has it" },
		{ ENDS("", ", \"asn\": [7, \"2-9\"]"), NULL,
		  "b.json:4:30: links.swp7.asn: does not allow 1, the AS of a (a.json:1:2), which swp7 is connected to, allowed: a list that has it" },
		{ ENDS(", \"role\": \"provider\", \"role_strict\": true", ", \"role\": \"customer\""), NULL, "" },
		{ ENDS(", \"role\": \"provider\"", ""), NULL, "" },
		{ ENDS(", \"role\": \"provider\"", ", \"role\": \"peer\""), NULL,
		  "a.json:4:30: links.swp1.role: the role here is provider, at the other end of the cable, swp7 of b (b.json:4:30), peer" A_PAIR },
		{ ENDS("", ", \"role\": \"peer\", \"role_strict\": true"), NULL,
		  "a.json:4:1: links.swp1: the role here is none, at the other end of the cable, swp7 of b (b.json:4:30), peer" A_PAIR },
		{ ENDS(", \"password\": \"one\"", ", \"password\": \"one\""), NULL, "" },
		{ ENDS(", \"password\": \"one\"", ", \"password\": \"two\""), NULL,
		  "a.json:4:30: links.swp1.password: there is a password, and the other end of the cable, swp7 of b (b.json:4:30), has another one" ALIKE },
		{ ENDS("", ", \"password\": \"two\""), NULL,
		  "a.json:4:1: links.swp1: there is no password, and the other end of the cable, swp7 of b (b.json:4:30), has one" ALIKE },
		/* the other end by its glob: nobody looks from there */
		{ { { "a.json", NODE(1, 1, ONE("swp1", "b:swp7")) }, { "b.json", NODE(2, 2, "{\n\"swp*\": {\"asn\": 7, \"password\": \"one\"}}") } }, NULL,
		  "a.json:4:1: links.swp1: there is no password, and the other end of the cable, swp7 of b (b.json:4:20), has one" ALIKE "\n"
		  "b.json:4:10: links.swp*.asn: does not allow 1, the AS of a (a.json:1:2), which swp7 is connected to, allowed: a list that has it" },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

Test(fabric_cables, who_shares_an_as_number_is_seen_by_the_plan)
{
#define LEAVES(one, two, three) { "l1.json", LEAF(one, 1) }, { "l2.json", LEAF(two, 2) }, { "l3.json", LEAF(three, 3) }
	static const struct row rows[] = {
		{ { LEAVES(1, 2, 3), { "s1.json", SPINE(9, 1) }, { "s2.json", SPINE(9, 2) } }, NULL, "" },
		{ { LEAVES(1, 2, 9), { "s1.json", SPINE(9, 1) }, { "s2.json", SPINE(8, 2) } }, NULL,
		  "s1.json:1:2: asn: 9 is the AS of l3 (l3.json:1:2) too, and a cable connects the two, allowed: a number of its own" },
		{ { LEAVES(1, 2, 1), { "s1.json", SPINE(9, 1) }, { "s2.json", SPINE(9, 2) } }, NULL,
		  "l3.json:1:2: asn: 1 is the AS of l1 (l1.json:1:2) too, while others with the same neighbors have one of their own, allowed: a number of its own" },
		/* two pods: their leaves are two tiers */
		{ { { "a.json", NODE(1, 1, ONE("swp1", "x:swp1")) }, { "b.json", NODE(1, 2, ONE("swp1", "x:swp2")) }, { "x.json", NODE(8, 8, "\"auto\"") },
		    { "c.json", NODE(3, 3, ONE("swp1", "y:swp1")) }, { "d.json", NODE(4, 4, ONE("swp1", "y:swp2")) }, { "y.json", NODE(9, 9, "\"auto\"") } }, NULL, "" },
	};

	check_rows(rows, ARRAY_LEN(rows));
}
