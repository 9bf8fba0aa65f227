#include "agent/agent.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_priv.h"
#include "agent/base/log.h"
#include "agent/base/own.h"
#include "agent/refused.h"

#define LOG_TOPIC TOPIC_AGENT

void config_complete(struct config *c)
{
	if (!c->ipv4_next_hop.s_addr)
		c->ipv4_next_hop = hop_onlink;
}

void stage_configs(const struct config *c, struct stage_configs *ret)
{
	bool long_lived = c->long_lived[0] || c->long_lived[1];

	*ret = (struct stage_configs){
		.ra = { .interval_s = c->timers.ra_interval, .lifetime_s = c->timers.ra_lifetime },
		.rib = { .asn = c->asn, .router_id = c->router_id, .multipath = c->multipath, .med_always = c->med_always, .long_lived = long_lived,
			 .weighted = c->weighted, .installed = c->advertise_installed },
		.peers = {
			.asn = c->asn, .router_id = c->router_id, .hold = c->timers.hold, .keepalive = c->timers.keepalive,
			.connect_retry = c->timers.connect_retry, .ipv6 = c->ipv6, .long_lived = long_lived, .restart = (uint16_t)c->restart_s,
		},
	};
	memcpy(ret->peers.hostname, c->hostname, sizeof(ret->peers.hostname));
	if (c->software_version)
		snprintf(ret->peers.software, sizeof(ret->peers.software), "weft/%s", WEFT_VERSION);
}

static int stages_new(struct agent *a)
{
	struct stage_configs c;
	struct ra_out ra_out;
	struct peers_out peers_out;
	struct rib_out rib_out;
	int r;

	stage_configs(a->cfg, &c);
	c.rib.secret = a->out.secret;
	bgp_out(a, &peers_out);
	fib_rib_out(a, &rib_out);
	r = links_new(&a->links);
	if (r >= 0)
		r = reach_new(&a->reach);
	if (r >= 0)
		r = neighbors_new(a);
	if (r >= 0)
		r = ra_new(&a->ra, &c.ra, links_ra_out(a, &ra_out));
	if (r >= 0)
		r = peers_new(&a->peers, &c.peers, &peers_out);
	if (r >= 0)
		r = rib_new(&a->rib, &c.rib, &rib_out);
	if (r >= 0)
		r = filters_new(a);
	return r;
}

int agent_new(struct agent **ret, struct config *cfg, enum fib_groups kernel, const struct agent_out *out)
{
	struct agent *a = calloc(1, sizeof(*a));
	int r;

	if (!a)
		return -ENOMEM;
	a->out = *out;
	a->groups = kernel;
	a->cfg = cfg;
	a->reloads.generation = 1;
	a->cables.dirty = true;
	config_complete(cfg);
	r = stages_new(a);
	if (r < 0) {
		filters_free(a);
		a->cfg = NULL;                   /* stays the caller's */
		agent_free(a);
		return r;
	}
	*ret = a;
	return 0;
}

void agent_free(struct agent *a)
{
	if (!a)
		return;
	monitor_free(a);
	peers_free(a->peers);
	ra_free(a->ra);
	rib_free(a->rib);
	fib_free(a->fib);
	links_free(a->links);
	for (size_t i = 0; i < a->n_ports; i++)
		free(a->ports[i]);
	free(a->ports);
	routers_free(a);
	neighbors_free(a);
	reach_free(a->reach);
	free(a->by_rib);
	free(a->local);
	free(a->announced.list);
	free(a->drains.list);
	refused_free(a);
	cabling_free(a);
	filters_free(a);
	config_free(a->cfg);
	config_free(a->confirmed);
	free(a);
}

void agent_start(struct agent *a, mono now)
{
	if (fib_ready(a) < 0)
		log_error("out of memory: routes cannot be installed");
	a->started = true;
	a->since = a->now = now;
	if (a->fib)
		restart_begin(a, now);
	hold_begin(a);
	links_start(a, now);
	neighbors_update(a, now);
	links_originate(a);
	scrape_begin(a);
	monitor_configure(a, now);
	agent_step(a, now);
}

void agent_timers(struct agent *a, mono now)
{
	if (!a->started)
		return;
	a->now = now;
	if (a->stopped) {                        /* nobody is to find us any more */
		peers_step(a->peers, now);
		return;
	}
	pace_turn(a, now);
	scrape_step(a, now);
	reload_step(a, now);
	damp_turn(a, now);
	ra_step(a->ra, now);
	cabling_step(a, now);
	bgp_resets(a, now);
	neighbors_step(a, now);
	peers_step(a->peers, now);
	bgp_ended(a, now);
	stale_step(a, now);
}

/* What is decided is told to every peer, and written to the kernel, in the same turn. Of much work the first slice is so small that it costs next
 * to nothing: what is near is in it, and does not wait for the rest. With many peers no slice becomes large, so that timers never wait for long. */
#define DECIDE_FIRST 64
#define DECIDE_PER_TURN 32768
#define DECIDE_LEAST 2048                /* of DECIDE_PER_TURN, however many peers there are */

static size_t slice(struct agent *a)
{
	size_t most = DECIDE_PER_TURN / (1 + (a->n_ports + a->neighbors.n) / 8);

	if (most < DECIDE_LEAST)
		most = DECIDE_LEAST;
	a->slice = a->slice ? 4 * a->slice : DECIDE_FIRST;
	if (a->slice > most)
		a->slice = most;
	return a->slice;
}

/* Decides a slice. True: the kernel may be told. When a link died it is told once everything that was on it is decided: only then can be
 * seen which groups all go the same way. */
static bool decide(struct agent *a)
{
	bool lost = a->fib && fib_losses(a->fib) != a->losses, leaving = rib_leaving(a->rib);

	if (a->restart.on)                       /* RFC 4724 4.1: the selection of routes is deferred */
		return true;
	if (lost) {
		a->losses = fib_losses(a->fib);
		a->slice = 0;
		rib_mark(a->rib, &a->plan_by);
	}
	if (!rib_decide(a->rib, slice(a)))
		a->slice = 0;
	if (leaving)                             /* what its paths were in is dirty only now */
		rib_mark(a->rib, &a->plan_by);
	return rib_passed(a->rib, &a->plan_by);
}

/* Drain, then decide, then write: the input of a turn is in by now. What the kernel must do comes before what peers are told. */
void agent_step(struct agent *a, mono now)
{
	bool settled;

	agent_timers(a, now);
	if (!a->started || a->stopped)
		return;
	if (a->originate_dirty)
		links_originate(a);
	restart_step(a, now);
	settled = decide(a);
	reach_turn(a);
	restart_sweep(a, now);
	if (settled)
		fib_turn(a, now);
	drain_step(a, now);
	hold_step(a, now);
	if (!a->restart.on && !a->hold)
		bgp_export(a);
	pace_settle(a);
	monitor_step(a, now);
}

mono agent_next(const struct agent *a)
{
	mono next = peers_next(a->peers);

	if (!a->started)
		return MONO_NEVER;
	if (a->stopped)
		return next;
	if (a->cables.dirty && a->cables.planned)
		return (mono){ 0 };
	if (!a->restart.on && (rib_undecided(a->rib) || (!a->hold && bgp_export_due(a))))
		return (mono){ 0 };
	next = mono_min(next, mono_min(restart_next(a), hold_next(a)));
	next = mono_min(mono_min(next, stale_next(a)), mono_min(mono_min(ra_next(a->ra), damp_due(a)), neighbors_next(a)));
	if (a->confirmed)
		next = mono_min(next, a->reloads.confirm_by);
	next = mono_min(next, mono_min(drain_due(a), mono_min(scrape_next(a), monitor_next(a))));
	return a->fib ? mono_min(next, fib_next(a->fib)) : next;
}

/* A link's name: all routers there. "fe80::1%swp1": that one. Or a numbered peer's address. */
bool port_is_named(const struct port *port, const char *name)
{
	const char *percent = strchr(name, '%');
	char text[INET6_ADDRSTRLEN] = "";
	struct in6_addr addr;

	if (port->neighbor || !percent)
		return strcmp(port->neighbor ? port->name : port_link_name(port), name) == 0;
	if ((size_t)(percent - name) >= sizeof(text) || strcmp(percent + 1, port_link_name(port)) != 0)
		return false;
	memcpy(text, name, (size_t)(percent - name));
	return inet_pton(AF_INET6, text, &addr) == 1 && in6_eq(&addr, &port->peer);
}

bool agent_peer_named(const struct agent *a, const char *name)
{
	const struct port *port;

	for (size_t i = 0; (port = port_at(a, i)); i++)
		if (port_is_named(port, name))
			return true;
	return false;
}

int agent_reset(struct agent *a, const char *name, const char *message, mono now)
{
	struct port *port;
	int r = -ENOENT;

	for (size_t i = 0; (port = port_at(a, i)); i++) {
		if (!port_is_named(port, name))
			continue;
		stale_drop(port);                /* RFC 9494 4.2: manual operator intervention */
		if (port->damp.state == DAMP_WAITS)
			r = 0;                   /* though there may be nobody yet to reset */
		port_pardon(port, now);
		if (port->bfd.on) {              /* its operator's word against a session that is down: BFD may be gone for good there */
			detect_end(port, now);
			detect_start(port, now);
		}
		if (peers_reset(a->peers, port->key, CEASE_ADMIN_RESET, message ? message : "reset by the operator", now) >= 0)
			r = 0;
	}
	return r;
}

void agent_stop(struct agent *a, mono now)
{
	if (a->stopped)
		return;
	peers_stop(a->peers, CEASE_ADMIN_SHUTDOWN, *a->end_words ? a->end_words : "weftd ends", now);
	monitor_stop(a);
	a->stopped = true;
	if (a->fib)
		fib_flush(a->fib);
	links_stop(a);
}

void agent_leave(struct agent *a, mono now)
{
	if (a->stopped)
		return;
	a->stopped = true;
	monitor_stop(a);
	peers_stop(a->peers, 0, "weftd ends, and is to come back", now);
}

void agent_ask_end(struct agent *a, enum agent_end how, const char *message)
{
	a->end = how == AGENT_LEAVES && !a->cfg->restart_s ? AGENT_STOPS : how;
	snprintf(a->end_words, sizeof(a->end_words), "%s", message ? message : "");
}

enum agent_end agent_end_asked(const struct agent *a)
{
	return a->end;
}

const struct config *agent_config(const struct agent *a)
{
	return a->cfg;
}

const struct links *agent_links(const struct agent *a)
{
	return a->links;
}

const struct ra *agent_ra(const struct agent *a)
{
	return a->ra;
}

const struct peers *agent_peers(const struct agent *a)
{
	return a->peers;
}

const struct rib *agent_rib(const struct agent *a)
{
	return a->rib;
}

const struct fib *agent_fib(const struct agent *a)
{
	return a->fib;
}

mono agent_started(const struct agent *a)
{
	return a->since;
}

struct port *port_find(const struct agent *a, uint32_t ifindex)
{
	size_t lo = 0, hi = a->n_ports;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (a->ports[mid]->ifindex == ifindex)
			return a->ports[mid];
		if (a->ports[mid]->ifindex < ifindex)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

bool agent_link_guarded(const struct agent *a, unsigned ifindex)
{
	const struct port *port = port_find(a, ifindex);
	const struct config_link *rule = port ? config_link_for(a->cfg, port->name) : NULL;

	return rule && (rule->terms.gtsm || *rule->terms.password);
}

bool agent_link_view(const struct agent *a, uint32_t key, struct agent_link_view *ret)
{
	const struct port *port = port_by_key(a, key);

	*ret = (struct agent_link_view){ 0 };
	if (!port)
		return false;
	*ret = (struct agent_link_view){ .guard_error = port->guard_error, .refused = port->refused,
					 .own_next_hops = port->own_next_hops, .shut_out = port->shut_out, .damp = &port->damp,
					 .usable = port->usable, .up_since = port->up_since };
	return true;
}

const struct agent_host_out *agent_host(const struct agent *a)
{
	return &a->out.host;
}

enum fib_groups agent_groups(const struct agent *a)
{
	return a->groups;
}

struct port *port_by_key(const struct agent *a, uint32_t key)
{
	if (key < PEER_KEY_NUMBERED)
		return port_find(a, key);
	if (key >= PEER_KEY_FURTHER)
		return router_by_key(a, key);
	return neighbor_by_key(a, key);
}

struct port *port_at(const struct agent *a, size_t i)
{
	if (i < a->n_ports)
		return a->ports[i];
	i -= a->n_ports;
	if (i < a->n_further)
		return a->further[i];
	i -= a->n_further;
	return i < a->neighbors.n ? a->neighbors.port[i] : NULL;
}

bool agent_is_fabric(const struct agent *a, unsigned ifindex)
{
	return port_find(a, ifindex) != NULL;
}

size_t agent_hops(const struct agent *a, rib_peer peer, attrs_id attrs, struct hop *ret, size_t max)
{
	const struct port *port = peer < a->n_by_rib ? a->by_rib[peer] : NULL;

	if (!port || !max)
		return 0;
	if (port->neighbor)
		return reach_hops(a, port, attrs_get(rib_attrs(a->rib), attrs), ret, max);
	*ret = port->hop;
	return 1;
}

const char *agent_peer_name(const struct agent *a, rib_peer peer)
{
	return peer < a->n_by_rib && a->by_rib[peer] ? a->by_rib[peer]->name : "";
}

bool agent_peer_mac(const struct agent *a, uint32_t key, uint8_t ret[6])
{
	const struct port *port = port_by_key(a, key);

	if (!port || !port->known || !port->mac_known)
		return false;
	memcpy(ret, port->peer_mac, 6);
	return true;
}

bool agent_rib_peer(const struct agent *a, uint32_t key, rib_peer *ret)
{
	const struct port *port = port_by_key(a, key);

	if (!port || !(port->in_rib || port->away))
		return false;
	*ret = port->rib;
	return true;
}

struct agent_counters *agent_counters(struct agent *a)
{
	return &a->counters;
}

const struct agent_counters *agent_counted(const struct agent *a)
{
	return &a->counters;
}
