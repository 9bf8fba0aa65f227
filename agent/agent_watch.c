/* What changed of a route, and why, for those who watch. Nobody else pays for it: rib_changed asks first. */
#include "agent/agent_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/log.h"
#include "agent/base/text.h"

#define LIST_MAX 384                     /* of next hops; longer ones are cut */

struct change {
	const struct agent *agent;
	const struct hop *from, *to;
	size_t n_from, n_to;
	char why[256];
};

/* A fabric link by its name; others may have several gateways. */
static const char *hop_name(const struct agent *a, const struct hop *hop, char buf[INET6_ADDRSTRLEN])
{
	const struct link *link = links_find(a->links, hop->ifindex);

	if (hop_is_blackhole(hop))
		return "blackhole";
	if (hop_is_stood_for(hop) && link)
		return link->info.name;
	return in6_str(&hop->via, buf);
}

static void hop_list(const struct agent *a, const struct hop *hops, size_t n, char text[LIST_MAX])
{
	char name[INET6_ADDRSTRLEN];

	text[0] = '\0';
	for (size_t i = 0; i < n && strlen(text) < LIST_MAX - INET6_ADDRSTRLEN - 16; i++) {
		text_add(text, LIST_MAX, "%s%s", i ? ", " : "", hop_name(a, &hops[i], name));
		if (hops[i].weight > 1)
			text_add(text, LIST_MAX, " weight %u", hops[i].weight);
	}
}

static const struct hop *hop_in(const struct hop *hops, size_t n, const struct hop *hop)
{
	for (size_t i = 0; i < n; i++)
		if (hops[i].ifindex == hop->ifindex && in6_eq(&hops[i].via, &hop->via))
			return &hops[i];
	return NULL;
}

/* Why a next hop is not used any more: what its path lost by, or that it has none. */
static const char *lost_by(const struct change *c, const struct rib_route_view *view, const struct hop *hop)
{
	const struct port *port = port_find(c->agent, hop->ifindex);
	struct hop of[HOP_MAX];

	for (size_t i = 0; view && i < view->n_paths; i++) {
		const struct rib_path_view *p = &view->paths[i];

		if (!hop_in(of, agent_hops(c->agent, p->peer, p->attrs, of, HOP_MAX), hop))
			continue;
		return p->multipath ? "discarded (blackhole)" : p->lost_by == STEP_BEST ? "more next hops than multipath allows" : decision_step_str(p->lost_by);
	}
	return port && !port->usable ? "link is down" : port && !port->in_rib ? "no session" : "withdrawn";
}

static bool explain(void *ctx, const struct rib_route_view *view)
{
	struct change *c = ctx;
	char name[INET6_ADDRSTRLEN];
	size_t lost = 0, news = 0;

	c->why[0] = '\0';
	for (size_t i = 0; i < c->n_from; i++)
		if (!hop_in(c->to, c->n_to, &c->from[i]))
			text_add(c->why, sizeof(c->why), "%s%s: %s", lost++ ? ", " : "", hop_name(c->agent, &c->from[i], name), lost_by(c, view, &c->from[i]));
	for (size_t i = 0; i < c->n_to; i++)
		news += !hop_in(c->from, c->n_from, &c->to[i]);
	if (view && view->n_paths && view->paths[0].peer == RIB_LOCAL)
		snprintf(c->why, sizeof(c->why), "originated here");
	else if (!c->n_from && view && view->n_paths)
		snprintf(c->why, sizeof(c->why), "%s", c->n_to ? "new route" : decision_step_str(STEP_NEXT_HOP));
	else if (news && !lost)
		snprintf(c->why, sizeof(c->why), "a further path that is as good");
	else if (!news && !lost)
		snprintf(c->why, sizeof(c->why), "other weights");
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct hop *x = a, *y = b;

	return x->ifindex != y->ifindex ? (x->ifindex > y->ifindex) - (x->ifindex < y->ifindex) : memcmp(&x->via, &y->via, sizeof(x->via));
}

void watch_route(const struct agent *a, const struct prefix *p, const struct hop *hops, size_t n)
{
	struct hop was[HOP_MAX], is[HOP_MAX];    /* both in the order of links: the RIB's is that of its decision */
	struct change c = { .agent = a, .from = was, .to = is, .n_from = fib_wish(a->fib, p, was, HOP_MAX), .n_to = n };
	char from[LIST_MAX], to[LIST_MAX], s[PREFIX_STRLEN];

	for (size_t i = 0; i < n; i++)
		is[i] = hops[i];
	if (n > 1)
		qsort(is, n, sizeof(*is), by_place);
	if (!rib_find(a->rib, p, explain, &c))
		explain(&c, NULL);
	hop_list(a, was, c.n_from, from);
	hop_list(a, is, n, to);
	log_event(EVENT_ROUTE_CHANGED, (struct log_about){ .prefix = p, .from = from, .to = to, .why = c.why }, "%s: %s -> %s (%s)", prefix_str(p, s),
		  *from ? from : "none", *to ? to : "none", c.why);
}
