#include "tests/bench/routes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "agent/bgp/msg.h"

#define LEAF_ASN 4220000000u
#define CHUNK 1024                       /* prefixes offered to the encoder at once: more than fit into a message */

struct stream {
	uint8_t *p;
	size_t len, room;
};

/* Room for one more message of the longest kind. */
static int stream_room(struct stream *s, struct wr *ret)
{
	if (s->room - s->len < BGP_MAX_LEN) {
		size_t room = s->room ? s->room * 2 : 1 << 20;
		uint8_t *p = realloc(s->p, room);

		if (!p)
			return -ENOMEM;
		s->p = p;
		s->room = room;
	}
	*ret = wr_of(s->p + s->len, BGP_MAX_LEN);
	return 0;
}

static size_t fill(struct prefix *prefixes, uint32_t from, uint32_t n)
{
	if (n > CHUNK)
		n = CHUNK;
	for (uint32_t i = 0; i < n; i++)
		prefixes[i] = prefix4((struct in_addr){ htonl(route_addr(from + i)) }, 32);
	return n;
}

/* The prefixes of one attribute set, in as few messages as they fit into. */
static int put_set(struct stream *s, const struct route_plan *plan, uint32_t from, uint32_t n)
{
	const struct bgp_ctx ctx = { .as4 = true, .mp = { true }, .ext_nh_v4 = true, .local_asn = plan->asn };
	const struct bgp_egress egress = { .next_hop_ll = plan->next_hop };
	struct prefix prefixes[CHUNK];
	uint8_t path[10];
	struct wr w = wr_of(path, sizeof(path));
	struct attrs attrs = { .origin = ORIGIN_IGP, .as_path = { path, sizeof(path) } };
	int messages = 0;

	wr_u8(&w, 2);                    /* AS_SEQUENCE */
	wr_u8(&w, 2);
	wr_u32(&w, plan->asn);
	wr_u32(&w, LEAF_ASN + from / plan->per_set);
	for (uint32_t done = 0; done < n; messages++) {
		int r = stream_room(s, &w);

		if (r < 0)
			return r;
		r = bgp_put_reach(&w, &ctx, &attrs, &egress, prefixes, fill(prefixes, from + done, n - done));
		if (r < 0)
			return r;
		s->len += wr_len(&w);
		done += (uint32_t)r;
	}
	return messages;
}

static int put_withdraws(struct stream *s, const struct route_plan *plan)
{
	const struct bgp_ctx ctx = { .as4 = true, .mp = { true }, .ext_nh_v4 = true, .local_asn = plan->asn };
	struct prefix prefixes[CHUNK];

	for (uint32_t done = 0; done < plan->n;) {
		struct wr w;
		int r = stream_room(s, &w);

		if (r < 0)
			return r;
		r = bgp_put_unreach(&w, &ctx, prefixes, fill(prefixes, done, plan->n - done));
		if (r < 0)
			return r;
		s->len += wr_len(&w);
		done += (uint32_t)r;
	}
	return 0;
}

int routes_new(struct routes *ret, const struct route_plan *plan)
{
	struct stream announce = { 0 }, withdraw = { 0 };
	uint32_t updates = 0;
	int r = 0;

	for (uint32_t from = 0; r >= 0 && from < plan->n; from += plan->per_set) {
		r = put_set(&announce, plan, from, plan->n - from < plan->per_set ? plan->n - from : plan->per_set);
		updates += r > 0 ? (uint32_t)r : 0;
	}
	if (r >= 0)
		r = put_withdraws(&withdraw, plan);
	if (r < 0) {
		free(announce.p);
		free(withdraw.p);
		return r;
	}
	*ret = (struct routes){ announce.p, withdraw.p, announce.len, withdraw.len, updates };
	return 0;
}

void routes_free(struct routes *routes)
{
	free(routes->announce);
	free(routes->withdraw);
	*routes = (struct routes){ 0 };
}
