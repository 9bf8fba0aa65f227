/* What the peer says: bytes into messages, messages into events. */
#include <stdio.h>
#include <string.h>

#include "agent/base/utf8.h"
#include "agent/bgp/session.h"

static void bad_message(struct session *s, const struct bgp_err *err, const uint8_t *header, mono now)
{
	/* RFC 4271 6.4: an error in a NOTIFICATION is never answered with another one. */
	bool mute = header && header[18] == BGP_NOTIFICATION;
	char buf[96];

	bgp_notification_str(err->code, err->subcode, buf, sizeof(buf));
	session_say(s, (struct bgp_trouble){ TROUBLE_WE_REJECT, err->code, err->subcode }, "we said: %s (%s, byte %zu of the message)", buf, err->what ? err->what : "malformed", err->at);
	if (mute)
		session_say(s, (struct bgp_trouble){ .kind = TROUBLE_OTHER }, "peer sent a malformed NOTIFICATION");
	s->count->errors++;
	session_event(s, EV_BAD_MESSAGE, mute ? NULL : err, now);
}

/* RFC 9003 2: the operator's own words; of Connection Rejected weft's (refuse.c). They go to logs and terminals. */
static void shutdown_words(const struct bgp_notification *n, char buf[UINT8_MAX + 1])
{
	struct rd rd = rd_of(n->data.p, n->data.n);
	uint8_t len = rd_u8(&rd);
	const uint8_t *p = rd_take(&rd, len);

	buf[0] = '\0';
	if (n->code == NOTIFY_CEASE && (n->subcode == CEASE_ADMIN_SHUTDOWN || n->subcode == CEASE_ADMIN_RESET || n->subcode == CEASE_CONNECTION_REJECTED) && p)
		utf8_words(p, len, buf);
}

static void got_notification(struct session *s, const struct bgp_notification *n, mono now)
{
	struct bgp_err err = { .code = n->code, .subcode = n->subcode };
	struct bgp_notification inner = *n;
	char name[96], words[UINT8_MAX + 1];
	bool hard = n->code == NOTIFY_CEASE && n->subcode == CEASE_HARD_RESET && n->data.n >= 2;

	if (hard)                        /* RFC 8538 3: what it is about stands inside */
		inner = (struct bgp_notification){ n->data.p[0], n->data.p[1], { n->data.p + 2, (uint16_t)(n->data.n - 2) } };
	notes_take(&s->count->notes, NOTE_RECEIVED, (struct bgp_note){ now, inner.code, inner.subcode, hard });
	bgp_notification_str(inner.code, inner.subcode, name, sizeof(name));
	shutdown_words(&inner, words);
	session_say(s, (struct bgp_trouble){ TROUBLE_PEER_REJECTS, inner.code, inner.subcode }, words[0] ? "peer says: %s%s (\"%s\")" : "peer says: %s%s", hard ? "Cease/Hard Reset, " : "", name, words);
	session_event(s, EV_NOTIFICATION, &err, now);
}

/* What both offer is what is used (RFC 5492). */
static void negotiate(struct session *s, const struct bgp_open *theirs)
{
	const struct bgp_open *ours = &s->cfg->offer;
	bool ip4 = theirs->caps.mp[0] || !theirs->caps.mp_any;   /* RFC 4760: a peer without it speaks IPv4 unicast */

	s->caps = theirs->caps;
	s->remote_id = theirs->id;
	s->bgp.as4 = theirs->caps.as4;
	s->bgp.remote_asn = theirs->asn;
	s->bgp.ext_nh_v4 = ours->caps.ext_nh_v4 && theirs->caps.ext_nh_v4;
	s->bgp.extended = ours->caps.extended_message && theirs->caps.extended_message;
	s->bgp.ll_next_hop = ours->caps.ll_next_hop && theirs->caps.ll_next_hop;
	s->bgp.enhanced_refresh = ours->caps.enhanced_refresh && theirs->caps.enhanced_refresh;
	/* A link without addresses: an IPv4 next hop could not be resolved, in either direction. Numbered peers have them. */
	s->bgp.mp[0] = ours->caps.mp[0] && ip4 && (theirs->caps.ext_nh_v4 || s->cfg->own_v4);
	s->bgp.mp[1] = ours->caps.mp[1] && theirs->caps.mp[1];
	s->hold = ours->hold_time < theirs->hold_time ? ours->hold_time : theirs->hold_time;     /* RFC 4271 4.2 */
	session_pace(s);
}

static void got_open(struct session *s, const struct bgp_open *open, mono now)
{
	enum bgp_event e = EV_OPEN;
	struct bgp_err err = { 0 };

	if (s->state == BGP_OPENSENT) {
		e = s->out->judge(s->ctx, s, open, &err, now);
		if (e == EV_OPEN)
			negotiate(s, open);
		else if (e == EV_BAD_MESSAGE)
			s->count->errors++;
		else
			err = (struct bgp_err){ .code = NOTIFY_CEASE, .subcode = CEASE_COLLISION };
	}
	session_event(s, e, &err, now);
}

static void got_refresh(struct session *s, const struct bgp_refresh *refresh, mono now)
{
	uint32_t act = session_event(s, EV_REFRESH, NULL, now);

	/* RFC 2918 4: a family that is not in use is ignored. RFC 7313 5: so is a subtype that nobody knows, or that was not agreed on. */
	if (!(act & ACT_DELIVER) || refresh->subtype > (s->bgp.enhanced_refresh ? REFRESH_END : REFRESH_REQUEST) || refresh->safi != SAFI_UNICAST)
		return;
	if (refresh->afi == AFI_IP4 && s->bgp.mp[0])
		s->out->refresh(s->ctx, AF_INET, (enum bgp_refresh_kind)refresh->subtype);
	else if (refresh->afi == AFI_IP6 && s->bgp.mp[1])
		s->out->refresh(s->ctx, AF_INET6, (enum bgp_refresh_kind)refresh->subtype);
}

static void message(struct session *s, const uint8_t *p, size_t n, mono now)
{
	enum bgp_type type = p[18];      /* bgp_frame let only the known ones through */
	struct bgp_msg msg;
	struct bgp_err err = { 0 };

	s->out->trace(s->ctx, s, true, p, n);
	kept_take(&s->kept, true, p, n);
	s->count->received[0]++;
	s->count->received[type]++;
	if (s->state != BGP_ESTABLISHED && (type == BGP_UPDATE || type == BGP_ROUTE_REFRESH)) {
		session_event(s, type == BGP_UPDATE ? EV_UPDATE : EV_REFRESH, NULL, now);        /* an FSM error: it cannot be read yet */
		return;
	}
	if (bgp_decode(rd_of(p, n), &s->bgp, &msg, &err) < 0) {
		bad_message(s, &err, p, now);
		return;
	}
	switch (msg.type) {
	case BGP_OPEN:
		got_open(s, &msg.open, now);
		break;
	case BGP_UPDATE:
		if (session_event(s, EV_UPDATE, NULL, now) & ACT_DELIVER) {
			s->count->errors += msg.update.treat_as_withdraw;
			msg.update.message = (struct span){ p, (uint16_t)n };
			s->out->update(s->ctx, &msg.update);
		}
		break;
	case BGP_NOTIFICATION:
		got_notification(s, &msg.notification, now);
		break;
	case BGP_KEEPALIVE:
		session_event(s, EV_KEEPALIVE, NULL, now);
		break;
	case BGP_ROUTE_REFRESH:
		got_refresh(s, &msg.refresh, now);
		break;
	}
}

/* Is this an OPEN that is not to be answered yet? Once, so that what waits always goes on. */
static bool leave(struct conn *c, const uint8_t *p, size_t n, mono now)
{
	struct session *s = c->session;
	struct bgp_err err;
	struct bgp_msg msg;
	mono until;

	if (p[18] != BGP_OPEN || s->state != BGP_OPENSENT || c->waited || bgp_decode(rd_of(p, n), &s->bgp, &msg, &err) < 0)
		return false;
	until = s->out->waits(s->ctx, s, &msg.open);
	if (mono_due(until, now))
		return false;
	memmove(c->rx, p, n);
	c->rx_n = n;
	c->waited = true;
	s->read_at = until;
	return true;
}

/* What comes behind it waits too. A peer that is not answered has little to say; who says much has waited enough. */
static bool keep(struct conn *c, const uint8_t *p, size_t n, mono now)
{
	if (mono_is_never(c->session->read_at))
		return false;
	if (n > sizeof(c->rx) - c->rx_n) {
		session_read(c->session, now);
		return false;
	}
	memcpy(c->rx + c->rx_n, p, n);
	c->rx_n += n;
	return true;
}

void session_read(struct session *s, mono now)
{
	struct conn *c = s->conn;
	uint8_t buf[sizeof(c->rx)];
	size_t n = c->rx_n;

	memcpy(buf, c->rx, n);
	c->rx_n = 0;
	s->read_at = MONO_NEVER;
	session_input(c, buf, n, now);
}

/* Length of the message at p when all of it is there, else 0 and how much is needed to look again. < 0: the session is over. */
static int whole(struct conn *c, const uint8_t *p, size_t n, size_t *ret_want, mono now)
{
	struct bgp_err err = { 0 };
	int len = bgp_frame(rd_of(p, n), c->session->bgp.extended, &err);

	if (len < 0) {
		bad_message(c->session, &err, n >= BGP_HEADER_LEN ? p : NULL, now);
		return len;
	}
	*ret_want = len ? (size_t)len : BGP_HEADER_LEN;
	return (size_t)len <= n ? len : 0;
}

void session_input(struct conn *c, const uint8_t *p, size_t n, mono now)
{
	uint8_t *rx;
	int len;

	if (!c->up)
		return;
	c->heard |= n > 0;
	while (n && c->session) {        /* any message may be the session's last */
		if (keep(c, p, n, now) || !c->session)
			return;
		if (!c->rx_n) {          /* whole messages are read where they lie */
			len = whole(c, p, n, &c->rx_want, now);
			if (len > 0) {
				if (!leave(c, p, (size_t)len, now))
					message(c->session, p, (size_t)len, now);
				p += len;
				n -= (size_t)len;
				continue;
			}
			if (len < 0)
				return;
		}
		len = (int)(c->rx_want - c->rx_n < n ? c->rx_want - c->rx_n : n);
		rx = conn_rx(c);
		if (!rx) {
			session_stop(c->session, CEASE_OUT_OF_RESOURCES, "out of memory", now);
			return;
		}
		memcpy(rx + c->rx_n, p, (size_t)len);            /* rx_want is at most what bgp_frame lets through */
		c->rx_n += (size_t)len;
		p += len;
		n -= (size_t)len;
		if (c->rx_n < c->rx_want)
			return;
		len = whole(c, rx, c->rx_n, &c->rx_want, now);
		if (len > 0 && !leave(c, rx, (size_t)len, now)) {
			message(c->session, rx, (size_t)len, now);
			conn_rx_done(c);
		}
	}
}
