/* What this node announces of its own: the connected prefixes of the interfaces that `originate` names, and its loopback address. */
#include "agent/agent_priv.h"

#include <stdlib.h>

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

struct originating { struct agent *agent; struct prefix *p; size_t n, room; bool failed; };

static void originate_one(void *ctx, const struct prefix *p)
{
	struct originating *o = ctx;
	struct prefix *grown;

	if (o->failed || !config_rule_allows(o->agent->cfg, p) || (p->family == AF_INET6 && !o->agent->cfg->ipv6))
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

static int by_prefix(const void *a, const void *b)
{
	return prefix_cmp(a, b);
}

/* Both lists are sorted: one walk finds what came and what went. */
static void originate_diff(struct agent *a, const struct originating *o, attrs_id id)
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
		if (d >= 0 && rib_update(a->rib, RIB_LOCAL, &o->p[k], id) < 0)   /* what was there may have other attributes now */
			log_error("out of memory: %s is not originated", prefix_str(&o->p[k], s));
		i += d <= 0;
		k += d >= 0;
	}
}

void links_originate(struct agent *a)
{
	struct originating o = { .agent = a };
	struct attrs attrs = { .origin = ORIGIN_IGP };
	const struct link *link = NULL;
	uint8_t bandwidth[BANDWIDTH_SIZE];
	attrs_id id;
	size_t n = 0;

	attrs.ext_communities = weighted_own(a, bandwidth);
	a->originate_dirty = false;
	while ((link = links_after(a->links, link)))
		if (config_originates(a->cfg, link->info.name))
			link_prefixes(link, originate_one, &o);
	if (o.failed || attrs_intern(rib_attrs(a->rib), &attrs, &id) < 0) {
		log_error("out of memory: what is originated stays as it was");
		free(o.p);
		a->originate_dirty = true;
		return;
	}
	if (o.n)
		qsort(o.p, o.n, sizeof(*o.p), by_prefix);
	for (size_t i = 0; i < o.n; i++)         /* two addresses of one subnet */
		if (!n || !prefix_eq(&o.p[n - 1], &o.p[i]))
			o.p[n++] = o.p[i];
	o.n = n;
	originate_diff(a, &o, id);
	attrs_unref(rib_attrs(a->rib), id);
	free(a->local);
	a->local = o.p;
	a->n_local = o.n;
}
