/* Samples of peers: of sessions, of what they carry, of BFD with them. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/metrics_priv.h"

static const char *const families[2] = { "ipv4", "ipv6" };

static bool stands(const struct metrics_peer *p)
{
	return p->there && p->v.state == BGP_ESTABLISHED;
}

static void info(struct page *m, const struct metrics_peer *p)
{
	const char *software = p->there && p->v.caps_received ? p->v.caps_received->software : "";
	char more[256] = "", text[INET6_ADDRSTRLEN] = "";

	page_label(more, sizeof(more), "address", p->there ? in6_str(&p->v.remote, text) : "");
	text[0] = '\0';
	if (p->there && p->v.remote_id.s_addr)
		inet_ntop(AF_INET, &p->v.remote_id, text, sizeof(text));
	page_label(more, sizeof(more), "router_id", text);
	page_label(more, sizeof(more), "software", software);
	page_sample(m, p->labels, more, 1);
}

static void state(struct page *m, const struct metrics_peer *p)
{
	enum bgp_state now = p->there ? p->v.state : BGP_IDLE;
	char more[32];

	for (int i = 0; i < BGP_N_STATES; i++) {
		snprintf(more, sizeof(more), "state=\"%s\"", bgp_state_str((enum bgp_state)i));
		page_sample(m, p->labels, more, i == (int)now);
	}
}

static void uptime(struct page *m, const struct metrics_peer *p)
{
	page_real(m, p->labels, NULL, stands(p) ? (double)(m->now.us - p->v.since.us) / 1000000 : 0);
}

static void flaps(struct page *m, const struct metrics_peer *p)
{
	page_sample(m, p->labels, NULL, p->met.met->flaps);
}

static void last_end(struct page *m, const struct metrics_peer *p)
{
	char more[48] = "";

	if (!p->met.met->flaps)
		return;
	page_label(more, sizeof(more), "reason", bgp_event_str(p->met.met->end));
	page_sample(m, p->labels, more, 1);
}

static void fault(struct page *m, const struct metrics_peer *p)
{
	page_sample(m, p->labels, NULL, p->there && *p->v.fault);
}

static void messages(struct page *m, const struct metrics_peer *p)
{
	static const char *const types[] = {
		[BGP_OPEN] = "open", [BGP_UPDATE] = "update", [BGP_NOTIFICATION] = "notification", [BGP_KEEPALIVE] = "keepalive",
		[BGP_ROUTE_REFRESH] = "route_refresh",
	};
	char more[64];

	for (size_t i = BGP_OPEN; p->there && i < ARRAY_LEN(types); i++) {
		snprintf(more, sizeof(more), "direction=\"received\",type=\"%s\"", types[i]);
		page_sample(m, p->labels, more, p->v.received[i]);
		snprintf(more, sizeof(more), "direction=\"sent\",type=\"%s\"", types[i]);
		page_sample(m, p->labels, more, p->v.sent[i]);
	}
}

static void errors(struct page *m, const struct metrics_peer *p)
{
	if (p->there)
		page_sample(m, p->labels, NULL, p->v.errors);
}

static void prefixes(struct page *m, const struct metrics_peer *p)
{
	char more[64];

	for (int i = 0; i < 2; i++) {
		const struct { const char *stage; uint32_t n; } rows[] = {
			{ "accepted", p->rib.received[i] }, { "stale", p->rib.stale[i] }, { "advertised", p->rib.sent[i] },
		};

		for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
			snprintf(more, sizeof(more), "family=\"%s\",stage=\"%s\"", families[i], rows[k].stage);
			page_sample(m, p->labels, more, rows[k].n);
		}
	}
}

static void limit(struct page *m, const struct metrics_peer *p)
{
	struct agent_filters_view f;

	if (agent_filters(m->agent, p->met.key, &f) && f.max_prefixes)
		page_sample(m, p->labels, NULL, f.max_prefixes);
}

static void announcements(struct page *m, const struct metrics_peer *p)
{
	struct agent_heard_view n;
	char more[32];

	agent_heard(m->agent, p->met.key, &n);
	const struct { const char *result; uint64_t n; } rows[] = {
		{ "accepted", n.announced - n.rejected - n.filtered - n.ignored }, { "rejected", n.rejected }, { "filtered", n.filtered }, { "ignored", n.ignored },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(more, sizeof(more), "result=\"%s\"", rows[i].result);
		page_sample(m, p->labels, more, n.announced >= n.rejected + n.filtered + n.ignored || i ? rows[i].n : 0);
	}
}

static void withdrawals(struct page *m, const struct metrics_peer *p)
{
	struct agent_heard_view n;

	agent_heard(m->agent, p->met.key, &n);
	page_sample(m, p->labels, NULL, n.withdrawn);
}

static void refused(struct page *m, const struct metrics_peer *p)
{
	struct agent_link_view port;
	struct agent_filters_view f = { 0 };
	char more[32];

	agent_link_view(m->agent, p->met.key, &port);
	agent_filters(m->agent, p->met.key, &f);
	const struct { const char *reason; uint64_t n; } rows[] = {
		{ "as_loop", p->rib.loops }, { "martian", p->rib.martians }, { "over_limit", p->rib.over_limit },
		{ "own_next_hop", port.own_next_hops }, { "filtered", f.filtered }, { "route_leak", f.leaks },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(more, sizeof(more), "reason=\"%s\"", rows[i].reason);
		page_sample(m, p->labels, more, rows[i].n);
	}
}

static void queue(struct page *m, const struct metrics_peer *p)
{
	page_sample(m, p->labels, NULL, p->there ? p->v.send_queued : 0);
}

static void from_carrier(struct page *m, const struct metrics_peer *p)
{
	int64_t us = agent_established_us(m->agent, p->met.key);

	if (us)
		page_real(m, p->labels, NULL, (double)us / 1000000);
}

static void bfd_up(struct page *m, const struct metrics_peer *p)
{
	struct agent_bfd_view bfd;

	if (agent_bfd(m->agent, p->met.key, &bfd))
		page_sample(m, p->labels, NULL, bfd.session->serial && bfd.session->state == BFD_UP);
}

static void bfd_failures(struct page *m, const struct metrics_peer *p)
{
	struct agent_bfd_view bfd;

	if (agent_bfd(m->agent, p->met.key, &bfd))
		page_sample(m, p->labels, NULL, bfd.session->failures);
}

static void bfd_loss(struct page *m, const struct metrics_peer *p)
{
	struct agent_bfd_view bfd;

	if (agent_bfd(m->agent, p->met.key, &bfd) && bfd.session->loss_known)
		page_real(m, p->labels, NULL, bfd.session->loss_permille / 1000.0);
}

static const struct metric rows[] = {
	{ "weft_peer_info", METRIC_GAUGE, "What is known of a peer; always 1.", .peer = info },
	{ "weft_peer_state", METRIC_GAUGE, "1 for the state that the session is in, 0 for the others.", .peer = state },
	{ "weft_peer_uptime_seconds", METRIC_GAUGE, "Since the session is Established; 0: it is not.", .peer = uptime },
	{ "weft_peer_flaps_total", METRIC_COUNTER, "Established sessions that ended.", .peer = flaps },
	{ "weft_peer_last_end_info", METRIC_GAUGE, "What ended the last Established session; always 1.", .peer = last_end },
	{ "weft_peer_fault", METRIC_GAUGE, "1: the session is Established, and what the peer offers keeps routes from working.", .peer = fault },
	{ "weft_peer_messages_total", METRIC_COUNTER, "BGP messages.", .peer = messages },
	{ "weft_peer_message_errors_total", METRIC_COUNTER, "Messages that ended a session or were treated as withdraw.", .peer = errors },
	{ "weft_peer_prefixes", METRIC_GAUGE, "Prefixes now: taken from the peer, of these not told again yet, told to it.", .peer = prefixes },
	{ "weft_peer_prefix_limit", METRIC_GAUGE, "max_prefixes of the peer, where there is one.", .peer = limit },
	{ "weft_peer_announcements_total", METRIC_COUNTER, "Prefixes that the peer announced in its session.", .peer = announcements },
	{ "weft_peer_withdrawals_total", METRIC_COUNTER, "Prefixes that the peer withdrew in its session.", .peer = withdrawals },
	{ "weft_peer_refused_prefixes_total", METRIC_COUNTER, "Announced prefixes that were not taken.", .peer = refused },
	{ "weft_peer_send_queue_bytes", METRIC_GAUGE, "BGP messages for the peer that TCP has not taken yet.", .peer = queue },
	{ "weft_peer_carrier_to_established_seconds", METRIC_GAUGE, "From the link's last carrier to its first session.", .peer = from_carrier },
	{ "weft_bfd_up", METRIC_GAUGE, "1: BFD with the peer is Up.", .peer = bfd_up },
	{ "weft_bfd_failures_total", METRIC_COUNTER, "Times that BFD with the peer found it dead.", .peer = bfd_failures },
	{ "weft_bfd_loss_ratio", METRIC_GAUGE, "BFD packets of the peer that were missing in the last window.", .peer = bfd_loss },
};

const struct metrics_rows metrics_peers = { rows, ARRAY_LEN(rows) };
