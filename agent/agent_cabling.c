/* The cabling plan (`expect`): who is to be at the other end of a link, and who is, by his own word in the OPEN or by LLDP's. */
#include "agent/agent_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/hash.h"
#include "agent/base/log.h"

#define LOG_TOPIC TOPIC_LINK

struct cable {                           /* of a fabric link with `expect` */
	uint32_t ifindex;
	struct cable_end lldp;           /* who it says is there; "" nobody */
	uint64_t told;                   /* that it is wrong was told, as a hash of how; 0: not */
	bool waits;                      /* the session was told to wait for the other side */
	bool out;                        /* with `strict` nobody was let in */
};

static const struct config_link *rule_in(const struct config *c, const char *link)
{
	const struct config_link *rule = config_link_for(c, link);

	return rule && *rule->expect.host ? rule : NULL;
}

static struct cable *cable_find(const struct agent *a, uint32_t ifindex)
{
	for (size_t i = 0; i < a->cables.n; i++)
		if (a->cables.list[i].ifindex == ifindex)
			return &a->cables.list[i];
	return NULL;
}

/* NULL: no memory, so it is as if nothing were heard. */
static struct cable *cable_of(struct agent *a, uint32_t ifindex)
{
	struct cable *cable = cable_find(a, ifindex), *grown;

	if (cable)
		return cable;
	grown = realloc(a->cables.list, (a->cables.n + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	a->cables.list = grown;
	grown[a->cables.n] = (struct cable){ .ifindex = ifindex };
	return &grown[a->cables.n++];
}

static void cable_drop(struct agent *a, struct cable *cable)
{
	*cable = a->cables.list[--a->cables.n];
}

void cabling_free(struct agent *a)
{
	free(a->cables.list);
}

void agent_lldp(struct agent *a, unsigned ifindex, const struct cable_end *end)
{
	static const struct cable_end nobody;
	const struct port *port = port_find(a, ifindex);
	const struct link *link = links_find(a->links, ifindex);
	struct cable *cable;

	end = end && link && link->info.running ? end : &nobody;
	if (!port || !rule_in(a->cfg, port->name))
		return;
	cable = *end->host || cable_find(a, ifindex) ? cable_of(a, ifindex) : NULL;
	if (!cable || (strcmp(cable->lldp.host, end->host) == 0 && strcmp(cable->lldp.port, end->port) == 0))
		return;
	cable->lldp = *end;
	a->cables.dirty = true;
}

void agent_lldp_asked(struct agent *a, int error)
{
	a->cables.lldp_error = error;
}

int agent_lldp_error(const struct agent *a)
{
	return a->cables.lldp_error;
}

/* What a peer says of itself goes before what LLDP says: it is of the very session, and LLDP's word may be two minutes old. LLDP adds the port that
 * it does not say, if both speak of one node. */
static void hear(const struct agent *a, uint32_t ifindex, const struct bgp_caps *caps, struct agent_cabling_view *ret)
{
	const struct cable *cable = cable_find(a, ifindex);

	if (caps && *caps->hostname) {
		snprintf(ret->heard.host, sizeof(ret->heard.host), "%s%s%s", caps->hostname, *caps->domain ? "." : "", caps->domain);
		memcpy(ret->heard.port, caps->port, sizeof(ret->heard.port));
		ret->source = CABLE_BGP;
	}
	if (!cable || !*cable->lldp.host)
		return;
	if (!*ret->heard.host) {
		ret->heard = cable->lldp;
		ret->source = CABLE_LLDP;
	} else if (!*ret->heard.port && *cable->lldp.port && cabling_same_host(ret->heard.host, cable->lldp.host)) {
		memcpy(ret->heard.port, cable->lldp.port, sizeof(ret->heard.port));
		ret->source = CABLE_BGP_AND_LLDP;
	}
}

static const struct bgp_caps *caps_of(const struct port *port)
{
	const struct peer *peer = peers_find(port->agent->peers, port->key);
	struct peer_view v;

	if (!peer)
		return NULL;
	peer_view(peer, &v);
	return v.caps_received;
}

static enum cabling_verdict verdict_of(const struct port *port, const struct config *c)
{
	const struct config_link *rule = rule_in(c, port->name);
	struct agent_cabling_view v = { 0 };

	hear(port->agent, port->ifindex, caps_of(port), &v);
	return rule ? cabling_judge(&rule->expect, &v.heard) : CABLING_PLANNED;
}

/* The link that waits for just what is at the end of this one. */
static const char *swapped_with(const struct port *port, const struct cable_end *heard)
{
	const struct agent *a = port->agent;

	for (size_t i = 0; i < a->n_ports; i++) {
		const struct config_link *rule = a->ports[i] == port ? NULL : rule_in(a->cfg, a->ports[i]->name);

		if (rule && cabling_judge(&rule->expect, heard) == CABLING_PLANNED && verdict_of(a->ports[i], a->cfg) != CABLING_PLANNED)
			return a->ports[i]->name;
	}
	return "";
}

static bool look(const struct port *port, const struct bgp_caps *caps, const char *who, struct agent_cabling_view *ret)
{
	const struct config_link *rule = rule_in(port->agent->cfg, port_link_name(port));
	struct cabling_case c = { &ret->plan, &ret->heard, ret->swapped_with };

	*ret = (struct agent_cabling_view){ 0 };
	if (!rule)
		return false;
	ret->plan = rule->expect;
	ret->strict = rule->strict;
	hear(port->agent, port->ifindex, caps, ret);
	ret->verdict = cabling_judge(&ret->plan, &ret->heard);
	ret->alarm = cabling_is_wrong(ret->verdict) || (ret->strict && ret->verdict == CABLING_UNKNOWN && caps && !port->in_rib);
	if (cabling_is_wrong(ret->verdict))
		snprintf(ret->swapped_with, sizeof(ret->swapped_with), "%.15s", swapped_with(port, &ret->heard));
	cabling_text(&c, who, ret->text, sizeof(ret->text));
	return true;
}

bool agent_cabling(const struct agent *a, unsigned ifindex, struct agent_cabling_view *ret)
{
	const struct port *port = port_find(a, ifindex);

	return port && look(port, caps_of(port), port->name, ret);
}

bool agent_has_plan(const struct agent *a)
{
	return a->cables.planned;
}

bool cabling_unwelcome(void *ctx, const struct peer *peer, const struct bgp_caps *caps, char why[PEER_WORDS_MAX + 1])
{
	const struct agent *a = ctx;
	struct agent_cabling_view cabling;
	const struct port *port;
	struct peer_view v;
	char who[sizeof(a->cfg->hostname) + INET6_ADDRSTRLEN];

	peer_view(peer, &v);
	port = v.numbered ? NULL : port_by_key(a, v.key);
	if (!port)
		return false;
	snprintf(who, sizeof(who), "%s %s", a->cfg->hostname, port_link_name(port));     /* the peer's operator hears it too */
	if (!look(port, caps, who, &cabling) || !cabling.strict || cabling.verdict == CABLING_PLANNED)
		return false;
	snprintf(why, PEER_WORDS_MAX + 1, "%.*s", PEER_WORDS_MAX, cabling.text);
	return true;
}

/* LLDP says that it is wrong, and the peer, if it has spoken, does not say otherwise. */
bool cabling_waits(const struct port *port)
{
	const struct cable *cable = cable_find(port->agent, port->ifindex);
	const struct config_link *rule = cable ? rule_in(port->agent->cfg, port_link_name(port)) : NULL;

	return rule && rule->strict && cabling_is_wrong(cabling_judge(&rule->expect, &cable->lldp)) && cabling_is_wrong(verdict_of(port, port->agent->cfg));
}

bool cabling_ends(const struct port *port, const struct config *to)
{
	const struct config_link *rule = port->neighbor ? NULL : rule_in(to, port_link_name(port));

	return rule && rule->strict && verdict_of(port, to) != CABLING_PLANNED;
}

static void tell(const struct port *port, struct cable *cable, const struct agent_cabling_view *v)
{
	struct log_about about = { .link = port->name, .peer = port->known ? &port->peer : NULL };      /* the sentence begins with the link */
	uint64_t how = hash_bytes(&v->heard, sizeof(v->heard), hash_bytes(&v->plan, sizeof(v->plan), 1)) | 1;

	if (cabling_is_wrong(v->verdict) && cable->told != how) {
		cable->told = how;
		log_event(EVENT_CABLING_WRONG, about, "%s", v->text);
	} else if (v->verdict == CABLING_PLANNED && cable->told) {
		cable->told = 0;
		log_event(EVENT_CABLING_RIGHT, about, "%s", v->text);
	}
}

static void port_cabling(struct port *port, mono now)
{
	struct agent *a = port->agent;
	const struct link *link = links_find(a->links, port->ifindex);
	struct cable *cable = cable_of(a, port->ifindex);
	struct agent_cabling_view v;
	bool may;

	if (!cable)
		return;
	if (!link || !link->info.running)        /* what is heard next may be at the end of another cable */
		cable->lldp = (struct cable_end){ 0 };
	look(port, caps_of(port), port->name, &v);
	tell(port, cable, &v);
	may = cable->out && v.verdict == CABLING_PLANNED && !port->in_rib;       /* now he may: what he was refused for is forgotten */
	may |= cable->waits != cabling_waits(port);
	cable->waits = cabling_waits(port);
	cable->out = v.strict && v.verdict != CABLING_PLANNED;
	if (may && port->known && port->usable)
		port_session_start(port, now);
	if (v.strict && cabling_is_wrong(v.verdict) && port->in_rib && !port->reset_cease) {
		port->reset_cease = CEASE_CONNECTION_REJECTED;
		port->reset_why = "it is not who the cabling plan says (expect, strict)";
	}
}

void cabling_step(struct agent *a, mono now)
{
	struct cable *cable;

	if (!a->cables.dirty)
		return;
	a->cables.dirty = a->cables.planned = false;
	for (size_t i = 0; i < a->cfg->n_links; i++)
		a->cables.planned |= *a->cfg->links[i].expect.host != 0;
	for (size_t i = a->cables.n; i-- > 0;)
		if (!port_find(a, a->cables.list[i].ifindex))
			cable_drop(a, &a->cables.list[i]);
	for (size_t i = 0; i < a->n_ports; i++) {
		cable = cable_find(a, a->ports[i]->ifindex);
		if (a->cables.planned && rule_in(a->cfg, a->ports[i]->name))
			port_cabling(a->ports[i], now);
		else if (cable)
			cable_drop(a, cable);
	}
}
