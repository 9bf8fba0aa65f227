#include "agent/refused.h"

#include <stdlib.h>

#include "agent/agent_priv.h"

#define PLACES 512

struct refused {
	struct refused_place {
		struct prefix prefix;            /* family 0: free */
		uint8_t why;
		uint32_t key;
		mono at;
	} place[PLACES];
};

const char *refused_str(enum refusal why)
{
	switch (why) {
	case REFUSED_AS_LOOP:
		return "our own AS is in its AS path";
	case REFUSED_MARTIAN:
		return "no peer may announce this prefix (martian)";
	case REFUSED_LIMIT:
		return "more prefixes than max_prefixes allows";
	case REFUSED_CLUSTER_LOOP:
		return "it has been here before (ORIGINATOR_ID, CLUSTER_LIST)";
	case REFUSED_FILTERED:
		return "the import policy refuses it";
	case REFUSED_LEAK:
		return "it is a route leak (ONLY_TO_CUSTOMER)";
	case REFUSED_OWN_NEXT_HOP:
		return "its next hop is an address of this node";
	case REFUSED_OTHER_FAMILY:
		return "its next hop is of another address family";
	case REFUSED_MALFORMED:
		return "its attributes are malformed (treated as withdrawn)";
	}
	return "";
}

enum refusal refused_by_rib(enum rib_verdict verdict)
{
	switch (verdict) {
	case RIB_ACCEPTED:
	case RIB_AS_LOOP:
		break;
	case RIB_MARTIAN:
		return REFUSED_MARTIAN;
	case RIB_LIMIT:
		return REFUSED_LIMIT;
	case RIB_CLUSTER_LOOP:
		return REFUSED_CLUSTER_LOOP;
	}
	return REFUSED_AS_LOOP;
}

void refused_note(const struct port *port, const struct prefix *p, enum refusal why)
{
	struct agent *a = port->agent;
	struct refused_place *place;

	if (!a->refused)
		a->refused = calloc(1, sizeof(*a->refused));
	if (!a->refused)                         /* nothing that matters is lost */
		return;
	place = &a->refused->place[(prefix_hash(p->family, p->addr, p->len, a->out.secret) + port->key) % PLACES];
	*place = (struct refused_place){ *p, (uint8_t)why, port->key, a->now };
}

void refused_free(struct agent *a)
{
	free(a->refused);
}

/* Is it of the session that there is? */
static bool is_of_now(const struct agent *a, const struct refused_place *place)
{
	const struct peer *peer = peers_find(a->peers, place->key);
	struct peer_view v;

	if (!peer)
		return false;
	peer_view(peer, &v);
	return v.state == BGP_ESTABLISHED && place->at.us >= v.since.us;
}

bool refused_next(const struct agent *a, const struct prefix *p, size_t *at, struct refused_view *ret)
{
	const struct refused_place *place;

	while (a->refused && *at < PLACES) {
		place = &a->refused->place[(*at)++];
		if (place->prefix.family != p->family || !prefix_eq(&place->prefix, p) || !is_of_now(a, place))
			continue;
		*ret = (struct refused_view){ place->key, (enum refusal)place->why, place->at };
		return true;
	}
	return false;
}

bool refused_of(const struct agent *a, uint32_t key, size_t *at, struct prefix *ret_prefix, struct refused_view *ret)
{
	const struct refused_place *place;

	while (a->refused && *at < PLACES) {
		place = &a->refused->place[(*at)++];
		if (!place->prefix.family || place->key != key || !is_of_now(a, place))
			continue;
		*ret_prefix = place->prefix;
		*ret = (struct refused_view){ place->key, (enum refusal)place->why, place->at };
		return true;
	}
	return false;
}
