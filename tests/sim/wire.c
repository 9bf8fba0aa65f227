#include "tests/sim/wire.h"

#include <stdlib.h>

#include "agent/bgp/msg.h"
#include "tests/sim/sim.h"

void wire_add(struct wire_count *sum, const struct wire_count *n)
{
	for (unsigned i = 0; i < 6; i++)
		sum->messages[i] += n->messages[i];
	sum->announced += n->announced;
	sum->withdrawn += n->withdrawn;
	sum->bytes += n->bytes;
}

void wire_sub(struct wire_count *from, const struct wire_count *n)
{
	for (unsigned i = 0; i < 6; i++)
		from->messages[i] -= n->messages[i];
	from->announced -= n->announced;
	from->withdrawn -= n->withdrawn;
	from->bytes -= n->bytes;
}

static uint64_t prefixes_in(struct span nlri, uint8_t family)
{
	struct rd r = rd_of(nlri.p, nlri.n);
	struct prefix p;
	uint64_t n = 0;

	while (nlri_next(&r, family, &p))
		n++;
	return n;
}

/* What two cores of one version have negotiated. */
static void count(struct wire_count *c, const uint8_t *p, size_t n)
{
	const struct bgp_ctx ctx = { .as4 = true, .mp = { true, true }, .ext_nh_v4 = true, .extended = true, .ll_next_hop = true, .enhanced_refresh = true };
	struct bgp_err err;
	struct bgp_msg m;

	if (bgp_decode(rd_of(p, n), &ctx, &m, &err) < 0)
		abort();
	c->messages[m.type]++;
	if (m.type == BGP_UPDATE) {
		const struct bgp_update *u = &m.update;

		c->announced += prefixes_in(u->nlri, AF_INET) + (u->mp_reach_family ? prefixes_in(u->mp_reach, u->mp_reach_family) : 0);
		c->withdrawn += prefixes_in(u->withdrawn, AF_INET) + (u->mp_unreach_family ? prefixes_in(u->mp_unreach, u->mp_unreach_family) : 0);
	}
}

void wire_sent(struct node *from, struct node *to, size_t *left, const uint8_t *p, size_t have, size_t n)
{
	struct wire_count c = { .bytes = n };
	struct bgp_err err;
	size_t at = *left;
	int len;

	for (; at < n; at += (size_t)len) {      /* queues hold whole messages, however much of them is sent */
		len = bgp_frame(rd_of(p + at, have - at), true, &err);
		if (len <= 0 || (size_t)len > have - at)
			abort();
		count(&c, p + at, (size_t)len);
	}
	*left = at - n;
	wire_add(&from->sent, &c);
	wire_add(&to->received, &c);
}
