/* What this node announces of its own: the connected prefixes of the interfaces that `originate` names, its loopback address, and what an operator
 * announces by hand. */
#include "agent/agent_priv.h"

#include <stdlib.h>

#include "agent/agent_announce.h"

#include "agent/base/log.h"

#define LOG_TOPIC TOPIC_ROUTE

/* The preferred source of our routes goes or comes, whoever has put it there: losing it, the kernel drops every route that has it, and takes none. */
void links_source(struct agent *a)
{
	bool has = link_has_addr4(a->links, a->cfg->router_id);

	if (a->has_source && !has)
		a->kernel_unsure = true;
	if (!a->has_source && has && a->fib)
		fib_hope(a->fib);
	a->has_source = has;
}

/* router_id/32 on lo, when no interface has it. */
void links_loopback(struct agent *a)
{
	const struct link *link = NULL;

	if (!a->cfg->loopback || a->stopped)
		return;
	for (a->lo = 0; !a->lo && (link = links_after(a->links, link));)
		if (link->info.loopback)
			a->lo = link->info.ifindex;
	if (!a->lo || link_has_addr4(a->links, a->cfg->router_id))
		return;
	a->loopback_ours = true;
	a->out.loopback(a->out.ctx, a->lo, a->cfg->router_id, true);
}

void agent_loopback_is_ours(struct agent *a)
{
	a->loopback_ours = true;
}

bool agent_has_loopback(const struct agent *a)
{
	return a->loopback_ours;
}

struct originating { const struct agent *agent; struct prefix *p; size_t n, room; bool failed; };

static void originate_add(struct originating *o, const struct prefix *p)
{
	struct prefix *grown;

	if (o->failed || (p->family == AF_INET6 && !o->agent->cfg->ipv6))
		return;
	if (o->n == o->room) {
		o->room = o->room ? o->room * 2 : 16;
		grown = realloc(o->p, o->room * sizeof(*o->p));
		if (!grown) {
			o->failed = true;
			return;
		}
		o->p = grown;
	}
	o->p[o->n++] = *p;
}

static void originate_one(void *ctx, const struct prefix *p)
{
	struct originating *o = ctx;

	if (config_rule_allows(o->agent->cfg, p))
		originate_add(o, p);
}

/* What interfaces have of it. */
static void find_connected(struct originating *o)
{
	const struct link *link = NULL;

	while ((link = links_after(o->agent->links, link)))
		if (config_originates(o->agent->cfg, link->info.name))
			link_prefixes(link, originate_one, o);
}

bool agent_on_interface(const struct agent *a, const struct prefix *p)
{
	struct originating o = { .agent = a };
	bool found = false;

	find_connected(&o);
	for (size_t i = 0; i < o.n; i++)
		found |= prefix_eq(&o.p[i], p);
	free(o.p);
	return found;
}

static int by_prefix(const void *a, const void *b)
{
	return prefix_cmp(a, b);
}

/* id: of attrs, which is what is said of all that is not announced by hand. */
static int originate_update(struct agent *a, const struct prefix *p, const struct attrs *attrs, attrs_id id)
{
	struct attrs own = *attrs;
	int r;

	if (!announced_attrs(a, p, &own))
		return rib_update(a->rib, RIB_LOCAL, p, id);
	r = attrs_intern(rib_attrs(a->rib), &own, &id);
	if (r < 0)
		return r;
	r = rib_update(a->rib, RIB_LOCAL, p, id);
	attrs_unref(rib_attrs(a->rib), id);
	return r;
}

/* Both lists are sorted: one walk finds what came and what went. */
static void originate_diff(struct agent *a, const struct originating *o, const struct attrs *attrs, attrs_id id)
{
	char s[PREFIX_STRLEN];
	size_t i = 0, k = 0;
	int d;

	while (i < a->n_local || k < o->n) {
		d = i == a->n_local ? 1 : k == o->n ? -1 : prefix_cmp(&a->local[i], &o->p[k]);
		if (d < 0) {
			log_event(EVENT_PREFIX_ENDED, (struct log_about){ .prefix = &a->local[i] }, "%s is not originated any more", prefix_str(&a->local[i], s));
			rib_withdraw(a->rib, RIB_LOCAL, &a->local[i]);
		} else if (d > 0) {
			log_event(EVENT_PREFIX_ORIGINATED, (struct log_about){ .prefix = &o->p[k] }, "%s is originated", prefix_str(&o->p[k], s));
		}
		if (d >= 0 && originate_update(a, &o->p[k], attrs, id) < 0)   /* what was there may have other attributes now */
			log_error("out of memory: %s is not originated", prefix_str(&o->p[k], s));
		i += d <= 0;
		k += d >= 0;
	}
}

void links_originate(struct agent *a)
{
	struct originating o = { .agent = a };
	struct attrs attrs = { .origin = ORIGIN_IGP };
	const struct announced *by_hand;
	uint8_t bandwidth[BANDWIDTH_SIZE];
	attrs_id id;
	size_t n = 0;

	attrs.ext_communities = weighted_own(a, bandwidth);
	a->originate_dirty = false;
	find_connected(&o);
	for (size_t i = 0; (by_hand = agent_announced_at(a, i)); i++)
		originate_add(&o, &by_hand->prefix);
	if (o.failed || attrs_intern(rib_attrs(a->rib), &attrs, &id) < 0) {
		log_error("out of memory: what is originated stays as it was");
		free(o.p);
		a->originate_dirty = true;
		return;
	}
	if (o.n)
		qsort(o.p, o.n, sizeof(*o.p), by_prefix);
	for (size_t i = 0; i < o.n; i++)         /* two addresses of one subnet, or by hand too */
		if (!n || !prefix_eq(&o.p[n - 1], &o.p[i]))
			o.p[n++] = o.p[i];
	o.n = n;
	originate_diff(a, &o, &attrs, id);
	attrs_unref(rib_attrs(a->rib), id);
	free(a->local);
	a->local = o.p;
	a->n_local = o.n;
}
