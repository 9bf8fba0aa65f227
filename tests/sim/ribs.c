/* At quiescence both ends of a session know the same: what one has told, its Adj-RIB-Out, is what the other one has of it, its Adj-RIB-In, but for
 * what that must refuse. And what a RIB says of itself in numbers is what is in it. */
#include "tests/sim/sim.h"

#include <string.h>

#include "agent/base/own.h"

struct session { struct world *w; const struct node *from, *to; unsigned to_port; rib_peer from_peer, to_peer; size_t told, known; };

/* RFC 4271 5.1.2: the sender's AS in front of its path, in the first AS_SEQUENCE. */
static bool prepended(uint32_t asn, struct span path, struct span heard)
{
	const uint8_t as[4] = { (uint8_t)(asn >> 24), (uint8_t)(asn >> 16), (uint8_t)(asn >> 8), (uint8_t)asn };
	size_t rest = path.n ? path.n - 2u : 0;

	return heard.n == 6 + rest && heard.p[0] == 2 && heard.p[1] == (path.n ? path.p[1] : 0) + 1 && !memcmp(heard.p + 2, as, 4) &&
	       (!rest || !memcmp(heard.p + 6, path.p + 2, rest));
}

struct find { rib_peer peer; attrs_id attrs; };

static bool path_of(void *ctx, const struct rib_route_view *view)
{
	struct find *f = ctx;

	for (size_t i = 0; i < view->n_paths; i++)
		if (view->paths[i].peer == f->peer)
			f->attrs = view->paths[i].attrs;
	return false;
}

static bool refuses(const struct session *s, const struct attrs *a)
{
	unsigned k;

	if (s->to->asn == s->from->asn || aspath_has(a->as_path, s->to->asn))    /* RFC 4271 9.1.2 */
		return true;
	return s->to->tier == TIER_LEAF && port_other(s->to, s->to_port, &k)->tier == TIER_HOST && a->as_path.n;        /* import "host" */
}

static bool is_heard(void *ctx, const struct rib_route_view *view)
{
	struct session *s = ctx;
	struct find f = { .peer = s->to_peer };
	const struct attrs *told, *heard;
	char p[PREFIX_STRLEN];

	if (!view->announced || view->paths[0].peer == s->from_peer)     /* nobody is told what it said itself */
		return true;
	s->told++;
	told = attrs_get(rib_attrs((struct rib *)agent_rib(s->from->agent)), view->announced);
	rib_find(agent_rib(s->to->agent), &view->prefix, path_of, &f);
	prefix_str(&view->prefix, p);
	if (refuses(s, told))
		return !f.attrs || sim_fail(s->w, "%s has taken %s from %s, which it must refuse", s->to->name, p, s->from->name);
	if (!f.attrs)
		return sim_fail(s->w, "%s has announced %s, and %s has it not", s->from->name, p, s->to->name);
	s->known++;
	heard = attrs_get(rib_attrs((struct rib *)agent_rib(s->to->agent)), f.attrs);
	if (!prepended(s->from->asn, told->as_path, heard->as_path))
		return sim_fail(s->w, "%s has another AS path for %s than %s has announced", s->to->name, p, s->from->name);
	return true;
}

static bool check_session(struct world *w, const struct node *from, unsigned port)
{
	struct session s = { .w = w, .from = from };
	struct rib_peer_stats in, out;

	s.to = port_other(from, port, &s.to_port);
	if (!agent_rib_peer(from->agent, port_key(from, port), &s.from_peer) || !agent_rib_peer(s.to->agent, port_key(s.to, s.to_port), &s.to_peer))
		return sim_fail(w, "%s swp%u: there is no session", from->name, port + 1);
	rib_walk(agent_rib(from->agent), is_heard, &s);
	if (*w->failure)
		return false;
	rib_peer_stats(agent_rib(from->agent), s.from_peer, &out);
	rib_peer_stats(agent_rib(s.to->agent), s.to_peer, &in);
	if (out.sent[0] + out.sent[1] != s.told)
		return sim_fail(w, "%s swp%u counts %u announced prefixes, there are %zu", from->name, port + 1, out.sent[0] + out.sent[1], s.told);
	if (in.received[0] + in.received[1] != s.known)
		return sim_fail(w, "%s has %u prefixes of %s, which has announced %zu of them", s.to->name, in.received[0] + in.received[1], from->name, s.known);
	return true;
}

struct sums { size_t prefixes[2], paths; };

static bool sum(void *ctx, const struct rib_route_view *view)
{
	struct sums *s = ctx;

	s->prefixes[view->prefix.family == AF_INET6]++;
	s->paths += view->n_paths;
	return true;
}

static bool check_counters(struct world *w, const struct node *n)
{
	struct sums s = { 0 };
	struct rib_stats stats;
	size_t local = 1 + full_count(n), received = 0;                          /* its router-id */
	struct rib_peer_stats in;
	rib_peer peer;

	rib_stats(agent_rib(n->agent), &stats);
	rib_walk(agent_rib(n->agent), sum, &s);
	if (stats.prefixes[0] != s.prefixes[0] || stats.prefixes[1] != s.prefixes[1] || stats.paths != s.paths)
		return sim_fail(w, "%s counts %zu and %zu prefixes, %zu paths; there are %zu, %zu and %zu", n->name, stats.prefixes[0], stats.prefixes[1],
				stats.paths, s.prefixes[0], s.prefixes[1], s.paths);
	for (unsigned i = 0; i < n->n_ports; i++) {
		if (!agent_rib_peer(n->agent, port_key(n, i), &peer))
			continue;
		rib_peer_stats(agent_rib(n->agent), peer, &in);
		received += in.received[0] + in.received[1];
	}
	if (received + local != s.paths)
		return sim_fail(w, "%s has %zu paths, %zu of its peers and %zu of its own", n->name, s.paths, received, local);
	if (rib_undecided(agent_rib(n->agent)))
		return sim_fail(w, "%s has %zu prefixes to decide", n->name, rib_undecided(agent_rib(n->agent)));
	return true;
}

bool check_ribs(struct world *w)
{
	for (unsigned i = 0; i < w->n_nodes; i++) {
		const struct node *n = &w->nodes[i];

		if (!n->agent)
			continue;
		if (!check_counters(w, n))
			return false;
		for (unsigned k = 0; k < n->n_ports; k++)
			if (port_usable(n, k) && !check_session(w, n, k))
				return false;
	}
	return true;
}
