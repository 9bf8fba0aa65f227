/* A peer says, in a fabric at rest, what it must not: each message has one thing wrong with it, so what must come of it is known. A route that is
 * malformed, or that cannot be, takes away what the peer told of it before and leaves the session alone (RFC 7606 2, RFC 4271 6.3, 9.1.2); a
 * stream that is out of step ends with a NOTIFICATION that says so (RFC 4271 6.1), and so does what has no place there (RFC 6608). Then the peer's
 * routes stay while it comes back, if both have said that they outlive a NOTIFICATION (RFC 8538 4), else they are gone. */
#include "tests/sim/sim.h"

#include <string.h>

#include "agent/base/own.h"
#include "agent/base/wr.h"
#include "agent/bgp/notify.h"
#include "tests/sim/coverage.h"

#define NOTICED_MS 50

enum prefix_of { ITS_OWN, NEW, MARTIAN };
enum outcome_of { TAKEN, NOT_THERE, IGNORED, ENDS };

static const struct nonsense {
	const char *name;
	enum prefix_of prefix;
	enum outcome_of outcome;
	uint8_t origin;
	bool other_as, our_as, our_hop;  /* the path begins with another AS; it holds the hearer's; the next hop is the hearer */
	uint8_t marker, type;            /* of the header */
	uint16_t shorter;
	uint8_t more_attrs, prefix_len;  /* their length says so many more than there are; of the prefix, not as it is */
	uint8_t n, text[8];              /* another attribute, or all of a message of that type */
	uint8_t code, subcode;           /* the NOTIFICATION that it takes */
} rows[] = {
	{ .name = "a route like any other", .prefix = NEW, .outcome = TAKEN },
	{ .name = "an unknown ORIGIN", .outcome = NOT_THERE, .origin = 7 },
	{ .name = "a path that does not begin with its AS", .outcome = NOT_THERE, .other_as = true },
	{ .name = "a path through the hearer", .outcome = NOT_THERE, .our_as = true },
	{ .name = "the hearer as next hop", .outcome = NOT_THERE, .our_hop = true },
	{ .name = "a prefix of link-local addresses", .prefix = MARTIAN, .outcome = NOT_THERE },
	{ .name = "a MULTI_EXIT_DISC of a byte", .outcome = NOT_THERE, .n = 4, .text = { 0x80, 4, 1, 9 } },
	{ .name = "a wrong marker", .prefix = NEW, .outcome = ENDS, .marker = 1, .code = NOTIFY_HEADER, .subcode = HEADER_NOT_SYNCHRONIZED },
	{ .name = "an unknown type", .prefix = NEW, .outcome = ENDS, .type = 77, .code = NOTIFY_HEADER, .subcode = HEADER_BAD_TYPE },
	{ .name = "a length that cannot be", .prefix = NEW, .outcome = ENDS, .shorter = 8, .code = NOTIFY_HEADER, .subcode = HEADER_BAD_LENGTH },
	{ .name = "a KEEPALIVE that is too long", .outcome = ENDS, .type = BGP_KEEPALIVE, .n = 1, .code = NOTIFY_HEADER, .subcode = HEADER_BAD_LENGTH },
	{ .name = "attributes beyond the message", .prefix = NEW, .outcome = ENDS, .more_attrs = 200, .code = NOTIFY_UPDATE, .subcode = UPDATE_MALFORMED_LIST },
	{ .name = "a well-known attribute that nobody knows", .prefix = NEW, .outcome = ENDS, .n = 3, .text = { 0x40, 99 },
	  .code = NOTIFY_UPDATE, .subcode = UPDATE_UNKNOWN_WELL_KNOWN },
	{ .name = "an MP_REACH_NLRI without anything in it", .prefix = NEW, .outcome = ENDS, .n = 3, .text = { 0x80, 14 },
	  .code = NOTIFY_UPDATE, .subcode = UPDATE_OPTIONAL_ERROR },
	{ .name = "a prefix of 33 bits", .prefix = NEW, .outcome = ENDS, .prefix_len = 33, .code = NOTIFY_UPDATE, .subcode = UPDATE_BAD_NETWORK },
	{ .name = "an OPEN in the middle", .outcome = ENDS, .type = BGP_OPEN, .code = NOTIFY_FSM, .subcode = FSM_IN_ESTABLISHED },
	{ .name = "a refresh of a kind that nobody knows", .outcome = IGNORED, .type = BGP_ROUTE_REFRESH, .n = 4, .text = { 0, 1, 77, 1 } },
	{ .name = "a BoRR that is too long", .outcome = ENDS, .type = BGP_ROUTE_REFRESH, .n = 5, .text = { 0, 1, 1, 1 },
	  .code = NOTIFY_REFRESH, .subcode = REFRESH_BAD_LENGTH },
};

const char *nonsense_name(unsigned i)
{
	return i < ARRAY_LEN(rows) ? rows[i].name : NULL;
}

struct prefix nonsense_prefix(unsigned i)
{
	struct in_addr a = { htonl(0xc6336400 + (i << 8)) };     /* 198.51.100.0 */

	return prefix4(a, 24);
}

static struct prefix prefix_of(const struct nonsense *row, const struct node *from)
{
	struct in_addr martian = { htonl(0xa9fe0700) };          /* 169.254.7.0 */

	switch (row->prefix) {
	case ITS_OWN:
		return prefix4(from->router_id, 32);
	case NEW:
		return nonsense_prefix(0);
	case MARTIAN:
		break;
	}
	return prefix4(martian, 24);
}

static void begin(struct wr *w, uint8_t type)
{
	for (unsigned i = 0; i < 16; i++)
		wr_u8(w, 0xff);
	wr_u16(w, 0);
	wr_u8(w, type);
}

static size_t end(struct wr *w)
{
	size_t len = wr_len(w);

	if (w->bad)
		return 0;
	w->base[16] = (uint8_t)(len >> 8);
	w->base[17] = (uint8_t)len;
	return len;
}

/* RFC 4271 4.3: an UPDATE in the classic form, which every IPv4 speaker reads. */
static size_t update(const struct nonsense *row, const struct prefix *p, const struct pair *pair, uint8_t *buf, size_t room)
{
	struct wr w = wr_of(buf, room);
	uint32_t asns[2] = { row->other_as ? pair->from->asn + 1 : pair->from->asn, pair->to->asn };
	unsigned n = row->our_as ? 2 : 1;

	begin(&w, row->type ? row->type : BGP_UPDATE);
	wr_u16(&w, 0);
	wr_u16(&w, (uint16_t)(4 + 5 + 4 * n + 7 + row->n + row->more_attrs));
	wr_bytes(&w, (uint8_t[]){ 0x40, 1, 1, row->origin, 0x40, 2, (uint8_t)(2 + 4 * n), 2, (uint8_t)n }, 9);
	for (unsigned i = 0; i < n; i++)
		wr_u32(&w, asns[i]);
	wr_bytes(&w, (uint8_t[]){ 0x40, 3, 4 }, 3);
	wr_bytes(&w, row->our_hop ? &pair->to->router_id : &pair->from->router_id, 4);
	wr_bytes(&w, row->text, row->n);
	wr_u8(&w, row->prefix_len ? row->prefix_len : p->len);
	wr_bytes(&w, p->addr, p->len / 8);
	return end(&w);
}

size_t nonsense_route(const struct pair *pair, unsigned i, uint8_t *buf, size_t room)
{
	struct prefix p = nonsense_prefix(i);

	return update(&rows[0], &p, pair, buf, room);
}

/* What it said when the session began. */
static size_t open_again(const struct pair *pair, uint8_t *buf, size_t room)
{
	struct bgp_open open = { .version = 4, .my_as = AS_TRANS, .asn = pair->from->asn, .hold_time = 9, .id = pair->from->router_id,
				 .caps = { .mp = { true, true }, .ext_nh_v4 = true, .as4 = true, .asn4 = pair->from->asn } };
	struct wr w = wr_of(buf, room);

	return bgp_put_open(&w, &open) < 0 ? 0 : wr_len(&w);
}

static size_t message(const struct nonsense *row, const struct pair *pair, uint8_t *buf, size_t room)
{
	struct prefix p = prefix_of(row, pair->from);
	struct wr w = wr_of(buf, room);
	size_t n;

	if (row->type == BGP_OPEN)
		return open_again(pair, buf, room);
	if (row->type == BGP_KEEPALIVE || row->type == BGP_ROUTE_REFRESH) {
		begin(&w, row->type);
		wr_bytes(&w, row->text, row->n);
		return end(&w);
	}
	n = update(row, &p, pair, buf, room);
	buf[5] ^= row->marker;
	if (row->shorter) {
		buf[16] = 0;
		buf[17] = (uint8_t)row->shorter;
	}
	return n;
}

/* RFC 8538 4, of a peer that comes back (RFC 4724 4.2, RFC 9494 4.2). */
static bool outlives(const struct node *to, const struct peer_view *v)
{
	const struct bgp_caps *caps = v->caps_received;

	return v->caps_sent->gr_notification && caps->gr_notification &&
	       ((caps->gr_mp[0] && caps->gr_time) || (caps->llgr_time[0] && agent_config(to->agent)->long_lived[0]));
}

static bool judge_end(struct world *w, const struct nonsense *row, const struct pair *pair, bool stays)
{
	const char *to = pair->to->name, *from = pair->from->name;
	struct prefix p = prefix4(pair->from->router_id, 32);
	struct peer_view said;

	pair_view(pair->from, pair->port, &said);
	if (said.end != EV_NOTIFICATION || said.end_code != row->code || said.end_subcode != row->subcode)
		return sim_fail(w, "%s hears %s from %s, and does not say so: %u/%u", to, row->name, from, said.end_code, said.end_subcode);
	if (pair_has_path(pair, &p) != stays)
		return sim_fail(w, "%s hears %s from %s, and %s", to, row->name, from, stays ? "does not keep its routes" : "keeps its routes");
	return true;
}

static bool judge(struct world *w, const struct nonsense *row, const struct pair *pair, const struct peer_view *was, bool stays)
{
	struct prefix p = prefix_of(row, pair->from);
	struct peer_view heard;
	bool there;

	pair_view(pair->to, pair->to_port, &heard);
	if ((heard.flaps != was->flaps) != (row->outcome == ENDS))
		return sim_fail(w, "%s hears %s from %s, and %s: %s", pair->to->name, row->name, pair->from->name,
				row->outcome == ENDS ? "the session goes on" : "ends the session", heard.last_error);
	if (row->outcome == ENDS)
		return judge_end(w, row, pair, stays);
	there = row->outcome == TAKEN || row->outcome == IGNORED;
	if (pair_has_path(pair, &p) != there)
		return sim_fail(w, "%s hears %s from %s, and %s", pair->to->name, row->name, pair->from->name, there ? "has no route" : "keeps the route");
	return true;
}

bool nonsense_check(struct world *w)
{
	struct rng r = { .s = w->cfg.seed ^ 0x6e6f6e73 };
	const struct nonsense *row = &rows[rng_below(&r, ARRAY_LEN(rows))];
	struct peer_view was;
	uint8_t msg[BGP_MAX_LEN];
	struct prefix own;
	struct pair pair;
	bool stays;

	if (!pair_draw(w, &r, &pair))
		return true;
	pair_view(pair.to, pair.to_port, &was);
	own = prefix4(pair.from->router_id, 32);
	stays = pair_has_path(&pair, &own) && outlives(pair.to, &was);
	world_say(w, "--- %s says %s to %s", pair.from->name, row->name, pair.to->name);
	if (!stream_say(pair.from, pair.port, msg, message(row, &pair, msg, sizeof(msg))))
		return true;
	cover(w, "nonsense", row->name);
	world_run(w, mono_add_ms(w->now, NOTICED_MS));
	if (!judge(w, row, &pair, &was, stays))
		return false;
	if (row->outcome != ENDS)                /* what it said of a route is believed until the next session */
		pair_reset(&pair);
	return pair_rest(w, row->name);
}
