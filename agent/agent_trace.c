/* Packets in and out, for those who watch them. */
#include "agent/agent_priv.h"

#include "agent/trace.h"

/* One by one: what is sent together may be several messages. */
static void bgp_messages(void *ctx, struct peer *peer, bool in, const struct bgp_ctx *bgp, const uint8_t *p, size_t n)
{
	struct agent *a = ctx;
	struct peer_view v;
	const struct port *port;
	struct bgp_err err;
	int len;

	peer_view(peer, &v);
	port = port_by_key(a, v.key);
	for (; port && n; p += len, n -= (size_t)len) {
		struct trace_packet t = { .protocol = TRACE_BGP, .in = in, .about = port_about(port), .p = p, .bgp = bgp };

		len = bgp_frame(rd_of(p, n), true, &err);
		if (len <= 0 || (size_t)len > n)
			len = (int)n;
		t.n = (size_t)len;
		t.about.peer = &v.remote;
		a->trace(a->trace_ctx, &t);
	}
}

void agent_trace(struct agent *a, agent_trace_fn fn, void *ctx)
{
	a->trace = fn;
	a->trace_ctx = ctx;
	peers_trace(a->peers, fn ? bgp_messages : NULL, a);
}

void trace_ra(const struct agent *a, uint32_t ifindex, const struct in6_addr *other, struct span payload, int what)
{
	struct trace_packet t = { .protocol = TRACE_RA, .in = what == RA_HEARD, .p = payload.p, .n = payload.n };
	const struct port *port = port_find(a, ifindex);

	if (!port)
		return;
	log_ra(port, other, payload, what);
	t.about = port_about(port);
	t.about.peer = other;
	if (a->trace && what >= 0)
		a->trace(a->trace_ctx, &t);
}

void trace_bfd(const struct port *port, const struct bfd_view *was, const struct bfd_view *is)
{
	struct trace_packet t = { .protocol = TRACE_BFD, .about = port_about(port), .bfd = is };
	struct agent *a = port->agent;

	if (!a->trace)
		return;
	if (is->state != was->state || is->diag != was->diag)
		a->trace(a->trace_ctx, &t);
	t.in = true;
	if (is->heard && (is->remote_state != was->remote_state || is->remote_diag != was->remote_diag || is->remote_tx_us != was->remote_tx_us ||
			  is->remote_rx_us != was->remote_rx_us || is->remote_multiplier != was->remote_multiplier))
		a->trace(a->trace_ctx, &t);
}
