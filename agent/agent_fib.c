/* From the RIB's choice to the kernel's wish, and the kernel's answers back. */
#include "agent/agent_priv.h"

#include <string.h>

#include "agent/base/community.h"
#include "agent/base/log.h"

#define LOG_TOPIC TOPIC_ROUTE

int fib_ready(struct agent *a)
{
	const struct config *c = a->cfg;
	struct fib_config cfg = {
		.objects = a->groups != FIB_CLASSIC, .via_inet6 = c->ipv4_next_hop_inet6, .on_link = c->ipv4_next_hop,
		.secret = a->out.secret,
	};
	int r;

	if (a->fib)
		return 0;
	if (a->groups == FIB_RESILIENT)
		cfg.resilient = (struct fib_resilient){ c->resilient.buckets, c->resilient.idle_s, c->resilient.unbalanced_s };
	else if (c->resilient.buckets)
		log_warning("resilient: the kernel has no such next-hop groups (Linux 5.13 has): plain ones are used, and a link that fails moves flows of others");
	/* The kernel refuses a preferred source that no interface has. */
	if (c->loopback || link_has_addr4(a->links, c->router_id))
		cfg.src = c->router_id;
	r = fib_new(&a->fib, &cfg);
	if (r >= 0)
		installed_watch(a);
	return r;
}

/* n hops, and m more behind them: two paths of numbered peers may lead to the same gateway. Returns how many differ. */
static size_t hops_merge(struct hop *hops, size_t n, size_t m)
{
	size_t all = n;

	for (size_t i = n; i < n + m; i++) {
		size_t k = 0;

		while (k < all && (hops[k].ifindex != hops[i].ifindex || !in6_eq(&hops[k].via, &hops[i].via)))
			k++;
		if (k == all)
			hops[all++] = hops[i];
	}
	return all;
}

bool agent_discards(const struct agent *a, const struct prefix *p, rib_peer peer, attrs_id attrs)
{
	const struct port *port = peer < a->n_by_rib ? a->by_rib[peer] : NULL;
	const struct config_blackhole *b;

	if (!port || !port->terms)
		return false;
	b = &port->terms->blackhole;
	/* RFC 7999 3.3: agreed on with this peer, and about a prefix that it may speak for. */
	return b->on && attrs_has_community(attrs_get(rib_attrs(a->rib), attrs), COMMUNITY_BLACKHOLE) && config_blackhole_allows(b, p);
}

static bool discards(const struct agent *a, const struct prefix *p, const struct rib_via *via, size_t n)
{
	for (size_t i = 0; i < n; i++)                           /* one of those that share the traffic wants none of it: nobody gets any */
		if (agent_discards(a, p, via[i].peer, via[i].attrs))
			return true;
	return false;
}

/* With resilient groups routes keep to those that came from the same AS, as those of a leaf do: when the leaf loses a link, or is given weight,
 * all of a group change and others' flows stay. Of a few ASes that share a number each. */
static uint8_t kin_of(const struct agent *a, const struct rib_via *via)
{
	return a->groups == FIB_RESILIENT && a->cfg->resilient.buckets ? (uint8_t)aspath_last(attrs_get(rib_attrs(a->rib), via->attrs)->as_path) : 0;
}

static void rib_changed(void *ctx, const struct prefix *p, const struct rib_via *via, size_t n)
{
	struct agent *a = ctx;
	bool discard = discards(a, p, via, n);
	struct hop hops[HOP_MAX];
	size_t k = discard;

	hops[0] = (struct hop){ .weight = 1 };                   /* the blackhole */
	for (size_t i = 0; i < n && !discard && k < HOP_MAX; i++) {
		size_t more = agent_hops(a, via[i].peer, via[i].attrs, hops + k, HOP_MAX - k);

		for (size_t h = k; h < k + more; h++)
			hops[h].weight = via[i].weight;
		k = hops_merge(hops, k, more);
	}
	if (!a->fib)
		return;
	if (log_wants_event(EVENT_ROUTE_CHANGED))
		watch_route(a, p, hops, k);
	if (!k)
		fib_del(a->fib, p);
	else if (fib_set_kin(a->fib, p, hops, k, kin_of(a, via)) < 0)
		log_error("out of memory: a route cannot be installed");
}

void fib_rib_out(struct agent *a, struct rib_out *buf)
{
	*buf = (struct rib_out){ .changed = rib_changed, .cost = reach_cost, .settled = reach_settled, .installed = installed_ask, .ctx = a };
}

/* What is refused once is often a race with the link that it goes over: that is told of which is refused at the second try, too. */
static void tell_refusals(struct agent *a)
{
	static const char words[] = "again and again, the last time because:";
	struct fib_stats n;

	if (a->told_refusals ? !fib_settled(a->fib) : mono_is_never(fib_next(a->fib)))
		return;
	fib_stats(a->fib, &n);
	if (a->told_refusals) {
		log_event(EVENT_KERNEL_ACCEPTS, LOG_ABOUT_NOTHING, "the kernel refuses nothing any more");
	} else if (n.refused_again == a->refused_again) {
		return;
	} else if (n.refused) {
		log_event(EVENT_KERNEL_REFUSES, LOG_ABOUT_NOTHING, "the kernel refuses %zu of %zu routes %s %s", n.refused, n.routes, words, strerror(-n.error));
	} else {                                 /* routes wait for it, or it is to go */
		log_event(EVENT_KERNEL_REFUSES, LOG_ABOUT_NOTHING, "the kernel refuses neighbour entries, next hops or groups %s %s", words, strerror(-n.error));
	}
	a->told_refusals = !a->told_refusals;
	a->refused_again = n.refused_again;
}

void fib_turn(struct agent *a, mono now)
{
	if (!a->fib)
		return;
	/* Objects may have gone without a word (lost notifications, the preferred source removed): a replace disturbs nothing that is right. */
	if (a->kernel_unsure)
		fib_unsure(a->fib);
	a->kernel_unsure = false;
	if (fib_room_again(a->fib))
		rib_report(a->rib);
	tell_refusals(a);
	fib_commit(a->fib, now);
}

void agent_fib_acked(struct agent *a, uint32_t seq, int error, mono now)
{
	if (error)
		log_line(TOPIC_KERNEL, LOG_LVL_DEBUG, LOG_ABOUT_NOTHING, "change %u is refused: %s", seq, strerror(-error));
	if (!a->fib)
		return;
	fib_acked(a->fib, seq, error, now);
	pace_acked(a, seq, error, now);
}

bool agent_fib_deed(struct agent *a, const struct fib_deed *deed)
{
	return a->fib && !a->stopped && fib_deed(a->fib, deed);
}

void agent_fib_seen(struct agent *a, const struct fib_seen *seen)
{
	if (fib_ready(a) >= 0)
		fib_seen(a->fib, seen);
}

size_t agent_fib_take(struct agent *a, struct fib_op *ops, size_t max)
{
	size_t n = a->fib ? fib_take(a->fib, ops, max) : 0;

	log_fib_ops(ops, n);
	if (n)
		pace_taken(a, ops->seq);
	else
		pace_settle(a);
	return n;
}

void agent_kernel_unsure(struct agent *a)
{
	a->kernel_unsure = true;
}
