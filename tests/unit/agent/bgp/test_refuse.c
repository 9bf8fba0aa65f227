/* Whom a peer's configuration does not let in, by what its OPEN says (RFC 9234 4.2). The AS: test_peers.c. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "codec.h"
#include "solo.h"

/* AS 65002, hold time 9, router-id 10.0.0.2, these capabilities. */
static void open_with(struct solo *s, const char *caps)
{
	struct bytes c = hex(caps), b = msg_hex(BGP_OPEN, "04 fdea 0009 0a000002");

	b.p[b.n++] = (uint8_t)(c.n + 2);
	b.p[b.n++] = 2;
	b.p[b.n++] = (uint8_t)c.n;
	memcpy(b.p + b.n, c.p, c.n);
	b.n += c.n;
	patch16(&b, 16, b.n);
	solo_input(s, s->connect, b.p, b.n);
}

#define BASE "0104 00010001  0506 000100010002  4104 0000fdea "

static const struct row { enum role ours; bool strict; const char *caps, *error; } rows[] = {
	{ ROLE_NONE, false, "", NULL },
	{ ROLE_NONE, false, "0901 00", NULL },
	{ ROLE_NONE, false, "0901 00 0901 03", "the peer announces several roles" },
	{ ROLE_PROVIDER, false, "", NULL },
	{ ROLE_PROVIDER, true, "", "the peer announces no role, and role_strict demands one" },
	{ ROLE_PROVIDER, true, "0900", "the peer announces no role, and role_strict demands one" },      /* a wrong length: absent */
	{ ROLE_PROVIDER, true, "0901 03", NULL },
	{ ROLE_PROVIDER, false, "0901 03 0901 03", NULL },
	{ ROLE_PROVIDER, false, "0901 03 0901 04", "the peer announces several roles" },
	{ ROLE_PROVIDER, false, "0901 00", "our role is provider, the peer's is provider" },
	{ ROLE_PROVIDER, false, "0901 02", "our role is provider, the peer's is rs-client" },
	{ ROLE_PROVIDER, false, "0901 05", "our role is provider, the peer's is unknown" },
	{ ROLE_PROVIDER, false, "0901 ff", "our role is provider, the peer's is unknown" },
	{ ROLE_CUSTOMER, false, "0901 00", NULL },
	{ ROLE_CUSTOMER, false, "0901 01", "our role is customer, the peer's is rs-server" },
	{ ROLE_RS, false, "0901 02", NULL },
	{ ROLE_RS, false, "0901 03", "our role is rs-server, the peer's is customer" },
	{ ROLE_RS_CLIENT, false, "0901 01", NULL },
	{ ROLE_RS_CLIENT, false, "0901 02", "our role is rs-client, the peer's is rs-client" },
	{ ROLE_PEER, false, "0901 04", NULL },
	{ ROLE_PEER, false, "0901 03", "our role is peer, the peer's is customer" },
};

Test(refuse, roles_that_do_not_go_together_are_2_11)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct solo *s = solo_new("10.0.0.1");
		char caps[256], want[256];

		s->link.role = rows[i].ours;
		s->link.role_strict = rows[i].strict;
		solo_set(s);
		peers_connected(s->peers, s->connect, s->now);
		snprintf(caps, sizeof(caps), BASE "%s", rows[i].caps);
		open_with(s, caps);
		if (rows[i].error) {
			solo_close_mine(s);
			cr_expect(s->said[0] == NOTIFY_OPEN && s->said[1] == 11, "row %zu: %u/%u", i, s->said[0], s->said[1]);
			snprintf(want, sizeof(want), "we said: OPEN Message Error/Role Mismatch (%s)", rows[i].error);
			cr_expect_str_eq(solo_view(s).last_error, want);
		} else {
			cr_expect_eq(solo_view(s).state, BGP_OPENCONFIRM, "row %zu: %s", i, solo_view(s).last_error);
		}
		solo_free(s);
	}
}

Test(refuse, who_is_not_welcome_hears_why_and_is_not_tried_in_a_loop)
{
	struct solo *s = solo_new("10.0.0.1");

	s->unwelcome = "leaf1 swp1 is connected to spine2, the plan says spine1";
	for (int i = 0; i < 2; i++) {
		i ? solo_until(s, 200) : solo_set(s);
		peers_connected(s->peers, s->connect, s->now);
		open_with(s, BASE);
		solo_close_mine(s);
		cr_expect(s->said[0] == NOTIFY_CEASE && s->said[1] == CEASE_CONNECTION_REJECTED, "%u/%u", s->said[0], s->said[1]);
		cr_expect_str_eq(solo_view(s).last_error, "we said: Cease/Connection Rejected (leaf1 swp1 is connected to spine2, the plan says spine1)");
	}
	s->n_connect = 0;
	solo_until(s, 700);
	cr_expect_eq(s->n_connect, 0u, "the second time in a row it waits longer");
	s->unwelcome = NULL;
	solo_set(s);                             /* another plan */
	cr_expect_eq(s->n_connect, 1u, "at once");
	peers_connected(s->peers, s->connect, s->now);
	open_with(s, BASE);
	cr_expect_eq(solo_view(s).state, BGP_OPENCONFIRM);
	solo_free(s);
}

Test(refuse, one_that_waits_never_connects_and_is_connected_to)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn;

	s->link.waits = true;
	solo_set(s);
	solo_until(s, 60000);
	cr_expect_eq(s->n_connect, 0u);
	conn = peers_accepted(s->peers, LINK, &s->remote, s->now);
	cr_assert_neq(conn, 0u);
	solo_open(s, conn, PEER_AS, "10.0.0.2");
	cr_expect_eq(solo_view(s).state, BGP_OPENCONFIRM);
	solo_free(s);
	s = solo_new("10.0.0.1");
	solo_set(s);
	cr_expect_eq(s->n_connect, 1u);
	s->link.waits = true;                    /* while an attempt is under way */
	solo_set(s);
	cr_expect_eq(solo_view(s).state, BGP_IDLE);
	s->n_connect = 0;
	solo_until(s, 60000);
	cr_expect_eq(s->n_connect, 0u);
	s->link.waits = false;
	solo_set(s);
	cr_expect_eq(s->n_connect, 1u);
	solo_free(s);
}

Test(refuse, our_role_is_announced_and_only_when_there_is_one)
{
	for (int role = ROLE_NONE; role < N_ROLES; role++) {
		struct solo *s = solo_new("10.0.0.1");
		const uint8_t *p;
		size_t n;

		s->link.role = (enum role)role;
		solo_set(s);
		peers_connected(s->peers, s->connect, s->now);
		p = peers_pending(s->peers, s->connect, &n);
		if (role)
			cr_expect_not_null(memmem(p, n, (uint8_t[]){ 2, 3, 9, 1, (uint8_t)(role - 1) }, 5), "%d", role);
		else
			cr_expect_null(memmem(p, n, (uint8_t[]){ 2, 3, 9, 1 }, 4));
		cr_expect_eq(solo_view(s).role, (enum role)role);
		solo_free(s);
	}
}

Test(refuse, another_role_starts_the_session_over)
{
	struct solo *s = solo_new("10.0.0.1");

	solo_establish(s);
	solo_set(s);
	cr_expect_eq(s->n_down, 0u);
	s->link.role = ROLE_PEER;
	solo_set(s);
	cr_expect_eq(s->n_down, 1u);
	solo_free(s);
}
