/* Two connections with one peer: which of them stays. RFC 4271 6.8, RFC 6286 2.3, RFC 4724 5. */
#include "agent/bgp/collision.h"

#include <arpa/inet.h>

#include "agent/bgp/refuse.h"

#define RESTARTED_MS 2000                /* a session younger than this was not left by a peer that restarted */

static bool waiting(const struct session *s)
{
	return !mono_is_never(s->read_at);
}

static bool on_its_way(const struct session *s)
{
	return s->state == BGP_CONNECT || s->state == BGP_OPENSENT;
}

/* RFC 4271 6.8: the connection that the side with the higher identifier opened stays; equal ones: the higher AS (RFC 6286 2.3). */
static bool wins(const struct peer *p, const struct session *s, const struct session *against, const struct bgp_open *open)
{
	const struct bgp_open *ours = &p->all->session.offer;
	uint32_t our_id = ntohl(ours->id.s_addr), their_id = ntohl(open->id.s_addr);
	bool higher = our_id != their_id ? our_id > their_id : ours->asn > open->asn;

	if (s->passive == against->passive)      /* one side opened both: the older one stays */
		return false;
	return !s->passive == higher;
}

/* RFC 4724 5: the new connection of a peer that restarts gracefully (it named a family) means that it has lost the old one. Decided only
 * when its OPEN is there, and not for one that was under way when the old one came up: that is a collision. */
static bool restarted(const struct peer *p, const struct session *old, const struct session *new)
{
	return old->caps.gr && (old->caps.gr_mp[0] || old->caps.gr_mp[1]) && new->passive && mono_diff_ms(new->accepted_at, p->since) >= RESTARTED_MS;
}

enum bgp_event collision_judge(void *ctx, struct session *s, const struct bgp_open *open, struct bgp_err *err, mono now)
{
	static const struct bgp_err collision = { .code = NOTIFY_CEASE, .subcode = CEASE_COLLISION };
	struct peer *p = ctx;
	struct session *r = peer_rival(p, s);
	char buf[96], why[PEER_WORDS_MAX + 1];
	bool refused = refuse_open(p, open, err, why, sizeof(why));

	if (r->state == BGP_ESTABLISHED) {
		if (refused || !restarted(p, r, s))      /* RFC 4271 6.8: the new one goes */
			return EV_COLLISION;
		session_say(r, (struct bgp_trouble){ .kind = TROUBLE_OTHER }, "peer opened another connection: it has restarted");
		session_event(r, EV_TCP_FAIL, NULL, now);
	}
	p->remote_asn = open->asn;
	p->remote_id = open->id;
	p->caps = open->caps;
	p->has_caps = true;
	if (refused) {
		session_say(s, (struct bgp_trouble){ TROUBLE_WE_REJECT, err->code, err->subcode }, "we said: %s (%s)", bgp_notification_str(err->code, err->subcode, buf, sizeof(buf)), why);
		return EV_BAD_MESSAGE;
	}
	if (r->state == BGP_OPENCONFIRM || waiting(r)) {
		if (!wins(p, s, r, open))
			return EV_COLLISION;
		session_event(r, EV_COLLISION, &collision, now);
	}
	return EV_OPEN;
}

/* While the connection that would win is on its way, the OPEN that came on the other one is left unread. Without our KEEPALIVE the peer cannot be
 * Established there, nor can we: else one end may have an Established session on the connection that the other one gives up, and neither stays. What
 * decides is the OPEN on the one that is to win. If that one fails instead, or takes too long (a peer that refuses it, or lost power), then the one that
 * waits goes on: closing it before the other one has spoken would cost both, if the peer takes the first connection only (GoBGP). */
mono collision_waits(void *ctx, struct session *s, const struct bgp_open *open)
{
	struct peer *p = ctx;
	const struct session *r = peer_rival(p, s);

	if (!on_its_way(r) || !wins(p, r, s, open))
		return (mono){ INT64_MIN };
	return mono_add_ms(r->passive ? r->accepted_at : r->connect_at, PEER_STALE_MS);
}

void collision_moved(struct peer *p, const struct session *s, mono now)
{
	struct session *r = peer_rival(p, s);

	if (waiting(r) && !on_its_way(s))
		r->read_at = now;
}
