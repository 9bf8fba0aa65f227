/* Packets as JSON and as a line. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

#include "agent/base/community.h"
#include "agent/trace.h"
#include "ra/ra_msg.h"
#include "world.h"

static const struct bgp_ctx ctx = { .as4 = true, .mp = { true, true }, .ext_nh_v4 = true, .local_asn = 65001, .remote_asn = 65002 };

static json_t *trace(enum trace_protocol protocol, bool in, const struct wr *w)
{
	return trace_event(&(struct trace_packet){ .protocol = protocol, .in = in, .bgp = &ctx, .p = w->base, .n = wr_len(w),
						    .about = { .name = "swp1", .link = "swp1" } }, 0);
}

static void expect(json_t *event, const char *type, const char *message)
{
	cr_expect_str_eq(json_string_value(json_object_get(event, "event")), "packet");
	cr_expect_str_eq(json_string_value(json_object_get(event, "type")), type);
	cr_expect_str_eq(json_string_value(json_object_get(event, "message")), message);
	json_decref(event);
}

static void notification(const char *message, uint8_t subcode, const void *data, size_t n)
{
	uint8_t buf[512];
	struct wr w = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_notification(&w, NOTIFY_CEASE, subcode, data, n), 0);
	expect(trace(TRACE_BGP, true, &w), "NOTIFICATION", message);
}

Test(trace, an_open_has_its_capabilities)
{
	struct bgp_open open = { .version = 4, .my_as = 23456, .asn = 4200000000, .hold_time = 9,
				 .caps = { .mp = { true, true }, .mp_any = true, .ext_nh_v4 = true, .as4 = true, .asn4 = 4200000000, .refresh = true,
					   .gr = true, .gr_time = 120, .hostname = "spine01" } };
	uint8_t buf[512];
	struct wr w = wr_of(buf, sizeof(buf));
	json_t *j;

	inet_pton(AF_INET, "10.0.254.254", &open.id);
	cr_assert_eq(bgp_put_open(&w, &open), 0);
	j = trace(TRACE_BGP, false, &w);
	cr_expect_eq(json_integer_value(json_object_get(json_object_get(j, "detail"), "asn")), 4200000000);
	cr_expect_eq(json_integer_value(json_object_get(j, "length")), (json_int_t)wr_len(&w));
	expect(j, "OPEN", "out bgp OPEN, 86 bytes: AS 4200000000, hold time 9 s, router-id 10.0.254.254, capabilities ipv4 ipv6 extended_next_hop as4 refresh "
	       "graceful_restart fqdn, hostname spine01, restart time 120 s");
}

Test(trace, notifications_are_words)
{
	notification("in  bgp NOTIFICATION, 21 bytes: Cease/Connection Collision Resolution", CEASE_COLLISION, "", 0);
	notification("in  bgp NOTIFICATION, 25 bytes: Cease/Administrative Shutdown, \"bye\"", CEASE_ADMIN_SHUTDOWN, "\x03" "bye", 4);
	notification("in  bgp NOTIFICATION, 27 bytes: Cease/Hard Reset, Cease/Administrative Reset, \"bye\"", CEASE_HARD_RESET, "\x06\x04\x03" "bye", 6);
	notification("in  bgp NOTIFICATION, 22 bytes: Cease/Administrative Shutdown", CEASE_ADMIN_SHUTDOWN, "\x07", 1);
}

Test(trace, an_update_has_prefixes_and_attributes)
{
	static const uint8_t path[] = { 2, 2, 0, 0, 0xfd, 0xea, 0, 0, 0xfd, 0xeb }, shut[] = { 0xff, 0xff, 0, 0 };
	struct attrs attrs = { .origin = ORIGIN_IGP, .as_path = { path, sizeof(path) }, .communities = { shut, 4 } };
	struct bgp_egress egress = { 0 };
	struct prefix p[200];
	uint8_t buf[4096];
	struct wr w = wr_of(buf, sizeof(buf));
	json_t *j;

	for (unsigned i = 0; i < 200; i++)
		p[i] = prefix4((struct in_addr){ htonl(0x0a000000 + (i << 8)) }, 24);
	inet_pton(AF_INET6, "fe80::1", &egress.next_hop_ll);
	cr_assert_eq(bgp_put_reach(&w, &ctx, &attrs, &egress, p, 2), 2);
	expect(trace(TRACE_BGP, true, &w), "UPDATE", "in  bgp UPDATE, 95 bytes: +10.0.0.0/24 +10.0.1.0/24, path 65002 65003, origin igp, next hop fe80::1, "
	       "communities graceful_shutdown");
	w = wr_of(buf, sizeof(buf));
	cr_assert_eq(bgp_put_unreach(&w, &ctx, p, 200), 200);
	j = trace(TRACE_BGP, false, &w);
	cr_expect_eq(json_array_size(json_object_get(json_object_get(j, "detail"), "withdrawn")), TRACE_PREFIXES);
	cr_expect_eq(json_integer_value(json_object_get(json_object_get(j, "detail"), "withdrawn_count")), 200);
	cr_expect(strstr(json_string_value(json_object_get(j, "message")), " and 192 more"), "%s", json_string_value(json_object_get(j, "message")));
	json_decref(j);
}

Test(trace, end_of_rib_refresh_and_keepalive)
{
	uint8_t buf[64];
	struct wr w = wr_of(buf, sizeof(buf));

	bgp_put_eor(&w, AF_INET6);
	expect(trace(TRACE_BGP, true, &w), "UPDATE", "in  bgp UPDATE, 29 bytes: End-of-RIB ipv6");
	w = wr_of(buf, sizeof(buf));
	bgp_put_refresh(&w, &(struct bgp_refresh){ AFI_IP4, REFRESH_BEGIN, SAFI_UNICAST });
	expect(trace(TRACE_BGP, false, &w), "ROUTE-REFRESH", "out bgp ROUTE-REFRESH, 23 bytes: begin, ipv4");
	w = wr_of(buf, sizeof(buf));
	bgp_put_keepalive(&w);
	expect(trace(TRACE_BGP, false, &w), "KEEPALIVE", "out bgp KEEPALIVE, 19 bytes");
}

Test(trace, what_cannot_be_read_is_told_as_that)
{
	uint8_t buf[64];
	struct wr w = wr_of(buf, sizeof(buf));
	json_t *j;

	bgp_put_keepalive(&w);
	buf[18] = BGP_OPEN;
	j = trace(TRACE_BGP, true, &w);
	cr_expect(json_object_get(json_object_get(j, "detail"), "error"));
	cr_expect(strstr(json_string_value(json_object_get(j, "message")), "cannot be read: "));
	json_decref(j);
	buf[18] = 77;
	expect(trace(TRACE_BGP, true, &w), "unknown", "in  bgp unknown, 19 bytes: cannot be read: malformed, at byte 0");
	w = wr_of(buf, sizeof(buf));
	wr_u8(&w, RA_ADVERT);
	expect(trace(TRACE_RA, true, &w), "RA", "in  ra RA, 1 bytes: cannot be read: too short");
}

Test(trace, discovery_and_bfd)
{
	struct ra_msg ra = { .type = RA_ADVERT, .lifetime = 30, .has_mac = true, .mac = { 2, 0, 0, 0, 0, 1 } }, rs = { .type = RA_SOLICIT };
	struct bfd_view bfd = { .state = BFD_DOWN, .diag = BFD_DIAG_EXPIRED, .local_discr = 7, .remote_state = BFD_UP, .remote_discr = 9, .remote_tx_us = 100000,
				.remote_rx_us = 50000, .remote_multiplier = 3 };
	uint8_t buf[RA_MSG_MAX];
	struct wr w = wr_of(buf, sizeof(buf));

	wr_skip(&w, ra_encode(&ra, buf));
	expect(trace(TRACE_RA, false, &w), "RA", "out ra RA, 24 bytes: lifetime 30 s, MAC 02:00:00:00:00:01");
	w = wr_of(buf, sizeof(buf));
	wr_skip(&w, ra_encode(&rs, buf));
	expect(trace(TRACE_RA, true, &w), "RS", "in  ra RS, 8 bytes: no MAC");
	expect(trace_event(&(struct trace_packet){ .protocol = TRACE_BFD, .bfd = &bfd }, 0), "CONTROL",
	       "out BFD CONTROL, 24 bytes: Down, Control Detection Time Expired, discriminator 7");
	expect(trace_event(&(struct trace_packet){ .protocol = TRACE_BFD, .in = true, .bfd = &bfd }, 0), "CONTROL",
	       "in  BFD CONTROL, 24 bytes: Up, discriminator 9, every 100000 us, hears 50000 us, multiplier 3");
}

/* --- the way through the wiring -------------------------------------------------------------------------------------------------- */
static struct { char text[16384]; unsigned in, out; } heard;

static void on_packet(void *nothing, const struct trace_packet *packet)
{
	json_t *j = trace_event(packet, 0);

	(void)nothing;
	cr_expect_str_eq(packet->about.link, "swp1");
	heard.in += packet->in;
	heard.out += !packet->in;
	strncat(heard.text, json_string_value(json_object_get(j, "message")), sizeof(heard.text) - strlen(heard.text) - 2);
	strcat(heard.text, "\n");
	json_decref(j);
}

Test(trace, all_that_passes_is_told_as_long_as_somebody_wants_it)
{
	static const char *const lines[] = { "in  ra RA, ", "out ra RA, ", "out bgp OPEN, ", "in  bgp OPEN, ", "in  bgp KEEPALIVE, ", "out bgp KEEPALIVE, ",
					      "in  bgp UPDATE, ", "out bgp UPDATE, ", "out bgp NOTIFICATION, " };
	struct world *w = world_new(NULL);
	unsigned n;

	agent_trace(w->agent, on_packet, NULL);
	world_peer(w, 1);
	world_announce(w, 1, "10.9.0.0/16", NULL, 0);
	agent_reset(w->agent, "swp1", NULL, w->now);
	world_turn(w);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		cr_expect(strstr(heard.text, lines[i]), "%s is not in:\n%s", lines[i], heard.text);
	cr_expect(strstr(heard.text, "+10.9.0.0/16"));
	n = heard.in + heard.out;
	agent_trace(w->agent, NULL, NULL);
	world_open(w, 1);
	cr_expect_eq(heard.in + heard.out, n);
	world_free(w);
}
