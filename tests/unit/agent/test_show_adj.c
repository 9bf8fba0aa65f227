/* What one neighbor has announced, and what it is told, as it is sent. */
#include <criterion/criterion.h>
#include <errno.h>

#include "agent/base/own.h"
#include "agent/show.h"
#include "world.h"

#define WITH(more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", " more "}"

static void append(void *ctx, json_t *row)
{
	json_array_append_new(ctx, row);
}

/* The whole table of a neighbor; *ret: what show_table_new says. */
static json_t *table(const struct world *w, enum show_what what, const char *name, int *ret)
{
	struct show_table *t;
	json_t *list = json_array();

	*ret = show_table_new(&t, w->agent, what, name);
	if (*ret == 0) {
		while (show_table_step(t, append, list, w->now) > 0)
			;
		show_table_free(t);
	}
	return list;
}

static const char *received(const struct world *w, const char *path)
{
	int r;
	json_t *list = table(w, SHOW_RECEIVED, "swp1", &r);

	cr_assert_eq(r, 0);
	return world_shows(list, path);
}

static const char *advertised(const struct world *w, const char *name, const char *path)
{
	int r;
	json_t *list = table(w, SHOW_ADVERTISED, name, &r);

	cr_assert_eq(r, 0);
	return world_shows(list, path);
}

static int refusal(const struct world *w, enum show_what what, const char *name)
{
	int r;

	json_decref(table(w, what, name, &r));
	return r;
}

Test(show_adj, received_is_what_the_import_policy_has_made_of_it_and_what_it_refused)
{
	struct world *w = world_new(WITH("\"policy\": {\"high\": [{\"match\": {\"prefixes\": [{\"prefix\": \"10.9.0.0/16\", \"ge\": 16}]}, \"action\": \"reject\"}, "
		"{\"set\": {\"local_pref\": 200}, \"action\": \"accept\"}]}, \"links\": {\"swp1\": {\"import\": \"high\"}, \"swp*\": {}}"));

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, "10.1.0.0/24 10.9.0.0/24", NULL, 0);
	world_announce(w, 2, "10.2.0.0/24", NULL, 0);
	w->now = mono_add_s(w->now, 4);
	cr_expect_str_eq(received(w, "0.prefix"), "\"10.1.0.0/24\"");
	cr_expect_str_eq(received(w, "0.accepted"), "true");
	cr_expect_str_eq(received(w, "0.local_pref"), "200");
	cr_expect_str_eq(received(w, "0.next_hop"), "\"fe80::ff:1\"");
	cr_expect_str_eq(received(w, "1"), "{\"accepted\":false,\"prefix\":\"10.9.0.0/24\",\"reason\":\"the import policy refuses it\",\"seconds_ago\":4}");
	cr_expect_str_eq(received(w, "2"), "(nothing)");
	world_free(w);
}

Test(show_adj, advertised_is_what_the_neighbor_reads)
{
	struct world *w = world_new(WITH("\"policy\": {\"tag\": [{\"set\": {\"communities\": [\"65001:7\"], \"med\": 5}, \"action\": \"accept\"}]}, "
					 "\"links\": {\"swp2\": {\"export\": \"tag\"}, \"swp*\": {}}"));

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, "10.1.0.0/24", (const uint32_t[]){ 7 }, 1);
	cr_expect_str_eq(advertised(w, "swp1", "1"), "(nothing)", "its own best path is not told to it");
	cr_expect_str_eq(advertised(w, "swp2", "1"),
			 "{\"as_path\":[65001,65101,7],\"bandwidth_mbps\":null,\"communities\":[\"65001:7\"],\"large_communities\":[],\"local_pref\":null,\"med\":5,"
			 "\"next_hop\":\"fe80::2\",\"origin\":\"igp\",\"prefix\":\"10.1.0.0/24\",\"told\":true}");
	agent_drain(w->agent, DRAIN_NODE, w->now);
	cr_expect_str_eq(advertised(w, "swp2", "1.communities"), "[\"65001:7\",\"65535:0\"]", "GRACEFUL_SHUTDOWN goes behind the policy's");
	world_free(w);
}

Test(show_adj, what_is_held_is_not_told_yet)
{
	struct world *w = world_new(WITH("\"start_hold\": 60"));

	world_peer(w, 1);
	cr_expect_str_eq(advertised(w, "swp1", "0.prefix"), "\"10.0.254.1/32\"");
	cr_expect_str_eq(advertised(w, "swp1", "0.told"), "false");
	world_free(w);
}

Test(show_adj, without_a_neighbor_or_a_session_there_is_no_table)
{
	struct world *w = world_new(NULL);

	cr_expect_eq(refusal(w, SHOW_RECEIVED, "swp9"), -ENOENT);
	cr_expect_eq(refusal(w, SHOW_ADVERTISED, "swp9"), -ENOENT);
	cr_expect_eq(refusal(w, SHOW_ADVERTISED, "lo"), -ENOTCONN);
	world_peer(w, 1);
	world_notify(w, 1, NOTIFY_CEASE, CEASE_ADMIN_RESET);
	cr_expect_eq(refusal(w, SHOW_RECEIVED, "swp1"), -ENOTCONN);
	cr_expect_eq(refusal(w, SHOW_ADVERTISED, "swp1"), -ENOTCONN);
	world_free(w);
}
