/* The routers heard on one link, and which of them is the peer. */
#include "ra/routers.h"

#include <string.h>

#include "agent/base/prefix.h"

#define SPACING_MAX_MS 60000             /* a router that advertises more rarely than this counts as silent in between */

static bool same_mac(const struct ra_router *a, const struct ra_router *b)
{
	return a->has_mac && b->has_mac && memcmp(a->mac, b->mac, sizeof(a->mac)) == 0;
}

/* An RA without the source link-layer option says nothing against the MAC that is known. */
static bool same(const struct ra_router *a, const struct ra_router *b)
{
	return in6_eq(&a->addr, &b->addr) && (!a->has_mac || !b->has_mac || same_mac(a, b));
}

static void pace_until(const struct routers *rs, struct router_pace *pace, mono now)
{
	int64_t spacing = rs->interval_ms > pace->spacing_ms ? rs->interval_ms : pace->spacing_ms;

	pace->until = mono_add_ms(now, RA_SILENCE * spacing);
}

/* Takes what an RA says; a longer spacing counts at once, a shorter one (bursts, solicited RAs) only slowly. */
static void hear(const struct routers *rs, struct ra_router *known, struct router_pace *pace, const struct ra_router *heard, bool spaced)
{
	int64_t gap = mono_diff_ms(heard->heard, known->heard);

	if (gap > SPACING_MAX_MS)
		gap = SPACING_MAX_MS;
	if (spaced && known->heard.us >= rs->resumed.us)
		pace->spacing_ms = gap > pace->spacing_ms ? gap : pace->spacing_ms - (pace->spacing_ms - gap) / 4;
	pace_until(rs, pace, heard->heard);
	pace->told_silent = false;
	known->lifetime = heard->lifetime;
	known->heard = heard->heard;
	if (heard->has_mac) {
		known->has_mac = true;
		memcpy(known->mac, heard->mac, sizeof(known->mac));
	}
}

static bool peer_dead(const struct routers *rs, mono now)
{
	return !rs->established && mono_due(rs->peer_pace.until, now);
}

static enum routers_news peer_set(struct routers *rs, const struct ra_router *router, bool by_ra)
{
	rs->peer = *router;
	rs->peer_pace = (struct router_pace){ 0 };
	pace_until(rs, &rs->peer_pace, router->heard);
	rs->has_peer = true;
	rs->by_ra = by_ra;
	rs->established = rs->told_silent = false;       /* the session, if any, was another machine's */
	return ROUTERS_FOUND;
}

static enum routers_news peer_again(struct routers *rs, const struct ra_router *heard)
{
	bool mac_learnt = heard->has_mac && !rs->peer.has_mac;

	hear(rs, &rs->peer, &rs->peer_pace, heard, rs->by_ra);
	rs->by_ra = true;
	rs->told_silent = false;
	return mac_learnt ? ROUTERS_FOUND : ROUTERS_HEARD;
}

static void other_drop(struct routers *rs, size_t i)
{
	rs->n_others--;
	rs->n_further -= i < rs->n_further;
	memmove(rs->others + i, rs->others + i + 1, (rs->n_others - i) * sizeof(rs->others[0]));
	memmove(rs->other_paces + i, rs->other_paces + i + 1, (rs->n_others - i) * sizeof(rs->other_paces[0]));
}

static void others_forget(struct routers *rs, mono now)
{
	for (size_t i = rs->n_others; i-- > rs->n_further;)
		if (mono_due(rs->other_paces[i].until, now))
			other_drop(rs, i);
}

static void other_to_peer(struct routers *rs, size_t i)
{
	struct router_pace pace = rs->other_paces[i];

	peer_set(rs, &rs->others[i], true);
	rs->peer_pace = pace;
	other_drop(rs, i);
}

static bool is_further(const struct routers *rs, const struct in6_addr *addr)
{
	for (size_t i = 0; i < rs->n_further; i++)
		if (in6_eq(&rs->others[i].addr, addr))
			return true;
	return false;
}

/* May one more be used, and this one? */
static bool may_join(const struct routers *rs, const struct in6_addr *addr)
{
	return rs->n_further + 1 < rs->allowed && !in6_eq(&rs->peer.addr, addr) && !is_further(rs, addr);
}

static enum routers_news other_new(struct routers *rs, const struct ra_router *heard)
{
	bool joins = may_join(rs, &heard->addr);

	rs->conflicts += !joins;
	if (rs->n_others == ROUTERS_OTHERS || (!joins && rs->n_others - rs->n_further == RA_ROUTERS_MAX - 1))
		return ROUTERS_NOTHING;
	rs->others[rs->n_others] = *heard;
	rs->other_paces[rs->n_others] = (struct router_pace){ 0 };
	pace_until(rs, &rs->other_paces[rs->n_others], heard->heard);
	rs->n_others++;
	return joins ? ROUTERS_NOTHING : ROUTERS_CONFLICT;
}

/* The peer's own machine with a changed address or MAC? What it was before the change does not come back so: two machines that share an
 * address, or one that advertises two addresses, would alternate for ever. */
static bool is_peer_changed(const struct routers *rs, const struct ra_router *heard, mono now)
{
	if (!in6_eq(&rs->peer.addr, &heard->addr) && !same_mac(&rs->peer, heard))
		return false;
	return mono_due(rs->former_until, now) || !same(&rs->former, heard);
}

/* A further router's address with another MAC: the same machine changed, if it has long not been heard as it was; else a second one. */
static enum routers_news further_changed(struct routers *rs, const struct ra_router *heard, mono now)
{
	size_t i = 0;

	while (!in6_eq(&rs->others[i].addr, &heard->addr))
		i++;
	if (!mono_due(rs->other_paces[i].until, now))
		return other_new(rs, heard);
	hear(rs, &rs->others[i], &rs->other_paces[i], heard, false);
	return ROUTERS_FURTHER;
}

enum routers_news routers_advert(struct routers *rs, const struct ra_router *heard, mono now)
{
	others_forget(rs, now);
	if (!rs->has_peer)
		return peer_set(rs, heard, true);
	if (same(&rs->peer, heard))
		return peer_again(rs, heard);
	for (size_t i = 0; i < rs->n_others; i++) {
		if (!same(&rs->others[i], heard))
			continue;
		hear(rs, &rs->others[i], &rs->other_paces[i], heard, true);
		if (i < rs->n_further)
			return ROUTERS_FURTHER;
		return routers_promote(rs, now) ? ROUTERS_FOUND : ROUTERS_NOTHING;
	}
	if (is_further(rs, &heard->addr))
		return further_changed(rs, heard, now);
	if (peer_dead(rs, now))
		return peer_set(rs, heard, true);
	if (is_peer_changed(rs, heard, now)) {
		rs->former = rs->peer;
		rs->former_until = rs->peer_pace.until;
		return peer_set(rs, heard, true);
	}
	return other_new(rs, heard);
}

enum routers_news routers_vouch(struct routers *rs, const struct in6_addr *addr, mono now)
{
	struct ra_router router = { .addr = *addr, .heard = now };

	if (rs->has_peer && in6_eq(&rs->peer.addr, addr))
		return ROUTERS_HEARD;
	if (is_further(rs, addr))
		return ROUTERS_FURTHER;
	if (rs->has_peer && !peer_dead(rs, now)) {
		if (!may_join(rs, addr))
			return ROUTERS_NOTHING;
		other_new(rs, &router);
		return ROUTERS_FURTHER;
	}
	others_forget(rs, now);
	for (size_t i = rs->n_further; i < rs->n_others; i++) {
		if (!in6_eq(&rs->others[i].addr, addr))
			continue;
		other_to_peer(rs, i);
		return ROUTERS_FOUND;
	}
	return peer_set(rs, &router, false);
}

bool routers_promote(struct routers *rs, mono now)
{
	if (!rs->has_peer || !peer_dead(rs, now))
		return false;
	others_forget(rs, now);
	for (size_t i = rs->n_further; i < rs->n_others; i++) {
		if (is_further(rs, &rs->others[i].addr))
			continue;
		other_to_peer(rs, i);
		return true;
	}
	return false;
}

void routers_session(struct routers *rs, const struct in6_addr *addr, bool established)
{
	if (rs->has_peer && in6_eq(&rs->peer.addr, addr))
		rs->established = established;
	for (size_t i = 0; i < rs->n_further; i++)
		if (in6_eq(&rs->others[i].addr, addr))
			rs->other_paces[i].established = established;
}

bool routers_leave(struct routers *rs, mono now, struct ra_router *ret)
{
	for (size_t i = 0; i < rs->n_further; i++) {
		if (rs->other_paces[i].established || !mono_due(rs->other_paces[i].until, now))
			continue;
		*ret = rs->others[i];
		other_drop(rs, i);
		return true;
	}
	return false;
}

bool routers_join(struct routers *rs, struct ra_router *ret)
{
	for (size_t i = rs->n_further; i < rs->n_others; i++) {
		struct router_pace pace = rs->other_paces[i];
		size_t at = rs->n_further;

		if (!may_join(rs, &rs->others[i].addr))
			continue;
		*ret = rs->others[i];
		memmove(rs->others + at + 1, rs->others + at, (i - at) * sizeof(rs->others[0]));
		memmove(rs->other_paces + at + 1, rs->other_paces + at, (i - at) * sizeof(rs->other_paces[0]));
		rs->others[at] = *ret;
		rs->other_paces[at] = pace;
		rs->n_further++;
		return true;
	}
	return false;
}

bool routers_yield(struct routers *rs, struct ra_router *ret)
{
	if (rs->n_further < 1 || rs->n_further + 1 <= rs->allowed)
		return false;
	*ret = rs->others[rs->n_further - 1];
	other_drop(rs, rs->n_further - 1);
	return true;
}

bool routers_hush(struct routers *rs, mono now, struct ra_router *ret)
{
	for (size_t i = 0; i < rs->n_further; i++) {
		if (rs->other_paces[i].told_silent || !mono_due(rs->other_paces[i].until, now))
			continue;
		rs->other_paces[i].told_silent = true;
		*ret = rs->others[i];
		return true;
	}
	return false;
}

bool routers_step(struct routers *rs, mono now)
{
	others_forget(rs, now);
	if (!rs->has_peer || rs->told_silent || !mono_due(rs->peer_pace.until, now))
		return false;
	rs->told_silent = true;
	return rs->by_ra;                                /* one that never advertised is not missed */
}

mono routers_next(const struct routers *rs)
{
	mono next = rs->has_peer && !rs->told_silent ? rs->peer_pace.until : MONO_NEVER;

	for (size_t i = 0; i < rs->n_others; i++)
		if (!(rs->other_paces[i].established && rs->other_paces[i].told_silent))
			next = mono_min(next, rs->other_paces[i].until);
	return next;
}
