/* tests/fuzz/fuzz_bgp.c: one BGP message, decoded as each kind of peer would be; what decodes is written again and must read back equal. */
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/bgp/notify.h"
#include "tests/fuzz/roundtrip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct bgp_ctx ctxs[] = {
	{ .as4 = true, .mp = { true, true }, .ext_nh_v4 = true, .local_asn = 4210000001, .remote_asn = 4200000000 },
	{ .as4 = true, .mp = { true, false }, .local_asn = 4210000001, .remote_asn = 65002 },
	{ .as4 = false, .mp = { true, true }, .local_asn = 4210000001, .remote_asn = 65002 },
	{ .as4 = true, .mp = { true, true }, .ext_nh_v4 = true, .local_asn = 65001, .remote_asn = 65001 },
	{ .as4 = false, .mp = { false, true }, .local_asn = 65001, .remote_asn = 65001 },
};

#define ORIGINATOR htonl(0x0a000001)
#define CLUSTER htonl(0x0a000002)

static void again_reach(const struct bgp_ctx *ctx, const struct bgp_update *u, struct span nlri, uint8_t family)
{
	static struct prefix prefixes[BGP_MAX_LEN];
	struct bgp_egress egress = { .next_hop_ll.s6_addr = { 0xfe, 0x80, [15] = 1 }, .next_hop_v4.s_addr = ctx->ext_nh_v4 ? 0 : htonl(0xcb007101) };
	size_t n = collect(nlri, family, prefixes), at = 0;
	int took = 1;

	egress.reflect = ctx->remote_asn == ctx->local_asn;
	egress.originator_id.s_addr = ORIGINATOR;
	egress.cluster_id.s_addr = CLUSTER;
	for (; at < n && took > 0; at += (size_t)took) {
		uint8_t buf[BGP_MAX_LEN];
		struct wr w = wr_of(buf, sizeof(buf));
		static struct bgp_msg m;
		struct bgp_err err;
		int classic = family == AF_INET && !ctx->ext_nh_v4;

		took = bgp_put_reach(&w, ctx, &u->attrs, &egress, prefixes + at, n - at);
		if (took < 0)                            /* attributes that fill a message may not fit once our own next hop is there */
			break;
		must(bgp_decode(rd_of(buf, wr_len(&w)), ctx, &m, &err) == 0, "our own UPDATE is refused");
		must(!m.update.treat_as_withdraw && !m.update.discarded, "our own UPDATE is malformed");
		must(passed_on(&u->attrs, &m.update.attrs, ctx, &egress), "attributes changed");
		expect_same(classic ? m.update.nlri : m.update.mp_reach, family, prefixes + at, (size_t)took);
	}
}

static void again_unreach(const struct bgp_ctx *ctx, struct span nlri, uint8_t family)
{
	static struct prefix prefixes[BGP_MAX_LEN];
	size_t n = collect(nlri, family, prefixes), at = 0;

	while (at < n) {
		uint8_t buf[BGP_MAX_LEN];
		struct wr w = wr_of(buf, sizeof(buf));
		static struct bgp_msg m;
		struct bgp_err err;
		int classic = family == AF_INET && !ctx->ext_nh_v4;
		int took = bgp_put_unreach(&w, ctx, prefixes + at, n - at);

		must(took > 0, "withdrawals do not fit");
		must(bgp_decode(rd_of(buf, wr_len(&w)), ctx, &m, &err) == 0, "our own withdrawal is refused");
		expect_same(classic ? m.update.withdrawn : m.update.mp_unreach, family, prefixes + at, (size_t)took);
		at += (size_t)took;
	}
}

static void again_update(const struct bgp_ctx *ctx, const struct bgp_update *u)
{
	must((u->treat_as_withdraw || u->discarded) == (u->what != NULL), "a fault without words, or words without a fault");
	again_unreach(ctx, u->withdrawn, AF_INET);
	again_unreach(ctx, u->mp_unreach, u->mp_unreach_family);
	if (u->treat_as_withdraw)
		return;
	again_reach(ctx, u, u->nlri, AF_INET);
	again_reach(ctx, u, u->mp_reach, u->mp_reach_family);
}

static void again_small(const struct bgp_msg *in)
{
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));
	static struct bgp_msg m;
	struct bgp_err err;
	int r = 0;

	if (in->type == BGP_OPEN)
		r = bgp_put_open(&w, &in->open);
	else if (in->type == BGP_NOTIFICATION)
		r = bgp_put_notification(&w, in->notification.code, in->notification.subcode, in->notification.data.p, in->notification.data.n);
	else if (in->type == BGP_ROUTE_REFRESH)
		r = bgp_put_refresh(&w, &in->refresh);
	else
		r = bgp_put_keepalive(&w);
	must(r == 0, "what was read cannot be written");
	must(bgp_decode(rd_of(buf, wr_len(&w)), NULL, &m, &err) == 0 && m.type == in->type, "our own message is refused");
	if (in->type == BGP_OPEN) {
		struct bgp_open o = in->open;

		o.caps.n_unknown = 0;                    /* what we do not know is not said again */
		memset(o.caps.unknown, 0, sizeof(o.caps.unknown));
		o.caps.mp_any = o.caps.mp[0] || o.caps.mp[1];
		must(memcmp(&o, &m.open, sizeof(o)) == 0, "OPEN changed");
	} else if (in->type == BGP_NOTIFICATION) {
		must(m.notification.code == in->notification.code && span_eq(m.notification.data, in->notification.data), "NOTIFICATION changed");
	} else if (in->type == BGP_ROUTE_REFRESH) {
		must(memcmp(&m.refresh, &in->refresh, sizeof(m.refresh)) == 0, "ROUTE-REFRESH changed");
	}
}

static void one(const uint8_t *data, size_t size, const struct bgp_ctx *ctx)
{
	static struct bgp_msg m;
	struct bgp_err err;
	int framed = bgp_frame(rd_of(data, size), false, &err);
	char words[128];

	if (bgp_decode(rd_of(data, size), ctx, &m, &err) < 0) {
		must(err.what && err.code >= NOTIFY_HEADER && err.code <= NOTIFY_REFRESH && err.at <= size, "an error that says nothing");
		must(*bgp_notification_str(err.code, err.subcode, words, sizeof(words)) != '\0', "an error without a name");
		must(notify_is_ours(err.code, err.subcode), "a NOTIFICATION that we never say");
		return;
	}
	must(framed == (int)size, "decoded what was not framed");
	if (m.type == BGP_UPDATE)
		again_update(ctx, &m.update);
	else
		again_small(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *whole;

	one(data, size, &ctxs[0]);
	if (size < BGP_HEADER_LEN || size > BGP_MAX_LEN)
		return 0;
	whole = malloc(size);                            /* the same with a good marker and length, or mutations would end there */
	must(whole != NULL, "no memory");
	memcpy(whole, data, size);
	memset(whole, 0xff, 16);
	whole[16] = (uint8_t)(size >> 8);
	whole[17] = (uint8_t)size;
	for (size_t i = 0; i < sizeof(ctxs) / sizeof(ctxs[0]); i++)
		one(whole, size, &ctxs[i]);
	free(whole);
	return 0;
}
