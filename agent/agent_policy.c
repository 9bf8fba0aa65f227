/* What passes between a peer and the RIB: the policies of "import" and "export", the profile of servers, max_prefixes. */
#include "agent/agent_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/log.h"
#include "agent/base/own.h"
#include "agent/refused.h"

static struct policy *policy_named(const struct agent *a, const char *name)
{
	size_t i = 0;

	while (strcmp(a->cfg->policies[i].name, name) != 0)      /* it is there: the configuration was checked */
		i++;
	return a->policies[i];
}

/* Never transit: nobody but the server itself in the path. And if nobody said more, single addresses only. */
static int host_new(struct filters *f, const struct config_filter *cfg)
{
	f->single[0] = (struct prefix_range){ { .family = AF_INET }, 32, 32 };
	f->single[1] = (struct prefix_range){ { .family = AF_INET6 }, 128, 128 };
	f->host = (struct policy_rule){
		.match = {
			.prefixes = cfg->n_prefixes ? cfg->prefixes : f->single,
			.n_prefixes = cfg->n_prefixes ? cfg->n_prefixes : ARRAY_LEN(f->single), .peer_as_only = true,
		},
		.action = POLICY_ACCEPT,
	};
	return policy_new(&f->own, &f->host, 1);
}

static int filter_new(const struct agent *a, struct filters *f, const struct config_filter *cfg, struct policy **ret)
{
	int r = 0;

	switch (cfg->kind) {
	case FILTER_ALL:
		break;
	case FILTER_NONE:
		*ret = a->none;
		break;
	case FILTER_HOST:
		r = host_new(f, cfg);
		*ret = f->own;
		break;
	case FILTER_POLICY:
		*ret = policy_named(a, cfg->policy);
		break;
	}
	return r;
}

int filters_new(struct agent *a)
{
	const struct config *c = a->cfg;
	size_t n = c->n_links + c->n_neighbors;
	int r = policy_new(&a->none, NULL, 0);

	if (r >= 0 && n)
		r = policy_scratch_new(&a->scratch);
	a->policies = calloc(c->n_policies + 1, sizeof(struct policy *));
	a->filters = calloc(n + 1, sizeof(*a->filters));
	if (!a->policies || !a->filters)
		return -ENOMEM;
	for (size_t i = 0; i < c->n_policies && r >= 0; i++)
		r = policy_new(&a->policies[i], c->policies[i].rules, c->policies[i].n_rules);
	for (size_t i = 0; i < n && r >= 0; i++) {
		const struct config_terms *terms = i < c->n_links ? &c->links[i].terms : &c->neighbors[i - c->n_links].terms;

		r = filter_new(a, &a->filters[i], &terms->import, &a->filters[i].import);
		if (r >= 0)
			r = filter_new(a, &a->filters[i], &terms->export, &a->filters[i].export);
	}
	return r;
}

void filters_free(struct agent *a)
{
	for (size_t i = 0; a->cfg && a->policies && i < a->cfg->n_policies; i++)
		policy_free(a->policies[i]);
	for (size_t i = 0; a->cfg && a->filters && i < a->cfg->n_links + a->cfg->n_neighbors; i++)
		policy_free(a->filters[i].own);
	free(a->policies);
	free(a->filters);
	policy_free(a->none);
	policy_scratch_free(a->scratch);
	a->policies = NULL;
	a->filters = NULL;
	a->none = NULL;
	a->scratch = NULL;
}

int filters_renew(struct agent *a, struct config *to, struct agent *ret_was)
{
	struct agent was = *a;
	int r;

	a->cfg = to;
	a->policies = NULL;
	a->filters = NULL;
	a->none = NULL;
	a->scratch = NULL;
	r = filters_new(a);
	if (r < 0)
		filters_restore(a, &was);
	else
		*ret_was = was;
	return r;
}

void filters_restore(struct agent *a, const struct agent *was)
{
	filters_free(a);
	a->cfg = was->cfg;
	a->policies = was->policies;
	a->filters = was->filters;
	a->none = was->none;
	a->scratch = was->scratch;
}

/* What the configuration says of a peer, and under which number; NULL: nothing. */
static const struct config_terms *terms_of(const struct agent *a, const struct port *port, size_t *ret_i)
{
	const struct config_link *rule = port->neighbor ? NULL : config_link_for(a->cfg, port_link_name(port));

	if (port->neighbor) {
		*ret_i = a->cfg->n_links + (size_t)(port->neighbor - a->cfg->neighbors);
		return &port->neighbor->terms;
	}
	if (!rule)
		return NULL;
	*ret_i = (size_t)(rule - a->cfg->links);
	return &rule->terms;
}

/* A numbered peer's link is the interface that leads there, or none. */
static const char *link_of(const struct port *port)
{
	const struct link *link = port->neighbor ? links_find(port->agent->links, port->ifindex) : NULL;

	if (!port->neighbor)
		return port_link_name(port);
	return link ? link->info.name : "";
}

/* What this peer is told of a route. Whatever only counts within this node or its AS goes first, so that what is equal then is told together. */
static attrs_id export_filter(void *ctx, const struct prefix *p, attrs_id attrs, bool local)
{
	struct port *port = ctx;
	struct agent *a = port->agent;
	bool external = port->peer_asn != a->cfg->asn;
	struct policy_route route = { .prefix = p, .link = link_of(port), .peer_asn = port->peer_asn, .prepend = external ? a->cfg->asn : 0 };
	struct attrs value = *attrs_get(rib_attrs(a->rib), attrs);
	attrs_id id;

	value.weight = 0;
	if (external && !local) {                        /* RFC 4271 5.1.4, 5.1.5 */
		value.has &= (uint8_t)~(ATTRS_MED | ATTRS_LOCAL_PREF);
		value.med = value.local_pref = 0;
	}
	if (policy_apply(port->export, &route, &value, a->scratch) == POLICY_REFUSED) {
		port->withheld++;
		return 0;
	}
	value.weight = 0;
	return attrs_intern(rib_attrs(a->rib), &value, &id) < 0 ? 0 : id;
}

void filters_open(struct port *port, uint32_t peer_asn)
{
	port->peer_asn = peer_asn;
	port->filtered = port->withheld = port->leaks = port->bad_bandwidths = 0;
	port->heard = (struct agent_heard_view){ 0 };
	port->limit_warned = false;
	filters_adopt(port);
}

void filters_adopt(struct port *port)
{
	struct agent *a = port->agent;
	bool counts = port->in_rib || port->away;
	size_t i = 0;
	const struct filters *f;

	port->terms = counts ? terms_of(a, port, &i) : NULL;
	f = port->terms ? &a->filters[i] : NULL;
	port->import = f ? f->import : NULL;
	port->export = f ? f->export : NULL;
	if (!counts)
		return;
	rib_limit(a->rib, port->rib, port->terms ? port->terms->limit.max : 0);
	rib_export_filter(a->rib, port->rib, port->export ? export_filter : NULL, port);
}

bool filters_over(const struct port *port, const struct config_limit *limit)
{
	struct rib_peer_stats n;

	rib_peer_stats(port->agent->rib, port->rib, &n);
	return limit->max && n.received[0] + n.received[1] - n.stale[0] - n.stale[1] > limit->max;
}

void filters_recount(struct port *port)
{
	struct agent *a = port->agent;
	struct rib_peer_stats n;

	port->limit_warned = false;
	if (port->terms && filters_over(port, &port->terms->limit) && !port->terms->limit.refuse) {
		port->reset_cease = CEASE_MAX_PREFIXES;
		port->reset_why = "more prefixes than max_prefixes allows now";
		return;
	}
	filters_warn(port);
	rib_peer_stats(a->rib, port->rib, &n);
	if (n.over_limit)                        /* they may have room now */
		refresh_request(port);
}

int filters_update(struct port *port, const struct prefix *p, const struct attrs *attrs, attrs_id id)
{
	struct agent *a = port->agent;
	struct policy_route route = { .prefix = p, .link = link_of(port), .peer_asn = port->peer_asn, .prepend = port->peer_asn };
	struct attrs value = *attrs;
	int r;

	switch (policy_apply(port->import, &route, &value, a->scratch)) {
	case POLICY_REFUSED:
		port->filtered++;
		refused_note(port, p, REFUSED_FILTERED);
		rib_withdraw(a->rib, port->rib, p);
		return RIB_ACCEPTED;                     /* there is nothing that the RIB could refuse */
	case POLICY_PASSED:
		return rib_update(a->rib, port->rib, p, id);
	case POLICY_CHANGED:
		break;
	}
	/* RFC 8326 4.2, whatever preference the policy gave; also when it was the policy that added the community. */
	if (attrs_has_community(attrs, COMMUNITY_GRACEFUL_SHUTDOWN) || attrs_has_community(&value, COMMUNITY_GRACEFUL_SHUTDOWN)) {
		value.local_pref = 0;
		value.has |= ATTRS_LOCAL_PREF;
	}
	r = attrs_intern(rib_attrs(a->rib), &value, &id);
	if (r < 0)
		return r;
	r = rib_update(a->rib, port->rib, p, id);
	attrs_unref(rib_attrs(a->rib), id);
	return r;
}

void filters_warn(struct port *port)
{
	const struct config_limit *limit = port->terms ? &port->terms->limit : NULL;
	struct rib_peer_stats n;

	if (!limit || !limit->max || !limit->warning || port->limit_warned)
		return;
	rib_peer_stats(port->agent->rib, port->rib, &n);
	if ((uint64_t)(n.received[0] + n.received[1]) * 100 < (uint64_t)limit->max * limit->warning)
		return;
	port->limit_warned = true;
	port->agent->counters.limit_warnings++;
	log_event(EVENT_PREFIX_LIMIT, port_about(port), "the peer announces %u prefixes, max_prefixes is %u", n.received[0] + n.received[1], limit->max);
}

static const char *filter_name(const struct config_filter *f)
{
	switch (f->kind) {
	case FILTER_ALL:
		return "all";
	case FILTER_NONE:
		return "none";
	case FILTER_HOST:
		return "host";
	case FILTER_POLICY:
		return f->policy;
	}
	return "";
}

bool agent_filters(const struct agent *a, uint32_t key, struct agent_filters_view *ret)
{
	static const struct config_terms nothing;
	const struct port *port = port_by_key(a, key);
	const struct config_terms *terms;
	size_t i;

	if (!port)
		return false;
	terms = terms_of(a, port, &i);
	if (!terms)
		terms = &nothing;
	*ret = (struct agent_filters_view){
		.import = filter_name(&terms->import), .export = filter_name(&terms->export), .max_prefixes = terms->limit.max,
	};
	if (port->in_rib) {
		ret->filtered = port->filtered;
		ret->withheld = port->withheld;
		ret->leaks = port->leaks;
		ret->max_warned = port->limit_warned;
	}
	return true;
}
