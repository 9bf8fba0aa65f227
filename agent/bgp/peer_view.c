/* What can be shown of a peer. */
#include <string.h>

#include "agent/bgp/peer.h"

enum bgp_state peer_state(const struct peer *p)
{
	enum bgp_state state = p->main->state > p->other->state ? p->main->state : p->other->state;

	return state == BGP_IDLE && p->cfg.numbered.passive && !p->held && !p->all->stopped ? BGP_ACTIVE : state;     /* RFC 4271 8.1.2, event 4: it waits */
}

void peer_view(const struct peer *p, struct peer_view *ret)
{
	const struct session *s = p->main->state >= p->other->state ? p->main : p->other;

	*ret = (struct peer_view){
		.key = p->cfg.key, .ifindex = p->cfg.ifindex, .link = p->cfg.link, .numbered = p->cfg.numbered.on,
		.remote = p->remote, .local = p->cfg.local, .state = peer_state(p),
		.remote_asn = p->remote_asn, .remote_id = p->remote_id, .hostname = p->has_caps ? p->caps.hostname : "",
		.hold = s->hold, .keepalive = s->keepalive, .since = p->since, .ever = p->ever,
		.end = p->end, .end_code = p->end_code, .end_subcode = p->end_subcode, .flaps = p->flaps, .errors = p->count.errors,
		.caps_sent = p->count.sent[BGP_OPEN] ? &p->offered : NULL, .caps_received = p->has_caps ? &p->caps : NULL,
		.last_error = p->last_error, .trouble = p->trouble, .fault = p->fault, .send_queued = s->conn ? s->conn->q.len : 0, .gtsm = p->cfg.gtsm,
		.ttl = p->cfg.numbered.ttl, .role = p->cfg.role,
		.hold_at = s->hold_at, .keepalive_at = s->keepalive_at, .retry_at = mono_min(p->main->retry_at, peer_start_due(p)),
		.notes = &p->count.notes, .received_part = s->conn ? s->conn->rx_n : 0,
	};
	memcpy(ret->received, p->count.received, sizeof(ret->received));
	memcpy(ret->sent, p->count.sent, sizeof(ret->sent));
}

struct span peer_said(const struct peer *p, enum bgp_type type, bool received)
{
	const struct kept *k = &p->main->kept;

	return type == BGP_OPEN ? k->open[received] : type == BGP_NOTIFICATION ? k->note[received] : (struct span){ 0 };
}

bgp_conn peer_conn(const struct peer *p)
{
	return p->main->conn ? p->main->conn->id : 0;
}
