/* Somebody else at work in the fake kernel, and what its notifications say of that. */
#include "tests/unit/nexthop/fib_world.h"

#include <stdio.h>
#include <string.h>

void world_deeds_told(struct world *w, size_t n)
{
	n = n < w->n_deeds ? n : w->n_deeds;
	for (size_t i = 0; i < n; i++) {
		if (w->trace)
			printf("- told of a deed %d, %u\n", w->deeds[i].kind, w->deeds[i].id ? w->deeds[i].id - FIB_ID_FIRST : w->deeds[i].ifindex);
		w->dirty |= fib_deed(w->fib, &w->deeds[i]);
	}
	w->n_deeds -= n;
	memmove(w->deeds, w->deeds + n, w->n_deeds * sizeof(w->deeds[0]));
}

static void note(struct world *w, struct fib_deed deed)
{
	if (w->n_deeds == WORLD_DEEDS)
		world_deeds_told(w, 1);
	w->deeds[w->n_deeds++] = deed;
	w->disturbed = true;
}

static void route(struct world *w, unsigned which, bool delete)
{
	struct fake *k = &w->kernel;
	struct fake_route *r = k->n_routes ? &k->routes[which % k->n_routes] : NULL;
	struct fib_deed deed = { .kind = DEED_ROUTE, .gone = delete, .replaced = !delete, .ours = true };

	if (!r)
		return;
	deed.prefix = r->prefix;
	if (delete) {
		*r = k->routes[--k->n_routes];
	} else {
		r->group = 0;
		r->n = 1;
		r->hops[0] = (struct hop){ .ifindex = 1, .weight = 9 };
	}
	note(w, deed);
	if (!delete)                     /* heard later, it may be a route that was not ours any more: it would stay */
		world_deeds_told(w, WORLD_DEEDS);
}

static void delete_hop(struct world *w, unsigned which)
{
	struct fake *k = &w->kernel;
	struct fib_op op = { .kind = FIB_HOP_DEL };
	uint32_t groups[FAKE_ROOM];
	size_t n = 0;

	if (!k->n_hops)
		return;
	op.id = k->hops[which % k->n_hops].id;
	for (size_t i = 0; i < k->n_groups; i++)
		for (size_t m = 0; m < k->groups[i].n; m++)
			if (k->groups[i].members[m] == op.id)
				groups[n++] = k->groups[i].id;
	fake_exec(k, &op);
	note(w, (struct fib_deed){ .kind = DEED_OBJECT, .gone = true, .id = op.id });
	for (size_t i = 0; i < n; i++)
		note(w, (struct fib_deed){ .kind = DEED_OBJECT, .gone = !fake_group(k, groups[i]), .id = groups[i] });
}

static void group(struct world *w, unsigned which, bool delete)
{
	struct fake *k = &w->kernel;
	struct fake_group *g = k->n_groups ? &k->groups[which % k->n_groups] : NULL;
	struct fib_op op = { .kind = FIB_GROUP_DEL };

	if (!g)
		return;
	op.id = g->id;
	if (delete)
		fake_exec(k, &op);
	else
		g->weights[0] += 2;
	note(w, (struct fib_deed){ .kind = DEED_OBJECT, .gone = delete, .id = op.id });
}

static void neigh(struct world *w, unsigned which)
{
	struct fake *k = &w->kernel;
	struct fake_neigh *e = k->n_neighs ? &k->neighs[which % k->n_neighs] : NULL;

	if (!e)
		return;
	note(w, (struct fib_deed){ .kind = DEED_NEIGH, .gone = which & 256, .ifindex = e->ifindex, .addr = e->addr });
	if (which & 256)
		*e = k->neighs[--k->n_neighs];
	else
		e->mac[3]++;
}

void world_meddle(struct world *w, unsigned how, unsigned which)
{
	if (w->trace)
		printf("- somebody else does %u to %u\n", how, which);
	switch (how) {
	case 0:
	case 1:
		route(w, which, how);
		break;
	case 2:
	case 3:
		group(w, which, how == 2);
		break;
	case 4:
		delete_hop(w, which);
		break;
	case 5:
		neigh(w, which);
		break;
	}
}
