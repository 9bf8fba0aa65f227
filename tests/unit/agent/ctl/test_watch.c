#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/ctl/watch.h"

static int parse(struct watch_filter *f, const char *args)
{
	struct ctl_request q = { .command = "watch" };
	char copy[512], *rest = copy, *word;
	const char *error;

	snprintf(copy, sizeof(copy), "%s", args);
	while ((word = strsep(&rest, " ")) && (*word || rest))
		snprintf(q.args[q.n_args++], sizeof(q.args[0]), "%s", word);
	return watch_filter_parse(&q, f, &error);
}

static const struct { const char *args; int r; size_t n; const char *packets; } filters[] = {
	{ "", 0, 0, "" },
	{ "swp1 10.0.0.0/8 2001:db8::/32 fe80::1%swp1", 0, 4, "" },
	{ "--packets swp2", 0, 1, "swp2" },
	{ "swp1 --packets swp2 swp3", 0, 2, "swp2" },
	{ "--packets", -EINVAL, 0, "" },
	{ "--packets swp1 --packets swp2", -EINVAL, 0, "" },
	{ "--packets a-name-that-is-far-too-long-for-any-link-or-address-of-a-peer", -EINVAL, 0, "" },
	{ "10.0.0.1/8", -EINVAL, 0, "" },
	{ "10.0.0.0/33", -EINVAL, 0, "" },
	{ "a-name-that-is-far-too-long-for-any-link-or-address", -EINVAL, 0, "" },
};

Test(watch, filters_are_links_peers_and_prefixes)
{
	for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
		struct watch_filter f;

		cr_assert_eq(parse(&f, filters[i].args), filters[i].r, "%s", filters[i].args);
		if (filters[i].r == 0) {
			cr_expect_eq(f.n, filters[i].n, "%s", filters[i].args);
			cr_expect_str_eq(f.packets, filters[i].packets);
		}
	}
}

/* An event on swp1, of peer 192.0.2.7 and prefix 10.1.2.0/24, from swp3 and swp4 (weight 2) to swp5. */
static const struct { const char *args; bool wanted; } wants[] = {
	{ "", true }, { "swp1", true }, { "swp2", false }, { "swp2 swp1", true }, { "swp", false }, { "swp11", false },
	{ "swp3", true }, { "swp4", true }, { "swp5", true }, { "wp4", false },
	{ "10.1.2.0/24", true }, { "10.0.0.0/8", true }, { "10.1.2.1/32", false }, { "10.2.0.0/16", false }, { "::/0", false },
	{ "192.0.2.7", true }, { "192.0.2.0/24", true }, { "192.0.2.8", false },
	{ "--packets swp1", true }, { "--packets swp2", false }, { "swp2 --packets swp1", false }, { "--packets swp4", true },
};

Test(watch, a_filter_wants_what_is_about_one_of_its_names)
{
	struct in6_addr peer;
	struct prefix p;
	struct log_entry e = { .event = EVENT_ROUTE_CHANGED, .text = "x", .about = { .name = "swp1", .link = "swp1", .peer = &peer, .prefix = &p,
		.from = "swp3, swp4 weight 2", .to = "swp5" } };
	struct watch_filter f;

	inet_pton(AF_INET6, "::ffff:192.0.2.7", &peer);
	prefix_parse("10.1.2.0/24", &p);
	for (size_t i = 0; i < ARRAY_LEN(wants); i++) {
		cr_assert_eq(parse(&f, wants[i].args), 0);
		cr_expect_eq(watch_filter_wants(&f, &e), wants[i].wanted, "%s", wants[i].args);
	}
}

Test(watch, an_event_is_a_line_of_json)
{
	struct in6_addr peer;
	struct log_entry e = { .event = EVENT_LINK_DOWN, .level = LOG_LVL_NOTICE, .topic = TOPIC_LINK, .text = "link is \"down\"",
			       .about = { .name = "swp1", .link = "swp1", .peer = &peer } };
	AUTO_FREE char *line = NULL;

	inet_pton(AF_INET6, "fe80::1", &peer);
	line = watch_line(watch_event(&e, 1795375221000042));
	cr_expect_str_eq(line, "{\"time\":\"2026-11-22T19:20:21.000042Z\",\"event\":\"link-down\",\"topic\":\"link\",\"level\":\"notice\",\"link\":\"swp1\","
			 "\"name\":\"swp1\",\"peer\":\"fe80::1\",\"prefix\":null,\"message\":\"link is \\\"down\\\"\"}\n");
}

Test(watch, a_route_has_lists_and_a_reason)
{
	struct prefix p;
	struct log_entry e = { .event = EVENT_ROUTE_CHANGED, .level = LOG_LVL_DEBUG, .topic = TOPIC_ROUTE, .text = "t",
			       .about = { .prefix = &p, .from = "swp1, swp2 weight 2", .to = "", .why = "withdrawn" } };
	json_t *j;

	prefix_parse("10.0.0.0/8", &p);
	j = watch_event(&e, 0);
	cr_expect_eq(json_array_size(json_object_get(j, "from")), 2);
	cr_expect_str_eq(json_string_value(json_array_get(json_object_get(j, "from"), 1)), "swp2 weight 2");
	cr_expect(json_is_array(json_object_get(j, "to")) && json_array_size(json_object_get(j, "to")) == 0);
	cr_expect_str_eq(json_string_value(json_object_get(j, "reason")), "withdrawn");
	cr_expect_str_eq(json_string_value(json_object_get(j, "prefix")), "10.0.0.0/8");
	json_decref(j);
}

Test(watch, a_line_that_is_no_event_and_no_utf8_is_a_line_all_the_same)
{
	struct log_entry e = { .level = LOG_LVL_INFO, .topic = TOPIC_AGENT, .text = "\xff" };
	json_t *j = watch_event(&e, 0);

	cr_expect_str_eq(json_string_value(json_object_get(j, "event")), "log");
	cr_expect_str_eq(json_string_value(json_object_get(j, "message")), "(not UTF-8)");
	json_decref(j);
}
