/* The table as MRT records: bytes by RFC 6396. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "agent/mrt.h"
#include "world.h"

static struct { char text[4096]; unsigned n; } said;

static void note(void *ctx, const uint8_t *p, size_t n)
{
	(void)ctx;
	said.n++;
	said.text[0] = '\0';
	for (size_t i = 0; i < n && 2 * i + 3 < sizeof(said.text); i++)
		sprintf(said.text + 2 * i, "%02x", p[i]);
}

static bool route(void *ctx, const struct rib_route_view *view)
{
	mrt_route(ctx, view, note, NULL);
	return true;
}

static const char *record_of(struct world *w, struct mrt *m, const char *prefix)
{
	struct prefix p;

	said.text[0] = '\0';
	said.n = 0;
	cr_assert_eq(prefix_parse(prefix, &p), 0);
	rib_find(agent_rib(w->agent), &p, route, m);
	return said.text;
}

#define TIME "65920080"
#define HEAD(subtype, length) TIME "000d" subtype length

Test(mrt, the_first_record_names_this_node_and_its_peers)
{
	struct world *w = world_new(NULL);
	struct mrt *m;

	world_peer(w, 1);
	cr_assert_eq(mrt_new(&m, w->agent, 0x65920080), 0);
	mrt_peers(m, note, NULL);
	cr_expect_str_eq(said.text, HEAD("0001", "0000002e") "0a00fe01" "0000" "0002"                    /* identifier, no name, two */
			 "02" "0a00fe01" "0a00fe01" "0000fde9"                                   /* AS4: us */
			 "03" "0a00ff01" "fe800000000000000000000000ff0001" "0000fe4d");         /* AS4, IPv6: AS 65101 */
	mrt_free(m);
	world_free(w);
}

Test(mrt, a_route_has_an_entry_for_each_path)
{
	struct world *w = world_new(NULL);
	struct mrt *m;

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, "10.9.0.0/16", NULL, 0);
	cr_assert_eq(mrt_new(&m, w->agent, 0x65920080), 0);
	/* ORIGIN IGP, AS_PATH 65101, and MP_REACH_NLRI with nothing but the next hop: RFC 6396 4.3.4. The peer has no other address than the link-local one. */
	cr_expect_str_eq(record_of(w, m, "10.9.0.0/16"), HEAD("0002", "00000042") "00000000" "10" "0a09" "0001"
			 "0001" TIME "0031" "40010100" "4002060201" "0000fe4d" "800e" "21" "20" "fe800000000000000000000000ff0001"
			 "fe800000000000000000000000ff0001");
	world_announce(w, 2, "10.9.0.0/16", NULL, 0);
	cr_expect_not_null(strstr(record_of(w, m, "10.9.0.0/16"), "000000" "01" "10" "0a09" "0002"), "the next number, two entries: %s", said.text);
	mrt_free(m);
	world_free(w);
}

Test(mrt, what_is_originated_here_is_of_the_first_peer)
{
	struct world *w = world_new(NULL);
	struct mrt *m;

	cr_assert_eq(mrt_new(&m, w->agent, 0x65920080), 0);
	cr_expect_str_eq(record_of(w, m, "10.0.254.1/32"), HEAD("0002", "00000021") "00000000" "20" "0a00fe01" "0001"
			 "0000" TIME "000e" "40010100" "400200" "4003040a00fe01");
	mrt_free(m);
	world_free(w);
}

Test(mrt, a_peer_that_was_not_there_when_it_began_is_left_out)
{
	struct world *w = world_new(NULL);
	struct mrt *m;

	world_peer(w, 1);
	cr_assert_eq(mrt_new(&m, w->agent, 0x65920080), 0);
	world_peer(w, 2);
	world_announce(w, 2, "10.9.0.0/16", NULL, 0);
	record_of(w, m, "10.9.0.0/16");
	cr_expect_eq(said.n, 0u, "%s", said.text);
	world_announce(w, 1, "10.9.0.0/16", NULL, 0);
	record_of(w, m, "10.9.0.0/16");
	cr_expect_eq(said.n, 1u);
	mrt_free(m);
	world_free(w);
}
