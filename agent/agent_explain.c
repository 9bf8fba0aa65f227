/* What the kernel really holds for a prefix beside what is wished for. */
#include "agent/agent_explain.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "agent/agent_priv.h"

int agent_look(struct agent *a, const struct prefix *p, struct looked *ret)
{
	return a->out.look ? a->out.look(a->out.ctx, p, ret) : -EOPNOTSUPP;
}

struct in6_addr agent_gateway(const struct agent *a, uint8_t family, const struct hop *hop)
{
	struct in6_addr v4 = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	if (family != AF_INET || !hop_is_stood_for(hop) || a->cfg->ipv4_next_hop_inet6)
		return hop->via;
	memcpy(v4.s6_addr + 12, &a->cfg->ipv4_next_hop, 4);
	return v4;
}

static const char *link_name(const struct agent *a, uint32_t ifindex)
{
	const struct link *link = links_find(a->links, ifindex);

	return link ? link->info.name : "an unknown link";
}

static const struct look_hop *look_find(const struct agent *a, uint8_t family, const struct looked *look, const struct hop *hop)
{
	struct in6_addr via = agent_gateway(a, family, hop);

	for (size_t i = 0; i < look->n; i++)
		if (look->hops[i].ifindex == hop->ifindex && (hop_is_blackhole(hop) ? look->hops[i].blackhole : in6_eq(&look->hops[i].via, &via)))
			return &look->hops[i];
	return NULL;
}

static bool hop_wanted(const struct agent *a, uint8_t family, const struct fib_explain_view *f, const struct look_hop *hop)
{
	for (size_t i = 0; i < f->n_wants; i++) {
		struct in6_addr via = agent_gateway(a, family, &f->wants[i]);

		if (f->wants[i].ifindex == hop->ifindex && (hop->blackhole || in6_eq(&via, &hop->via)))
			return true;
	}
	return false;
}

/* IPv4 has no answer that names a route which discards: the lookup fails so. */
static bool discarded(const struct looked *look)
{
	return look->error == -EINVAL || look->error == -EHOSTUNREACH || look->error == -EACCES;
}

/* The route as a whole. True: there is something to say, and the hops need not be compared. */
static bool route_differs(const struct prefix *p, const struct looked *look, const struct fib_explain_view *f, char words[160])
{
	bool wants = f->n_wants > 0, blackhole = wants && hop_is_blackhole(&f->wants[0]);
	char found[PREFIX_STRLEN];

	if (look->error == -ENETUNREACH && wants)
		snprintf(words, 160, "the kernel has no route");
	else if (discarded(look) && wants && !blackhole)
		snprintf(words, 160, "the kernel discards what is sent there, and weft wants it forwarded");
	else if (look->error == 0 && wants && !prefix_eq(&look->found, p))
		snprintf(words, 160, "the kernel uses its route to %s", prefix_str(&look->found, found));
	else if (look->error == 0 && wants && look->protocol != WEFT_PROTOCOL)
		snprintf(words, 160, "a route of somebody else (protocol %s, metric %u) is used", look_protocol_str(look->protocol), look->metric);
	else if (look->error == 0 && wants && look->metric != WEFT_METRIC)
		snprintf(words, 160, "the route has metric %u, and weft's have %u", look->metric, WEFT_METRIC);
	else if (look->error == 0 && !wants && prefix_eq(&look->found, p) && look->protocol == WEFT_PROTOCOL && look->metric == WEFT_METRIC)
		snprintf(words, 160, "the kernel still has a route of weft's, and none is wanted");
	else
		return false;
	return true;
}

/* The neighbour entry of what stands for a peer is weft's own. */
static bool mac_differs(const struct agent *a, const struct hop *hop, const struct look_hop *has, char words[160])
{
	struct port *port = port_find(a, hop->ifindex);
	const uint8_t *m = has->mac, *w = port ? port->peer_mac : NULL;

	if (!hop_is_stood_for(hop) || !port || !port->mac_known || !IN6_IS_ADDR_V4MAPPED(&has->via))
		return false;
	if (!has->has_neigh || !has->has_mac)
		snprintf(words, 160, "%s: the neighbour entry is missing", link_name(a, hop->ifindex));
	else if (memcmp(m, w, 6) != 0)
		snprintf(words, 160, "%s: the MAC is %02x:%02x:%02x:%02x:%02x:%02x instead of %02x:%02x:%02x:%02x:%02x:%02x", link_name(a, hop->ifindex),
			 m[0], m[1], m[2], m[3], m[4], m[5], w[0], w[1], w[2], w[3], w[4], w[5]);
	else if (!(has->neigh_state & NUD_PERMANENT))
		snprintf(words, 160, "%s: the neighbour entry is %s instead of permanent", link_name(a, hop->ifindex), look_neigh_str(has->neigh_state));
	else
		return false;
	return true;
}

static bool hop_differs(const struct agent *a, uint8_t family, const struct looked *look, const struct hop *hop, char words[160])
{
	const struct look_hop *has = look_find(a, family, look, hop);
	const char *name = hop_is_blackhole(hop) ? "blackhole" : link_name(a, hop->ifindex);

	if (!has)
		snprintf(words, 160, "%s is missing", name);
	else if (has->weight != hop->weight)
		snprintf(words, 160, "%s has weight %u instead of %u", name, has->weight, hop->weight);
	else if (has->dead || has->linkdown)
		snprintf(words, 160, "%s is %s for the kernel", name, has->dead ? "dead" : "down");
	else
		return mac_differs(a, hop, has, words);
	return true;
}

bool agent_differs(const struct agent *a, const struct prefix *p, const struct looked *look, size_t *at, char words[160])
{
	struct fib_explain_view f = { 0 };
	size_t i;

	if (a->fib)
		fib_explain(a->fib, p, &f);
	if (route_differs(p, look, &f, words))
		return (*at)++ == 0;
	if (look->error || !f.n_wants)
		return false;
	for (i = *at; i < f.n_wants + look->n; i++) {
		*at = i + 1;
		if (i < f.n_wants && hop_differs(a, p->family, look, &f.wants[i], words))
			return true;
		if (i >= f.n_wants && !hop_wanted(a, p->family, &f, &look->hops[i - f.n_wants])) {
			const struct look_hop *hop = &look->hops[i - f.n_wants];

			if (hop->missing)
				snprintf(words, 160, "the group names an object that there is not: %u", hop->id);
			else
				snprintf(words, 160, "%s is too many", hop->blackhole ? "blackhole" : link_name(a, hop->ifindex));
			return true;
		}
	}
	return false;
}

void agent_heard(const struct agent *a, uint32_t key, struct agent_heard_view *ret)
{
	const struct port *port = port_by_key(a, key);
	struct rib_peer_stats n;

	*ret = (struct agent_heard_view){ 0 };
	if (!port || !port->in_rib)
		return;
	rib_peer_stats(a->rib, port->rib, &n);
	*ret = port->heard;
	ret->filtered = port->filtered;
	ret->ignored = n.unchanged;
}

int64_t agent_established_us(const struct agent *a, uint32_t key)
{
	const struct port *port = port_find(a, key);

	return port ? port->established_us : 0;
}
