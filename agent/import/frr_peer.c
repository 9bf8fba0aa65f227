/* `neighbor NAME ...`: of a peer or a peer-group, in `router bgp` and in its address families. */
#include "agent/import/rows.h"

#include <string.h>

#include "agent/base/own.h"

static struct peer *peer_of(struct reader *r, const struct line *l, const char *name)
{
	struct frr *f = r->f;
	struct peer *grown;

	for (size_t i = 0; i < f->n_peers; i++)
		if (strcmp(f->peers[i].name, name) == 0)
			return &f->peers[i];
	grown = frr_grow(f, f->peers, &f->n_peers, sizeof(*grown), FRR_MAX);
	if (!grown)
		return NULL;
	f->peers = grown;
	grown += f->n_peers - 1;
	grown->name = name;
	grown->line = l;
	return grown;
}

/* At the end of every row: NAME has been cut off. */
static struct peer *peer_at(struct reader *r, const struct line *l)
{
	struct peer *p = peer_of(r, l, l->words[1]);

	if (!p)
		note(&r->f->notes, l, "there are more neighbors than weft takes (4096)");
	return p;
}

static void take_peer(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	struct peer *p = peer_at(r, l);

	if (p)
		p->said[row->what] = row_said(l, used);
}

/* neighbor NAME peer-group: that is what it is. neighbor NAME peer-group GROUP: it is in one. */
static void take_group(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	struct peer *p = peer_at(r, l);

	if (p && used == l->n_words)
		p->group = true;
	else if (p)
		p->said[row->what] = row_said(l, used);
}

/* neighbor PORT interface [v6only] [peer-group GROUP] [remote-as AS] */
static void take_interface(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	struct peer *p = peer_at(r, l);
	(void)row;

	if (!p)
		return;
	p->interface = true;
	for (unsigned i = used; i < l->n_words; i++) {
		struct said rest = row_said(l, i + 1);

		if (strcmp(l->words[i], "v6only") == 0)
			continue;
		if (strcmp(l->words[i], "peer-group") == 0 && rest.n)
			p->said[PEER_GROUP] = rest;
		else if (strcmp(l->words[i], "remote-as") == 0 && rest.n)
			p->said[PEER_REMOTE_AS] = rest;
		else
			note(&r->f->notes, l, "weft import does not know `%s` here", l->words[i]);
		i++;
	}
}

static void take_af(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	struct peer *p = peer_at(r, l);

	if (p)
		p->af[r->family][row->what] = row_said(l, used);
}

/* ... NAME in|out: what + 1 is the other way. */
static void take_filter(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	bool out = l->n_words == used + 2 && strcmp(l->words[used + 1], "out") == 0;
	struct peer *p = peer_at(r, l);

	if (p && (out || (l->n_words == used + 2 && strcmp(l->words[used + 1], "in") == 0)))
		p->af[r->family][row->what + out] = row_said(l, used);
	else if (p)
		note(&r->f->notes, l, "neither in nor out");
}

static const struct frr_row peers[] = {
	{ .words = "remote-as", .take = take_peer, .what = PEER_REMOTE_AS }, { .words = "interface", .take = take_interface },
	{ .words = "peer-group", .take = take_group, .what = PEER_GROUP }, { .words = "description" },
	{ .words = "bfd", .take = take_peer, .what = PEER_BFD, .no = true }, { .words = "bfd profile", .take = take_peer, .what = PEER_PROFILE },
	{ .words = "bfd check-control-plane-failure", .why = "weft drops the routes that it keeps of a peer when its BFD fails and does not depend on what restarts" },
	{ .words = "timers", .take = take_peer, .what = PEER_TIMERS }, { .words = "timers connect", .take = take_peer, .what = PEER_CONNECT },
	{ .words = "timers delayopen", .why = "weft says its OPEN at once" },
	{ .words = "password", .take = take_peer, .what = PEER_PASSWORD }, { .words = "ebgp-multihop", .take = take_peer, .what = PEER_MULTIHOP },
	{ .words = "ttl-security hops", .take = take_peer, .what = PEER_TTL }, { .words = "passive", .take = take_peer, .what = PEER_PASSIVE },
	{ .words = "update-source", .take = take_peer, .what = PEER_SOURCE }, { .words = "shutdown", .take = take_peer, .what = PEER_SHUTDOWN, .no = true },
	{ .words = "local-role", .take = take_peer, .what = PEER_ROLE },
	{ .words = "capability extended-nexthop", .take = take_peer, .what = PEER_NEXT_HOP }, { .words = "extended-optional-parameters" },
	{ .words = "advertisement-interval", .why = "weft tells what it has decided at once, together with all that changed with it" },
	{ .words = "disable-connected-check", .why = "say how far away it is: `multihop`" },
	{ .words = "local-as", .why = "weft is of one AS: the peer has to expect `asn`" },
	{ .words = "graceful-restart", .why = "`graceful_restart` is of all sessions" },
	{ .words = "graceful-restart-helper" },
	{ .words = "graceful-restart-disable", .why = "`graceful_restart` is of all sessions" },
};
const struct frr_rows peer_rows = { peers, ARRAY_LEN(peers) };

#define COMMUNITIES "weft passes communities on; an export policy takes them away: \"set\": { \"communities\": [] }"

static const struct frr_row peer_families[] = {
	{ .words = "activate", .take = take_af, .what = AF_ACTIVE, .no = true },
	{ .words = "route-map", .take = take_filter, .what = AF_MAP_IN }, { .words = "prefix-list", .take = take_filter, .what = AF_LIST_IN },
	{ .words = "filter-list", .take = take_filter, .what = AF_OTHER_IN }, { .words = "distribute-list", .take = take_filter, .what = AF_OTHER_IN },
	{ .words = "maximum-prefix", .take = take_af, .what = AF_LIMIT },
	{ .words = "next-hop-self", .take = take_af, .what = AF_SELF }, { .words = "route-reflector-client", .take = take_af, .what = AF_CLIENT },
	{ .words = "soft-reconfiguration" }, { .words = "send-community", .no_why = COMMUNITIES },
	{ .words = "allowas-in", .why = "weft uses no path that its own AS is in; `explain` shows them" },
	{ .words = "default-originate", .why = "`weft announce 0.0.0.0/0` on the running node, with an export policy that lets it go to this peer alone" },
	{ .words = "weight", .why = "a local preference of this node alone: `set` `local_pref` in an import policy" },
	{ .words = "addpath-tx-all-paths", .why = "weft tells its best path" },
	{ .words = "route-server-client", .why = "weft is no route server" },
	{ .words = "maximum-prefix-out", .why = "weft limits what it is told, not what it tells: an export policy does" },
};
const struct frr_rows peer_family_rows = { peer_families, ARRAY_LEN(peer_families) };

void peer_line(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	unsigned n = l->n_words > used + 1 ? l->n_words - used - 1 : 0, plain, family;
	const struct frr_row *a, *b;
	(void)row;

	a = row_find(&peer_rows, l->words + used + 1, n, &plain);
	b = row_find(&peer_family_rows, l->words + used + 1, n, &family);
	if (!a && !b)
		note(&r->f->notes, l, "weft has no such setting of a neighbor");
	else if (plain >= family)
		row_run(r, l, a, used + 1 + plain);
	else
		row_run(r, l, b, used + 1 + family);
}
