#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/weft_show.h"
#include "agent/weft_table.h"

static const char *state_colour(const char *state)
{
	if (strcmp(state, "peer") == 0)
		return "green";
	return strcmp(state, "discovering") == 0 || strcmp(state, "held") == 0 ? "yellow" : "red";
}

static void heard_cell(struct table *t, size_t col, const json_t *peer)
{
	char text[TEXT_LEN + 8];

	snprintf(text, sizeof(text), has(peer, "heard_seconds") ? "%ss ago" : "-", TEXT(peer, "heard_seconds"));
	table_text(t, col, text);
}

/* "3", or "3, 12.0 s" while it has to be well for so much longer. */
static void fails_cell(struct table *t, size_t col, const json_t *flaps)
{
	char text[TEXT_LEN + 24];

	if (!json_integer_value(json_object_get(flaps, "failures")))
		snprintf(text, sizeof(text), "-");
	else if (json_is_true(json_object_get(flaps, "held")))
		snprintf(text, sizeof(text), "%s, %.1f s", TEXT(flaps, "failures"), (double)json_integer_value(json_object_get(flaps, "remaining_ms")) / 1000);
	else
		snprintf(text, sizeof(text), "%s", TEXT(flaps, "failures"));
	table_text(t, col, text);
}

/* The last column, if there is a plan at all. */
static bool is_planned(const json_t *links)
{
	json_t *link;
	size_t i;

	json_array_foreach(links, i, link)
		if (has(link, "expect"))
			return true;
	return false;
}

static void cabling_cell(struct table *t, size_t col, const json_t *link)
{
	const json_t *cabling = json_object_get(link, "cabling");
	const char *verdict = TEXT(cabling, "verdict");
	bool wrong = strncmp(verdict, "wrong", 5) == 0;

	table_text(t, col, json_is_object(cabling) ? wrong ? "wrong" : verdict : "-");
	if (json_is_object(cabling))
		table_colour(t, col, wrong ? "red" : strcmp(verdict, "as-planned") == 0 ? "green" : "yellow");
}

/* Routers: addresses, or objects that have one. */
static void print_routers(const char *link, const char *what, const json_t *others)
{
	json_t *other;
	size_t i;

	if (json_array_size(others) == 0)
		return;
	printf("%s: %s", link, what);
	json_array_foreach(others, i, other)
		printf("%s %s", i ? "," : "", json_is_string(other) ? json_string_value(other) : TEXT(other, "address"));
	putchar('\n');
}

static int print_link_troubles(const json_t *link)
{
	const json_t *ra = json_object_get(link, "ra");
	AUTO_FREE char *rejected = text_list(json_object_get(ra, "rejected"), ", ");
	AUTO_FREE char *numbered = text_list(json_object_get(link, "neighbors"), ", ");
	const char *name = TEXT(link, "link");
	json_t *alarm;
	size_t i;

	if (!rejected || !numbered)
		return -ENOMEM;
	if (*numbered)
		printf("%s: numbered neighbors: %s\n", name, numbered);
	if (json_is_true(json_object_get(link, "drained")))
		printf("%s: drained\n", name);
	json_array_foreach(json_object_get(link, "alarms"), i, alarm)
		printf("%s: %s\n", name, json_string_value(alarm));
	print_routers(name, "further routers:", json_object_get(link, "further"));
	print_routers(name, json_array_size(json_object_get(link, "further")) ? "more routers are heard than are allowed, also"
									       : "more than one router is heard, also",
		      json_object_get(link, "others"));
	if (json_integer_value(json_object_get(ra, "unsent")) > 0)
		printf("%s: RAs and solicitations that the kernel did not send: %s\n", name, TEXT(ra, "unsent"));
	if (json_integer_value(json_object_get(ra, "looped")) > 0)
		printf("%s: own RAs came back: %s\n", name, TEXT(ra, "looped"));
	if (json_integer_value(json_object_get(ra, "conflicts")) > 0)
		printf("%s: RAs of two live routers: %s\n", name, TEXT(ra, "conflicts"));
	if (*rejected)
		printf("%s: RAs rejected: %s\n", name, rejected);
	return 0;
}

int text_links(const json_t *result, const struct look *look)
{
	static const struct table_col cols[] = {
		{ "Link", 0 }, { "Fabric", 0 }, { "State", 0 }, { "Address", SCOLS_FL_TRUNC }, { "Peer", SCOLS_FL_TRUNC }, { "Peer MAC", 0 },
		{ "Heard", SCOLS_FL_RIGHT }, { "BFD", 0 }, { "Fails", SCOLS_FL_RIGHT }, { "RA sent", SCOLS_FL_RIGHT }, { "RA rcvd", SCOLS_FL_RIGHT },
		{ "Cabling", 0 },
	};
	bool planned = is_planned(result);
	struct table *t = table_new(cols, ARRAY_LEN(cols) - !planned, look->colour);
	json_t *link;
	size_t i;
	int r;

	json_array_foreach(result, i, link) {
		const json_t *peer = json_object_get(link, "peer"), *ra = json_object_get(link, "ra");

		table_row(t);
		table_json(t, 0, link, "link");
		table_json(t, 1, link, "fabric");
		table_json(t, 2, link, "state");
		if (json_is_true(json_object_get(link, "fabric")))
			table_colour(t, 2, state_colour(TEXT(link, "state")));
		table_json(t, 3, link, "address");
		table_json(t, 4, peer, "address");
		table_json(t, 5, peer, "mac");
		heard_cell(t, 6, peer);
		table_text(t, 7, json_is_object(json_object_get(link, "bfd")) ? TEXT(json_object_get(link, "bfd"), "state") : "-");
		fails_cell(t, 8, json_object_get(link, "flaps"));
		table_json(t, 9, ra, "sent");
		table_json(t, 10, ra, "received");
		if (planned)
			cabling_cell(t, 11, link);
	}
	r = table_print(t);
	if (json_array_size(result) == 0)
		puts("no links");
	json_array_foreach(result, i, link)
		r |= print_link_troubles(link);
	return r ? -ENOMEM : 0;
}
