/* A peer says, in a fabric at rest, what it must not: each message has one thing wrong with it, so what must come of it is known. A route that is
 * malformed, or that cannot be, takes away what the peer told of it before and leaves the session alone (RFC 7606 2, RFC 4271 6.3, 9.1.2); a
 * stream that is out of step ends with a NOTIFICATION that says so (RFC 4271 6.1). */
#include "tests/sim/sim.h"

#include <string.h>

#include "agent/base/own.h"
#include "agent/base/wr.h"
#include "agent/bgp/notify.h"

#define NOTICED_MS 50
#define TRIES 16                         /* ports, until one has a session that is fit for it */

enum prefix_of { ITS_OWN, NEW, MARTIAN };
enum outcome_of { TAKEN, NOT_THERE, ENDS };

static const struct nonsense {
	const char *name;
	enum prefix_of prefix;
	enum outcome_of outcome;
	uint8_t origin;
	bool other_as, our_as, our_hop;  /* the path begins with another AS; it holds the hearer's; the next hop is the hearer */
	uint8_t marker, type, subcode;   /* of the header; the NOTIFICATION that it takes */
	uint16_t shorter;
} rows[] = {
	{ .name = "a route like any other", .prefix = NEW, .outcome = TAKEN },
	{ .name = "an unknown ORIGIN", .prefix = ITS_OWN, .outcome = NOT_THERE, .origin = 7 },
	{ .name = "a path that does not begin with its AS", .prefix = ITS_OWN, .outcome = NOT_THERE, .other_as = true },
	{ .name = "a path through the hearer", .prefix = ITS_OWN, .outcome = NOT_THERE, .our_as = true },
	{ .name = "the hearer as next hop", .prefix = ITS_OWN, .outcome = NOT_THERE, .our_hop = true },
	{ .name = "a prefix of link-local addresses", .prefix = MARTIAN, .outcome = NOT_THERE },
	{ .name = "a wrong marker", .prefix = NEW, .outcome = ENDS, .marker = 1, .subcode = HEADER_NOT_SYNCHRONIZED },
	{ .name = "an unknown type", .prefix = NEW, .outcome = ENDS, .type = 77, .subcode = HEADER_BAD_TYPE },
	{ .name = "a length that cannot be", .prefix = NEW, .outcome = ENDS, .shorter = 8, .subcode = HEADER_BAD_LENGTH },
};

static struct prefix prefix_of(const struct nonsense *row, const struct node *from)
{
	struct in_addr a;

	if (row->prefix == ITS_OWN)
		return prefix4(from->router_id, 32);
	a.s_addr = htonl(row->prefix == NEW ? 0xc6336400 : 0xa9fe0700);          /* 198.51.100.0, 169.254.7.0 */
	return prefix4(a, 24);
}

/* RFC 4271 4.3: an UPDATE in the classic form, which every IPv4 speaker reads. */
static size_t message(const struct nonsense *row, const struct node *from, const struct node *to, uint8_t *buf, size_t room)
{
	struct wr w = wr_of(buf, room);
	struct prefix p = prefix_of(row, from);
	uint32_t asns[2] = { row->other_as ? from->asn + 1 : from->asn, to->asn };
	unsigned n = row->our_as ? 2 : 1;
	uint16_t attrs = (uint16_t)(4 + 5 + 4 * n + 7), len = (uint16_t)(23 + attrs + 1 + p.len / 8);

	for (unsigned i = 0; i < 16; i++)
		wr_u8(&w, 0xff);
	buf[5] ^= row->marker;
	wr_u16(&w, row->shorter ? row->shorter : len);
	wr_u8(&w, row->type ? row->type : BGP_UPDATE);
	wr_u16(&w, 0);
	wr_u16(&w, attrs);
	wr_bytes(&w, (uint8_t[]){ 0x40, 1, 1, row->origin, 0x40, 2, (uint8_t)(2 + 4 * n), 2, (uint8_t)n }, 9);
	for (unsigned i = 0; i < n; i++)
		wr_u32(&w, asns[i]);
	wr_bytes(&w, (uint8_t[]){ 0x40, 3, 4 }, 3);
	wr_bytes(&w, row->our_hop ? &to->router_id : &from->router_id, 4);
	wr_u8(&w, p.len);
	wr_bytes(&w, p.addr, p.len / 8);
	return w.bad ? 0 : wr_len(&w);
}

struct find { rib_peer peer; bool is; };

static bool is_path_of(void *ctx, const struct rib_route_view *view)
{
	struct find *f = ctx;

	for (size_t i = 0; i < view->n_paths; i++)
		f->is |= view->paths[i].peer == f->peer;
	return true;
}

static bool has_path(const struct node *n, unsigned port, const struct prefix *p)
{
	struct find f = { 0 };

	if (agent_rib_peer(n->agent, SIM_PORT0 + port, &f.peer))
		rib_find(agent_rib(n->agent), p, is_path_of, &f);
	return f.is;
}

static void view(const struct node *n, unsigned port, struct peer_view *ret)
{
	const struct peer *peer = peers_find(agent_peers(n->agent), SIM_PORT0 + port);

	*ret = (struct peer_view){ 0 };
	if (peer)
		peer_view(peer, ret);
}

static bool is_fit(const struct node *from, unsigned port)
{
	struct peer_view v, to_v;
	unsigned k;
	const struct node *to = port_other(from, port, &k);

	if (!port_usable(from, port) || to->tier == TIER_HOST || from->tier == TIER_HOST)       /* what servers say is filtered */
		return false;
	view(from, port, &v);
	view(to, k, &to_v);
	return v.state == BGP_ESTABLISHED && to_v.state == BGP_ESTABLISHED;      /* not as a further router's: those have other keys */
}

static bool judge(struct world *w, const struct nonsense *row, const struct node *from, unsigned port, uint64_t flaps)
{
	unsigned k;
	const struct node *to = port_other(from, port, &k);
	struct prefix p = prefix_of(row, from);
	struct peer_view heard, said;

	view(to, k, &heard);
	view(from, port, &said);
	if (row->outcome == ENDS) {
		if (heard.flaps == flaps)
			return sim_fail(w, "%s hears %s from %s, and the session goes on", to->name, row->name, from->name);
		if (said.end != EV_NOTIFICATION || said.end_code != NOTIFY_HEADER || said.end_subcode != row->subcode)
			return sim_fail(w, "%s hears %s from %s, and does not say so: %u/%u", to->name, row->name, from->name, said.end_code, said.end_subcode);
		return true;
	}
	if (heard.flaps != flaps)
		return sim_fail(w, "%s hears %s from %s, and ends the session: %s", to->name, row->name, from->name, heard.last_error);
	if (has_path(to, k, &p) != (row->outcome == TAKEN))
		return sim_fail(w, "%s hears %s from %s, and %s", to->name, row->name, from->name, row->outcome == TAKEN ? "does not take it" : "keeps the route");
	return true;
}

bool nonsense_check(struct world *w)
{
	struct rng r = { .s = w->cfg.seed ^ 0x6e6f6e73 };
	const struct nonsense *row = &rows[rng_below(&r, ARRAY_LEN(rows))];
	struct peer_view v;
	uint8_t msg[128];
	unsigned port = 0, k;
	struct node *from = NULL;
	const struct node *to;
	bool fit = false;

	for (unsigned i = 0; i < TRIES && !fit; i++) {
		from = some_node(w, &r);
		port = rng_below(&r, from->n_ports);
		fit = is_fit(from, port);
	}
	if (!fit)
		return true;
	to = port_other(from, port, &k);
	view(to, k, &v);
	world_say(w, "--- %s says %s to %s", from->name, row->name, to->name);
	if (!stream_say(from, port, msg, message(row, from, to, msg, sizeof(msg))))
		return true;
	world_run(w, mono_add_ms(w->now, NOTICED_MS));
	return judge(w, row, from, port, v.flaps);
}
