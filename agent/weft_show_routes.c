#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/weft_show.h"
#include "agent/weft_table.h"

#define COLUMN_WIDTH 40                  /* of a cell that may have several lines */

static bool is_true(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

/* A list or object in one cell. */
static int list_cell(struct table *t, size_t col, const json_t *list, const char *between)
{
	AUTO_FREE char *text = text_list(list, between);

	if (!text)
		return -ENOMEM;
	text_break(text, COLUMN_WIDTH);
	table_text(t, col, text);
	return 0;
}

/* "swp3 swp4", with the address too when there is room for it. free() it; NULL: no memory. */
static char *hops_text(const json_t *hops, bool address)
{
	char *text = NULL;
	size_t n = 0, i;
	json_t *hop;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return NULL;
	json_array_foreach(hops, i, hop) {
		long long weight = json_integer_value(json_object_get(hop, "weight"));

		fprintf(f, "%s%s", i ? (address ? ", " : " ") : "", has(hop, "link") ? TEXT(hop, "link") : "blackhole");
		if (address && has(hop, "address"))
			fprintf(f, " %s", TEXT(hop, "address"));
		if (weight > 1)
			fprintf(f, " weight %lld", weight);
	}
	if (json_array_size(hops) == 0)
		fputs("local", f);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static int hops_cell(struct table *t, size_t col, const json_t *hops, bool address)
{
	AUTO_FREE char *text = hops_text(hops, address);

	if (!text)
		return -ENOMEM;
	text_break(text, COLUMN_WIDTH);
	table_text(t, col, text);
	return 0;
}

static void print_errors(const json_t *list, const char *name)
{
	json_t *j;
	size_t i;

	json_array_foreach(list, i, j)
		if (has(j, "error"))
			printf("%s: %s\n", TEXT(j, name), TEXT(j, "error"));
}

/* Is the best path kept for a peer that has yet to tell it again? */
static bool stale(const json_t *route)
{
	return is_true(json_array_get(json_object_get(route, "paths"), 0), "stale");
}

static int print_routes(const json_t *routes, const struct look *look)
{
	static const struct table_col cols[] = {
		{ "", 0 }, { "Prefix", 0 }, { "Next hops", SCOLS_FL_WRAP }, { "AS path", SCOLS_FL_WRAP },
	};
	struct table *t = table_new(cols, ARRAY_LEN(cols), look->colour);
	json_t *route;
	size_t i;
	int r = 0;

	json_array_foreach(routes, i, route) {
		const json_t *hops = json_object_get(route, "next_hops");
		const char mark[] = {
			is_true(route, "installed") ? '*' : ' ', json_array_size(hops) > 1 ? '=' : ' ', stale(route) ? 's' : ' ',
			has(route, "withheld") ? 'w' : ' ', 0,
		};

		table_row(t);
		table_text(t, 0, mark);
		table_json(t, 1, route, "prefix");
		r |= hops_cell(t, 2, hops, false);
		r |= list_cell(t, 3, json_object_get(route, "as_path"), " ");
	}
	puts("* installed, = multipath, s stale, w withheld from all neighbors");
	r |= table_print(t);
	print_errors(routes, "prefix");
	return r ? -ENOMEM : 0;
}

static int print_paths(const json_t *paths, const struct look *look)
{
	static const struct table_col cols[] = {
		{ "", 0 }, { "Link", 0 }, { "Address", SCOLS_FL_TRUNC }, { "AS path", SCOLS_FL_WRAP }, { "Origin", 0 }, { "LocPrf", SCOLS_FL_RIGHT },
		{ "MED", SCOLS_FL_RIGHT }, { "Mbit/s", SCOLS_FL_RIGHT }, { "Communities", SCOLS_FL_WRAP }, { "Reason", 0 },
	};
	struct table *t = table_new(cols, ARRAY_LEN(cols), look->colour);
	json_t *path;
	size_t i;
	int r = 0;

	json_array_foreach(paths, i, path) {
		const char mark[] = {
			is_true(path, "best") ? '>' : ' ', is_true(path, "multipath") ? '=' : ' ', is_true(path, "stale") ? 's' : ' ', 0,
		};

		table_row(t);
		table_text(t, 0, mark);
		table_text(t, 1, has(path, "link") ? TEXT(path, "link") : "local");
		table_json(t, 2, path, "address");
		r |= list_cell(t, 3, json_object_get(path, "as_path"), " ");
		table_json(t, 4, path, "origin");
		table_json(t, 5, path, "local_pref");
		table_json(t, 6, path, "med");
		table_json(t, 7, path, "bandwidth_mbps");
		r |= list_cell(t, 8, json_object_get(path, "communities"), " ");
		table_json(t, 9, path, "reason");
	}
	r |= table_print(t);
	return r ? -ENOMEM : 0;
}

static int print_route(const json_t *route, const struct look *look)
{
	AUTO_FREE char *hops = hops_text(json_object_get(route, "next_hops"), true);
	AUTO_FREE char *path = text_list(json_object_get(route, "as_path"), " ");

	if (!hops || !path)
		return -ENOMEM;
	printf("%s: %s, origin %s, AS path %s\n", TEXT(route, "prefix"), is_true(route, "installed") ? "installed" : "not installed",
	       TEXT(route, "origin"), *path ? path : "empty");
	printf("next hops: %s\n", hops);
	if (has(route, "announced_mbps"))
		printf("announced with a bandwidth of %s Mbit/s\n", TEXT(route, "announced_mbps"));
	if (has(route, "withheld"))
		printf("withheld: %s\n", TEXT(route, "withheld"));
	if (has(route, "error"))
		printf("error: %s\n", TEXT(route, "error"));
	puts("paths (> best, = multipath, s stale):");
	return print_paths(json_object_get(route, "paths"), look);
}

int text_routes(const json_t *result, const struct look *look)
{
	json_t *route;
	size_t i;
	int r = 0;

	if (json_array_size(result) == 0)
		puts(look->detail ? "no such route" : "no routes");
	else if (!look->detail)
		return print_routes(result, look);
	json_array_foreach(result, i, route) {
		if (i)
			putchar('\n');
		r |= print_route(route, look);
	}
	return r ? -ENOMEM : 0;
}

static int print_groups(const json_t *groups, const struct look *look)
{
	static const struct table_col cols[] = {
		{ "Group", SCOLS_FL_RIGHT }, { "Family", 0 }, { "Type", 0 }, { "Installed", 0 }, { "Routes", SCOLS_FL_RIGHT }, { "Hops", SCOLS_FL_WRAP },
	};
	struct table *t = table_new(cols, ARRAY_LEN(cols), look->colour);
	json_t *group;
	size_t i;
	int r = 0;

	json_array_foreach(groups, i, group) {
		table_row(t);
		table_json(t, 0, group, "id");
		table_json(t, 1, group, "family");
		table_json(t, 2, group, "type");
		table_json(t, 3, group, "installed");
		table_colour(t, 3, is_true(group, "installed") ? "green" : "red");
		table_json(t, 4, group, "routes");
		r |= hops_cell(t, 5, json_object_get(group, "hops"), true);
	}
	r |= table_print(t);
	print_errors(groups, "id");
	return r ? -ENOMEM : 0;
}

static int print_entries(const json_t *entries, const struct look *look)
{
	static const struct table_col cols[] = { { "Link", 0 }, { "Neighbor", 0 }, { "MAC", 0 } };
	struct table *t = table_new(cols, ARRAY_LEN(cols), look->colour);
	json_t *entry;
	size_t i;

	json_array_foreach(entries, i, entry) {
		table_row(t);
		table_json(t, 0, entry, "link");
		table_json(t, 1, entry, "address");
		table_json(t, 2, entry, "mac");
	}
	return table_print(t);
}

int text_nexthops(const json_t *result, const struct look *look)
{
	const json_t *groups = json_object_get(result, "groups"), *entries = json_object_get(result, "neighbors");
	const json_t *all = json_object_get(result, "stats");
	AUTO_FREE char *stats = text_list(all, ", ");
	AUTO_FREE char *ops = text_list(json_object_get(all, "operations"), ", ");
	int r;

	if (json_array_size(groups) == 0)
		puts("no next-hop groups");
	r = print_groups(groups, look);
	if (json_array_size(entries) > 0)
		putchar('\n');
	r |= print_entries(entries, look);
	if (stats && *stats)
		printf("\n%s\n", stats);
	if (ops && *ops)
		printf("operations: %s\n", ops);
	return r || !stats || !ops ? -ENOMEM : 0;
}
