/* What a BMP collector is told of routes.
 *
 *   pre-policy    UPDATEs as they came, mirrored; of those who were up before the collector: from the table if nothing of theirs was refused or
 *                 changed, else the peer is asked to say it again
 *   post-policy   every path as the RIB accepts it; of those who were up before: from the table, piece by piece (rib_piece)
 *   loc-rib       what the RIB chose: it exports that to the collector as to a peer, so this is never more than it takes */
#include "agent/agent_bmp_priv.h"

#include <string.h>

static void put_update(struct monitor *m, const struct bmp_peer *h, struct bmp_bytes update)
{
	struct wr w = wr_of(m->out, sizeof(m->out));

	if (bmp_put_route(&w, h, update) == 0)
		bmp_put(&m->bmp, m->out, wr_len(&w), m->agent->now);
}

/* What is originated here has no next hop, and every reader wants one: it is this node, by its router-id. */
void attrs_shown(const struct agent *a, const struct attrs *attrs, uint8_t family, struct bgp_egress *ret)
{
	struct in6_addr here = { .s6_addr = { [10] = 0xff, 0xff } };

	memcpy(here.s6_addr + 12, &a->cfg->router_id, 4);
	ret->next_hop_v6 = attrs->has & ATTRS_NEXT_HOP ? attrs->next_hop : here;
	ret->next_hop_ll = attrs->next_hop_ll;
	if (family == AF_INET && IN6_IS_ADDR_V4MAPPED(&ret->next_hop_v6))
		memcpy(&ret->next_hop_v4, ret->next_hop_v6.s6_addr + 12, 4);
}

/* As many UPDATEs as it takes. attrs NULL: withdrawn. */
static void tell(struct monitor *m, const struct bmp_peer *h, const struct attrs *attrs, const struct prefix *prefixes, size_t n)
{
	struct bgp_ctx ctx = { .as4 = true, .mp = { true, true }, .ext_nh_v4 = attrs != NULL, .extended = true };
	struct bgp_egress egress = { .as_is = true };
	struct wr w;
	int done;

	if (attrs)
		attrs_shown(m->agent, attrs, prefixes->family, &egress);
	for (; n; prefixes += done, n -= (size_t)done) {
		w = wr_of(m->update, sizeof(m->update));
		done = attrs ? bgp_put_reach(&w, &ctx, attrs, &egress, prefixes, n) : bgp_put_unreach(&w, &ctx, prefixes, n);
		if (done <= 0)                   /* attributes that fill the longest message */
			return;
		put_update(m, h, (struct bmp_bytes){ m->update, wr_len(&w) });
	}
}

static void batch_flush(struct monitor *m, struct batch *b)
{
	struct attrs_tab *tab = rib_attrs(m->agent->rib);
	struct bmp_peer h;

	if (!b->n)
		return;
	h = monitor_header(m, b->port, b->table);
	tell(m, &h, b->attrs ? attrs_get(tab, b->attrs) : NULL, b->prefixes, b->n);
	if (b->attrs)
		attrs_unref(tab, b->attrs);
	b->n = 0;
}

static void batch_drop(struct monitor *m, struct batch *b)
{
	if (b->n && b->attrs)
		attrs_unref(rib_attrs(m->agent->rib), b->attrs);
	b->n = 0;
}

static bool batch_fits(const struct batch *b, const struct batch *key)
{
	return b->n && b->n < BATCH_PREFIXES && b->port == key->port && b->table == key->table && b->attrs == key->attrs && b->family == key->family;
}

static void batch_add(struct monitor *m, struct batch *b, const struct batch *key, const struct prefix *p)
{
	if (!batch_fits(b, key)) {
		batch_flush(m, b);
		b->port = key->port;
		b->table = key->table;
		b->attrs = key->attrs;
		b->family = key->family;
		if (b->attrs)
			attrs_ref(rib_attrs(m->agent->rib), b->attrs);
	}
	b->prefixes[b->n++] = *p;
}

static struct batch key_of(struct port *port, enum config_monitor table, const struct prefix *p, attrs_id attrs)
{
	struct batch key;                        /* its prefixes stay what they are: nobody reads them */

	key.port = port;
	key.table = table;
	key.attrs = attrs;
	key.family = p->family;
	key.n = 0;
	return key;
}

void routes_flush(struct monitor *m)
{
	batch_flush(m, &m->live);
}

void routes_of_path(void *ctx, rib_peer peer, const struct prefix *p, attrs_id attrs)
{
	struct monitor *m = ctx;
	struct port *port = peer < m->agent->n_by_rib ? m->agent->by_rib[peer] : NULL;
	struct batch key;

	if (!port || !port->told.up)
		return;
	key = key_of(port, MONITOR_POST, p, attrs);
	batch_add(m, &m->live, &key, p);
}

void routes_eor(struct monitor *m, const struct port *port, enum config_monitor table, int family)
{
	struct bmp_peer h = monitor_header(m, port, table);
	uint8_t buf[64];
	struct wr w = wr_of(buf, sizeof(buf));

	if (bgp_put_eor(&w, family ? AF_INET6 : AF_INET) == 0)
		put_update(m, &h, (struct bmp_bytes){ buf, wr_len(&w) });
}

/* What is not what the peer wrote, but what is made of it (RFC 7606). attrs NULL: withdrawn. */
static void retell(struct monitor *m, const struct bmp_peer *h, const struct attrs *attrs, struct span nlri, uint8_t family)
{
	struct rd r = rd_of(nlri.p, nlri.n);
	struct prefix p[BATCH_PREFIXES];
	size_t n = 0;

	while (family && nlri_next(&r, family, &p[n]))
		if (++n == BATCH_PREFIXES) {
			tell(m, h, attrs, p, n);
			n = 0;
		}
	if (n)
		tell(m, h, attrs, p, n);
}

static void retell_update(struct monitor *m, struct bmp_peer *h, const struct bgp_update *u)
{
	struct attrs classic = u->attrs;

	classic.next_hop = u->classic_next_hop;
	classic.next_hop_ll = in6addr_any;
	classic.has |= ATTRS_NEXT_HOP;
	h->as2 = false;
	retell(m, h, NULL, u->withdrawn, AF_INET);
	retell(m, h, NULL, u->mp_unreach, u->mp_unreach_family);
	retell(m, h, u->treat_as_withdraw ? NULL : &classic, u->nlri, AF_INET);
	retell(m, h, u->treat_as_withdraw ? NULL : &u->attrs, u->mp_reach, u->mp_reach_family);
}

void monitor_update(struct port *port, const struct bgp_update *u)
{
	struct monitor *m = port->agent->monitor;
	struct bmp_peer h;

	if (!m || !port->told.up)
		return;
	routes_flush(m);
	for (int i = 0; i < 2; i++)
		if (u->eor[i] && monitors(m, MONITOR_POST))
			routes_eor(m, port, MONITOR_POST, i);
	if (!monitors(m, MONITOR_PRE))
		return;
	h = monitor_header(m, port, MONITOR_PRE);
	h.as2 = !peer_ctx(peers_find(port->agent->peers, port->key))->as4;
	if (u->treat_as_withdraw || u->discarded)
		retell_update(m, &h, u);
	else
		put_update(m, &h, (struct bmp_bytes){ u->message.p, u->message.n });
}

void monitor_refreshed(struct port *port, int family)
{
	struct monitor *m = port->agent->monitor;

	if (!m || !port->told.asked[family])
		return;
	port->told.asked[family] = false;
	routes_flush(m);
	routes_eor(m, port, MONITOR_PRE, family);
}

/* --- everything from the start ----------------------------------------------------------------------------------------------------- */
/* Of what a peer said before, the table has what was accepted, as the policy made it. Was there more? Then it is asked. */
static void ask_again(struct port *port)
{
	const struct bgp_ctx *bgp = peer_ctx(peers_find(port->agent->peers, port->key));

	port->told.walked = true;
	if (!monitors(port->agent->monitor, MONITOR_PRE) || !(port->import || port->heard.rejected) || !refresh_request(port))
		return;
	port->told.fresh = true;
	for (int i = 0; i < 2; i++)
		port->told.asked[i] = bgp->enhanced_refresh && bgp->mp[i];
}

/* All that was chosen, whatever communities and roles say. Once: what it was told of an earlier session is at most withdrawn again in the next. */
static void loc_rib_begin(struct monitor *m)
{
	const struct rib_peer_info info = { .asn = m->agent->cfg->asn, .monitor = true };

	m->loc_eor = false;
	if (m->has_loc) {
		rib_export_again(m->agent->rib, m->loc, AF_INET);
		rib_export_again(m->agent->rib, m->loc, AF_INET6);
		return;
	}
	m->has_loc = rib_peer_add(m->agent->rib, &info, &m->loc) >= 0;
	if (m->has_loc)
		rib_export_open(m->agent->rib, m->loc, true, true);
}

void routes_begin(struct monitor *m)
{
	struct port *port;

	m->walking = false;
	m->place = (struct rib_place){ 0 };
	for (size_t i = 0; (port = port_at(m->agent, i)); i++)
		if (port->told.up) {
			ask_again(port);
			m->walking = true;
		}
	if (monitors(m, MONITOR_LOC_RIB))
		loc_rib_begin(m);
}

void routes_end(struct monitor *m)
{
	m->walking = false;
	batch_drop(m, &m->live);
	for (size_t i = 0; i < BATCHES; i++)
		batch_drop(m, &m->walk[i]);
}

static void walk_add(struct monitor *m, const struct batch *key, const struct prefix *p)
{
	struct batch *b = NULL;

	for (size_t i = 0; i < BATCHES && !b; i++)
		if (batch_fits(&m->walk[i], key))
			b = &m->walk[i];
	if (!b)
		b = &m->walk[m->next_walk++ % BATCHES];
	batch_add(m, b, key, p);
}

static void walk_paths(void *ctx, const struct prefix *p, const struct rib_via *paths, size_t n)
{
	struct monitor *m = ctx;

	for (size_t i = 0; i < n; i++) {
		struct port *port = paths[i].peer < m->agent->n_by_rib ? m->agent->by_rib[paths[i].peer] : NULL;
		struct batch key;

		if (!port || !port->told.up || !port->told.walked)
			continue;
		key = key_of(port, MONITOR_POST, p, paths[i].attrs);
		if (monitors(m, MONITOR_POST))
			walk_add(m, &key, p);
		key.table = MONITOR_PRE;
		if (monitors(m, MONITOR_PRE) && !port->told.fresh)
			walk_add(m, &key, p);
	}
}

/* RFC 7854 5: End-of-RIB for each table of each peer. */
static void walk_over(struct monitor *m)
{
	const struct bgp_ctx *bgp;
	struct port *port;

	for (size_t i = 0; (port = port_at(m->agent, i)); i++) {
		if (!port->told.up || !port->told.walked)
			continue;
		bgp = peer_ctx(peers_find(m->agent->peers, port->key));
		for (int f = 0; f < 2; f++) {
			if (monitors(m, MONITOR_PRE) && bgp->mp[f] && !port->told.asked[f])
				routes_eor(m, port, MONITOR_PRE, f);
			if (monitors(m, MONITOR_POST) && bgp->mp[f])
				routes_eor(m, port, MONITOR_POST, f);
		}
		port->told.walked = false;
	}
}

#define WALK_PIECE 16                    /* places of the table; each may have a path of every peer */
#define WALK_PER_TURN 1024
#define WINDOWS_PER_TURN 2

static void walk(struct monitor *m)
{
	for (size_t n = 0; n < WALK_PER_TURN && m->walking && bmp_wants(&m->bmp); n += WALK_PIECE)
		m->walking = rib_piece(m->agent->rib, &m->place, WALK_PIECE, walk_paths, m);
	for (size_t i = 0; i < BATCHES; i++)
		batch_flush(m, &m->walk[i]);
	if (!m->walking)
		walk_over(m);
}

static void chosen(void *ctx, const struct rib_batch *b)
{
	struct monitor *m = ctx;
	struct bmp_peer h = monitor_header(m, NULL, MONITOR_LOC_RIB);

	tell(m, &h, b->withdraw ? NULL : attrs_get(rib_attrs(m->agent->rib), b->attrs), b->prefixes, b->n);
}

static bool loc_rib_due(const struct monitor *m)
{
	return m->has_loc && rib_export_pending(m->agent->rib, m->loc);
}

void routes_feed(struct monitor *m)
{
	if (m->walking)
		walk(m);
	for (size_t n = 0; n < WINDOWS_PER_TURN && bmp_wants(&m->bmp) && loc_rib_due(m); n++)
		rib_export(m->agent->rib, m->loc, chosen, m);
	if (!m->has_loc || m->loc_eor || loc_rib_due(m) || rib_undecided(m->agent->rib) || m->agent->restart.on)
		return;
	m->loc_eor = true;
	routes_eor(m, NULL, MONITOR_LOC_RIB, 0);
	if (m->agent->cfg->ipv6)
		routes_eor(m, NULL, MONITOR_LOC_RIB, 1);
}

bool routes_due(const struct monitor *m)
{
	return bmp_wants(&m->bmp) && (m->walking || loc_rib_due(m));
}

bool routes_complete(const struct monitor *m)
{
	return m->bmp.view.state == BMP_UP && !m->walking && (!m->has_loc || m->loc_eor);
}
