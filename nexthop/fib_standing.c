/* What the kernel has confirmed, as opposed to what it is assumed to hold once everything that was taken is executed: for whoever acts only then.
 *
 * Whoever asks about a route while it is on its way is told when that is over (R_AWAITED). An answer to the route itself is told at once. When
 * all routes of a group are changed with the group none of them has an answer of its own: the group's is passed on to those that are awaited, in
 * one walk over the routes (`look`). */
#include "nexthop/fib_priv.h"

static struct group *group_of(const struct fib *f, const struct route *r)
{
	return r->have && r->have != GROUP_UNSURE ? &f->groups[r->have] : NULL;
}

enum fib_standing route_standing(const struct fib *f, const struct route *r)
{
	const struct group *g = group_of(f, r);

	if (r->flags & R_LISTED || r->flying)
		return FIB_COMES;
	if (!g || g->have == ABSENT)
		return FIB_MISSING;
	return g->have == PRESENT && !g->flying && !g->doubt && route_settled(f, r) ? FIB_STANDS : FIB_COMES;
}

static unsigned age_of(const struct route *r)
{
	return r->flags & R_AWAITED_ODD ? 1 : 0;
}

void route_unawait(struct fib *f, struct route *r)
{
	if (!(r->flags & R_AWAITED))
		return;
	f->n_awaited[age_of(r)]--;
	r->flags &= (uint8_t)~(R_AWAITED | R_AWAITED_ODD);
}

/* It comes: its answer, or its group's, is waited for; or it was refused, and the group may be taken some day. */
static void await(struct fib *f, struct route *r)
{
	struct group *g = group_of(f, r);
	bool on_its_way = r->flags & R_LISTED || r->flying || (g && g->doubt);   /* in doubt: it is to be written again */

	if (!on_its_way && !(g && g->flying)) {
		route_unawait(f, r);
		if (g)
			g->refused = true;
		return;
	}
	if (!on_its_way)
		g->awaited = true;
	if (r->flags & R_AWAITED)
		return;
	r->flags |= f->await_age & 1 ? R_AWAITED | R_AWAITED_ODD : R_AWAITED;
	f->n_awaited[age_of(r)]++;
}

enum fib_standing fib_standing(struct fib *f, const struct prefix *p)
{
	uint32_t ref = route_find(f, p);
	enum fib_standing s = ref && route_at(f, ref)->want ? route_standing(f, route_at(f, ref)) : FIB_MISSING;

	if (s == FIB_COMES && f->news)
		await(f, route_at(f, ref));
	return s;
}

void route_news(struct fib *f, uint32_t ref)
{
	struct route *r = route_at(f, ref);
	struct prefix p;

	if (!f->news || !r->want)
		return;
	if (route_standing(f, r) == FIB_COMES) {
		await(f, r);                     /* by its group, from now on, or nothing more comes for now */
		return;
	}
	route_unawait(f, r);
	p = route_prefix(f, ref);
	f->news(f->news_ctx, &p);
}

void group_news(struct fib *f, struct group *g)
{
	f->look |= (g->awaited || g->refused) && !g->flying;
}

static void look(struct fib *f, uint32_t ref, struct route *r)
{
	const struct group *g = group_of(f, r);

	if (r->flags & R_AWAITED || (g && g->refused))
		route_news(f, ref);
}

void fib_look(struct fib *f)
{
	for (size_t i = 1; i < f->n_groups; i++)
		f->groups[i].awaited = false;
	routes_each(f, look);
	for (size_t i = 1; i < f->n_groups; i++)
		f->groups[i].refused &= f->groups[i].have != PRESENT || f->groups[i].flying;
	f->look = false;
}

static void forget(struct fib *f, uint32_t ref, struct route *r)
{
	(void)ref;
	route_unawait(f, r);
}

void fib_on_news(struct fib *f, void (*news)(void *ctx, const struct prefix *p), void *ctx)
{
	f->news = news;
	f->news_ctx = ctx;
	if (!news)
		routes_each(f, forget);
}

/* Those that are awaited are of two ages. The younger ones become the older ones when none of these is left: twice that, and what was awaited
 * before has its answer, whatever came since. */
static void grow_older(struct fib *f)
{
	if (!f->n_awaited[(f->await_age + 1) & 1])
		f->await_age++;
}

uint32_t fib_await_mark(const struct fib *f)
{
	return f->await_age + 2;
}

bool fib_await_passed(struct fib *f, uint32_t mark)
{
	for (int i = 0; i < 2 && (int32_t)(f->await_age - mark) < 0; i++)
		grow_older(f);
	return (int32_t)(f->await_age - mark) >= 0;
}

bool fib_answered(const struct fib *f)
{
	return !f->n_flights && !f->wishes.first && !f->pending.first && !f->dels.first && !f->replan && !f->scan && !f->work && !f->n_urgent;
}

bool fib_settled(const struct fib *f)
{
	if (!mono_is_never(f->retry_at))         /* something was refused: what the kernel has is what was before */
		return false;
	return fib_answered(f) && f->n_installed >= f->routes[0].used + f->routes[1].used;
}
