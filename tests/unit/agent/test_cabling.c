/* The cabling plan against what is heard: verdicts and sentences. */
#include <criterion/criterion.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/cabling.h"

Test(cabling, names_are_compared_without_case_and_a_short_one_is_the_first_part_of_a_long_one)
{
	static const struct { const char *a, *b; bool same; } rows[] = {
		{ "spine01", "spine01", true },
		{ "spine01", "SPINE01", true },
		{ "spine01", "spine02", false },
		{ "spine01", "spine1", false },
		{ "spine0", "spine01", false },
		{ "spine01", "spine01.dc1.example", true },
		{ "spine01.dc1.example", "Spine01", true },
		{ "spine01.dc1.example", "spine01.DC1.example", true },
		{ "spine01.dc1.example", "spine01.dc2.example", false },
		{ "spine01.dc1", "spine01.dc1.example", false },
		{ "spine", "spine01.dc1.example", false },
		{ "spine01", "", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cr_expect_eq(cabling_same_host(rows[i].a, rows[i].b), rows[i].same, "%s, %s", rows[i].a, rows[i].b);
		cr_expect_eq(cabling_same_host(rows[i].b, rows[i].a), rows[i].same, "%s, %s", rows[i].b, rows[i].a);
	}
}

static const struct row { struct cable_end plan, heard; enum cabling_verdict verdict; const char *swapped, *text; } rows[] = {
	{ { "spine01", "swp4" }, { "spine01", "swp4" }, CABLING_PLANNED, "", "swp1 is connected to spine01 swp4, as planned" },
	{ { "spine01", "" }, { "spine01", "swp4" }, CABLING_PLANNED, "", "swp1 is connected to spine01 swp4, as planned" },
	{ { "spine01", "" }, { "spine01", "" }, CABLING_PLANNED, "", "swp1 is connected to spine01, as planned" },
	{ { "spine01", "swp4" }, { "spine02", "swp4" }, CABLING_WRONG_HOST, "swp2",
	  "swp1 is connected to spine02 swp4, the plan says spine01 swp4: swapped with swp2?" },
	{ { "spine01", "swp4" }, { "spine02", "" }, CABLING_WRONG_HOST, "", "swp1 is connected to spine02, the plan says spine01 swp4" },
	{ { "spine01", "" }, { "spine02", "swp4" }, CABLING_WRONG_HOST, "", "swp1 is connected to spine02 swp4, the plan says spine01" },
	{ { "spine01", "swp4" }, { "spine01", "swp3" }, CABLING_WRONG_PORT, "", "swp1 is connected to spine01 swp3, the plan says spine01 swp4" },
	{ { "spine01", "swp4" }, { "spine01", "SWP4" }, CABLING_WRONG_PORT, "", "swp1 is connected to spine01 SWP4, the plan says spine01 swp4" },
	{ { "spine01", "swp4" }, { "spine02", "swp3" }, CABLING_WRONG_BOTH, "", "swp1 is connected to spine02 swp3, the plan says spine01 swp4" },
	{ { "spine01", "swp4" }, { "spine01", "" }, CABLING_UNKNOWN, "",
	  "swp1 is to be connected to spine01 swp4, and its peer does not say which of its ports this is" },
	{ { "spine01", "swp4" }, { "", "" }, CABLING_UNKNOWN, "", "swp1 is to be connected to spine01 swp4, and its peer does not say who it is" },
	{ { "spine01", "swp4" }, { "", "swp4" }, CABLING_UNKNOWN, "", "swp1 is to be connected to spine01 swp4, and its peer does not say who it is" },
};

Test(cabling, each_case_has_its_verdict_and_its_sentence)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cabling_case c = { &rows[i].plan, &rows[i].heard, rows[i].swapped };
		char text[CABLING_TEXT];

		cr_expect_eq(cabling_judge(&rows[i].plan, &rows[i].heard), rows[i].verdict, "%zu", i);
		cabling_text(&c, "swp1", text, sizeof(text));
		cr_expect_str_eq(text, rows[i].text);
	}
}

Test(cabling, the_longest_names_fit)
{
	struct cable_end plan = { 0 }, heard = { 0 };
	struct cabling_case c = { &plan, &heard, "averylongname01" };
	char text[CABLING_TEXT];

	memset(plan.host, 'p', sizeof(plan.host) - 1);
	memset(plan.port, 'p', sizeof(plan.port) - 1);
	memset(heard.host, 'h', sizeof(heard.host) - 1);
	memset(heard.port, 'h', sizeof(heard.port) - 1);
	cabling_text(&c, "averylongname00", text, sizeof(text));
	cr_expect_str_eq(strrchr(text, ':'), ": swapped with averylongname01?");
}
