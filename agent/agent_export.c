/* From the RIB to the peers: what it chose becomes UPDATEs. */
#include "agent/agent_priv.h"

#include <errno.h>
#include <stdlib.h>

#include "agent/agent_explain.h"
#include "agent/base/log.h"
#include "agent/rib/otc.h"

#define LOG_TOPIC TOPIC_BGP

/* Routes that a peer would take now are left: the last ones went out whole, and nothing else need happen before the next turn. */
bool bgp_export_due(const struct agent *a)
{
	const struct port *port;

	for (size_t i = 0; (port = port_at(a, i)); i++) {
		if (port->in_rib && peer_wants(peers_find(a->peers, port->key)) &&
		    ((refresh_pending(port) && !eor_waits(port)) || rib_export_pending(a->rib, port->rib)))
			return true;
	}
	return false;
}

struct export { struct agent *agent; struct port *port; struct peer *peer; };

/* What our end adds to it. */
static struct bgp_egress egress_of(const struct port *port, const struct rib_batch *b)
{
	struct bgp_egress egress = { .prepend = port->agent->cfg->asn, .next_hop_ll = port->local };

	if (port->neighbor)
		neighbor_egress(port, b, &egress);
	egress.own_med = port->export != NULL;           /* the filter leaves no other */
	drain_egress(port, b, &egress);
	egress.otc = otc_out(port->rib_info.role, port->agent->cfg->asn);
	return egress;
}

/* One batch, in as many full messages as it takes. What cannot be announced is withdrawn: the peer would keep what it was told before. */
static void send_batch(void *ctx, const struct rib_batch *b)
{
	struct export *e = ctx;
	const struct bgp_ctx *bgp = peer_ctx(e->peer);
	struct bgp_egress egress = egress_of(e->port, b);
	bool withdraw = b->withdraw;
	uint8_t msg[BGP_EXT_LEN];
	struct wr w;
	int n;

	for (size_t done = 0; done < b->n; done += (size_t)n) {
		w = wr_of(msg, sizeof(msg));
		if (withdraw)
			n = bgp_put_unreach(&w, bgp, b->prefixes + done, b->n - done);
		else
			n = bgp_put_reach(&w, bgp, attrs_get(rib_attrs(e->agent->rib), b->attrs), &egress, b->prefixes + done, b->n - done);
		if (n <= 0 && !withdraw) {
			e->agent->counters.unsendable += b->n - done;
			if (bgp_may_complain(e->port))
				log_warning_of(port_about(e->port), "%zu prefixes cannot be announced: their attributes fill a whole message",
					    b->n - done);
			withdraw = true;
			n = 0;
			continue;
		}
		if (n <= 0 || peer_send(e->peer, msg, wr_len(&w), 1) < 0)
			return;
	}
}

#define WINDOWS_PER_TURN 256             /* of all peers; then the sockets have a turn */
#define WINDOWS_MOST 16                  /* of one of them */
#define WINDOWS_LEAST 2

void bgp_export(struct agent *a)
{
	size_t peers = a->n_ports + a->n_further + a->neighbors.n, most = peers ? WINDOWS_PER_TURN / peers : 0;
	struct export e = { .agent = a };

	most = most > WINDOWS_MOST ? WINDOWS_MOST : most < WINDOWS_LEAST ? WINDOWS_LEAST : most;
	for (size_t i = 0; (e.port = port_at(a, i)); i++) {
		if (!e.port->in_rib)
			continue;
		e.peer = peers_find(a->peers, e.port->key);
		if (peer_wants(e.peer))
			refresh_begin(e.port, e.peer);
		for (size_t n = 0; n < most && e.port->in_rib && peer_wants(e.peer) && rib_export_pending(a->rib, e.port->rib); n++)
			rib_export(a->rib, e.port->rib, send_batch, &e);
		if (e.port->in_rib && peer_wants(e.peer) && !rib_export_pending(a->rib, e.port->rib) && eor_may_go(e.port))
			refresh_end(e.port, e.peer);
	}
}

/* A message that nobody is sent, and how its reader understands it. */
struct agent_teller {
	struct agent *agent;
	struct port *port;
	attrs_id attrs;                  /* of what `in` holds, and from whom: equal routes follow each other; 0: nothing */
	rib_peer from;
	uint8_t family;
	bool fits;
	uint8_t bytes[BGP_EXT_LEN];
	struct bgp_msg in;
};

int agent_teller_new(struct agent_teller **ret, struct agent *a, uint32_t key)
{
	struct agent_teller *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->agent = a;
	t->port = port_by_key(a, key);
	if (!t->port) {
		free(t);
		return -ENOENT;
	}
	*ret = t;
	return 0;
}

void agent_teller_free(struct agent_teller *t)
{
	if (!t)
		return;
	if (t->attrs)
		attrs_unref(rib_attrs(t->agent->rib), t->attrs);
	free(t);
}

/* Written and read again: what is shown is what is sent, whatever the writer does with it. */
static bool rehearse(struct agent_teller *t, const struct prefix *p, const struct rib_told_view *v)
{
	struct bgp_ctx ctx = *peer_ctx(peers_find(t->agent->peers, t->port->key)), theirs = ctx;
	struct rib_batch b = { .family = p->family, .attrs = v->attrs, .from = v->from, .local = v->from == RIB_LOCAL, .prefixes = p, .n = 1 };
	struct bgp_egress egress = egress_of(t->port, &b);
	struct wr w = wr_of(t->bytes, sizeof(t->bytes));
	struct bgp_err err;

	theirs.local_asn = ctx.remote_asn;
	theirs.remote_asn = ctx.local_asn;
	if (bgp_put_reach(&w, &ctx, attrs_get(rib_attrs(t->agent->rib), v->attrs), &egress, p, 1) <= 0 ||
	    bgp_decode(rd_of(t->bytes, wr_len(&w)), &theirs, &t->in, &err) < 0)
		return false;
	if (t->in.update.nlri.n)
		t->in.update.attrs.next_hop = t->in.update.classic_next_hop;
	return true;
}

static void rehearse_new(struct agent_teller *t, const struct prefix *p, const struct rib_told_view *v)
{
	if (t->attrs == v->attrs && t->from == v->from && t->family == p->family)
		return;
	if (t->attrs)
		attrs_unref(rib_attrs(t->agent->rib), t->attrs);
	attrs_ref(rib_attrs(t->agent->rib), t->attrs = v->attrs);
	t->from = v->from;
	t->family = p->family;
	t->fits = rehearse(t, p, v);
}

bool agent_told(struct agent_teller *t, const struct prefix *p, struct agent_told_view *ret)
{
	uint64_t withheld = t->port->withheld;
	struct rib_told_view v;

	*ret = (struct agent_told_view){ .why = "no session" };
	if (!t->port->in_rib)
		return true;
	if (!rib_told(t->agent->rib, t->port->rib, p, &v))
		return false;
	t->port->withheld = withheld;            /* who only asks is not refused */
	ret->told = v.told;
	ret->pending = rib_export_pending(t->agent->rib, t->port->rib);
	ret->why = rib_tell_str(v.why);
	if (!v.attrs)
		return true;
	rehearse_new(t, p, &v);
	attrs_unref(rib_attrs(t->agent->rib), v.attrs);
	if (t->fits)
		ret->attrs = &t->in.update.attrs;
	else
		ret->why = "its attributes fill a whole message";
	return true;
}
