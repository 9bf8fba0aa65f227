/* What somebody else did to what is ours: it is not taken for there any more, so the next commit writes it again. Nothing here is told of what
 * the kernel did by itself, or at our request. */
#include "nexthop/fib_priv.h"

static void hope(struct fib *f, uint32_t ref, struct route *r)
{
	if (!(r->flags & R_FAILED))
		return;
	r->flags &= (uint8_t)~R_FAILED;
	f->n_failed_routes--;
	route_list(f, &f->wishes, ref);
}

/* Just what the last op made of it: a group of ours was replaced, and the kernel told all its routes again. */
static bool as_it_was(const struct fib *f, const struct route *r, const struct fib_deed *deed)
{
	return !deed->gone && deed->ours && !deed->odd && f->cfg.objects && r->have && r->have != GROUP_UNSURE &&
	       deed->id == f->groups[r->have].id && (deed->prefix.family == AF_INET6 || deed->src.s_addr == f->cfg.src.s_addr);
}

/* Those of others that came, or went, where ours is or is to be. */
static void route_of_others(struct fib *f, uint32_t ref, const struct fib_deed *deed)
{
	struct route *r = route_at(f, ref);

	if (!deed->gone)
		r->flags |= R_FOREIGN;
	else if (r->flags & R_FOREIGN)
		hope(f, ref, r);
}

static bool on_route(struct fib *f, const struct fib_deed *deed)
{
	uint32_t ref = route_find(f, &deed->prefix);
	struct route *r = ref ? route_at(f, ref) : NULL;
	bool took_place, new;

	if (!r || as_it_was(f, r, deed))
		return false;
	/* Where theirs may stand before ours, nobody knows which one was replaced. */
	took_place = deed->replaced && r->have && !(r->flags & R_FOREIGN);
	if (!deed->ours && !took_place) {
		route_of_others(f, ref, deed);
		return false;
	}
	if (!r->have)
		return false;
	new = r->want && r->have != GROUP_UNSURE && !(r->flags & R_STALE);
	route_leaves(f, r);                      /* nor does it go with its group any more */
	r->have = GROUP_UNSURE;                  /* it may have been written since */
	r->flags |= R_STALE;
	if (deed->gone)                          /* somebody else's may have come in its place since */
		r->flags |= R_FOREIGN;
	route_list(f, &f->wishes, ref);
	return new;
}

static bool on_group(struct fib *f, struct group *g, bool gone)
{
	bool new = g->have == PRESENT && !g->dirty;

	if (g->have == ABSENT)
		return false;
	if (gone) {
		group_vanished(f, g);
		g->have = UNSURE;                /* it may have been made again since */
		group_look(f, g);
	}
	g->dirty = !gone;
	f->replan = f->tidy = true;
	return new;
}

static bool on_hop(struct fib *f, uint32_t i, bool gone)
{
	bool new = f->nhs[i].have == PRESENT;

	if (f->nhs[i].have == ABSENT)
		return false;
	if (gone)
		nh_gone(f, i, NH_SAID);
	else
		f->nhs[i].have = UNSURE;
	f->replan = f->tidy = true;
	return new;
}

/* Ours could not be made, or has yet to be: who has its number now is somebody else. Ours gets another one. */
static bool group_taken(struct fib *f, struct group *g)
{
	if (g->flying || g->have != ABSENT)
		return false;
	foreign_object(f, g->id, false);
	g->id = id_new(f);
	g->failed = false;
	f->replan = f->tidy = true;
	return true;
}

static bool hop_taken(struct fib *f, struct nh *nh)
{
	if (nh->flying || nh->have != ABSENT)
		return false;
	foreign_object(f, nh->id, false);
	nh->id = id_new(f);
	nh->failed = false;
	f->replan = f->tidy = true;
	return true;
}

static bool on_object(struct fib *f, const struct fib_deed *deed)
{
	for (size_t i = 1; i < f->n_groups; i++)
		if (f->groups[i].used && f->groups[i].id == deed->id)
			return (deed->gone || !group_taken(f, &f->groups[i])) && on_group(f, &f->groups[i], deed->gone);
	for (size_t i = 1; i < f->n_nhs; i++)
		if (f->nhs[i].used && f->nhs[i].id == deed->id)
			return (deed->gone || !hop_taken(f, &f->nhs[i])) && on_hop(f, (uint32_t)i, deed->gone);
	foreign_object(f, deed->id, deed->gone);
	return false;
}

static bool on_neigh(struct fib *f, const struct fib_deed *deed)
{
	struct lnk *l = lnk_find(f, deed->ifindex, &deed->addr);

	if (!l || l->have != PRESENT)
		return false;
	l->have = UNSURE;
	f->replan = f->tidy = true;
	return l->known;
}

bool fib_deed(struct fib *f, const struct fib_deed *deed)
{
	bool ours = false;

	switch (deed->kind) {
	case DEED_NONE:
		break;
	case DEED_ROUTE:
		ours = on_route(f, deed);
		break;
	case DEED_OBJECT:
		ours = on_object(f, deed);
		break;
	case DEED_NEIGH:
		ours = on_neigh(f, deed);
		break;
	}
	f->put_back += ours;
	if (ours && !mono_is_never(f->retry_at))
		f->retry_at = f->now;            /* what was refused lately was refused for this, likely */
	return ours;
}
