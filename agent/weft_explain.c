/* `weft explain` as text: short lines from the prefix down to the wire, and who is told. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/ctl/words.h"
#include "agent/weft_show.h"
#include "agent/weft_table.h"

#define LEFT "%-10s"

static bool is_true(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

/* "swp1", "spine01(swp1)" */
static void print_name(const json_t *o)
{
	if (has(o, "hostname"))
		printf("%s(%s)", TEXT(o, "hostname"), TEXT(o, "name"));
	else
		printf("%s", TEXT(o, "name"));
}

static void print_hops(const json_t *hops)
{
	json_t *hop;
	size_t i;

	json_array_foreach(hops, i, hop) {
		printf("%s%s", i ? ", " : "", has(hop, "link") ? TEXT(hop, "link") : "blackhole");
		if (json_integer_value(json_object_get(hop, "weight")) > 1)
			printf(" weight %s", TEXT(hop, "weight"));
	}
	if (!json_array_size(hops))
		fputs("none", stdout);
}

/* Of a path, as the list of neighbors names it. */
static void print_peer(const json_t *path, const json_t *neighbors)
{
	json_t *n;
	size_t i;

	json_array_foreach(neighbors, i, n) {
		if (strcmp(TEXT(n, "name"), TEXT(path, "peer")) != 0)
			continue;
		print_name(n);
		return;
	}
	fputs(has(path, "peer") ? TEXT(path, "peer") : "this node", stdout);
}

static int print_paths(const json_t *paths, const json_t *neighbors)
{
	json_t *path;
	size_t i;

	json_array_foreach(paths, i, path) {
		AUTO_FREE char *as = text_list(json_object_get(path, "as_path"), " ");
		bool best = is_true(path, "best"), used = is_true(path, "multipath");

		if (!as)
			return -ENOMEM;
		printf(LEFT "%s ", i ? "" : "paths", best ? ">" : used ? "=" : " ");
		print_peer(path, neighbors);
		printf("%s%s%s: ", *as ? ", AS path " : "", as, is_true(path, "stale") ? ", stale" : "");
		if (best)
			puts("best");
		else
			printf(used ? "used too, behind by a tie-break (%s)\n" : "not used, %s\n", TEXT(path, "reason"));
	}
	return 0;
}

static void print_refused(const json_t *refused)
{
	char buf[DURATION_STRLEN];
	json_t *r;
	size_t i;

	json_array_foreach(refused, i, r) {
		printf(LEFT "  ", i ? "" : "refused");
		print_name(r);
		printf(": %s, %s ago\n", TEXT(r, "reason"), duration_str(json_integer_value(json_object_get(r, "seconds_ago")), buf));
	}
}

static void print_group(const json_t *group)
{
	if (!json_is_object(group))
		return;
	printf(LEFT "  %s, %s, %s route%s: ", "group", TEXT(group, "id"), TEXT(group, "type"), TEXT(group, "routes"),
	       json_integer_value(json_object_get(group, "routes")) == 1 ? "" : "s");
	print_hops(json_object_get(group, "members"));
	if (!json_equal(json_object_get(group, "members"), json_object_get(group, "meant_for"))) {
		fputs("; it is to hold ", stdout);
		print_hops(json_object_get(group, "meant_for"));
	}
	printf("%s%s%s\n", is_true(group, "installed") ? "" : "; not confirmed by the kernel", has(group, "error") ? ": " : "",
	       has(group, "error") ? TEXT(group, "error") : "");
}

static void print_links(const json_t *links)
{
	json_t *link;
	size_t i;

	json_array_foreach(links, i, link)
		printf(LEFT "  %s %s, neighbor %s, MAC %s%s%s%s\n", i ? "" : "links", TEXT(link, "link"), TEXT(link, "state"), TEXT(link, "neighbor"),
		       TEXT(link, "mac"), is_true(link, "drained") ? ", drained" : "", has(link, "bfd") ? ", BFD " : "",
		       has(link, "bfd") ? TEXT(link, "bfd") : "");
}

static void print_kernel_hop(const json_t *hop)
{
	printf(LEFT "    ", "");
	if (is_true(hop, "missing"))
		printf("object %s is not there\n", TEXT(hop, "object"));
	else if (is_true(hop, "blackhole"))
		puts("blackhole");
	else
		printf("%s%s%sdev %s%s%s%s%s%s%s\n", has(hop, "address") ? "via " : "", has(hop, "address") ? TEXT(hop, "address") : "",
		       has(hop, "address") ? " " : "", TEXT(hop, "link"), is_true(hop, "onlink") ? " onlink" : "",
		       json_integer_value(json_object_get(hop, "weight")) > 1 ? " weight " : "",
		       json_integer_value(json_object_get(hop, "weight")) > 1 ? TEXT(hop, "weight") : "", is_true(hop, "dead") ? " dead" : "",
		       has(hop, "mac") ? " lladdr " : "", has(hop, "mac") ? TEXT(hop, "mac") : "");
}

static void print_kernel(const json_t *kernel)
{
	json_t *j;
	size_t i;

	if (!json_is_object(kernel)) {
		printf(LEFT "  cannot be asked\n", "kernel");
		return;
	}
	printf(LEFT "  ", "kernel");
	if (has(kernel, "error"))
		printf("looking up %s: %s\n", TEXT(kernel, "asked"), TEXT(kernel, "error"));
	else
		printf("%s %s, protocol %s, metric %s%s%s%s%s\n", TEXT(kernel, "prefix"), TEXT(kernel, "type"), TEXT(kernel, "protocol"), TEXT(kernel, "metric"),
		       has(kernel, "source") ? ", src " : "", has(kernel, "source") ? TEXT(kernel, "source") : "",
		       has(kernel, "group") ? ", group " : "", has(kernel, "group") ? TEXT(kernel, "group") : "");
	json_array_foreach(json_object_get(kernel, "next_hops"), i, j)
		print_kernel_hop(j);
	json_array_foreach(json_object_get(kernel, "differences"), i, j)
		printf(LEFT "  differs: %s\n", "", json_string_value(j));
	if (is_true(kernel, "as_wanted"))
		printf(LEFT "  as weft wants it\n", "");
	if (!is_true(kernel, "complete"))
		printf(LEFT "  the kernel is busy, and not all of it was asked: ask again\n", "");
}

static void print_told(const json_t *list)
{
	json_t *n;
	size_t i;

	json_array_foreach(list, i, n) {
		printf(LEFT "  ", i ? "" : "announced");
		print_name(n);
		if (strcmp(TEXT(n, "state"), "Established") != 0)
			printf(": no, %s", TEXT(n, "reason"));
		else
			printf(": %s%s%s", is_true(n, "told") ? "yes" : "no", has(n, "reason") ? ", " : "", has(n, "reason") ? TEXT(n, "reason") : "");
		printf("%s%s\n", has(n, "note") ? "; " : "", has(n, "note") ? TEXT(n, "note") : "");
	}
}

int text_explain(const json_t *result, const struct look *look)
{
	const json_t *route = json_object_get(result, "route");
	int r;

	(void)look;
	printf("%s\n", TEXT(result, "sentence"));
	if (is_true(result, "found") && strcmp(TEXT(result, "asked"), TEXT(result, "prefix")) != 0)
		printf(LEFT "  %s, longest match for %s\n", "route", TEXT(result, "prefix"), TEXT(result, "asked"));
	r = print_paths(json_object_get(route, "paths"), json_object_get(result, "announced_to"));
	print_refused(json_object_get(result, "refused"));
	if (has(route, "error"))
		printf(LEFT "  the kernel refused the route: %s\n", "error", TEXT(route, "error"));
	if (has(route, "withheld"))
		printf(LEFT "  %s\n", "withheld", TEXT(route, "withheld"));
	print_group(json_object_get(result, "group"));
	print_links(json_object_get(result, "links"));
	print_kernel(json_object_get(result, "kernel"));
	print_told(json_object_get(result, "announced_to"));
	return r;
}
