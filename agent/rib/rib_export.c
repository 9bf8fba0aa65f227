/* The change list, and what each peer has been told of it.
 *
 * Every net that is or was announced stands in its table's list once, ordered by its last change: in that for the length of its AS_PATH. A peer's cursor is the last net that it
 * has looked at: everything behind it is news. A net that changes moves to the end; a cursor that stands on it steps back by one, to a
 * net that was looked at before. A told bit makes withdrawals exact; a net without path goes when its last told bit is cleared. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/hash.h"
#include "agent/rib/rib_priv.h"

/* The nets looked at by one call: most of them can be uninteresting for this peer. */
#define MOST_VISITED (16 * RIB_EXPORT_WINDOW)

static void unlink_net(struct rib *rib, struct table *t, uint32_t i)
{
	struct net *net = net_at(t, i);
	unsigned f = family_index(t->family), k = net_length(net);
	struct changes *list = &t->changes[k];

	if (net->flags & NET_CURSOR) {
		for (size_t p = 0; p < rib->n_peers; p++)
			if (rib->peers[p].export[f].cursor[k] == i)
				rib->peers[p].export[f].cursor[k] = net->prev;
		if (net->prev)
			net_at(t, net->prev)->flags |= NET_CURSOR;
	}
	*(net->prev ? &net_at(t, net->prev)->next : &list->head) = net->next;
	*(net->next ? &net_at(t, net->next)->prev : &list->tail) = net->prev;
	net->flags &= (uint8_t)~(NET_CURSOR | NET_LISTED);
}

void change_touch(struct rib *rib, struct table *t, uint32_t i)
{
	struct net *net = net_at(t, i);

	struct changes *list;

	if (net->flags & NET_LISTED)
		unlink_net(rib, t, i);
	if (net->attrs)                          /* else as far as it was */
		net->flags = (uint8_t)((net->flags & ((1 << NET_LENGTH_SHIFT) - 1)) | attrs_length(rib, net->attrs) << NET_LENGTH_SHIFT);
	list = &t->changes[net_length(net)];
	net->prev = list->tail;
	net->next = 0;
	*(list->tail ? &net_at(t, list->tail)->next : &list->head) = i;
	list->tail = i;
	net->flags |= NET_LISTED;
}

bool change_reap(struct rib *rib, struct table *t, uint32_t i)
{
	struct net *net = net_at(t, i);

	if (net->paths || net->attrs || net->told || net->flags & NET_DIRTY)
		return false;
	if (net->flags & NET_LISTED)
		unlink_net(rib, t, i);
	table_del(t, i);
	return true;
}

static uint32_t next_net(const struct table *t, const struct export *ex, unsigned length)
{
	return ex->cursor[length] ? net_at(t, ex->cursor[length])->next : t->changes[length].head;
}

static bool was_told(const struct export *ex, uint32_t i)
{
	return ex->told[i / 64] >> i % 64 & 1;
}

bool export_told(const struct export *ex, uint32_t i)
{
	return i / 64 < ex->words && was_told(ex, i);
}

static void set_told(struct export *ex, struct net *net, uint32_t i, bool told)
{
	if (was_told(ex, i) == told)
		return;
	ex->told[i / 64] ^= (uint64_t)1 << i % 64;
	net->told = (uint16_t)(net->told + (told ? 1 : -1));
	ex->sent += told ? 1 : -1u;
}

/* One bit for every net that there is. */
static int reserve_told(const struct table *t, struct export *ex)
{
	uint32_t words = t->nets.high / 64 + 1;
	uint64_t *told;

	if (words <= ex->words)
		return 0;
	if (words < 2 * ex->words)
		words = 2 * ex->words;
	told = realloc(ex->told, words * sizeof(*told));
	if (!told)
		return -ENOMEM;
	memset(told + ex->words, 0, (words - ex->words) * sizeof(*told));
	ex->told = told;
	ex->words = words;
	return 0;
}

void export_close(struct rib *rib, rib_peer peer)
{
	struct export *ex;
	uint32_t i;

	for (unsigned f = 0; f < 2; f++) {
		ex = &rib->peers[peer].export[f];
		for (uint32_t w = 0; w < ex->words; w++) {
			while (ex->told[w]) {
				i = 64 * w + (uint32_t)__builtin_ctzll(ex->told[w]);
				set_told(ex, net_at(&rib->tables[f], i), i, false);
				change_reap(rib, &rib->tables[f], i);
			}
		}
		free(ex->told);
		*ex = (struct export){ 0 };
	}
}

void export_stop(struct rib *rib, rib_peer peer)
{
	struct peer *p = &rib->peers[peer];

	p->filter = NULL;
	for (unsigned f = 0; f < 2; f++) {
		p->export[f].wanted = false;
		memset(p->export[f].cursor, 0, sizeof(p->export[f].cursor));
	}
}

void export_forget(struct rib *rib, rib_peer peer, struct table *t, uint32_t i)
{
	struct export *ex = &rib->peers[peer].export[family_index(t->family)];

	if (i / 64 < ex->words)
		set_told(ex, net_at(t, i), i, false);
}

/* A window of one family, taken in the order of the list and handed out by group. */
struct group {
	attrs_id attrs;
	rib_peer from;
	bool owned;                      /* the filter's reference, to be given back */
	uint16_t n, start;
};

struct window {
	size_t n, n_groups, visited;
	struct group groups[RIB_EXPORT_WINDOW + 1];      /* [0]: withdrawals */
	uint16_t slots[2 * RIB_EXPORT_WINDOW];           /* the groups by attributes; 0: free */
	uint16_t group_of[RIB_EXPORT_WINDOW];
	struct prefix taken[RIB_EXPORT_WINDOW], sorted[RIB_EXPORT_WINDOW];
};

/* owned: a reference that is the window's from now on. */
static uint16_t group_of(struct window *w, struct attrs_tab *tab, attrs_id attrs, rib_peer from, bool owned)
{
	uint32_t mask = 2 * RIB_EXPORT_WINDOW - 1, i;
	struct group *g;

	for (i = hash_u64((uint64_t)attrs << 16 | from) & mask; w->slots[i]; i = (i + 1) & mask) {
		g = &w->groups[w->slots[i]];
		if (g->attrs != attrs || g->from != from)
			continue;
		if (owned)
			attrs_unref(tab, attrs);
		return w->slots[i];
	}
	w->slots[i] = (uint16_t)w->n_groups++;
	w->groups[w->slots[i]] = (struct group){ .attrs = attrs, .from = from, .owned = owned };
	return w->slots[i];
}

static void take(struct window *w, const struct table *t, const struct net *net, uint16_t group)
{
	w->taken[w->n] = table_prefix(t, net);
	w->group_of[w->n++] = group;
	w->groups[group].n++;
}

/* The group of what this peer is told of the net; 0: it is not told. */
static uint16_t group_for(struct rib *rib, rib_peer to, const struct table *t, const struct net *net, struct window *w)
{
	const struct peer *peer = &rib->peers[to];
	struct prefix p;
	attrs_id attrs;

	if (may_tell(rib, net, to) != RIB_TELL)
		return 0;
	if (!peer->filter)
		return group_of(w, rib->attrs, net->attrs, net->from, false);
	p = table_prefix(t, net);
	attrs = peer->filter(peer->filter_ctx, &p, net->attrs, net->from == RIB_LOCAL);
	return attrs ? group_of(w, rib->attrs, attrs, net->from, true) : 0;
}

static void begin(struct window *w)
{
	w->n = w->visited = 0;
	w->n_groups = 1;
	w->groups[0] = (struct group){ 0 };
	memset(w->slots, 0, sizeof(w->slots));
}

/* Walks on from the cursor of one length until `room` prefixes are taken or its list ends. */
static void fill(struct rib *rib, unsigned f, rib_peer peer, unsigned length, size_t room, struct window *w)
{
	struct export *ex = &rib->peers[peer].export[f];
	struct table *t = &rib->tables[f];
	uint32_t i, *cursor = &ex->cursor[length];
	struct net *net;
	uint16_t group;

	for (size_t most = w->n + room; w->n < most && w->visited < MOST_VISITED && (i = next_net(t, ex, length)); w->visited++) {
		net = net_at(t, i);
		group = group_for(rib, peer, t, net, w);
		if (group) {
			take(w, t, net, group);
			set_told(ex, net, i, true);
		} else if (was_told(ex, i)) {
			take(w, t, net, 0);
			set_told(ex, net, i, false);
			if (change_reap(rib, t, i))
				continue;
		}
		*cursor = i;
	}
	if (*cursor)
		net_at(t, *cursor)->flags |= NET_CURSOR;
}

/* What is near goes first, but leaves some room for what is behind it: however much there is of one length, it does not keep out the others. */
static void fill_all(struct rib *rib, unsigned f, rib_peer peer, size_t room, struct window *w)
{
	struct export *ex = &rib->peers[peer].export[f];

	begin(w);
	if (!ex->wanted || reserve_told(&rib->tables[f], ex) < 0)        /* without memory the changes stay pending */
		return;
	for (unsigned length = 0; length < LENGTHS; length++)
		fill(rib, f, peer, length, (room - w->n) * 3 / 4, w);
	for (unsigned length = 0; length < LENGTHS; length++)
		fill(rib, f, peer, length, room - w->n, w);
}

static void hand_out(struct window *w, uint8_t family, rib_batch_fn fn, void *ctx)
{
	uint16_t at = 0;
	struct group *g;

	for (g = w->groups; g < w->groups + w->n_groups; g++) {
		g->start = at;
		at = (uint16_t)(at + g->n);
		g->n = 0;
	}
	for (size_t i = 0; i < w->n; i++) {
		g = &w->groups[w->group_of[i]];
		w->sorted[g->start + g->n++] = w->taken[i];
	}
	for (g = w->groups; g < w->groups + w->n_groups; g++)
		if (g->n)
			fn(ctx, &(struct rib_batch){
				.family = family, .withdraw = g == w->groups, .attrs = g->attrs, .from = g->from,
				.local = g > w->groups && g->from == RIB_LOCAL, .prefixes = w->sorted + g->start, .n = g->n,
			});
}

static void release(struct window *w, struct attrs_tab *tab)
{
	for (struct group *g = w->groups; g < w->groups + w->n_groups; g++)
		if (g->owned)
			attrs_unref(tab, g->attrs);
}

static struct peer *exporting(const struct rib *rib, rib_peer peer)
{
	return peer == RIB_LOCAL ? NULL : rib_peer_of(rib, peer);
}

void rib_export_open(struct rib *rib, rib_peer peer, bool ipv4, bool ipv6)
{
	struct peer *p = exporting(rib, peer);

	if (!p)
		return;
	export_close(rib, peer);
	p->export[0].wanted = ipv4;
	p->export[1].wanted = ipv6;
}

void rib_export_filter(struct rib *rib, rib_peer peer, rib_filter_fn fn, void *ctx)
{
	struct peer *p = exporting(rib, peer);

	if (!p)
		return;
	p->filter = fn;
	p->filter_ctx = ctx;
}

void rib_export_long_lived(struct rib *rib, rib_peer peer, bool takes)
{
	struct peer *p = exporting(rib, peer);

	if (p)
		p->takes_long_lived = takes;
}

bool rib_export(struct rib *rib, rib_peer peer, rib_batch_fn fn, void *ctx)
{
	struct peer *p = exporting(rib, peer);
	unsigned first;
	struct window w;
	size_t room = RIB_EXPORT_WINDOW;

	if (!p)
		return false;
	first = p->turn;                                 /* in turn: neither family waits for the whole of the other */
	p->turn = !first;
	for (unsigned k = 0; k < 2 && room; k++) {
		fill_all(rib, first ^ k, peer, room, &w);
		hand_out(&w, rib->tables[first ^ k].family, fn, ctx);
		release(&w, rib->attrs);
		room -= w.n;
	}
	return rib_export_pending(rib, peer);
}

bool rib_export_pending(const struct rib *rib, rib_peer peer)
{
	const struct peer *p = exporting(rib, peer);

	for (unsigned f = 0; p && f < 2; f++)
		for (unsigned length = 0; p->export[f].wanted && length < LENGTHS; length++)
			if (next_net(&rib->tables[f], &p->export[f], length))
				return true;
	return false;
}

void rib_export_again(struct rib *rib, rib_peer peer, uint8_t family)
{
	struct peer *p = exporting(rib, peer);

	if (p)
		memset(p->export[family_index(family)].cursor, 0, sizeof(p->export[0].cursor));
}
