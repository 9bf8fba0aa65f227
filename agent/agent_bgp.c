/* From sessions to the RIB: what peers say becomes paths. */
#include "agent/agent_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/community.h"
#include "agent/base/log.h"
#include "agent/base/own.h"
#include "agent/refused.h"
#include "agent/rib/otc.h"

#define LOG_TOPIC TOPIC_BGP

static struct port *port_of(struct agent *a, const struct peer *peer)
{
	struct peer_view v;

	peer_view(peer, &v);
	return port_by_key(a, v.key);
}

static int rib_slot(struct agent *a, struct port *port)
{
	struct port **grown;
	size_t n = (size_t)port->rib + 1;

	if (n > a->n_by_rib) {
		grown = realloc(a->by_rib, n * sizeof(struct port *));
		if (!grown)
			return -ENOMEM;
		for (size_t i = a->n_by_rib; i < n; i++)
			grown[i] = NULL;
		a->by_rib = grown;
		a->n_by_rib = n;
	}
	a->by_rib[port->rib] = port;
	return 0;
}

/* A number for the peer in the RIB. */
static int rib_enter(struct agent *a, struct port *port, const struct rib_peer_info *info)
{
	int r = rib_peer_add(a->rib, info, &port->rib);

	if (r >= 0 && rib_slot(a, port) < 0) {
		rib_peer_del(a->rib, port->rib);
		r = -ENOMEM;
	}
	return r;
}

void rib_leave(struct port *port)
{
	struct agent *a = port->agent;

	/* The member first, in one message however many routes; the routes' own wishes follow from the RIB. */
	if (a->fib && port->usable && !port->neighbor)           /* others may be behind a numbered peer's interface */
		fib_hop_out(a->fib, &port->hop);
	rib_peer_del(a->rib, port->rib);
	a->by_rib[port->rib] = NULL;
	weighted_port(port);
	port->stale[0] = port->stale[1] = STALE_NO;
	port->long_runs[0] = port->long_runs[1] = false;
}

static void peer_established(void *ctx, struct peer *peer)
{
	struct agent *a = ctx;
	struct port *port = port_of(a, peer);
	const struct bgp_ctx *bgp = peer_ctx(peer);
	struct peer_view v;
	struct rib_peer_info info;

	if (!port)
		return;
	peer_view(peer, &v);
	info = (struct rib_peer_info){
		.asn = v.remote_asn, .router_id = v.remote_id, .ebgp = v.remote_asn != a->cfg->asn, .address = v.remote, .role = v.role,
		.link = port->first ? v.ifindex : v.key,         /* a key may be another one tomorrow, and the decision is not to change with it */
		.resolve = port->neighbor != NULL, .rr_client = port->neighbor && port->neighbor->rr_client,
	};
	if (!stale_back(port, &info, &v, bgp) && rib_enter(a, port, &info) < 0) {
		port->reset_cease = CEASE_OUT_OF_RESOURCES;
		port->reset_why = "out of memory";
		return;
	}
	port->in_rib = true;
	if (port->carrier.us) {
		port->established_us = a->now.us - port->carrier.us;
		histo_add(&a->pace.established, port->established_us);
	}
	port->carrier.us = 0;
	met_established(port, &v);
	port->remote_id = v.remote_id;
	port->rib_info = info;
	port->hop = (struct hop){ .ifindex = v.ifindex, .via = v.remote, .weight = 1, .direct = port->first != NULL };
	filters_open(port, v.remote_asn);
	weighted_port(port);
	drain_port(port);
	rib_export_long_lived(a->rib, port->rib, v.caps_received && v.caps_received->llgr);
	rib_export_open(a->rib, port->rib, bgp->mp[0], bgp->mp[1]);
	eor_begin(port);
	for (int i = 0; i < 2; i++) {
		port->eor_due[i] = bgp->mp[i];
		port->eor_heard[i] = port->refresh_due[i] = port->refreshing[i] = false;
	}
	if (!port->neighbor)
		ra_session(a->ra, port->ifindex, &port->peer, true, v.since);
	monitor_up(port);
}

static void peer_down(void *ctx, struct peer *peer)
{
	struct agent *a = ctx;
	struct port *port = port_of(a, peer);
	struct peer_view v;

	if (!port || !port->in_rib || a->stopped)        /* agent_leave: all stays as it is */
		return;
	peer_view(peer, &v);
	monitor_down(port, &v);
	port->in_rib = false;
	met_ended(port, &v);
	port->bfd.away_ups = port->bfd.view.ups;
	port->ended = !port->neighbor;
	port->reset_cease = 0;                   /* for whatever it was: the next session is another one */
	if (stale_keep(port, &v, peer_ctx(peer)))
		return;
	port_silent(port, &v);
	rib_leave(port);
}

static void withdraw(struct agent *a, struct port *port, struct span nlri, uint8_t family)
{
	struct rd r = rd_of(nlri.p, nlri.n);
	struct prefix p;
	size_t n = 0, unknown = 0;

	for (; nlri_next(&r, family, &p); n++)
		unknown += !rib_withdraw(a->rib, port->rib, &p);
	port->heard.withdrawn += n;
	port->heard.unknown += unknown;
}

/* What was announced and is not taken. Returns how many prefixes there were. */
static size_t refuse(struct agent *a, struct port *port, struct span nlri, uint8_t family, enum refusal why)
{
	struct rd r = rd_of(nlri.p, nlri.n);
	struct prefix p;
	size_t n = 0;

	for (; nlri_next(&r, family, &p); n++) {
		refused_note(port, &p, why);
		rib_withdraw(a->rib, port->rib, &p);
	}
	port->heard.announced += n;
	port->heard.rejected += n;
	return n;
}

static bool is_our_address(const struct agent *a, const struct port *port, const struct in6_addr *addr)
{
	const struct link *link = links_find(a->links, port->ifindex);

	if (in6_eq(addr, &port->local))
		return true;
	if (IN6_IS_ADDR_V4MAPPED(addr) && memcmp(addr->s6_addr + 12, &a->cfg->router_id, 4) == 0)
		return true;
	for (size_t i = 0; link && i < link->n_addrs; i++)
		if (link->addrs[i].family == AF_INET6 && memcmp(link->addrs[i].addr, addr, 16) == 0)
			return true;
	return false;
}

/* RFC 4271 6.3 (a): the next hop must not be an address of the one who receives it. */
static bool next_hop_is_ours(const struct agent *a, const struct port *port, const struct bgp_update *u)
{
	if (u->nlri.n && is_our_address(a, port, &u->classic_next_hop))
		return true;
	return u->mp_reach_family && (is_our_address(a, port, &u->attrs.next_hop) || is_our_address(a, port, &u->attrs.next_hop_ll));
}

static void over_limit(struct port *port)
{
	if (port->reset_cease || (port->terms && port->terms->limit.refuse))
		return;
	port->reset_cease = CEASE_MAX_PREFIXES;
	port->reset_why = "more prefixes than max_prefixes allows";
}

/* A peer must not fill the log: ten lines at once, then one a second. The counters have it all. */
bool bgp_may_complain(struct port *port)
{
	return bucket_take(&port->complaints, 1, 10, port->agent->now);
}

/* The family's routes with a next hop of another one are none, unless RFC 8950 was agreed on. */
static bool unsuitable(struct agent *a, struct port *port, struct span nlri, uint8_t family, const struct attrs *attrs)
{
	if (!port->neighbor || reach_suits(attrs, family, peer_ctx(peers_find(a->peers, port->key))->ext_nh_v4))
		return false;
	if (bgp_may_complain(port))
		log_warning_of(port_about(port), "routes with a next hop of another family are not taken");
	refuse(a, port, nlri, family, REFUSED_OTHER_FAMILY);
	return true;
}

static void announce(struct agent *a, struct port *port, struct span nlri, uint8_t family, struct attrs *attrs)
{
	struct rd r = rd_of(nlri.p, nlri.n);
	struct prefix p;
	attrs_id id;
	int verdict;

	if (unsuitable(a, port, nlri, family, attrs))
		return;
	weighted_heard(port, attrs);
	if (!otc_in(port->rib_info.role, port->peer_asn, attrs)) {       /* RFC 9234 5: a route that has leaked is not eligible */
		port->leaks += refuse(a, port, nlri, family, REFUSED_LEAK);
		return;
	}
	/* RFC 8326 4.2: whoever says this is about to go away, so anything else is better. */
	if (attrs_has_community(attrs, COMMUNITY_GRACEFUL_SHUTDOWN)) {
		attrs->local_pref = 0;
		attrs->has |= ATTRS_LOCAL_PREF;
	}
	if (attrs_intern(rib_attrs(a->rib), attrs, &id) < 0) {
		port->reset_cease = CEASE_OUT_OF_RESOURCES;
		port->reset_why = "out of memory";
		return;
	}
	while (nlri_next(&r, family, &p)) {
		verdict = port->import ? filters_update(port, &p, attrs, id) : rib_update(a->rib, port->rib, &p, id);
		port->heard.announced++;
		port->heard.rejected += verdict > RIB_ACCEPTED;
		if (verdict > RIB_ACCEPTED)
			refused_note(port, &p, refused_by_rib((enum rib_verdict)verdict));
		if (verdict == RIB_LIMIT)
			over_limit(port);
		if (verdict < 0) {
			port->reset_cease = CEASE_OUT_OF_RESOURCES;
			port->reset_why = "out of memory";
			break;
		}
	}
	attrs_unref(rib_attrs(a->rib), id);
	filters_warn(port);
}

/* Where an UPDATE becomes paths. Withdrawals first: a prefix that one message withdraws and announces is announced. */
static void peer_update(void *ctx, struct peer *peer, const struct bgp_update *u)
{
	struct agent *a = ctx;
	struct port *port = port_of(a, peer);
	struct attrs attrs;

	if (!port || !port->in_rib)
		return;
	monitor_update(port, u);
	withdraw(a, port, u->withdrawn, AF_INET);
	if (u->mp_unreach_family)
		withdraw(a, port, u->mp_unreach, u->mp_unreach_family);
	if (u->treat_as_withdraw) {              /* RFC 7606 section 2 */
		if (bgp_may_complain(port))
			log_event(EVENT_UPDATE_MALFORMED, port_about(port), "an UPDATE is treated as withdraw: %s (attribute %u)", u->what ? u->what : "malformed",
				  u->what_attr);
		refuse(a, port, u->nlri, AF_INET, REFUSED_MALFORMED);
		if (u->mp_reach_family)
			refuse(a, port, u->mp_reach, u->mp_reach_family, REFUSED_MALFORMED);
		return;
	}
	if (next_hop_is_ours(a, port, u)) {      /* RFC 4271 6.3: the route is ignored; what the peer announced before it is withdrawn by it */
		port->own_next_hops += refuse(a, port, u->nlri, AF_INET, REFUSED_OWN_NEXT_HOP);
		if (u->mp_reach_family)
			port->own_next_hops += refuse(a, port, u->mp_reach, u->mp_reach_family, REFUSED_OWN_NEXT_HOP);
		return;
	}
	if (u->nlri.n) {
		attrs = u->attrs;
		attrs.next_hop = u->classic_next_hop;
		attrs.next_hop_ll = in6addr_any;
		attrs.has |= ATTRS_NEXT_HOP;
		announce(a, port, u->nlri, AF_INET, &attrs);
	}
	if (u->mp_reach_family) {
		attrs = u->attrs;
		announce(a, port, u->mp_reach, u->mp_reach_family, &attrs);
	}
	for (int i = 0; i < 2; i++)
		if (u->eor[i])
			stale_eor(port, i);
}

static void peer_refresh(void *ctx, struct peer *peer, uint8_t family, enum bgp_refresh_kind kind)
{
	struct agent *a = ctx;
	struct port *port = port_of(a, peer);

	if (!port || !port->in_rib)
		return;
	switch (kind) {
	case REFRESH_REQUEST:
		refresh_ask(port, peer, family);
		break;
	case REFRESH_BEGIN:
		stale_mark(port, family == AF_INET6, peer, a->now);
		break;
	case REFRESH_END:
		stale_sweep(port, family == AF_INET6, STALE_REFRESH);
		monitor_refreshed(port, family == AF_INET6);
		break;
	}
}

static void peer_state(void *ctx, struct peer *peer)
{
	struct port *port = port_of(ctx, peer);
	struct peer_view v;

	if (!port)
		return;
	peer_view(peer, &v);
	port->agent->cables.dirty = true;
	log_peer_state(port, &v);
}

static void peer_connect(void *ctx, bgp_conn conn, const struct peer_config *cfg, const struct in6_addr *remote)
{
	struct agent *a = ctx;

	a->out.tcp_connect(a->out.ctx, conn, cfg, remote);
}

static void peer_close(void *ctx, bgp_conn conn)
{
	struct agent *a = ctx;

	a->out.tcp_close(a->out.ctx, conn);
}

void bgp_out(struct agent *a, struct peers_out *buf)
{
	*buf = (struct peers_out){
		.connect = peer_connect, .close = peer_close, .established = peer_established, .down = peer_down,
		.update = peer_update, .refresh = peer_refresh, .state = peer_state, .unwelcome = cabling_unwelcome, .ctx = a,
	};
}

/* What was found out inside a callback of peers, which may not be called back from there. */
void bgp_resets(struct agent *a, mono now)
{
	struct port *port;

	for (size_t i = 0; (port = port_at(a, i)); i++) {
		if (!port->reset_cease)
			continue;
		log_event(EVENT_PEER_RESET, port_about(port), "the session is reset: %s", port->reset_why);
		if (port->reset_cease == CEASE_MAX_PREFIXES && port->terms && port->terms->limit.restart)
			peers_bar(a->peers, port->key, mono_add_s(now, port->terms->limit.restart));
		peers_reset(a->peers, port->key, port->reset_cease, port->reset_why, now);
		port->reset_cease = 0;
	}
}

/* Not in peer_down: another router may take the place of a silent peer at once, which frees the peer under the hands of its caller. */
void bgp_ended(struct agent *a, mono now)
{
	struct port *port;

	for (size_t i = 0; (port = port_at(a, i)); i++) {
		if (!port->ended)
			continue;
		port->ended = false;
		port_ended(port, now);
		/* A further router that restarts is not forgotten before what is kept of it. */
		ra_session(a->ra, port->ifindex, &port->peer, port->in_rib || (port->first && port->away), now);
	}
}

/* One at a time may be pending (peers_accepted), and no more than these come to that: a peer opens one every few seconds at most, and if it
 * is kept out by somebody else's there is still our own connection to it. */
#define ACCEPT_RATE 64                   /* in a second, of one link */
#define ACCEPT_BURST 128

bgp_conn agent_tcp_accepted(struct agent *a, unsigned ifindex, const struct in6_addr *remote, mono now)
{
	struct port *port = port_find(a, ifindex), *to = NULL;
	bgp_conn conn = 0;

	a->now = now;
	if (!in6_is_ll(remote))
		port = neighbor_find(a, remote);
	if (!port || a->stopped)
		return 0;
	/* A peer may be heard by its connection before its RA (ra_found); a second machine on the link is not let in. */
	if (port->usable && bucket_take(&port->accepts, ACCEPT_RATE, ACCEPT_BURST, now)) {
		a->called = true;
		if (port->neighbor)
			to = port;
		else if (ra_vouch(a->ra, ifindex, remote, now))
			to = router_find(a, ifindex, remote);
		a->called = false;
	}
	if (to)
		conn = peers_accepted(a->peers, to->key, remote, now);
	if (!conn) {
		port->refused++;
		log_refused(port, remote);
	}
	return conn;
}

void agent_tcp_connected(struct agent *a, bgp_conn conn, mono now)
{
	a->now = now;
	peers_connected(a->peers, conn, now);
}

void agent_tcp_closed(struct agent *a, bgp_conn conn, int error, mono now)
{
	a->now = now;
	peers_closed(a->peers, conn, error, now);
}

void agent_tcp_stalled(struct agent *a, bgp_conn conn, mono now)
{
	a->now = now;
	peers_stalled(a->peers, conn, now);
}

void agent_tcp_input(struct agent *a, bgp_conn conn, const uint8_t *p, size_t n, mono now)
{
	a->now = now;
	peers_input(a->peers, conn, p, n, now);
}

const uint8_t *agent_tcp_pending(struct agent *a, bgp_conn conn, size_t *ret_n)
{
	return peers_pending(a->peers, conn, ret_n);
}

void agent_tcp_sent(struct agent *a, bgp_conn conn, size_t n, mono now)
{
	peers_sent(a->peers, conn, n, now);
}

bgp_conn agent_tcp_next_pending(struct agent *a, bgp_conn after)
{
	return peers_next_pending(a->peers, after);
}
