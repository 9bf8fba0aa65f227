#include "agent/rib/rib.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/community.h"
#include "agent/base/own.h"
#include "agent/rib/rib_priv.h"

#define FIRST_PEERS 8
#define AT_ONCE 2048

/* Room for at least one more peer. */
static int grow_peers(struct rib *rib)
{
	size_t n = rib->n_peers ? 2 * rib->n_peers : FIRST_PEERS;
	struct candidate *candidates, *resolving;
	struct peer *peers;

	if (rib->n_peers > UINT16_MAX / 2)
		return -ENOSPC;
	candidates = realloc(rib->candidates, n * sizeof(*candidates));
	if (!candidates)
		return -ENOMEM;
	rib->candidates = candidates;
	resolving = realloc(rib->resolving, n * sizeof(*resolving));
	if (!resolving)
		return -ENOMEM;
	rib->resolving = resolving;
	peers = realloc(rib->peers, n * sizeof(*peers));
	if (!peers)
		return -ENOMEM;
	memset(peers + rib->n_peers, 0, (n - rib->n_peers) * sizeof(*peers));
	rib->peers = peers;
	rib->n_peers = n;
	return 0;
}

int rib_new(struct rib **ret, const struct rib_config *cfg, const struct rib_out *out)
{
	struct rib *rib = calloc(1, sizeof(*rib));
	int r;

	if (!rib)
		return -ENOMEM;
	rib->cfg = *cfg;
	rib->out = *out;
	rib->cfg.at_once = cfg->at_once ? cfg->at_once : AT_ONCE;
	rib_set_multipath(rib, cfg->multipath);
	slab_init(&rib->paths, sizeof(struct path));
	r = attrs_tab_new(&rib->attrs, cfg->secret);
	if (r == 0)
		r = table_init(&rib->tables[0], AF_INET, cfg->secret);
	if (r == 0)
		r = table_init(&rib->tables[1], AF_INET6, cfg->secret);
	if (r == 0)
		r = grow_peers(rib);
	if (r == 0 && !(rib->scratch = malloc(UINT16_MAX)))
		r = -ENOMEM;
	if (r < 0) {
		rib_free(rib);
		return r;
	}
	rib->peers[RIB_LOCAL].used = true;
	*ret = rib;
	return 0;
}

void rib_free(struct rib *rib)
{
	if (!rib)
		return;
	for (size_t i = 0; i < rib->n_peers; i++)
		for (unsigned f = 0; f < 2; f++)
			free(rib->peers[i].export[f].told);
	free(rib->peers);
	free(rib->candidates);
	free(rib->resolving);
	free(rib->scratch);
	table_fini(&rib->tables[0]);
	table_fini(&rib->tables[1]);
	slab_fini(&rib->paths);
	attrs_tab_free(rib->attrs);
	free(rib);
}

struct attrs_tab *rib_attrs(struct rib *rib)
{
	return rib->attrs;
}

void rib_set_multipath(struct rib *rib, unsigned multipath)
{
	rib->cfg.multipath = multipath < 1 ? 1 : multipath > RIB_MULTIPATH_MAX ? RIB_MULTIPATH_MAX : multipath;
	for (unsigned f = 0; f < 2; f++)
		for (uint32_t i = 1; i < rib->tables[f].nets.high; i++)
			if (net_at(&rib->tables[f], i)->flags & NET_USED)
				net_dirty(rib, &rib->tables[f], i, 0);
}

void rib_reconfigure(struct rib *rib, const struct rib_config *cfg)
{
	rib->cfg.med_always = cfg->med_always;
	rib->cfg.long_lived = cfg->long_lived;
	rib->cfg.weighted = cfg->weighted;
	rib->cfg.installed = cfg->installed;
	rib_set_multipath(rib, cfg->multipath);
}

struct peer *rib_peer_of(const struct rib *rib, rib_peer peer)
{
	return peer < rib->n_peers && rib->peers[peer].used && !rib->peers[peer].leaving ? &rib->peers[peer] : NULL;
}

int rib_peer_add(struct rib *rib, const struct rib_peer_info *info, rib_peer *ret)
{
	size_t i = RIB_LOCAL + 1;
	int r;

	while (i < rib->n_peers && (rib->peers[i].used || (rib->cfg.installed && rib->peers[i].announced)))
		i++;
	if (i == rib->n_peers) {
		r = grow_peers(rib);
		if (r < 0)
			return r;
	}
	rib->peers[i] = (struct peer){ .info = *info, .used = true };
	rib->n_resolve += info->resolve;
	*ret = (rib_peer)i;
	return 0;
}

/* The link to the peer's path, or to where it has to stand. */
static uint32_t *find_path(struct rib *rib, struct net *net, rib_peer peer)
{
	const struct rib_peer_info *info = peer == RIB_LOCAL ? NULL : &rib->peers[peer].info;
	enum decision_step step;
	struct path *path;
	uint32_t *link;

	for (link = &net->paths; *link; link = &path->next) {
		path = path_at(rib, *link);
		if (path->peer == peer || decide_tie(path_info(rib, path), info, &step) > 0)
			break;
	}
	return link;
}

static bool is_path_of(const struct rib *rib, uint32_t i, rib_peer peer)
{
	return i && path_at(rib, i)->peer == peer;
}

static void count_live(struct rib *rib, unsigned f, struct net *net, rib_peer peer, int by)
{
	rib->tables[f].prefixes += (net->n_paths + by > 0) - (net->n_paths > 0);
	net->n_paths = (uint16_t)(net->n_paths + by);
	rib->peers[peer].received[f] += (uint32_t)by;
}

void path_fresh(struct rib *rib, unsigned f, struct path *path)
{
	if (!(path->flags & PATH_STALE))
		return;
	path->flags &= (uint16_t)~PATH_STALE;
	rib->peers[path->peer].stale[f]--;
}

void path_drop(struct rib *rib, unsigned f, struct net *net, uint32_t *link)
{
	uint32_t i = *link;
	struct path *path = path_at(rib, i);

	path_fresh(rib, f, path);
	if (path->attrs) {
		attrs_unref(rib->attrs, path->attrs);
		count_live(rib, f, net, path->peer, -1);
	}
	rib->peers[path->peer].held[f]--;
	*link = path->next;
	slab_give(&rib->paths, i);
}

/* RFC 7999: the same peer, but what is sent there may be discarded from now on, or no longer. */
static bool says_blackhole(const struct rib *rib, attrs_id attrs)
{
	return attrs && attrs_has_community(attrs_get(rib->attrs, attrs), COMMUNITY_BLACKHOLE);
}

static void tell_path(const struct rib *rib, rib_peer peer, const struct table *t, uint32_t i, attrs_id attrs)
{
	struct prefix p;

	if (!rib->on_path)
		return;
	p = table_prefix(t, net_at(t, i));
	rib->on_path(rib->on_path_ctx, peer, &p, attrs);
}

void rib_on_path(struct rib *rib, rib_path_fn fn, void *ctx)
{
	rib->on_path = fn;
	rib->on_path_ctx = ctx;
}

static bool withdraw(struct rib *rib, rib_peer peer, unsigned f, uint32_t i)
{
	struct table *t = &rib->tables[f];
	struct path *path;
	struct net *net;
	uint32_t *link;

	if (!i)
		return false;
	net = net_at(t, i);
	link = find_path(rib, net, peer);
	if (!is_path_of(rib, *link, peer) || !path_at(rib, *link)->attrs)
		return false;
	path = path_at(rib, *link);
	tell_path(rib, peer, t, i, 0);
	path_fresh(rib, f, path);
	if (path->flags & PATH_FORWARDS) {
		if (says_blackhole(rib, path->attrs))
			net->flags |= NET_FORWARD_LOST;
		attrs_unref(rib->attrs, path->attrs);
		path->attrs = 0;
		count_live(rib, f, net, peer, -1);
	} else {
		path_drop(rib, f, net, link);
	}
	net_dirty(rib, t, i, 0);
	return true;
}

bool rib_withdraw(struct rib *rib, rib_peer peer, const struct prefix *p)
{
	unsigned f = family_index(p->family);

	return rib_peer_of(rib, peer) && withdraw(rib, peer, f, table_find(&rib->tables[f], p));
}

/* Where a path is to stand: in a net, or in one that has to be made. */
struct place {
	uint32_t hash, net;              /* net 0: there is none */
	uint32_t *link;
};

static int add_path(struct rib *rib, rib_peer peer, const struct prefix *p, struct place at, attrs_id attrs)
{
	unsigned f = family_index(p->family);
	struct table *t = &rib->tables[f];
	uint32_t n = slab_take(&rib->paths), i = at.net;

	if (!n)
		return -ENOMEM;
	if (!i) {
		i = table_add(t, p, at.hash);
		at.link = i ? &net_at(t, i)->paths : NULL;
	}
	if (!i) {
		slab_give(&rib->paths, n);
		return -ENOMEM;
	}
	*path_at(rib, n) = (struct path){ .next = *at.link, .attrs = attrs, .peer = peer };
	*at.link = n;
	attrs_ref(rib->attrs, attrs);
	rib->peers[peer].held[f]++;
	count_live(rib, f, net_at(t, i), peer, 1);
	net_dirty(rib, t, i, attrs);
	return RIB_ACCEPTED;
}

static void replace_path(struct rib *rib, unsigned f, uint32_t i, struct path *path, attrs_id attrs)
{
	struct table *t = &rib->tables[f];

	path_fresh(rib, f, path);
	if (path->attrs == attrs) {
		rib->peers[path->peer].unchanged++;
		return;
	}
	/* The same path, perhaps another way. */
	if (rib->peers[path->peer].info.resolve || says_blackhole(rib, path->attrs) || says_blackhole(rib, attrs))
		net_at(t, i)->flags |= NET_FORWARD_LOST;
	attrs_ref(rib->attrs, attrs);
	if (path->attrs)
		attrs_unref(rib->attrs, path->attrs);
	else
		count_live(rib, f, net_at(t, i), path->peer, 1);
	path->attrs = attrs;
	net_dirty(rib, t, i, attrs);
}

/* RFC 4456 section 8: a route that we brought into the AS, or that was reflected here already. */
static bool is_reflected_back(const struct rib *rib, const struct peer *from, const struct attrs *a)
{
	if (from->info.ebgp)
		return false;
	return (a->has & ATTRS_ORIGINATOR && a->originator_id.s_addr == rib->cfg.router_id.s_addr) ||
	       cluster_list_has(a->cluster_list, rib->cfg.router_id);
}

/* What the attributes alone decide: once for each value, with however many prefixes it comes. */
static int judge(const struct rib *rib, struct peer *from, attrs_id id)
{
	const struct attrs *a = attrs_get(rib->attrs, id);
	uint64_t serial = attrs_serial(rib->attrs, id);

	if (serial != from->judged)
		from->verdict = aspath_has(a->as_path, rib->cfg.asn) ? RIB_AS_LOOP :     /* RFC 4271 9.1.2 */
				is_reflected_back(rib, from, a) ? RIB_CLUSTER_LOOP : RIB_ACCEPTED;
	from->judged = serial;
	return from->verdict;
}

/* What counts for the limit: stale paths are those of the session before. */
static uint32_t told_now(const struct peer *p)
{
	return p->received[0] + p->received[1] - p->stale[0] - p->stale[1];
}

int rib_update(struct rib *rib, rib_peer peer, const struct prefix *p, attrs_id attrs)
{
	unsigned f = family_index(p->family);
	struct table *t = &rib->tables[f];
	struct peer *from = rib_peer_of(rib, peer);
	struct place at = { .hash = table_hash(t, p) };
	uint32_t n = 0;
	int verdict;

	if (!from)
		return -EINVAL;
	if (prefix_is_martian(p)) {
		from->martians++;
		return RIB_MARTIAN;              /* always, so there is no older path either */
	}
	at.net = table_find_hashed(t, p, at.hash);
	verdict = judge(rib, from, attrs);
	if (verdict != RIB_ACCEPTED) {
		from->loops++;
		withdraw(rib, peer, f, at.net);
		return verdict;
	}
	if (at.net) {
		at.link = find_path(rib, net_at(t, at.net), peer);
		n = is_path_of(rib, *at.link, peer) ? *at.link : 0;
	}
	if (from->limit && told_now(from) >= from->limit && !(n && path_at(rib, n)->attrs && !(path_at(rib, n)->flags & PATH_STALE))) {
		from->over_limit++;
		return RIB_LIMIT;
	}
	if (!n && (verdict = add_path(rib, peer, p, at, attrs)) < 0)
		return verdict;
	if (n)
		replace_path(rib, f, at.net, path_at(rib, n), attrs);
	if (rib->on_path)
		rib->on_path(rib->on_path_ctx, peer, p, attrs);
	return RIB_ACCEPTED;
}

void rib_limit(struct rib *rib, rib_peer peer, uint32_t most)
{
	struct peer *p = rib_peer_of(rib, peer);

	if (p)
		p->limit = most;
}

void rib_peer_stats(const struct rib *rib, rib_peer peer, struct rib_peer_stats *ret)
{
	const struct peer *p = rib_peer_of(rib, peer);

	*ret = (struct rib_peer_stats){ 0 };
	if (!p)
		return;
	for (unsigned f = 0; f < 2; f++) {
		ret->received[f] = p->received[f];
		ret->stale[f] = p->stale[f];
		ret->sent[f] = p->export[f].sent;
	}
	ret->loops = p->loops;
	ret->martians = p->martians;
	ret->over_limit = p->over_limit;
	ret->unchanged = p->unchanged;
}

void rib_stats(const struct rib *rib, struct rib_stats *ret)
{
	*ret = (struct rib_stats){
		.prefixes = { rib->tables[0].prefixes, rib->tables[1].prefixes },
		.attrs = attrs_count(rib->attrs),
		.bytes = sizeof(*rib) + slab_bytes(&rib->paths) + attrs_bytes(rib->attrs) +
			 rib->n_peers * (sizeof(*rib->peers) + sizeof(*rib->candidates) + sizeof(*rib->resolving)),
	};
	for (unsigned f = 0; f < 2; f++)
		ret->bytes += table_bytes(&rib->tables[f]);
	for (size_t i = 0; i < rib->n_peers; i++) {
		for (unsigned f = 0; f < 2; f++) {
			ret->paths += rib->peers[i].received[f];
			ret->bytes += rib->peers[i].export[f].words * sizeof(uint64_t);
		}
	}
}
