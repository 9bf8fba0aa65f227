/* When to advertise on which link, and what to make of what is heard there. Time and packets are handed in, packets and news handed out. */
#include "ra/ra.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/bucket.h"
#include "agent/base/hash.h"
#include "agent/base/prefix.h"
#include "ra/routers.h"

/* RFC 4861 6.2.6 delays the answer to a solicitation by up to 0.5 s, and allows one multicast RA in 3 s (MIN_DELAY_BETWEEN_RAS). Both are
 * deliberately not kept: on a link between two machines there is no storm to spread, and 3 s is an outage. Instead: a few at once, then one
 * in ANSWER_MS, however many ask. */
#define ANSWER_MS 50
#define ANSWER_BURST 4
#define PAUSE_MS 1000                    /* later than it asked for: the process was stopped, or the machine */

static const struct in6_addr all_nodes = { { { 0xff, 0x02, [15] = 1 } } };
static const struct in6_addr all_routers = { { { 0xff, 0x02, [15] = 2 } } };

struct ra_link {
	unsigned ifindex;
	struct in6_addr local;
	uint8_t mac[6];
	unsigned burst;                  /* advertisements of the burst still to be sent */
	mono advert_at;
	mono answer_at;                  /* an answer is owed; never: none */
	mono answered_to;                /* now or earlier: ANSWER_BURST answers are free; each one moves it on by ANSWER_MS */
	mono twin_until;                 /* a second machine with our own address has been reported */
	struct bucket from_peer, from_others;    /* what is taken */
	struct routers routers;
	struct ra_view count;            /* counters only */
};

struct ra {
	struct ra_config cfg;
	struct ra_out out;
	struct ra_link **links;          /* by ifindex */
	size_t n_links, room;
	mono looked;                     /* the latest that was handed in */
};

int ra_new(struct ra **ret, const struct ra_config *cfg, const struct ra_out *out)
{
	struct ra *ra;

	if (!cfg->interval_s)
		return -EINVAL;
	ra = calloc(1, sizeof(*ra));
	if (!ra)
		return -ENOMEM;
	ra->cfg = *cfg;
	ra->out = *out;
	*ret = ra;
	return 0;
}

void ra_reconfigure(struct ra *ra, const struct ra_config *cfg, mono now)
{
	ra->cfg = *cfg;
	for (size_t i = 0; i < ra->n_links; i++) {
		ra->links[i]->routers.interval_ms = cfg->interval_s * INT64_C(1000);
		ra->links[i]->advert_at = now;
	}
}

void ra_free(struct ra *ra)
{
	if (!ra)
		return;
	for (size_t i = 0; i < ra->n_links; i++)
		free(ra->links[i]);
	free(ra->links);
	free(ra);
}

/* Where the link is, or belongs. */
static size_t link_place(const struct ra *ra, unsigned ifindex)
{
	size_t low = 0, high = ra->n_links;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ra->links[mid]->ifindex < ifindex)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct ra_link *link_find(const struct ra *ra, unsigned ifindex)
{
	size_t i = link_place(ra, ifindex);

	return i < ra->n_links && ra->links[i]->ifindex == ifindex ? ra->links[i] : NULL;
}

static struct ra_link *link_add(struct ra *ra, unsigned ifindex)
{
	size_t i = link_place(ra, ifindex);
	struct ra_link *l;

	if (ra->n_links == ra->room) {
		size_t room = ra->room ? ra->room * 2 : 8;
		struct ra_link **grown = realloc(ra->links, room * sizeof(struct ra_link *));

		if (!grown)
			return NULL;
		ra->links = grown;
		ra->room = room;
	}
	l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->ifindex = ifindex;
	l->routers.interval_ms = ra->cfg.interval_s * INT64_C(1000);
	l->routers.allowed = 1;
	memmove(ra->links + i + 1, ra->links + i, (ra->n_links - i) * sizeof(struct ra_link *));
	ra->links[i] = l;
	ra->n_links++;
	return l;
}

static void send_msg(const struct ra *ra, struct ra_link *l, enum ra_type type)
{
	struct ra_msg msg = { .type = type, .lifetime = type == RA_ADVERT ? ra->cfg.lifetime_s : 0, .has_mac = true };
	uint8_t buf[RA_MSG_MAX];
	size_t n;

	memcpy(msg.mac, l->mac, sizeof(msg.mac));
	n = ra_encode(&msg, buf);
	if (type == RA_ADVERT)
		l->answer_at = MONO_NEVER;               /* any RA to all nodes answers whoever asked */
	if (ra->out.send(ra->out.ctx, l->ifindex, type == RA_ADVERT ? &all_nodes : &all_routers, buf, n) < 0)
		l->count.unsent++;
	else if (type == RA_ADVERT)
		l->count.sent_ra++;
	else
		l->count.sent_rs++;
}

/* With a link, ra_step is due once in an interval at least. */
static void look(struct ra *ra, mono now)
{
	bool paused = mono_diff_ms(now, ra->looked) > ra->cfg.interval_s * INT64_C(1000) + PAUSE_MS;

	for (size_t i = 0; paused && i < ra->n_links; i++)
		ra->links[i]->routers.resumed = now;
	ra->looked = now;
}

/* An interval less up to an eighth of it, so that links and nodes do not advertise in step (RFC 4861 6.2.4); the same in every run. */
static int64_t interval_ms(const struct ra *ra, const struct ra_link *l)
{
	int64_t ms = ra->cfg.interval_s * INT64_C(1000);

	return ms - hash_bytes(l->mac, sizeof(l->mac), (uint32_t)(l->count.sent_ra + l->count.unsent)) % (ms / 8 + 1);
}

static void advertise(const struct ra *ra, struct ra_link *l, mono now)
{
	send_msg(ra, l, RA_ADVERT);
	if (l->burst > 0) {
		l->burst--;
		if (!l->routers.has_peer)
			send_msg(ra, l, RA_SOLICIT);
	}
	l->advert_at = mono_add_ms(now, l->burst > 0 ? RA_BURST_MS : interval_ms(ra, l));
}

/* Answers a solicitation: at once, or as soon as the next answer is free. */
static void answer(const struct ra *ra, struct ra_link *l, mono now)
{
	mono free_at;

	if (l->answered_to.us < now.us)
		l->answered_to = now;
	free_at = mono_add_ms(l->answered_to, -(ANSWER_BURST - 1) * ANSWER_MS);
	if (!mono_due(free_at, now)) {
		l->answer_at = free_at;
		return;
	}
	l->answered_to = mono_add_ms(l->answered_to, ANSWER_MS);
	send_msg(ra, l, RA_ADVERT);
}

int ra_link_up(struct ra *ra, unsigned ifindex, const struct in6_addr *local, const uint8_t mac[6], bool fresh, mono now)
{
	struct ra_link *l = link_find(ra, ifindex);

	if (!l)
		l = link_add(ra, ifindex);
	if (!l)
		return -ENOMEM;
	if (fresh)
		l->routers = (struct routers){
			.interval_ms = l->routers.interval_ms, .allowed = l->routers.allowed, .conflicts = l->routers.conflicts,
		};
	l->local = *local;
	memcpy(l->mac, mac, sizeof(l->mac));
	l->twin_until = (mono){ INT64_MIN };
	l->burst = RA_BURST;
	l->advert_at = mono_add_ms(now, RA_BURST_MS);
	send_msg(ra, l, RA_ADVERT);
	send_msg(ra, l, RA_SOLICIT);
	return 0;
}

void ra_link_down(struct ra *ra, unsigned ifindex)
{
	size_t i = link_place(ra, ifindex);

	if (i == ra->n_links || ra->links[i]->ifindex != ifindex)
		return;
	free(ra->links[i]);
	ra->n_links--;
	memmove(ra->links + i, ra->links + i + 1, (ra->n_links - i) * sizeof(struct ra_link *));
}

/* What is handed out is a copy: the callee may change what it is told about (ra_session, ra_vouch). */
static void tell(const struct ra *ra, const struct ra_link *l, void (*fn)(void *, unsigned, const struct ra_router *))
{
	struct ra_router peer = l->routers.peer;

	fn(ra->out.ctx, l->ifindex, &peer);
}

static void promote(const struct ra *ra, struct ra_link *l, mono now)
{
	if (routers_promote(&l->routers, now))
		tell(ra, l, ra->out.found);
}

static void say_further(const struct ra *ra, const struct ra_link *l, const struct ra_router *router, enum ra_further what)
{
	ra->out.further(ra->out.ctx, l->ifindex, router, what);
}

/* Who is a further router now, and who is none any more. */
static void further(const struct ra *ra, struct ra_link *l, mono now)
{
	struct ra_router router;

	while (routers_leave(&l->routers, now, &router))
		say_further(ra, l, &router, RA_FURTHER_LOST);
	while (routers_join(&l->routers, &router))
		say_further(ra, l, &router, RA_FURTHER_FOUND);
	while (routers_hush(&l->routers, now, &router))
		say_further(ra, l, &router, RA_FURTHER_SILENT);
}

void ra_allow(struct ra *ra, unsigned ifindex, unsigned routers)
{
	struct ra_link *l = link_find(ra, ifindex);
	struct ra_router router;

	if (!l)
		return;
	l->routers.allowed = routers < RA_ALLOWED_MAX ? routers : RA_ALLOWED_MAX;
	while (routers_yield(&l->routers, &router))
		say_further(ra, l, &router, RA_FURTHER_LOST);
}

void ra_session(struct ra *ra, unsigned ifindex, const struct in6_addr *router, bool established, mono now)
{
	struct ra_link *l = link_find(ra, ifindex);

	if (!l || !l->routers.has_peer)
		return;
	routers_session(&l->routers, router, established);
	promote(ra, l, now);
}

bool ra_vouch(struct ra *ra, unsigned ifindex, const struct in6_addr *addr, mono now)
{
	struct ra_link *l = link_find(ra, ifindex);
	enum routers_news news;

	if (!l || !in6_is_ll(addr) || in6_eq(addr, &l->local))
		return false;
	news = routers_vouch(&l->routers, addr, now);
	if (news == ROUTERS_FOUND)
		tell(ra, l, ra->out.found);
	if (news == ROUTERS_FURTHER)
		further(ra, l, now);
	return news != ROUTERS_NOTHING;
}

/* From our own address: our own packet that came back, or a machine that has the same address. With the latter no session can work, so it
 * is refused, counted and reported like a second router; "the peer" beside it is ourselves. */
static enum ra_bad from_own_address(const struct ra *ra, struct ra_link *l, const struct ra_msg *msg, mono now)
{
	struct ra_router own = { .addr = l->local, .has_mac = true, .heard = now }, twin = own;
	bool reported;

	if (!msg->has_mac || memcmp(msg->mac, l->mac, sizeof(l->mac)) == 0) {
		l->count.looped++;
		return RA_OK;
	}
	l->count.bad[RA_BAD_SOURCE]++;
	reported = !mono_due(l->twin_until, now);
	l->twin_until = mono_add_ms(now, RA_SILENCE * l->routers.interval_ms);
	if (reported)
		return RA_BAD_SOURCE;
	memcpy(own.mac, l->mac, sizeof(own.mac));
	memcpy(twin.mac, msg->mac, sizeof(twin.mac));
	twin.lifetime = msg->lifetime;
	l->count.conflicts++;
	ra->out.conflict(ra->out.ctx, l->ifindex, &own, &twin);
	return RA_BAD_SOURCE;
}

static void advert_in(const struct ra *ra, struct ra_link *l, const struct ra_router *heard, mono now)
{
	struct ra_router peer;

	switch (routers_advert(&l->routers, heard, now)) {
	case ROUTERS_NOTHING:
		break;
	case ROUTERS_HEARD:
		tell(ra, l, ra->out.heard);
		break;
	case ROUTERS_FOUND:
		tell(ra, l, ra->out.found);
		break;
	case ROUTERS_FURTHER:
		say_further(ra, l, heard, RA_FURTHER_HEARD);
		break;
	case ROUTERS_CONFLICT:
		peer = l->routers.peer;
		ra->out.conflict(ra->out.ctx, l->ifindex, &peer, heard);
		break;
	}
	further(ra, l, now);
}

static bool take(struct ra_link *l, const struct in6_addr *from, mono now)
{
	bool peer = l->routers.has_peer && in6_eq(&l->routers.peer.addr, from);

	return bucket_take(peer ? &l->from_peer : &l->from_others, RA_RATE, RA_RATE_BURST, now);
}

enum ra_bad ra_input(struct ra *ra, const struct ra_packet *packet, mono now)
{
	struct ra_link *l = link_find(ra, packet->ifindex);
	struct ra_router heard = { .addr = packet->from, .heard = now };
	struct ra_msg msg;
	enum ra_bad bad;

	look(ra, now);
	if (!l)
		return RA_OK;
	bad = ra_decode(packet, &msg);
	if (bad != RA_OK) {
		l->count.bad[bad]++;
		return bad;
	}
	if (msg.type == RA_ADVERT && !take(l, &packet->from, now)) {     /* solicitations have a limit of their own: answer() */
		l->count.bad[RA_BAD_RATE]++;
		return RA_BAD_RATE;
	}
	if (in6_eq(&packet->from, &l->local))
		return from_own_address(ra, l, &msg, now);
	switch (msg.type) {
	case RA_SOLICIT:
		l->count.received_rs++;
		answer(ra, l, now);
		break;
	case RA_ADVERT:                                          /* whatever its lifetime: that is for hosts */
		l->count.received_ra++;
		heard.lifetime = msg.lifetime;
		heard.has_mac = msg.has_mac;
		memcpy(heard.mac, msg.mac, sizeof(heard.mac));
		advert_in(ra, l, &heard, now);
		break;
	}
	return RA_OK;
}

mono ra_next(const struct ra *ra)
{
	mono next = MONO_NEVER;

	for (size_t i = 0; i < ra->n_links; i++) {
		const struct ra_link *l = ra->links[i];

		next = mono_min(next, mono_min(l->advert_at, mono_min(l->answer_at, routers_next(&l->routers))));
	}
	return next;
}

void ra_step(struct ra *ra, mono now)
{
	look(ra, now);
	for (size_t i = 0; i < ra->n_links; i++) {
		struct ra_link *l = ra->links[i];

		if (mono_due(l->advert_at, now))
			advertise(ra, l, now);
		if (mono_due(l->answer_at, now))
			answer(ra, l, now);
		if (routers_step(&l->routers, now))
			tell(ra, l, ra->out.silent);
		promote(ra, l, now);
		further(ra, l, now);
	}
}

bool ra_view(const struct ra *ra, unsigned ifindex, struct ra_view *ret)
{
	const struct ra_link *l = link_find(ra, ifindex);

	if (!l)
		return false;
	*ret = l->count;
	ret->peer = l->routers.has_peer ? &l->routers.peer : NULL;
	ret->further = l->routers.others;
	ret->n_further = l->routers.n_further;
	ret->allowed = l->routers.allowed;
	ret->others = l->routers.others + l->routers.n_further;
	ret->n_others = l->routers.n_others - l->routers.n_further;
	ret->conflicts += l->routers.conflicts;
	return true;
}
