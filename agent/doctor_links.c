/* What is wrong with fabric links, whoever is at their other end. */
#include <errno.h>
#include <string.h>

#include "agent/doctor_priv.h"

#define HEARD_MIN_S 10

static void settings(struct doctor *d, const char *link)
{
	int all = setting(d, "net/ipv4/conf/all/rp_filter"), one = setting(d, "net/ipv4/conf/%s/rp_filter", link);

	/* The kernel takes the larger of the two; 2 is the loose one. */
	if ((all == 1 && one < 2) || (one == 1 && all < 2))
		found(d, CHECK_RP_FILTER, link, "%s drops packets that come by another link than the answer would leave by (rp_filter is 1): with several"
		      " equal ways that is most of them", link);
	if (setting(d, "net/ipv4/conf/%s/ignore_routes_with_linkdown", link) == 0 || setting(d, "net/ipv6/conf/%s/ignore_routes_with_linkdown", link) == 0)
		found(d, CHECK_LINKDOWN_ROUTES, link, "routes over %s are used while it has no carrier, until weftd has taken them out"
		      " (ignore_routes_with_linkdown is 0)", link);
}

/* False: nothing else need be said of it. */
static bool is_up(struct doctor *d, const struct link *link)
{
	const char *name = link->info.name;

	if (!link->info.up)
		found(d, CHECK_PORT_DOWN, name, "%s is switched off", name);
	else if (setting(d, "net/ipv6/conf/%s/disable_ipv6", name) == 1)
		found(d, CHECK_IPV6_OFF, name, "IPv6 is off on %s: there is neither discovery nor a session", name);
	else if (!link->info.running)
		found(d, CHECK_NO_CARRIER, name, "%s has no carrier", name);
	else if (!link_usable(link) && setting(d, "net/ipv6/conf/%s/addr_gen_mode", name) == 1)
		found(d, CHECK_NO_LINK_LOCAL, name, "%s has no link-local address, and the kernel is told to make none (addr_gen_mode is 1)", name);
	else if (!link_usable(link))
		found(d, CHECK_NO_LINK_LOCAL, name, "%s has no link-local address that can be used", name);
	else
		return true;
	return false;
}

int64_t doctor_patience_s(const struct doctor *d)
{
	int64_t s = 3 * (int64_t)agent_config(d->a)->timers.ra_interval;

	return s > HEARD_MIN_S ? s : HEARD_MIN_S;
}

static void discovery(struct doctor *d, const char *link, const struct ra_view *v, const struct agent_link_view *port)
{
	int64_t up_s = mono_diff_ms(d->now, port->up_since) / 1000;
	char addr[INET6_ADDRSTRLEN], other[INET6_ADDRSTRLEN];

	if (v->unsent)
		found(d, CHECK_UNSENT, link, "%llu Router Advertisements could not be sent on %s since it came up", (unsigned long long)v->unsent, link);
	if (v->bad[RA_BAD_SOURCE])
		found(d, CHECK_OUR_ADDRESS, link, "another machine on %s has our own link-local address: %llu of its advertisements were refused", link,
		      (unsigned long long)v->bad[RA_BAD_SOURCE]);
	if (!v->peer && up_s >= doctor_patience_s(d))
		found(d, CHECK_NOBODY_HEARD, link, "%s has a carrier, and nobody has advertised himself there for %lld s; we have %llu times", link, (long long)up_s,
		      (unsigned long long)v->sent_ra);
	if (!v->n_others || !v->peer)
		return;
	found(d, CHECK_SECOND_ROUTER, link, "%zu routers advertise themselves on %s where %u may be: %s is spoken to, %s is not", 1 + v->n_further + v->n_others, link,
	      v->allowed, in6_str(&v->peer->addr, addr), in6_str(&v->others->addr, other));
}

static void condition(struct doctor *d, uint32_t ifindex, const char *link, const struct agent_link_view *port)
{
	struct agent_bandwidth_view speed;
	struct agent_cabling_view cabling;

	if (port->damp && port->damp->state == DAMP_WAITS)
		found(d, CHECK_DAMPED, link, "%s failed %u times soon after it was up (last: %s), and is not used before it has been well for another %lld s", link,
		      port->damp->failures, port->damp->why, (long long)(mono_diff_ms(port->damp->until, d->now) / 1000));
	if (port->guard_error)
		found(d, CHECK_NO_LISTENER, link, "%s has a password or gtsm, and its own listening socket cannot be made: %s", link, strerror(-port->guard_error));
	if (agent_bandwidth(d->a, ifindex, &speed) && speed.missing)
		found(d, CHECK_BANDWIDTH, link, "the bandwidth of %s is not known, so this node cannot say its own (weighted)", link);
	if (agent_cabling(d->a, ifindex, &cabling) && cabling.alarm)
		found(d, CHECK_CABLING, link, "%s%s", cabling.text, cabling.strict ? "; strict: no session" : "");
}

/* Links with a plan, and those of them where nobody has said for a while who is there. */
struct planned { size_t n, unknown; };

static void planned(struct doctor *d, struct planned *p, const struct link *link, const struct agent_link_view *port)
{
	struct agent_cabling_view cabling;

	if (!agent_cabling(d->a, link->info.ifindex, &cabling))
		return;
	p->n++;
	p->unknown += port->usable && cabling.verdict == CABLING_UNKNOWN && mono_diff_ms(d->now, port->up_since) >= doctor_patience_s(d) * 1000;
}

static void lldp(struct doctor *d, const struct planned *p)
{
	int error = agent_lldp_error(d->a);
	const char *why = error == ENOENT || error == ECONNREFUSED ? "it does not run" : error == ELIBACC ? "liblldpctl is not installed" : strerror(error);

	if (error == EACCES && p->n)
		found(d, CHECK_LLDP_REFUSED, NULL, "lldpd runs here, and weftd may not ask it who is at the other end of links: %s", why);
	else if (error && p->unknown)
		found(d, CHECK_NO_LLDP, NULL, "who is at the other end is not known of %zu of %zu links with a plan, and lldpd cannot be asked: %s", p->unknown, p->n, why);
}

void doctor_links(struct doctor *d)
{
	struct agent_link_view port;
	const struct link *link = NULL;
	struct planned plan = { 0 };
	struct ra_view v;

	while ((link = links_after(agent_links(d->a), link))) {
		if (!agent_is_fabric(d->a, link->info.ifindex) || !agent_link_view(d->a, link->info.ifindex, &port))
			continue;
		settings(d, link->info.name);
		if (!is_up(d, link))
			continue;
		condition(d, link->info.ifindex, link->info.name, &port);
		planned(d, &plan, link, &port);
		if (port.usable && ra_view(agent_ra(d->a), link->info.ifindex, &v))
			discovery(d, link->info.name, &v, &port);
	}
	lldp(d, &plan);
}
