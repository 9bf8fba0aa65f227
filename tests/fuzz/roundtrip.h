/* tests/fuzz/roundtrip.h: does what was written say the same as what was to be written? */
#ifndef WEFT_FUZZ_ROUNDTRIP_H
#define WEFT_FUZZ_ROUNDTRIP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/bgp/msg.h"

/* Stays in optimised builds too. */
static inline void must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static inline bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

/* What internal peers are told beside: a local preference always, and, by a reflector, who reflected (RFC 4456 section 8). */
static inline bool internal_ones(const struct attrs *in, const struct attrs *out, bool external, const struct bgp_egress *egress)
{
	if (external)
		return out->local_pref == 0 && out->cluster_list.n == 0 && out->originator_id.s_addr == 0;
	if (out->local_pref != (in->has & ATTRS_LOCAL_PREF ? in->local_pref : DEFAULT_LOCAL_PREF))
		return false;
	if (!egress->reflect)
		return out->cluster_list.n == 0 && out->originator_id.s_addr == 0;
	return out->originator_id.s_addr == (in->has & ATTRS_ORIGINATOR ? in->originator_id.s_addr : egress->originator_id.s_addr) &&
	       out->cluster_list.n == in->cluster_list.n + 4 && memcmp(out->cluster_list.p, &egress->cluster_id, 4) == 0 &&
	       (in->cluster_list.n == 0 || memcmp(out->cluster_list.p + 4, in->cluster_list.p, in->cluster_list.n) == 0);
}

/* The path, and the AS in front of it that was prepended: in its first AS_SEQUENCE, or in one of its own. */
static inline bool path_arrived(struct span in, struct span out, uint32_t prepend)
{
	bool own;

	if (!prepend)
		return span_eq(in, out);
	if (out.n < 6 || aspath_first(out) != prepend)
		return false;
	own = out.p[1] == 1;
	if (!own && (in.n < 2 || in.p[0] != out.p[0] || in.p[1] + 1 != out.p[1]))
		return false;
	return span_eq((struct span){ out.p + 6, (uint16_t)(out.n - 6) }, own ? in : (struct span){ in.p + 2, (uint16_t)(in.n - 2) });
}

/* Those that are not transitive stay in their AS (RFC 4360 6). */
static inline bool ext_arrived(struct span in, struct span out, bool external)
{
	size_t n = 0;

	for (size_t i = 0; i + 8 <= in.n; i += 8) {
		if (external && in.p[i] & 0x40)
			continue;
		if (n + 8 > out.n || memcmp(in.p + i, out.p + n, 8) != 0)
			return false;
		n += 8;
	}
	return n == out.n;
}

/* Equal, but for what never leaves: the next hop is ours, LOCAL_PREF and another AS's MED stay (RFC 4271 5.1.4, 5.1.5). */
static inline bool passed_on(const struct attrs *in, const struct attrs *out, const struct bgp_ctx *ctx, const struct bgp_egress *egress)
{
	bool external = ctx->local_asn != ctx->remote_asn;
	uint8_t has = in->has & (uint8_t)~ATTRS_NEXT_HOP;

	if (external && in->as_path.n && !egress->own_med)
		has &= (uint8_t)~ATTRS_MED;
	has &= (uint8_t)~(ATTRS_LOCAL_PREF | ATTRS_ORIGINATOR);
	if (!external)                   /* always told */
		has |= ATTRS_LOCAL_PREF;
	if (!external && egress->reflect)
		has |= ATTRS_ORIGINATOR;
	return has == (out->has & ~ATTRS_NEXT_HOP) && in->origin == out->origin && in->otc == out->otc && in->aggregator_as == out->aggregator_as &&
	       in->aggregator_id.s_addr == out->aggregator_id.s_addr && internal_ones(in, out, external, egress) &&
	       out->med == (has & ATTRS_MED ? in->med : 0) && path_arrived(in->as_path, out->as_path, egress->prepend) &&
	       span_eq(in->communities, out->communities) && ext_arrived(in->ext_communities, out->ext_communities, external) &&
	       span_eq(in->large_communities, out->large_communities) && span_eq(in->unknown, out->unknown);
}

static inline size_t collect(struct span nlri, uint8_t family, struct prefix *ret)
{
	struct rd r = rd_of(nlri.p, nlri.n);
	size_t n = 0;

	while (nlri_next(&r, family, &ret[n])) {
		struct prefix masked = ret[n];

		prefix_mask(&masked);
		must(prefix_eq(&masked, &ret[n]) && masked.len <= prefix_max(family), "a prefix with host bits");
		n++;
	}
	must(rd_left(&r) == 0 && !r.bad, "nlri_next stopped before the end");
	return n;
}

static inline void expect_same(struct span nlri, uint8_t family, const struct prefix *want, size_t n)
{
	static struct prefix got[BGP_MAX_LEN];

	must(collect(nlri, family, got) == n, "not all prefixes came back");
	must(memcmp(got, want, n * sizeof(*want)) == 0, "other prefixes came back");
}

#endif
