/* fib_commit: the wishes since the last one become a plan, with as few writes as possible. */
#include "nexthop/fib_priv.h"

#include <stdlib.h>

static void retry_route(struct fib *f, uint32_t ref, struct route *r)
{
	if (!(r->flags & R_FAILED))
		return;
	r->flags &= (uint8_t)~R_FAILED;
	f->n_failed_routes--;
	f->retries++;
	route_list(f, &f->wishes, ref);
}

static void retry(struct fib *f)
{
	if (f->n_failed_routes)
		routes_each(f, retry_route);
	for (size_t i = 1; i < f->n_groups; i++) {
		f->retries += f->groups[i].failed;
		f->groups[i].failed = false;
	}
	for (size_t i = 1; i < f->n_nhs; i++) {
		f->retries += f->nhs[i].failed;
		f->nhs[i].failed = false;
	}
	for (size_t i = 0; i < f->n_lnks; i++) {
		f->retries += f->lnks[i].failed;
		f->lnks[i].failed = false;
	}
	for (size_t i = 0; i < f->n_leftovers; i++)
		f->leftovers[i].failed = false;
	f->retry_at = MONO_NEVER;
	f->replan = f->tidy = true;
}

/* Routes whose group the kernel dropped are gone with it; those whose group may have gone are written again; and those that found no group to
 * be written onto look again. */
static void scan_route(struct fib *f, uint32_t ref, struct route *r)
{
	const struct group *g = r->have && r->have != GROUP_UNSURE ? &f->groups[r->have] : NULL;
	bool gone = g && group_gone(f, g), doubt = g && g->doubt;
	bool waits = r->want && f->sets[r->want].waiting && !(r->flags & R_FAILED) && !route_settled(f, r);

	if (!gone && !doubt && !waits)
		return;
	if (gone)
		route_leaves(f, r);
	else if (doubt)
		r->flags |= R_STALE;
	route_list(f, &f->pending, ref);
}

void routes_scan(struct fib *f)
{
	routes_each(f, scan_route);
	for (size_t i = 1; i < f->n_groups; i++)
		f->groups[i].doubt = false;
	for (size_t i = 1; i < f->n_sets; i++)
		f->sets[i].waiting = f->sets[i].stuck = false;
	f->scan = false;
}

/* Where do the routes of each group go? */
static void tally(struct fib *f, uint32_t ref)
{
	const struct route *r = route_at(f, ref);
	struct group *g = r->have && r->have != GROUP_UNSURE ? &f->groups[r->have] : NULL;

	if (!g || g->set == r->want)
		return;
	if (!r->want) {
		g->leaving++;
		return;
	}
	g->mixed |= g->moving && g->to != r->want;
	g->to = r->want;
	g->moving++;
}

/* All routes of a group want the same other set: the group is given that set, and no route is written. Unless there is a group for that set
 * already and the routes are few: then they move, lest groups of one set pile up. */
#define FEW 16

static void rename_groups(struct fib *f)
{
	for (size_t i = 1; i < f->n_groups; i++) {
		struct group *g = &f->groups[i];

		if (f->cfg.objects && g->moving && !g->mixed && g->moving + g->leaving == g->routes &&
		    (g->moving > FEW || !f->sets[g->to].group))
			group_retarget(f, (uint32_t)i, g->to);
		g->moving = g->leaving = g->to = 0;
		g->mixed = false;
	}
}

static void give_group(struct fib *f, uint32_t ref)
{
	struct route *r = route_at(f, ref);
	uint32_t group;

	if (!r->want || f->sets[r->want].group || route_settled(f, r))
		return;
	if (group_new(f, r->want, &group) < 0)
		f->sets[r->want].waiting = true; /* no memory now: it is looked at again with the next change */
}

static void plan_routes(struct fib *f, uint32_t first)
{
	for (uint32_t ref = first; ref; ref = route_at(f, ref)->next)
		tally(f, ref);
	rename_groups(f);
	for (uint32_t ref = first; ref; ref = route_at(f, ref)->next)
		give_group(f, ref);
}

void fib_commit(struct fib *f, mono now)
{
	uint32_t first;

	if (mono_due(f->retry_at, now))
		retry(f);
	f->now = now;
	f->held = false;
	if (f->look)
		fib_look(f);
	if (f->scan) {
		routes_scan(f);
		f->pending_touched = true;
	}
	first = f->wishes.first;
	if (first) {
		if (f->pending.last)
			route_at(f, f->pending.last)->next = first;
		else
			f->pending.first = first;
		f->pending.last = f->wishes.last;
		f->wishes = (struct list){ 0 };
	}
	if (f->pending_touched)
		first = f->pending.first;
	if (first) {
		plan_routes(f, first);
		f->replan = true;
	}
	f->pending_touched = false;
	f->work |= f->replan;
	f->replan = false;
}
