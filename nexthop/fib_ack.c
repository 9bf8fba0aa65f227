/* Answers of the kernel. What was assumed when an op was taken is corrected when the answer is an error, and tried again after a pause. */
#include "nexthop/fib_priv.h"

#include <errno.h>
#include <stdlib.h>

#define PAUSE_FIRST_MS 1000
#define PAUSE_MOST_MS 60000

/* Flights are numbered without a gap: the ring is indexed by the distance to the oldest. */
int pending_answer(struct fib *f, uint8_t kind, uint32_t what, uint32_t prev, uint32_t *ret_seq)
{
	uint32_t room = f->room_flights ? 2 * f->room_flights : 256;
	struct flown *grown;

	if (f->n_flights == f->room_flights) {
		grown = malloc(room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		for (uint32_t i = 0; i < f->n_flights; i++)
			grown[(f->flight_first + i) & (room - 1)] = f->flights[(f->flight_first + i) & (f->room_flights - 1)];
		free(f->flights);
		f->flights = grown;
		f->room_flights = room;
	}
	*ret_seq = f->next_seq;
	f->flights[f->next_seq & (f->room_flights - 1)] = (struct flown){ .what = what, .prev = prev, .kind = kind };
	f->next_seq++;
	f->n_flights++;
	return 0;
}

/* Something that did not fail before is tried again soon; what fails again and again, more and more seldom. */
static void try_again(struct fib *f, bool failed_before, mono now)
{
	mono at;

	f->refused_again += failed_before;
	if (!failed_before)
		f->pause_ms = PAUSE_FIRST_MS;
	else if (mono_is_never(f->retry_at))
		f->pause_ms = f->pause_ms * 2 < PAUSE_MOST_MS ? f->pause_ms * 2 : PAUSE_MOST_MS;
	at = mono_add_ms(now, f->pause_ms);
	f->retry_at = mono_min(f->retry_at, at);
}

/* It stays on the group that it was on, if that is still there. Of several ops in flight it cannot be said which one was the last to do
 * something. lost: nor of one whose answer got lost, whether it was done (nexthop/flight.h). */
static void route_back(struct fib *f, struct route *r, uint32_t prev, bool lost)
{
	bool only = !r->flying && !(r->flags & R_STALE) && !lost;

	route_leaves(f, r);
	r->have = only ? prev : GROUP_UNSURE;
	r->flags |= R_STALE;                     /* the old group may have lost it meanwhile */
	if (!r->have || r->have == GROUP_UNSURE)
		return;
	if (group_gone(f, &f->groups[prev])) {
		r->have = 0;
		return;
	}
	f->groups[prev].routes++;
	f->n_installed++;
}

static void route_acked(struct fib *f, const struct flown *flown, int error, mono now)
{
	uint32_t ref = flown->what;
	struct route *r = route_at(f, ref);

	r->flying--;
	if (flown->prev && flown->prev != GROUP_UNSURE) {
		f->groups[flown->prev].pins--;
		f->tidy = true;
	}
	if (error == -EEXIST)                    /* to be made, and somebody else's is there; or ours, against all that is known */
		r->flags |= R_FOREIGN;
	else if (!error && flown->create)
		r->flags &= (uint8_t)~R_FOREIGN;
	if (error) {
		route_back(f, r, flown->prev, error == -ENOBUFS);
		if (error == -EEXIST && !r->have)
			r->have = GROUP_UNSURE;          /* should it be ours after all, it is deleted first */
		try_again(f, r->error != 0, now);
		r->error = (uint8_t)-error;
		if (!(r->flags & R_FAILED))
			f->n_failed_routes++;
		r->flags |= R_FAILED;
	} else if (!r->flying && !(r->flags & R_FAILED)) {
		r->error = 0;
	}
	route_news(f, ref);
	route_maybe_free(f, ref);
}

void group_vanished(struct fib *f, struct group *g)
{
	g->have = g->flying ? UNSURE : ABSENT;
	g->n = 0;
	if (!g->flying)
		g->n_was = 0;
	g->failed = false;
	f->replan = true;
}

/* It was to be made, and was not. Not for certain with the error that stands for an answer that was lost. */
static bool left_nothing(const struct flown *flown, int error)
{
	return flown->prev && error != -ENOBUFS;
}

static void group_acked(struct fib *f, const struct flown *flown, int error, mono now)
{
	struct group *g = &f->groups[flown->what];

	g->flying--;
	f->tidy = true;
	if (error == -ENOENT && flown->kind == FIB_GROUP_SET && !flown->create) {
		group_vanished(f, g);
	} else if (error) {
		try_again(f, g->error != 0, now);
		g->error = error;
		g->failed = true;
		g->have = UNSURE;
		if (!g->flying && left_nothing(flown, error)) {
			g->have = ABSENT;
			g->n = 0;
		}
		f->replan = true;
	} else if (!g->flying) {
		g->error = g->failed ? g->error : 0;
		g->n_was = 0;
	}
	group_look(f, g);
	group_news(f, g);
}

/* Groups may still have the hop: none is smaller than thought, or gone. */
static void groups_kept_hop(struct fib *f, uint8_t family)
{
	for (size_t i = 1; i < f->n_groups; i++) {
		struct group *g = &f->groups[i];

		if (!g->used || g->family != family)
			continue;
		g->dirty = true;
		if (g->have == ABSENT)
			g->have = UNSURE;
	}
}

static void nh_acked(struct fib *f, const struct flown *flown, int error, mono now)
{
	uint32_t i = flown->what;
	struct nh *nh = &f->nhs[i];

	nh->flying--;
	if (flown->kind == FIB_HOP_DEL) {
		f->n_hop_dels--;
		f->tidy = true;
		if (error)
			groups_kept_hop(f, nh->family);
		for (size_t k = 1; !f->n_hop_dels && k < f->n_groups; k++)
			group_look(f, &f->groups[k]);
	}
	if (error) {
		try_again(f, nh->error != 0, now);
		nh->error = error;
		nh->failed = true;
		nh->have = !nh->flying && left_nothing(flown, error) ? ABSENT : UNSURE;
		f->replan = f->tidy = true;      /* groups do without it meanwhile */
	} else if (!nh->flying && !nh->failed) {
		nh->error = 0;
	}
	nh_maybe_free(f, i);
}

static void lnk_acked(struct fib *f, uint32_t i, int error, mono now)
{
	struct lnk *l = &f->lnks[i];

	l->flying--;
	if (!error) {
		l->refused = l->refused && (l->flying || l->failed);
		return;
	}
	try_again(f, l->refused, now);
	l->failed = l->refused = true;
	l->have = UNSURE;
	f->replan = f->tidy = true;
}

static void leftover_acked(struct fib *f, struct leftover *x, int error, mono now)
{
	x->taken = false;
	if (!error) {
		x->id = 0;
		return;
	}
	try_again(f, x->refused, now);
	x->failed = x->refused = true;
	f->tidy = true;
}

static bool is_deletion(uint8_t kind)
{
	return kind == FIB_HOP_DEL || kind == FIB_GROUP_DEL || kind == FIB_ROUTE_DEL || kind == FIB_NEIGH_DEL;
}

void fib_acked(struct fib *f, uint32_t seq, int error, mono now)
{
	struct flown *flown;

	if (seq - f->flight_first >= f->n_flights)
		return;
	flown = &f->flights[seq & (f->room_flights - 1)];
	if (flown->answered)
		return;
	flown->answered = true;
	if (is_deletion(flown->kind) && (error == -ENOENT || error == -ESRCH || error == -EEXIST || error == -ENODEV))
		error = 0;
	if (error) {
		f->errors++;
		f->error = error;
	}
	switch ((enum fib_op_kind)flown->kind) {
	case FIB_ROUTE_SET:
	case FIB_ROUTE_DEL:
		route_acked(f, flown, error, now);
		break;
	case FIB_GROUP_SET:
	case FIB_GROUP_DEL:
		if (flown->what)
			group_acked(f, flown, error, now);
		else
			leftover_acked(f, &f->leftovers[flown->prev], error, now);
		break;
	case FIB_HOP_SET:
	case FIB_HOP_DEL:
		if (flown->what)
			nh_acked(f, flown, error, now);
		else
			leftover_acked(f, &f->leftovers[flown->prev], error, now);
		break;
	case FIB_NEIGH_SET:
	case FIB_NEIGH_DEL:
		lnk_acked(f, flown->what, error, now);
		break;
	}
	while (f->n_flights && f->flights[f->flight_first & (f->room_flights - 1)].answered) {
		f->flight_first++;
		f->n_flights--;
	}
}

void fib_hope(struct fib *f)
{
	if (!mono_is_never(f->retry_at))
		f->retry_at = f->now;
}

mono fib_next(const struct fib *f)
{
	/* What an answer or a fib_take found out is to be planned at once. */
	return f->wishes.first || f->replan || f->scan || f->look ? (mono){ 0 } : f->retry_at;
}
