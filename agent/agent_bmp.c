/* What a BMP collector is told of this node and its sessions; agent_bmp_routes.c tells it the routes. */
#include "agent/agent_bmp_priv.h"

#include <stdlib.h>
#include <string.h>

#include "agent/base/log.h"
#include "agent/base/own.h"

#define LOG_TOPIC TOPIC_BGP

/* A link-local address is one of its link only: two of them are told apart by what RFC 7854 4.2 has for peers of a local instance. */
struct bmp_peer monitor_header(const struct monitor *m, const struct port *port, enum config_monitor table)
{
	struct bmp_peer h = { .at_us = m->clock_us ? m->agent->now.us + m->clock_us : 0, .post_policy = table == MONITOR_POST };

	if (!port) {                             /* RFC 9069 4.1 */
		h.type = BMP_LOC_RIB;
		h.asn = m->agent->cfg->asn;
		h.id = m->agent->cfg->router_id;
		return h;
	}
	h.type = port->neighbor ? BMP_GLOBAL : BMP_LOCAL;
	h.distinguisher = port->neighbor ? 0 : port->ifindex;
	h.address = port->rib_info.address;
	h.asn = port->rib_info.asn;
	h.id = port->rib_info.router_id;
	return h;
}

static void put(struct monitor *m, const struct wr *w)
{
	bmp_put(&m->bmp, w->base, wr_len(w), m->agent->now);
}

/* What holds for a peer in both its tables is said of each (RFC 7854 4.2: the L flag is of no meaning there); once is what collectors expect. */
static void say_up(struct monitor *m, const struct bmp_peer *h, const struct bmp_up *up)
{
	struct wr w = wr_of(m->out, sizeof(m->out));

	if (bmp_put_peer_up(&w, h, up) == 0)
		put(m, &w);
}

void monitor_up(struct port *port)
{
	struct monitor *m = port->agent->monitor;
	struct agent_bmp_out *out = &port->agent->out.bmp;
	struct peer *peer;
	struct bmp_peer h;
	struct span sent, received;
	struct bmp_up up;
	struct peer_view v;
	uint16_t ports[2] = { 0 };

	memset(&port->told, 0, sizeof(port->told));
	if (!m || m->bmp.view.state != BMP_UP || !(monitors(m, MONITOR_PRE) || monitors(m, MONITOR_POST)))
		return;
	routes_flush(m);
	peer = peers_find(port->agent->peers, port->key);
	sent = peer_said(peer, BGP_OPEN, false);
	received = peer_said(peer, BGP_OPEN, true);
	if (!sent.p || !received.p)              /* there was no memory to keep them: a Peer Up without them is none */
		return;
	peer_view(peer, &v);
	up = (struct bmp_up){ .local = v.local, .sent = { sent.p, sent.n }, .received = { received.p, received.n }, .name = port_link_name(port) };
	if (out->ends && out->ends(out->ctx, peer_conn(peer), &up.local, ports)) {
		up.local_port = ports[0];
		up.remote_port = ports[1];
	}
	port->told.up = true;
	h = monitor_header(m, port, MONITOR_PRE);
	say_up(m, &h, &up);
}

/* RFC 9069 5.2: the same OPEN both ways, with what its routes need. */
static void loc_rib_up(struct monitor *m)
{
	const struct config *cfg = m->agent->cfg;
	struct bgp_open open = { .version = 4, .asn = cfg->asn, .my_as = cfg->asn > UINT16_MAX ? AS_TRANS : (uint16_t)cfg->asn, .id = cfg->router_id,
				 .caps = { .mp = { true, cfg->ipv6 }, .mp_any = true, .ext_nh_v4 = true, .as4 = true, .asn4 = cfg->asn } };
	struct bmp_peer h = monitor_header(m, NULL, MONITOR_LOC_RIB);
	uint8_t buf[256];
	struct wr w = wr_of(buf, sizeof(buf));
	struct bmp_up up = { .table = "global" };

	if (bgp_put_open(&w, &open) < 0)
		return;
	up.sent = up.received = (struct bmp_bytes){ buf, wr_len(&w) };
	say_up(m, &h, &up);
}

static struct bmp_bytes of(struct span s)
{
	return (struct bmp_bytes){ s.p, s.n };
}

void monitor_down(struct port *port, const struct peer_view *v)
{
	struct monitor *m = port->agent->monitor;
	const struct peer *peer = peers_find(port->agent->peers, port->key);
	struct span sent, received;
	struct bmp_peer h;
	struct wr w;
	int r;

	if (!m || !port->told.up)
		return;
	routes_flush(m);
	port->told.up = false;
	sent = peer_said(peer, BGP_NOTIFICATION, false);
	received = peer_said(peer, BGP_NOTIFICATION, true);
	h = monitor_header(m, port, MONITOR_PRE);
	w = wr_of(m->out, sizeof(m->out));
	if (v->end == EV_NOTIFICATION && received.p)
		r = bmp_put_peer_down(&w, &h, BMP_DOWN_REMOTE_NOTIFICATION, of(received));
	else if (v->end == EV_TCP_FAIL)
		r = bmp_put_peer_down(&w, &h, BMP_DOWN_REMOTE, (struct bmp_bytes){ 0 });
	else if (sent.p)
		r = bmp_put_peer_down(&w, &h, BMP_DOWN_LOCAL_NOTIFICATION, of(sent));
	else                                     /* RFC 4271 8.1.2, event 8: AutomaticStop */
		r = bmp_put_peer_down(&w, &h, BMP_DOWN_LOCAL, (struct bmp_bytes){ (const uint8_t[]){ 0, 8 }, 2 });
	if (r == 0)
		put(m, &w);
}

static void say_stats(struct monitor *m, const struct port *port, const struct bmp_stat *stats, size_t n)
{
	struct bmp_peer h = monitor_header(m, port, MONITOR_PRE);
	struct wr w = wr_of(m->out, sizeof(m->out));

	if (bmp_put_stats(&w, &h, stats, n) == 0)
		put(m, &w);
}

static void peer_stats(struct monitor *m, const struct port *port)
{
	struct rib_peer_stats n;
	struct bmp_stat stats[] = {
		{ .type = BMP_STAT_REJECTED, .value = port->filtered },
		{ .type = BMP_STAT_DUPLICATE_PREFIXES },
		{ .type = BMP_STAT_DUPLICATE_WITHDRAWS, .value = port->heard.unknown },
		{ .type = BMP_STAT_LOOPS_AS_PATH },
		{ .type = BMP_STAT_ADJ_RIB_IN },
		{ .type = BMP_STAT_ADJ_RIB_IN_FAMILY, .afi = AFI_IP4, .safi = SAFI_UNICAST },
		{ .type = BMP_STAT_ADJ_RIB_IN_FAMILY, .afi = AFI_IP6, .safi = SAFI_UNICAST },
	};

	rib_peer_stats(m->agent->rib, port->rib, &n);
	stats[1].value = n.unchanged;
	stats[3].value = n.loops;
	stats[4].value = (uint64_t)n.received[0] + n.received[1];
	stats[5].value = n.received[0];
	stats[6].value = n.received[1];
	say_stats(m, port, stats, ARRAY_LEN(stats));
}

static void loc_rib_stats(struct monitor *m)
{
	struct rib_stats n;
	struct bmp_stat stats[] = {
		{ .type = BMP_STAT_LOC_RIB },
		{ .type = BMP_STAT_LOC_RIB_FAMILY, .afi = AFI_IP4, .safi = SAFI_UNICAST },
		{ .type = BMP_STAT_LOC_RIB_FAMILY, .afi = AFI_IP6, .safi = SAFI_UNICAST },
	};

	rib_stats(m->agent->rib, &n);
	stats[0].value = n.prefixes[0] + n.prefixes[1];
	stats[1].value = n.prefixes[0];
	stats[2].value = n.prefixes[1];
	say_stats(m, NULL, stats, ARRAY_LEN(stats));
}

static void statistics(struct monitor *m, mono now)
{
	const struct port *port;

	if (!mono_due(m->stats_at, now))
		return;
	m->stats_at = mono_add_s(now, m->cfg.statistics_s);
	for (size_t i = 0; (port = port_at(m->agent, i)); i++)
		if (port->told.up)
			peer_stats(m, port);
	if (monitors(m, MONITOR_LOC_RIB))
		loc_rib_stats(m);
}

/* The session with the collector is over. Each reason is logged once. */
static void over(struct monitor *m)
{
	struct port *port;
	char s[INET6_ADDRSTRLEN];

	m->stats_at = MONO_NEVER;
	routes_end(m);
	for (size_t i = 0; (port = port_at(m->agent, i)); i++)
		memset(&port->told, 0, sizeof(port->told));
	if (m->told == m->bmp.view.last_error)
		return;
	m->told = m->bmp.view.last_error;
	log_warning("no session with the BMP collector %s: %s", in6_str(&m->cfg.collector, s), m->told);
}

void agent_bmp_connected(struct agent *a, mono now)
{
	struct monitor *m = a->monitor;
	struct port *port;
	char s[INET6_ADDRSTRLEN];
	struct wr w;

	if (!m || m->bmp.view.state != BMP_CONNECTING)
		return;
	a->now = now;
	bmp_connected(&m->bmp, now);
	log_notice("the BMP collector %s is connected", in6_str(&m->cfg.collector, s));
	m->told = NULL;
	m->stats_at = m->cfg.statistics_s ? mono_add_s(now, m->cfg.statistics_s) : MONO_NEVER;
	w = wr_of(m->out, sizeof(m->out));
	if (bmp_put_initiation(&w, a->cfg->hostname, "weft " WEFT_VERSION) == 0)
		put(m, &w);
	for (size_t i = 0; (port = port_at(a, i)); i++)
		if (port->in_rib)
			monitor_up(port);
	if (monitors(m, MONITOR_LOC_RIB))
		loc_rib_up(m);
	routes_begin(m);
}

void agent_bmp_closed(struct agent *a, int error, mono now)
{
	struct monitor *m = a->monitor;

	if (!m || m->bmp.view.state == BMP_IDLE)
		return;
	a->now = now;
	bmp_closed(&m->bmp, error, now);
	over(m);
}

void agent_bmp_clock(struct agent *a, int64_t us)
{
	if (a->monitor)
		a->monitor->clock_us = us;
}

const uint8_t *agent_bmp_pending(const struct agent *a, size_t *ret_n)
{
	*ret_n = 0;
	return a->monitor ? bmp_pending(&a->monitor->bmp, ret_n) : NULL;
}

void agent_bmp_sent(struct agent *a, size_t n, mono now)
{
	if (a->monitor)
		bmp_sent(&a->monitor->bmp, n, now);
}

void monitor_step(struct agent *a, mono now)
{
	struct monitor *m = a->monitor;

	if (!m)
		return;
	if (bmp_step(&m->bmp, now) || (*m->bmp.view.last_error && m->told != m->bmp.view.last_error))
		over(m);
	if (m->bmp.view.state != BMP_UP)
		return;
	routes_flush(m);
	statistics(m, now);
	routes_feed(m);
}

mono monitor_next(const struct agent *a)
{
	const struct monitor *m = a->monitor;

	if (!m)
		return MONO_NEVER;
	return routes_due(m) ? (mono){ 0 } : mono_min(bmp_next(&m->bmp), m->stats_at);
}

static int call(void *ctx)
{
	struct monitor *m = ctx;
	const struct agent_bmp_out *out = &m->agent->out.bmp;

	return out->connect ? out->connect(out->ctx, &m->cfg.collector, m->cfg.port) : 0;
}

static void hang_up(void *ctx)
{
	const struct agent_bmp_out *out = &((struct monitor *)ctx)->agent->out.bmp;

	if (out->close)
		out->close(out->ctx);
}

void monitor_configure(struct agent *a, mono now)
{
	struct monitor *m;

	monitor_free(a);
	if (!a->cfg->bmp.on)
		return;
	m = calloc(1, sizeof(*m));
	if (!m) {
		log_error("out of memory: there is no session with the BMP collector");
		return;
	}
	m->agent = a;
	m->cfg = a->cfg->bmp;
	m->stats_at = MONO_NEVER;
	bmp_init(&m->bmp, &(struct bmp_out){ call, hang_up, m }, now);
	a->monitor = m;
	if (monitors(m, MONITOR_POST))
		rib_on_path(a->rib, routes_of_path, m);
}

void monitor_free(struct agent *a)
{
	struct monitor *m = a->monitor;
	struct port *port;

	if (!m)
		return;
	bmp_end(&m->bmp);
	routes_end(m);
	for (size_t i = 0; (port = port_at(a, i)); i++)
		memset(&port->told, 0, sizeof(port->told));
	rib_on_path(a->rib, NULL, NULL);
	if (m->has_loc)
		rib_peer_del(a->rib, m->loc);
	free(m);
	a->monitor = NULL;
}

void monitor_stop(struct agent *a)
{
	struct monitor *m = a->monitor;
	struct wr w;

	if (!m)
		return;
	routes_flush(m);
	w = wr_of(m->out, sizeof(m->out));
	if (bmp_put_termination(&w, BMP_TERMINATED_BY_ADMIN, "weftd ends") == 0)
		put(m, &w);
}

bool agent_bmp(const struct agent *a, struct agent_bmp_view *ret)
{
	const struct monitor *m = a->monitor;
	const struct port *port;

	*ret = (struct agent_bmp_view){ 0 };
	if (!m)
		return false;
	*ret = (struct agent_bmp_view){ .config = &m->cfg, .session = m->bmp.view, .complete = routes_complete(m) };
	ret->session.queued = m->bmp.q.len;
	for (size_t i = 0; (port = port_at(a, i)); i++)
		ret->peers += port->told.up;
	return true;
}
