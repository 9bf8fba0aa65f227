#include "tests/unit/nexthop/fib_world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 80
#define PIECE 32

static uint32_t below(struct world *w, uint32_t n)
{
	uint64_t z = (w->rng += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ z >> 31) % n);
}

static void say(const struct world *w, const char *what, unsigned n)
{
	if (w->trace)
		printf("- %s %u\n", what, n);
}

/* --- wishes --------------------------------------------------------------------------------------------------------------------- */
static void note_wanted(struct world *w, unsigned i)
{
	struct world_wish *wish = &w->wishes[i];
	bool wanted = false;

	for (size_t k = 0; k < wish->n; k++)
		wanted |= world_hop_usable(w, i, &wish->hops[k]);
	if (wanted && !wish->wanted)
		wish->wanted_at = w->turn;
	wish->wanted = wanted;
}

static void tell_wish(struct world *w, unsigned i)
{
	struct world_wish *wish = &w->wishes[i];
	struct prefix p = world_prefix(i);
	const struct world_link *l;
	bool blackhole = (w->classes[wish->class] & 3) == 1;

	wish->n = 0;
	if (wish->on && blackhole)
		wish->hops[wish->n++] = (struct hop){ .weight = 1 };
	for (unsigned k = 1; wish->on && !blackhole && k < WORLD_LINKS; k++) {
		l = &w->links[k];
		if (!(w->classes[wish->class] >> k & 1) || (!w->mode.stubborn && ((l->down && l->told) || l->out)))
			continue;
		wish->hops[wish->n++] = (struct hop){ .ifindex = k, .via = { { { 0xfe, 0x80, [14] = l->via, [15] = (uint8_t)k } } },
						      .weight = k == 1 ? w->weights[wish->class] : 1 };
	}
	if (wish->n > 1 && below(w, 2)) {
		struct hop h = wish->hops[0];

		wish->hops[0] = wish->hops[wish->n - 1];
		wish->hops[wish->n - 1] = h;
	}
	if (w->trace)
		world_say_wish(w, i);
	w->dirty = true;
	if (!wish->n)
		fib_del(w->fib, &p);
	else if (fib_set_kin(w->fib, &p, wish->hops, wish->n, w->mode.resilient ? (uint8_t)wish->class : 0) < 0)
		w->wrong = "fib_set failed";
	world_ask(w, i);
	note_wanted(w, i);
}

static void tell_all(struct world *w)
{
	for (unsigned i = 0; i < WORLD_PREFIXES; i++)
		tell_wish(w, i);
}

static void tell_neigh(struct world *w, unsigned l)
{
	struct world_link *link = &w->links[l];
	const uint8_t mac[6] = { 2, 0, 0, 0, link->mac, (uint8_t)l };

	w->dirty = true;
	if (!link->neigh)
		fib_neigh_del(w->fib, l);
	else if (fib_neigh(w->fib, l, mac) < 0 || fib_pin(w->fib, l, &(struct in6_addr){ .s6_addr = { 0xfe, 0x80, [15] = link->mac } }, mac) < 0)
		w->wrong = "fib_neigh failed";
	for (unsigned i = 0; i < WORLD_PREFIXES; i++)
		note_wanted(w, i);
}

/* --- the rim -------------------------------------------------------------------------------------------------------------------- */
static bool is_delete(enum fib_op_kind kind)
{
	return kind == FIB_HOP_DEL || kind == FIB_GROUP_DEL || kind == FIB_ROUTE_DEL || kind == FIB_NEIGH_DEL;
}

/* Routes in the kernel that have been wanted since before the ops at hand were planned. */
static size_t in_use(struct world *w)
{
	size_t n = 0;

	for (unsigned i = 0; i < WORLD_PREFIXES; i++) {
		struct prefix p = world_prefix(i);

		n += w->wishes[i].wanted && w->wishes[i].wanted_at < w->turn && fake_route(&w->kernel, &p);
	}
	return n;
}

/* A wish that stays on a dead link is a wish for a refusal, also one that is made when all is at rest. */
static bool asked_for_it(const struct world *w, const struct fib_op *op)
{
	return w->mode.stubborn && op->kind == FIB_HOP_SET && w->links[op->hops[0].ifindex].down;
}

/* What no op may do to a kernel that is as the fib must believe it to be. */
static void judge(struct world *w, const struct fib_op *op, int error, size_t lost)
{
	bool out = w->out_at + 1 >= w->turn;     /* fib_link_out came between the plan and its end */

	if (w->disturbed || w->mode.faults || w->unswept)
		return;
	if (error && asked_for_it(w, op)) {
		w->disturbed = true;
		return;
	}
	if (error && !(out && is_delete(op->kind)))
		w->wrong = "an op was refused";
	if (lost && !(out && op->kind == FIB_HOP_DEL))
		w->wrong = "a route that is wanted was taken out";
}

static int answer(struct world *w, const struct fib_op *op)
{
	size_t before = in_use(w), after;
	int error;

	if (w->mode.faults && below(w, 8) == 0)
		error = -ENOMEM;
	else
		error = fake_exec(&w->kernel, op);
	world_say_op(w, op, error);
	after = in_use(w);
	judge(w, op, error, after < before ? before - after : 0);
	return error;
}

static void ack(struct world *w, size_t n)
{
	for (; n && w->n_unacked; n--, w->n_unacked--, w->first_unacked++) {
		size_t i = w->first_unacked % WORLD_UNACKED;

		fib_acked(w->fib, w->unacked[i].seq, w->unacked[i].error, w->now);
	}
}

static bool take(struct world *w, size_t max)
{
	struct fib_op ops[PIECE];
	size_t n = fib_take(w->fib, ops, max < PIECE ? max : PIECE), at;

	for (size_t i = 0; i < n; i++) {
		if (w->n_unacked == WORLD_UNACKED) {
			w->wrong = "ops without end";
			return false;
		}
		at = (w->first_unacked + w->n_unacked++) % WORLD_UNACKED;
		w->unacked[at].seq = ops[i].seq;
		w->unacked[at].error = answer(w, &ops[i]);
	}
	return n > 0;
}

static void commit(struct world *w)
{
	say(w, "commit", 0);
	world_ask_told(w);
	fib_commit(w->fib, w->now);
	w->dirty = false;
}

static void look_for_rest(struct world *w)
{
	if (fib_has_ops(w->fib) || w->dirty || w->n_unacked || w->n_deeds)
		return;
	w->turn++;
	if (!mono_due(fib_next(w->fib), w->now) && !fib_await_passed(w->fib, fib_await_mark(w->fib)))
		w->wrong = "an answer is awaited that was given";
	if (!mono_is_never(fib_next(w->fib)))
		return;
	for (unsigned l = 1; l < WORLD_LINKS; l++)
		if (w->links[l].down && !w->links[l].told)
			return;
	w->disturbed = false;
}

/* --- what happens --------------------------------------------------------------------------------------------------------------- */
static void tell_lost(struct world *w, unsigned l)
{
	struct world_link *link = &w->links[l];

	say(w, link->admin ? "told: set down" : "told: lost", l);
	link->told = true;
	w->dirty = true;
	fib_link_lost(w->fib, l, link->admin);
	if (!w->mode.stubborn) {
		link->neigh = false;
		tell_neigh(w, l);
		tell_all(w);
	}
}

static void link_fails(struct world *w, unsigned l)
{
	struct world_link *link = &w->links[l];

	if (link->down)
		return;
	link->admin = below(w, 2);
	link->down = true;
	link->told = false;
	w->disturbed = true;
	say(w, link->admin ? "set down" : "lost", l);
	fake_link_lost(&w->kernel, l, link->admin);
	if (!w->mode.late)
		tell_lost(w, l);
}

static void link_returns(struct world *w, unsigned l)
{
	struct world_link *link = &w->links[l];

	if (link->down && !link->told)
		tell_lost(w, l);
	say(w, "up", l);
	fake_link_back(&w->kernel, l);
	link->down = link->out = false;
	link->neigh = true;
	tell_neigh(w, l);
	tell_all(w);
}

static void link_out(struct world *w, unsigned l)
{
	say(w, "out", l);
	fib_link_out(w->fib, l);
	w->dirty = true;
	w->links[l].out = true;
	w->out_at = w->turn;
	if (below(w, 2))
		while (take(w, PIECE))
			;
	if (!w->mode.stubborn)
		tell_all(w);
}

static void neighbour_changes(struct world *w, unsigned l)
{
	struct world_link *link = &w->links[l];

	if (link->down)
		return;
	say(w, "neighbour", l);
	switch (below(w, 4)) {
	case 0:
		link->neigh = !link->neigh;
		break;
	case 1:
		link->via++;
		tell_all(w);
		break;
	}
	link->mac++;
	tell_neigh(w, l);
}

static void wishes_change(struct world *w)
{
	unsigned c = below(w, WORLD_CLASSES), i = below(w, WORLD_PREFIXES);

	switch (below(w, 4)) {
	case 0:
	case 1:
		w->classes[c] = (uint8_t)below(w, 1u << WORLD_LINKS);
		w->weights[c] = below(w, 4) ? 1 : 7;
		for (i = 0; i < WORLD_PREFIXES; i++)
			if (w->wishes[i].class == c && (w->mode.faults || below(w, 20)))
				tell_wish(w, i);
		break;
	case 2:
		w->wishes[i].class = c;
		tell_wish(w, i);
		break;
	case 3:
		w->wishes[i].on = !w->wishes[i].on;
		tell_wish(w, i);
		break;
	}
}

static void restart(struct world *w)
{
	struct fib_config cfg = { .objects = w->mode.objects, .via_inet6 = w->mode.via_inet6, .on_link = { htonl(0xa9fe0001) } };

	if (w->mode.resilient)
		cfg.resilient = (struct fib_resilient){ .buckets = (uint16_t)(16 * (3 - below(w, 3))), .idle_s = 1 };
	if (w->mode.resilient && w->mode.restarts && below(w, 3) == 0)
		cfg.resilient.buckets = 0;
	say(w, "restart, buckets", cfg.resilient.buckets);
	w->resilient = cfg.resilient;
	fib_free(w->fib);
	w->fib = NULL;
	w->n_unacked = w->n_deeds = 0;
	if (fib_new(&w->fib, &cfg) < 0) {
		w->wrong = "fib_new failed";
		return;
	}
	world_ask_begin(w);
	fake_tell(&w->kernel, w->fib);
	w->unswept = w->disturbed = true;
	for (unsigned l = 1; l < WORLD_LINKS; l++) {
		w->links[l].told |= w->links[l].down;
		if (w->links[l].down && !w->mode.stubborn)
			w->links[l].neigh = false;
		tell_neigh(w, l);
	}
	tell_all(w);
}

static void sweep(struct world *w)
{
	if (!w->unswept)
		return;
	say(w, "sweep", 0);
	fib_sweep(w->fib);
	w->unswept = false;
	w->disturbed = w->dirty = true;
}

static void step(struct world *w)
{
	unsigned l = 1 + below(w, WORLD_LINKS - 1), what = below(w, 100);

	if (w->mode.meddled && below(w, 8) == 0)
		world_meddle(w, below(w, 6), below(w, FAKE_ROOM));
	if (w->n_deeds && below(w, 3) == 0)
		world_deeds_told(w, 1 + below(w, WORLD_DEEDS));
	if (what < 30)
		wishes_change(w);
	else if (what < 35)
		neighbour_changes(w, l);
	else if (what < 40 && !w->links[l].down)
		link_out(w, l);
	else if (what < 45)
		link_fails(w, l);
	else if (what < 48 && w->links[l].down && !w->links[l].told)
		tell_lost(w, l);
	else if (what < 53)
		link_returns(w, l);
	else if (what < 70)
		commit(w);
	else if (what < 80)
		take(w, 1 + below(w, 8));
	else if (what < 88)
		while (take(w, PIECE))
			;
	else if (what < 94)
		ack(w, below(w, 2) ? WORLD_UNACKED : 1 + below(w, 5));
	else if (what < 97)
		w->now = mono_add_ms(w->now, below(w, 3000));
	else if (what < 98 && w->mode.restarts)
		restart(w);
	else if (what < 100)
		sweep(w);
	look_for_rest(w);
}

/* --- the end -------------------------------------------------------------------------------------------------------------------- */
/* Time goes on until nothing is due any more. The planner must ask for every push that it needs. */
static const char *settle(struct world *w)
{
	for (int i = 0; i < 1000 && !w->wrong; i++) {
		while (take(w, PIECE))
			;
		ack(w, WORLD_UNACKED);
		look_for_rest(w);
		if (fib_has_ops(w->fib))
			continue;
		if (mono_is_never(fib_next(w->fib)))
			return w->wrong;
		if (fib_next(w->fib).us > w->now.us)
			w->now = fib_next(w->fib);
		commit(w);
	}
	return w->wrong ? w->wrong : "it never comes to rest";
}

static const char *end(struct world *w)
{
	struct world_mode mode = w->mode;
	const char *wrong;

	say(w, "end", 0);
	for (unsigned l = 1; l < WORLD_LINKS; l++)
		if (w->links[l].down && (mode.stubborn || below(w, 2)))
			link_returns(w, l);
		else if (w->links[l].down && !w->links[l].told)
			tell_lost(w, l);
	world_deeds_told(w, WORLD_DEEDS);
	sweep(w);
	w->mode.faults = false;
	w->disturbed |= mode.faults;
	commit(w);
	wrong = settle(w);
	if (!wrong)
		wrong = world_check(w);
	if (!wrong)
		wrong = world_check_asked(w);
	if (wrong || below(w, 3))
		return wrong;
	say(w, "flush", 0);
	for (unsigned i = 0; i < WORLD_PREFIXES; i++)
		w->wishes[i].wanted = false;
	fib_flush(w->fib);
	wrong = settle(w);
	if (!wrong && w->kernel.n_routes + w->kernel.n_groups + w->kernel.n_hops + w->kernel.n_neighs)
		wrong = "the flush left something";
	return wrong;
}

const char *world_run(const struct world_mode *mode, uint64_t seed, bool trace)
{
	struct world *w = calloc(1, sizeof(*w));
	const char *wrong;

	if (!w)
		return "no memory";
	w->mode = *mode;
	w->rng = seed;
	w->trace = trace;
	w->now = (mono){ 1000000 };
	w->turn = 1;
	for (unsigned i = 0; i < WORLD_PREFIXES; i++) {
		w->wishes[i].class = below(w, WORLD_CLASSES);
		w->wishes[i].on = below(w, 4);
	}
	for (unsigned i = 0; i < WORLD_CLASSES; i++) {
		w->classes[i] = (uint8_t)below(w, 1u << WORLD_LINKS);
		w->weights[i] = 1;
	}
	for (unsigned i = 1; i < WORLD_LINKS; i++)
		w->links[i].neigh = true;
	restart(w);
	sweep(w);
	w->disturbed = false;
	for (int i = 0; i < STEPS && !w->wrong; i++)
		step(w);
	wrong = w->wrong ? w->wrong : end(w);
	fib_free(w->fib);
	free(w);
	return wrong;
}
