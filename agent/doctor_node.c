/* What is wrong with the node as a whole. */
#include <arpa/inet.h>
#include <string.h>

#include "agent/agent_bmp.h"
#include "agent/agent_drain.h"
#include "agent/doctor_priv.h"

static void addresses(struct doctor *d)
{
	const struct config *c = agent_config(d->a);
	const struct link *link = NULL, *lo = links_by_name(agent_links(d->a), "lo");
	struct in6_addr on_link = IN6ADDR_ANY_INIT, own;
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET, &c->router_id, text, sizeof(text));
	if (lo && !lo->info.up)
		found(d, CHECK_LO_DOWN, NULL, "the interface lo is down: the address %s on it does not answer", text);
	if (!link_has_addr4(agent_links(d->a), c->router_id))
		found(d, CHECK_ROUTER_ID, NULL, "router_id %s is no address of this node: routes cannot have it as their source, and nobody reaches it", text);
	if (c->ipv4_next_hop_inet6)
		return;
	on_link.s6_addr[10] = on_link.s6_addr[11] = 0xff;
	memcpy(&on_link.s6_addr[12], &c->ipv4_next_hop, 4);
	inet_ntop(AF_INET, &c->ipv4_next_hop, text, sizeof(text));
	while ((link = links_after(agent_links(d->a), link)))
		for (size_t i = 0; i < link->n_addrs; i++) {
			own = link_addr_in6(&link->addrs[i]);
			if (memcmp(&own, &on_link, sizeof(own)) == 0)
				found(d, CHECK_ON_LINK_ADDRESS, link->info.name, "%s, which stands for the peer of every link, is an address of this node on %s: routes by it end here",
				      text, link->info.name);
		}
}

struct refused { const struct fib *fib; size_t n; struct prefix first; int error; };

static bool is_refused(void *ctx, const struct rib_route_view *view)
{
	struct fib_route_view route;
	struct refused *r = ctx;

	if (!fib_route(r->fib, &view->prefix, &route) || route.installed || !route.error)
		return true;
	if (!r->n++) {
		r->first = view->prefix;
		r->error = route.error;
	}
	return true;
}

static void kernel(struct doctor *d)
{
	const struct fib *fib = agent_fib(d->a);
	struct refused refused = { .fib = fib };
	char s[PREFIX_STRLEN];
	struct fib_stats n;

	if (!fib)
		return;
	fib_stats(fib, &n);
	if (agent_groups(d->a) == FIB_CLASSIC)
		found(d, CHECK_NO_OBJECTS, NULL, "this kernel has no next-hop objects: when a link fails, every route over it is written again");
	if (n.routes > n.installed)      /* otherwise nobody need look at each of them */
		rib_walk(agent_rib(d->a), is_refused, &refused);
	if (refused.n)
		found(d, CHECK_KERNEL_REFUSES, NULL, "the kernel refuses %zu of %zu routes, the first of them %s: %s", refused.n, n.routes, prefix_str(&refused.first, s),
		      strerror(-refused.error));
}

static void configuration(struct doctor *d)
{
	struct agent_reload_view v;

	agent_reloads(d->a, &v);
	if (v.any && v.failed)
		found(d, CHECK_RELOAD, NULL, "the last reload was rejected, and the configuration before it is in effect: %s", v.why);
	if (v.unconfirmed)
		found(d, CHECK_UNCONFIRMED, NULL, "the configuration before this one comes back in %lld s", (long long)(mono_diff_ms(v.confirm_by, d->now) / 1000));
}

static void metrics(struct doctor *d)
{
	char where[CONFIG_METRICS_STRLEN];
	int error = agent_metrics_error(d->a);

	if (error)
		found(d, CHECK_METRICS, NULL, "the metrics cannot be read at %s: %s", config_metrics_str(&agent_config(d->a)->metrics, where), strerror(-error));
}

static void drained(struct doctor *d)
{
	struct agent_drain_view v;
	const struct link *link = NULL;

	if (agent_drain_view(d->a, DRAIN_NODE, &v, d->now) && v.on) {
		found(d, CHECK_DRAINED, NULL, "this node is drained: others use it as a last resort");
		return;
	}
	while ((link = links_after(agent_links(d->a), link)))
		if (agent_is_fabric(d->a, link->info.ifindex) && agent_is_drained(d->a, link->info.ifindex))
			found(d, CHECK_DRAINED, link->info.name, "%s is drained: it is used as a last resort", link->info.name);
}

/* One that has just been lost comes back most likely. */
#define COLLECTOR_PATIENCE_S 10

static void collector(struct doctor *d)
{
	struct agent_bmp_view v;
	char s[INET6_ADDRSTRLEN];

	if (agent_bmp(d->a, &v) && v.session.state != BMP_UP && *v.session.last_error && mono_diff_ms(d->now, v.session.since) > COLLECTOR_PATIENCE_S * 1000)
		found(d, CHECK_COLLECTOR, NULL, "there is no session with the BMP collector %s: %s", in6_str(&v.config->collector, s), v.session.last_error);
}

static void bfd(struct doctor *d)
{
	struct bfd_stats s;

	agent_bfd_stats(d->a, &s);
	if (s.sessions && s.common)
		found(d, CHECK_BFD_PRIORITY, NULL, "BFD runs at the priority of any other process: on a busy node it may take a link for dead that is not");
}

void doctor_node(struct doctor *d)
{
	const struct link *link = NULL;
	bool any = agent_config(d->a)->n_neighbors > 0;

	addresses(d);
	while ((link = links_after(agent_links(d->a), link)))
		any |= agent_is_fabric(d->a, link->info.ifindex);
	if (!any)
		found(d, CHECK_NO_FABRIC_LINK, NULL, "no interface of this node is a fabric link, and no neighbor is configured");
	kernel(d);
	configuration(d);
	metrics(d);
	drained(d);
	collector(d);
	bfd(d);
}
