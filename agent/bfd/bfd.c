/* All sessions: who a packet is for, who is due. */
#include "agent/bfd/bfd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/hash.h"
#include "agent/base/prefix.h"
#include "agent/bfd/bfd_priv.h"

#define SLOT_BITS 13                     /* a discriminator holds its session's slot, so that nothing need be searched; the rest is random */
#define SLOT_MASK ((1u << SLOT_BITS) - 1)
_Static_assert(BFD_SESSIONS_MAX <= SLOT_MASK, "slots fit into a discriminator");

uint32_t bfd_random(struct bfd *b)       /* xorshift64*: nobody's secret depends on it */
{
	b->random ^= b->random >> 12;
	b->random ^= b->random << 25;
	b->random ^= b->random >> 27;
	return (uint32_t)(b->random * 0x2545f4914f6cdd1du >> 32);
}

int bfd_new(struct bfd **ret, uint64_t seed, const struct bfd_out *out)
{
	struct bfd *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->out = *out;
	b->random = seed ? seed : 1;
	b->seed = bfd_random(b);
	b->n_slots = b->free_hint = 1;           /* 0 is nobody */
	if (idx_init(&b->by_place) < 0) {
		free(b);
		return -ENOMEM;
	}
	*ret = b;
	return 0;
}

void bfd_free(struct bfd *b)
{
	if (!b)
		return;
	for (uint32_t i = 1; i < b->n_slots; i++)
		free(b->slots[i]);
	free(b->slots);
	free(b->heap);
	idx_fini(&b->by_place);
	free(b);
}

/* --- finding --------------------------------------------------------------------------------------------------------------------- */
static uint32_t place_hash(const struct bfd *b, unsigned ifindex, const struct in6_addr *remote)
{
	return hash_bytes(remote, sizeof(*remote), b->seed ^ ifindex);
}

static uint32_t slot_hash(const void *ctx, uint32_t slot)
{
	const struct bfd *b = ctx;

	return place_hash(b, b->slots[slot]->peer.ifindex, &b->slots[slot]->peer.remote);
}

static bool is_at(const struct bfd_session *s, unsigned ifindex, const struct in6_addr *remote)
{
	return s->peer.ifindex == ifindex && in6_eq(&s->peer.remote, remote);
}

static struct bfd_session *find_place(const struct bfd *b, unsigned ifindex, const struct in6_addr *remote)
{
	for (uint32_t i = idx_at(&b->by_place, place_hash(b, ifindex, remote)); b->by_place.slots[i]; i = idx_next(&b->by_place, i))
		if (is_at(b->slots[b->by_place.slots[i]], ifindex, remote))
			return b->slots[b->by_place.slots[i]];
	return NULL;
}

static struct bfd_session *find_key(const struct bfd *b, uint32_t key)
{
	for (uint32_t i = 1; i < b->n_slots; i++)
		if (b->slots[i] && b->slots[i]->peer.key == key)
			return b->slots[i];
	return NULL;
}

static struct bfd_session *find_discr(const struct bfd *b, uint32_t discr)
{
	uint32_t slot = discr & SLOT_MASK;
	struct bfd_session *s = slot < b->n_slots ? b->slots[slot] : NULL;

	return s && s->v.local_discr == discr ? s : NULL;
}

/* --- the heap -------------------------------------------------------------------------------------------------------------------- */
static void heap_put(struct bfd *b, struct bfd_session *s, uint32_t at)
{
	b->heap[at] = s;
	s->at = at;
}

static void heap_up(struct bfd *b, struct bfd_session *s)
{
	uint32_t at = s->at;

	for (; at > 0 && b->heap[(at - 1) / 2]->due.us > s->due.us; at = (at - 1) / 2)
		heap_put(b, b->heap[(at - 1) / 2], at);
	heap_put(b, s, at);
}

static void heap_down(struct bfd *b, struct bfd_session *s)
{
	uint32_t at = s->at, kid;

	while ((kid = 2 * at + 1) < b->n) {
		if (kid + 1 < b->n && b->heap[kid + 1]->due.us < b->heap[kid]->due.us)
			kid++;
		if (b->heap[kid]->due.us >= s->due.us)
			break;
		heap_put(b, b->heap[kid], at);
		at = kid;
	}
	heap_put(b, s, at);
}

/* Packets put detection off again and again: later is settled when the session comes up. */
static void heap_sooner(struct bfd *b, struct bfd_session *s)
{
	mono next = bfds_next(s);

	if (next.us >= s->due.us)
		return;
	s->due = next;
	heap_up(b, s);
}

static void heap_remove(struct bfd *b, struct bfd_session *s)
{
	struct bfd_session *last = b->heap[--b->n];

	if (last == s)
		return;
	heap_put(b, last, s->at);
	heap_up(b, last);
	heap_down(b, last);
}

/* --- sessions -------------------------------------------------------------------------------------------------------------------- */
static int make_room(struct bfd *b)
{
	uint32_t room = b->room ? 2 * b->room : 64;
	struct bfd_session **list;

	if (b->n_slots < b->room)
		return 0;
	list = realloc(b->heap, room * sizeof(*list));
	if (!list)
		return -ENOMEM;
	b->heap = list;
	list = realloc(b->slots, room * sizeof(*list));
	if (!list)
		return -ENOMEM;
	b->slots = list;
	b->slots[0] = NULL;
	b->room = room;
	return 0;
}

static int take_slot(struct bfd *b, uint32_t *ret)
{
	int r;

	while (b->free_hint < b->n_slots && b->slots[b->free_hint])
		b->free_hint++;
	if (b->free_hint > BFD_SESSIONS_MAX)
		return -ENOSPC;
	if (b->free_hint == b->n_slots) {
		r = make_room(b);
		if (r < 0)
			return r;
		b->slots[b->n_slots++] = NULL;
	}
	*ret = b->free_hint;
	return 0;
}

static int add(struct bfd *b, const struct bfd_peer *peer, mono now)
{
	struct bfd_session *s;
	uint32_t slot = 0;
	int r = take_slot(b, &slot);

	if (r >= 0)
		r = idx_reserve(&b->by_place, slot_hash, b);
	s = r < 0 ? NULL : calloc(1, sizeof(*s));
	if (!s)
		return r < 0 ? r : -ENOMEM;
	s->peer = *peer;
	s->slot = slot;
	s->v.local_discr = bfd_random(b) << SLOT_BITS | slot;    /* never 0: no slot is */
	b->slots[slot] = s;
	idx_put(&b->by_place, slot_hash(b, slot), slot);
	bfds_start(b, s, now);
	s->due = bfds_next(s);
	s->at = b->n++;
	heap_up(b, s);
	return (int)slot;
}

int bfd_set(struct bfd *b, const struct bfd_peer *peer, mono now)
{
	struct bfd_session *s = find_key(b, peer->key), *other = find_place(b, peer->ifindex, &peer->remote);

	if (peer->interval_us < BFD_INTERVAL_MIN_US || !peer->multiplier)
		return -EINVAL;
	if (other && other != s)
		return -EEXIST;
	if (s && is_at(s, peer->ifindex, &peer->remote) && in6_eq(&s->peer.local, &peer->local) && s->peer.serial == peer->serial) {
		s->peer = *peer;
		bfds_retime(b, s, now);
		heap_sooner(b, s);
		return (int)s->slot;
	}
	if (s)
		bfd_del(b, peer->key);
	return add(b, peer, now);
}

uint32_t bfd_del(struct bfd *b, uint32_t key)
{
	struct bfd_session *s = find_key(b, key);
	uint32_t slot;

	if (!s)
		return 0;
	slot = s->slot;
	bfds_farewell(b, s);
	idx_del(&b->by_place, slot, slot_hash, b);
	heap_remove(b, s);
	b->slots[slot] = NULL;
	b->n_news -= s->news;
	if (slot < b->free_hint)
		b->free_hint = slot;
	free(s);
	return slot;
}

void bfd_stop(struct bfd *b)
{
	for (uint32_t i = 1; i < b->n_slots; i++)
		if (b->slots[i])
			bfds_farewell(b, b->slots[i]);
}

/* RFC 5881 5, then RFC 5880 6.8.6 in its order. *ret: whose it is, with BFD_OK. */
static enum bfd_bad judge(const struct bfd *b, const struct bfd_packet *packet, struct bfd_msg *m, struct bfd_session **ret)
{
	struct bfd_session *s;
	enum bfd_bad bad;

	if (packet->ttl != BFD_TTL)
		return BFD_BAD_TTL;
	bad = bfd_decode(packet->p, packet->n, m);
	if (bad != BFD_OK)
		return bad;
	if (m->your) {
		s = find_discr(b, m->your);
		/* Not in RFC 5880: a number that was overheard or guessed is no use on another link. */
		if (!s || !is_at(s, packet->ifindex, &packet->from))
			return BFD_BAD_YOUR_DISCRIMINATOR;
	} else {
		if (m->state != BFD_DOWN && m->state != BFD_ADMIN_DOWN)
			return BFD_BAD_STATE;
		s = find_place(b, packet->ifindex, &packet->from);
		if (!s)
			return BFD_BAD_NO_SESSION;
	}
	if (m->auth)
		return BFD_BAD_AUTH;
	*ret = s;
	return BFD_OK;
}

enum bfd_bad bfd_input(struct bfd *b, const struct bfd_packet *packet, mono now)
{
	struct bfd_session *s = NULL;
	struct bfd_msg m;
	enum bfd_bad bad = judge(b, packet, &m, &s);

	if (bad != BFD_OK) {
		b->stats.discarded[bad]++;
		return bad;
	}
	b->stats.received++;
	bfds_input(b, s, &m, now);
	heap_sooner(b, s);
	return BFD_OK;
}

void bfd_step(struct bfd *b, mono now)
{
	mono soon = { now.us + BFD_EARLY_US };

	while (b->n && mono_due(b->heap[0]->due, soon)) {
		struct bfd_session *s = b->heap[0];

		bfds_step(b, s, now);
		s->due = bfds_next(s);
		heap_down(b, s);
	}
}

mono bfd_next(const struct bfd *b)
{
	return b->n ? b->heap[0]->due : MONO_NEVER;
}

bool bfd_news(struct bfd *b, struct bfd_view *ret)
{
	for (uint32_t i = 0; b->n_news && i < b->n_slots; i++) {
		struct bfd_session *s;

		b->news_at = b->news_at + 1 < b->n_slots ? b->news_at + 1 : 1;   /* in turn: the first ones do not keep out the last */
		s = b->news_at < b->n_slots ? b->slots[b->news_at] : NULL;
		if (!s || !s->news)
			continue;
		s->news = false;
		b->n_news--;
		*ret = s->v;
		return true;
	}
	return false;
}

bool bfd_has_news(const struct bfd *b)
{
	return b->n_news > 0;
}

void bfd_stats(const struct bfd *b, struct bfd_stats *ret)
{
	*ret = b->stats;
	ret->sessions = b->n;
	ret->up = 0;
	for (uint32_t i = 1; i < b->n_slots; i++)
		ret->up += b->slots[i] && b->slots[i]->v.state == BFD_UP;
}
