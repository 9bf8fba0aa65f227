/* Drained or not: what peers are told and which paths are chosen follows from it; when all traffic has gone, and when it may come back. */
#include "agent/agent_drain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_priv.h"
#include "agent/base/log.h"

#define DRAINS_MAX PORTS_MAX
#define CHECK_MS 50                      /* between two looks whether it may come back */
#define COUNT_MS 900                     /* the shortest time that packets are counted for */
#define CONTROL_PPS 10                   /* BGP's and discovery's on a link, in and out, when there is nothing to tell */

struct drain {
	char name[INET6_ADDRSTRLEN];     /* DRAIN_NODE, a link's, a numbered peer's address */
	mono since;
	bool ends;                       /* it is to be taken back, at the latest at */
	mono until;
};

static bool is_node(const char *name)
{
	return !*name;
}

static struct log_about drain_about(const struct agent *a, const char *name)
{
	return (struct log_about){ .name = is_node(name) ? NULL : name, .link = links_by_name(a->links, name) ? name : NULL };
}

static bool concerns(const char *name, const struct port *port)
{
	return is_node(name) || strcmp(name, port->neighbor ? port->name : port_link_name(port)) == 0;
}

static struct drain *find(const struct agent *a, const char *name)
{
	for (size_t i = 0; i < a->drains.n; i++)
		if (strcmp(a->drains.list[i].name, name) == 0)
			return &a->drains.list[i];
	return NULL;
}

static bool exists(const struct agent *a, const char *name)
{
	const struct port *port;

	for (size_t i = 0; (port = port_at(a, i)); i++)
		if (concerns(name, port))
			return true;
	return is_node(name);
}

static bool by_link(const struct port *port)
{
	return find(port->agent, port->neighbor ? port->name : port_link_name(port));
}

static bool is_drained(const struct port *port)
{
	return find(port->agent, DRAIN_NODE) || port->drained;
}

static void tell_again(const struct port *port)
{
	rib_export_again(port->agent->rib, port->rib, AF_INET);
	rib_export_again(port->agent->rib, port->rib, AF_INET6);
}

void drain_port(struct port *port)
{
	port->drained = by_link(port);
	if (port->in_rib || port->away)
		rib_peer_drain(port->agent->rib, port->rib, port->drained);
}

/* It is drained now, or no longer. Its peers are told everything again; others what was heard there (rib_peer_drain): it is the last choice everywhere. */
static void apply(struct agent *a, const char *name)
{
	struct port *port;
	bool concerned;

	for (size_t i = 0; (port = port_at(a, i)); i++) {
		concerned = concerns(name, port);
		if (concerned) {
			port->traffic = (struct traffic){ 0 };
			drain_port(port);
		}
		if (port->in_rib && concerned)
			tell_again(port);
	}
	a->drains.changes++;
}

void drain_egress(const struct port *port, const struct rib_batch *b, struct bgp_egress *ret)
{
	const struct agent *a = port->agent;
	const struct port *from = b->from < a->n_by_rib ? a->by_rib[b->from] : NULL;

	ret->graceful_shutdown = is_drained(port) || (from && from->drained);
}

static int add(struct agent *a, const char *name, mono now)
{
	struct drain *grown, *d;

	if (strlen(name) >= sizeof(d->name))
		return -ENOENT;
	if (a->drains.n >= DRAINS_MAX)
		return -ENOSPC;
	grown = realloc(a->drains.list, (a->drains.n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	a->drains.list = grown;
	d = &grown[a->drains.n++];
	*d = (struct drain){ .since = now };
	memcpy(d->name, name, strlen(name) + 1);
	apply(a, d->name);
	return 0;
}

int agent_drain_restore(struct agent *a, const char *name, mono now)
{
	return find(a, name) ? 0 : add(a, name, now);
}

int agent_drain(struct agent *a, const char *name, mono now)
{
	struct drain *d = find(a, name);

	if (d) {
		d->ends = false;
		return 0;
	}
	if (!exists(a, name))
		return -ENOENT;
	log_event(EVENT_DRAINED, drain_about(a, name), "%s: everything is announced with GRACEFUL_SHUTDOWN", is_node(name) ? "this node is drained" : "drained");
	return add(a, name, now);
}

int agent_undrain(struct agent *a, const char *name, mono now)
{
	struct drain *d = find(a, name);

	a->drains.missed[0] = '\0';
	if (!d)
		return exists(a, name) ? 0 : -ENOENT;
	if (d->ends)
		return 0;
	d->ends = true;
	d->until = mono_add_s(now, UNDRAIN_MAX_S);
	a->drains.checked = mono_add_ms(now, -CHECK_MS);
	return 0;
}

/* Nobody is to be drawn here before there is a way on: who has not told everything, or has not got it? NULL: nobody. */
static const char *waits_for(const struct agent *a, const char *name, mono now)
{
	const struct port *port;

	for (size_t at = 0; (port = whole_lacks(a, &at, now));)
		if (concerns(name, port))
			return port->name;
	return whole_in_kernel(a) ? NULL : WHOLE_KERNEL;
}

static void take_back(struct agent *a, size_t i, const char *missed)
{
	char name[INET6_ADDRSTRLEN];

	memcpy(name, a->drains.list[i].name, sizeof(name));
	memcpy(a->drains.back, name, sizeof(name));
	snprintf(a->drains.missed, sizeof(a->drains.missed), "%s", missed ? missed : "");
	if (missed)
		log_event(EVENT_UNDRAINED, drain_about(a, name), "%s no more, though %s is not done", is_node(name) ? "this node is drained" : "drained", missed);
	else
		log_event(EVENT_UNDRAINED, drain_about(a, name), "%s no more", is_node(name) ? "this node is drained" : "drained");
	a->drains.n--;
	memmove(a->drains.list + i, a->drains.list + i + 1, (a->drains.n - i) * sizeof(struct drain));
	apply(a, name);
}

void drain_step(struct agent *a, mono now)
{
	const char *who;

	if (mono_diff_ms(now, a->drains.checked) < CHECK_MS)
		return;
	a->drains.checked = now;
	for (size_t i = a->drains.n; i-- > 0;) {
		if (!a->drains.list[i].ends)
			continue;
		who = waits_for(a, a->drains.list[i].name, now);
		if (!who || mono_due(a->drains.list[i].until, now))
			take_back(a, i, who);
	}
}

mono drain_due(const struct agent *a)
{
	for (size_t i = 0; i < a->drains.n; i++)
		if (a->drains.list[i].ends)
			return mono_add_ms(a->drains.checked, CHECK_MS);
	return MONO_NEVER;
}

const char *agent_drain_name(const struct agent *a, size_t i)
{
	return i < a->drains.n ? a->drains.list[i].name : NULL;
}

unsigned agent_drain_changes(const struct agent *a)
{
	return a->drains.changes;
}

/* Its interface has packets to count: further routers are on that of the first one. */
static bool has_traffic(const struct port *port)
{
	return port->usable && port->ifindex && !port->first;
}

uint32_t agent_drain_next(const struct agent *a, size_t *at)
{
	const struct port *port;

	while (a->drains.n && (port = port_at(a, (*at)++)))
		if (has_traffic(port) && is_drained(port))
			return port->ifindex;
	return 0;
}

void agent_drain_counted(struct agent *a, uint32_t ifindex, uint64_t packets, mono now)
{
	struct traffic *t;
	struct port *port;
	int64_t ms;

	for (size_t i = 0; (port = port_at(a, i)); i++) {
		t = &port->traffic;
		ms = mono_diff_ms(now, t->at);
		if (port->ifindex != ifindex || (t->counting && ms < COUNT_MS))
			continue;
		t->known = t->counting && packets >= t->packets;         /* less than before: it is another device */
		t->pps = t->known ? (packets - t->packets) * 1000 / (uint64_t)ms : 0;
		t->counting = true;
		t->packets = packets;
		t->at = now;
	}
}

static uint64_t per_second(uint32_t interval_us)         /* RFC 5880 6.8.7: a quarter sooner at most */
{
	return interval_us ? 1 + 4000000u / 3 / interval_us : 0;
}

static uint64_t bfd_pps(const struct port *port)
{
	const struct bfd_view *v = &port->bfd.view;

	if (!port->bfd.on)
		return 0;
	return per_second(v->tx_us) + (v->heard ? per_second(v->remote_tx_us > port->bfd.peer.interval_us ? v->remote_tx_us : port->bfd.peer.interval_us) : 0);
}

static bool is_quiet(const struct port *port)
{
	const struct agent *a = port->agent;
	uint64_t allowed = CONTROL_PPS + bfd_pps(port);

	for (size_t i = 0; i < a->n_further; i++)
		if (a->further[i]->first == port)
			allowed += CONTROL_PPS + bfd_pps(a->further[i]);
	return port->traffic.known && port->traffic.pps <= allowed;
}

static bool was_told(const struct port *port)
{
	struct peer_view v;

	if (!port->in_rib)
		return true;
	peer_view(peers_find(port->agent->peers, port->key), &v);
	return !rib_export_pending(port->agent->rib, port->rib) && !v.send_queued;
}

static bool is_gone(const struct agent *a, const char *name)
{
	const struct port *port;

	for (size_t i = 0; (port = port_at(a, i)); i++)
		if (concerns(name, port) && (!was_told(port) || (has_traffic(port) && !is_quiet(port))))
			return false;
	return true;
}

bool agent_drain_view(const struct agent *a, const char *name, struct agent_drain_view *ret, mono now)
{
	const struct drain *d = find(a, name);

	*ret = (struct agent_drain_view){ .missed = a->drains.missed };
	if (!d)                                  /* whoever waits for it to come back is told so, also when the link left the configuration meanwhile */
		return exists(a, name) || strcmp(name, a->drains.back) == 0;
	ret->on = true;
	ret->since = d->since;
	ret->gone = is_gone(a, name);
	ret->ends = d->ends;
	ret->until = d->until;
	ret->waits_for = d->ends ? waits_for(a, name, now) : NULL;
	return true;
}

bool agent_drain_traffic(const struct agent *a, const char *name, size_t *at, struct agent_traffic_view *ret)
{
	const struct port *port;
	const struct link *link;

	while ((port = port_at(a, (*at)++))) {
		if (!concerns(name, port) || !has_traffic(port))
			continue;
		link = links_find(a->links, port->ifindex);
		*ret = (struct agent_traffic_view){ link ? link->info.name : port->name, port->traffic.known, is_quiet(port), port->traffic.pps };
		return true;
	}
	return false;
}

bool agent_is_drained(const struct agent *a, uint32_t key)
{
	const struct port *port = port_by_key(a, key);

	return port && (find(a, DRAIN_NODE) || by_link(port));
}
