/* Every NOTIFICATION that we say, to the byte, each made by what a peer really sends or an operator really does. */
#include <errno.h>

#include "agent/base/own.h"
#include "agent/bgp/notify.h"
#include "tests/unit/agent/bgp/codec.h"
#include "tests/unit/agent/bgp/readme.h"
#include "tests/unit/agent/bgp/solo.h"

enum at { AT_OPENSENT, AT_OPENCONFIRM, AT_ESTABLISHED, AT_ESTABLISHED_GR };      /* GR: the peer keeps routes over a NOTIFICATION (RFC 8538) */

#define OPEN_GR "04 fdea 0009 0a000002 16 0206 4104 0000fdea 0206 0104 00010001 0204 4002 4000"

static bgp_conn bring_to(struct solo *s, enum at at)
{
	bgp_conn conn;
	struct bytes gr = msg_hex(BGP_OPEN, OPEN_GR);

	solo_set(s);
	conn = s->connect;
	peers_connected(s->peers, conn, s->now);
	if (at == AT_ESTABLISHED_GR)
		solo_input(s, conn, gr.p, gr.n);
	else if (at >= AT_OPENCONFIRM)
		solo_open(s, conn, PEER_AS, "10.0.0.2");
	if (at >= AT_ESTABLISHED)
		solo_keepalive(s, conn);
	solo_drain(s, conn);
	return conn;
}

/* --- what is no message ----------------------------------------------------------------------------------------------------------- */
static void hears_nothing(struct solo *s, bgp_conn conn)
{
	(void)conn;
	for (int t = 0; t < 160 && !s->closed; t++)
		solo_until(s, 100);
}

static void takes_nothing(struct solo *s, bgp_conn conn)
{
	for (int t = 0; t < 250 && !s->closed; t++) {
		solo_until(s, 2000);
		solo_keepalive(s, conn);
	}
}

static void queue_overflows(struct solo *s, bgp_conn conn)
{
	static const uint8_t update[BGP_MAX_LEN] = {
		255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0x10, 0, BGP_UPDATE,
	};

	(void)conn;
	while (peer_send(peers_find(s->peers, LINK), update, sizeof(update), 1) == 0)
		;
	peers_step(s->peers, s->now);
}

static void second_connection(struct solo *s, bgp_conn conn)
{
	(void)conn;
	conn = peers_accepted(s->peers, LINK, &s->remote, s->now);
	solo_drain(s, conn);
	solo_open(s, conn, PEER_AS, "10.0.0.2");
}

static void somebody_else(struct solo *s, bgp_conn conn)
{
	s->unwelcome = "no";
	solo_open(s, conn, PEER_AS, "10.0.0.2");
}

static void other_router(struct solo *s, bgp_conn conn)
{
	(void)conn;
	s->remote.s6_addr[15] = 9;
	solo_set(s);
}

static void other_settings(struct solo *s, bgp_conn conn)
{
	(void)conn;
	s->link.gtsm = true;
	solo_set(s);
}

static void limit_reached(struct solo *s, bgp_conn conn)
{
	(void)conn;
	peers_reset(s->peers, LINK, CEASE_MAX_PREFIXES, "more prefixes than max_prefixes allows", s->now);
}

static void operator_resets(struct solo *s, bgp_conn conn)
{
	(void)conn;
	peers_reset(s->peers, LINK, CEASE_ADMIN_RESET, "f\xc3\xbcr dich", s->now);
}

static void operator_resets_without_words(struct solo *s, bgp_conn conn)
{
	(void)conn;
	peers_reset(s->peers, LINK, CEASE_ADMIN_RESET, "", s->now);
}

static void bfd_fails(struct solo *s, bgp_conn conn)
{
	(void)conn;
	peers_reset(s->peers, LINK, CEASE_BFD_DOWN, "BFD: Control Detection Time Expired", s->now);
}

static void daemon_ends(struct solo *s, bgp_conn conn)
{
	(void)conn;
	peers_stop(s->peers, CEASE_ADMIN_SHUTDOWN, "weftd ends", s->now);
}

#define OPEN "01 04 fdea 0009 0a000002 "         /* the type and all that stands before the optional parameters, of a good peer */

/* in: the message that is wrong; else act. out: our answer, whole. */
static const struct golden { const char *why; enum at at; const char *in; void (*act)(struct solo *, bgp_conn); const char *out; } rows[] = {
	/* RFC 4271 6.1 */
	{ "marker", AT_ESTABLISHED, "ffffffff ffffffff ffffffff fffffffe 0013 04", NULL, MARKER "0015 03 01 01" },
	{ "length 18", AT_ESTABLISHED, MARKER "0012 04", NULL, MARKER "0017 03 01 02 0012" },
	{ "length 4097", AT_ESTABLISHED, MARKER "1001 02", NULL, MARKER "0017 03 01 02 1001" },
	{ "OPEN of 28 bytes", AT_OPENSENT, MARKER "001c 01 04 fdea 0009 0a0000", NULL, MARKER "0017 03 01 02 001c" },
	{ "UPDATE of 22 bytes", AT_ESTABLISHED, MARKER "0016 02 000000", NULL, MARKER "0017 03 01 02 0016" },
	{ "KEEPALIVE of 20 bytes", AT_OPENCONFIRM, MARKER "0014 04 00", NULL, MARKER "0017 03 01 02 0014" },
	{ "ROUTE-REFRESH of 22 bytes", AT_ESTABLISHED, MARKER "0016 05 000100", NULL, MARKER "0017 03 01 02 0016" },
	{ "type 0", AT_ESTABLISHED, MARKER "0013 00", NULL, MARKER "0016 03 01 03 00" },
	{ "type 6", AT_OPENSENT, MARKER "0013 06", NULL, MARKER "0016 03 01 03 06" },
	/* RFC 4271 6.2, RFC 5492, RFC 6286, RFC 7607, RFC 9072 */
	{ "parameters longer than the message", AT_OPENSENT, MARKER "001d" OPEN "01", NULL, MARKER "0015 03 02 00" },
	{ "bytes behind the parameters", AT_OPENSENT, MARKER "001e" OPEN "00 00", NULL, MARKER "0015 03 02 00" },
	{ "a parameter runs past the end", AT_OPENSENT, MARKER "0021" OPEN "04 0204 0200", NULL, MARKER "0015 03 02 00" },
	{ "a capability runs past its parameter", AT_OPENSENT, MARKER "0021" OPEN "04 0202 0201", NULL, MARKER "0015 03 02 00" },
	{ "extended parameters longer than the message", AT_OPENSENT, MARKER "0020" OPEN "ff ff0001", NULL, MARKER "0015 03 02 00" },
	{ "an extended parameter runs past the end", AT_OPENSENT, MARKER "0023" OPEN "ff ff0003 020001", NULL, MARKER "0015 03 02 00" },
	{ "version 3", AT_OPENSENT, MARKER "001d 01 03 fdea 0009 0a000002 00", NULL, MARKER "0017 03 02 01 0004" },
	{ "version 5", AT_OPENSENT, MARKER "001d 01 05 fdea 0009 0a000002 00", NULL, MARKER "0017 03 02 01 0004" },
	{ "AS 0", AT_OPENSENT, MARKER "001d 01 04 0000 0009 0a000002 00", NULL, MARKER "0015 03 02 02" },
	{ "AS 0 in capability 65", AT_OPENSENT, MARKER "0025" OPEN "08 0206 4104 00000000", NULL, MARKER "0015 03 02 02" },
	{ "our own AS", AT_OPENSENT, MARKER "001d 01 04 fde9 0009 0a000002 00", NULL, MARKER "0015 03 02 02" },
	{ "identifier 0", AT_OPENSENT, MARKER "001d 01 04 fdea 0009 00000000 00", NULL, MARKER "0015 03 02 03" },
	{ "parameter 1 (authentication, RFC 1771)", AT_OPENSENT, MARKER "0021" OPEN "04 0102 0000", NULL, MARKER "0015 03 02 04" },
	{ "parameter 1 in the extended form", AT_OPENSENT, MARKER "0023" OPEN "ff ff0003 010000", NULL, MARKER "0015 03 02 04" },
	{ "hold time 1", AT_OPENSENT, MARKER "001d 01 04 fdea 0001 0a000002 00", NULL, MARKER "0015 03 02 06" },
	{ "hold time 2", AT_OPENSENT, MARKER "001d 01 04 fdea 0002 0a000002 00", NULL, MARKER "0015 03 02 06" },
	/* RFC 9234 4.2 */
	{ "two roles that differ", AT_OPENSENT, MARKER "0027" OPEN "0a 0203 090100 0203 090103", NULL, MARKER "0015 03 02 0b" },
	/* RFC 4271 6.3, as far as RFC 7606 has left it */
	{ "withdrawn routes longer than the message", AT_ESTABLISHED, MARKER "0017 02 0009 0000", NULL, MARKER "0015 03 03 01" },
	{ "attributes longer than the message", AT_ESTABLISHED, MARKER "0017 02 0000 0001", NULL, MARKER "0015 03 03 01" },
	{ "MP_UNREACH_NLRI twice", AT_ESTABLISHED, MARKER "0023 02 0000 000c 800f03000101 800f03000201", NULL, MARKER "0015 03 03 01" },
	{ "ORIGIN 7, and nothing to withdraw", AT_ESTABLISHED, MARKER "001b 02 0000 0004 40010107", NULL, MARKER "0015 03 03 01" },
	{ "unknown well-known attribute", AT_ESTABLISHED, MARKER "001b 02 0000 0004 406301aa", NULL, MARKER "0019 03 03 02 406301aa" },
	{ "MP_UNREACH_NLRI of 2 bytes", AT_ESTABLISHED, MARKER "001c 02 0000 0005 800f020001", NULL, MARKER "001a 03 03 09 800f020001" },
	{ "MP_REACH_NLRI of 4 bytes", AT_ESTABLISHED, MARKER "001e 02 0000 0007 800e0400010100", NULL, MARKER "001c 03 03 09 800e0400010100" },
	{ "withdrawn /33", AT_ESTABLISHED, MARKER "001d 02 0006 210a00000100 0000", NULL, MARKER "0015 03 03 0a" },
	{ "NLRI that runs past the end", AT_ESTABLISHED, MARKER "0019 02 0000 0000 180a", NULL, MARKER "0015 03 03 0a" },
	/* RFC 4271 6.5, RFC 9687 */
	{ "silence in OpenSent", AT_OPENSENT, NULL, hears_nothing, MARKER "0015 03 04 00" },
	{ "silence in OpenConfirm", AT_OPENCONFIRM, NULL, hears_nothing, MARKER "0015 03 04 00" },
	{ "silence in Established", AT_ESTABLISHED, NULL, hears_nothing, MARKER "0015 03 04 00" },
	{ "a peer that never reads", AT_ESTABLISHED, NULL, takes_nothing, MARKER "0015 03 08 00" },
	/* RFC 6608 */
	{ "KEEPALIVE in OpenSent", AT_OPENSENT, MARKER "0013 04", NULL, MARKER "0015 03 05 01" },
	{ "UPDATE in OpenSent", AT_OPENSENT, MARKER "0017 02 0000 0000", NULL, MARKER "0015 03 05 01" },
	{ "ROUTE-REFRESH in OpenSent", AT_OPENSENT, MARKER "0017 05 0001 0001", NULL, MARKER "0015 03 05 01" },
	{ "OPEN in OpenConfirm", AT_OPENCONFIRM, MARKER "001d" OPEN "00", NULL, MARKER "0015 03 05 02" },
	{ "UPDATE in OpenConfirm", AT_OPENCONFIRM, MARKER "0017 02 0000 0000", NULL, MARKER "0015 03 05 02" },
	{ "OPEN in Established", AT_ESTABLISHED, MARKER "001d" OPEN "00", NULL, MARKER "0015 03 05 03" },
	/* RFC 4486, RFC 9003, RFC 8538 */
	{ "max_prefixes", AT_ESTABLISHED, NULL, limit_reached, MARKER "0015 03 06 01" },
	{ "weftd ends", AT_ESTABLISHED, NULL, daemon_ends, MARKER "0020 03 06 02 0a 77656674642065 6e6473" },
	{ "another router on the link", AT_ESTABLISHED, NULL, other_router, MARKER "0015 03 06 03" },
	{ "reset with words", AT_ESTABLISHED, NULL, operator_resets, MARKER "001f 03 06 04 09 66c3bc722064696368" },
	{ "reset in OpenConfirm", AT_OPENCONFIRM, NULL, operator_resets_without_words, MARKER "0015 03 06 04" },
	{ "not who the cabling plan says", AT_OPENSENT, NULL, somebody_else, MARKER "0018 03 06 05 02 6e6f" },
	{ "gtsm is set", AT_ESTABLISHED, NULL, other_settings, MARKER "0015 03 06 06" },
	{ "a second connection", AT_ESTABLISHED, NULL, second_connection, MARKER "0015 03 06 07" },
	{ "the queue is full", AT_ESTABLISHED, NULL, queue_overflows, MARKER "0015 03 06 08" },
	{ "weftd ends, and the peer keeps routes", AT_ESTABLISHED_GR, NULL, daemon_ends, MARKER "0022 03 06 09 06 02 0a 77656674642065 6e6473" },
	{ "BFD fails", AT_ESTABLISHED, NULL, bfd_fails, MARKER "0015 03 06 0a" },
	{ "BFD fails, and the peer keeps routes", AT_ESTABLISHED_GR, NULL, bfd_fails, MARKER "0017 03 06 09 06 0a" },
	{ "reset, and the peer keeps routes", AT_ESTABLISHED_GR, NULL, operator_resets_without_words, MARKER "0017 03 06 09 06 04" },
	/* RFC 7313 5: the message itself is the data */
	{ "BoRR of 5 bytes", AT_ESTABLISHED, MARKER "0018 05 0001 01 01 00", NULL, MARKER "002d 03 07 01" MARKER "0018 05 0001 01 01 00" },
	{ "EoRR of 6 bytes", AT_ESTABLISHED, MARKER "0019 05 0002 02 01 0000", NULL, MARKER "002e 03 07 01" MARKER "0019 05 0002 02 01 0000" },
};

Test(golden_notify, each_is_said_to_the_byte)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct solo *s = solo_new("10.0.0.1");
		bgp_conn conn = bring_to(s, rows[i].at);
		struct bytes in = hex(rows[i].in ? rows[i].in : ""), out = hex(rows[i].out);

		if (rows[i].act)
			rows[i].act(s, conn);
		else
			solo_input(s, conn, in.p, in.n);
		cr_assert_neq(s->closed, 0u, "%s: the connection goes on", rows[i].why);
		solo_close_mine(s);
		cr_expect(s->n_said == out.n && memcmp(s->said_whole, out.p, out.n) == 0, "%s: %u/%u, %zu bytes", rows[i].why, s->said[0], s->said[1],
			  s->n_said);
		cr_expect_eq(s->sent[BGP_NOTIFICATION], 1u, "%s: exactly one", rows[i].why);
		solo_free(s);
	}
}

/* RFC 4271 6.4 */
Test(golden_notify, nothing_is_said_to_a_notification)
{
	static const char *const bad[] = { MARKER "0015 03 06 04", MARKER "0014 03 06", MARKER "0015 03 ff ff", MARKER "0017 03 06 02 ff 00" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct solo *s = solo_new("10.0.0.1");
		bgp_conn conn = bring_to(s, AT_ESTABLISHED);
		struct bytes in = hex(bad[i]);

		solo_input(s, conn, in.p, in.n);
		cr_assert_eq(s->closed, conn, "%s", bad[i]);
		solo_close_mine(s);
		cr_expect_eq(s->n_said, 0u, "%s", bad[i]);
		solo_free(s);
	}
}

Test(golden_notify, the_list_in_the_code_is_what_is_tested_here_and_what_the_readme_says)
{
	static bool golden[256][256];
	const char *text = readme_text();
	unsigned listed = 0;
	char name[96], line[128];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bytes out = hex(rows[i].out);

		golden[out.p[19]][out.p[20]] = true;
	}
	for (unsigned code = 0; code <= UINT8_MAX; code++) {
		for (unsigned subcode = 0; subcode <= UINT8_MAX; subcode++) {
			bool ours = notify_is_ours((uint8_t)code, (uint8_t)subcode);

			cr_expect_eq(ours, golden[code][subcode], "%u/%u", code, subcode);
			if (!ours)
				continue;
			listed++;
			snprintf(line, sizeof(line), "\n| %u/%u | %s | ", code, subcode,
				 bgp_notification_str((uint8_t)code, (uint8_t)subcode, name, sizeof(name)));
			cr_expect_not_null(strstr(text, line), "no line%s", line);
		}
	}
	cr_expect_eq(readme_rows(text, "| code | name |"), listed);
}
