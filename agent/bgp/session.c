#include "agent/bgp/session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/hash.h"
#include "agent/base/own.h"

#define RETRY_FIRST_MS 250               /* after a connection that failed; twice as long each time, up to connect_retry */
#define OPEN_WAIT 10                     /* seconds, and connect_retry: see start_hold_large */
#define SEND_HOLD 480                    /* RFC 9687: the greater of 8 minutes and twice the hold time */

void session_init(struct session *s)
{
	s->state = BGP_IDLE;
	s->bgp = (struct bgp_ctx){ .local_asn = s->cfg->offer.asn };
	s->retry_at = s->hold_at = s->keepalive_at = s->send_hold_at = s->read_at = MONO_NEVER;
	s->connect_at = (mono){ INT64_MIN / 2 };
}

void session_say(struct session *s, struct bgp_trouble about, const char *fmt, ...)
{
	va_list ap;

	s->silence = SILENCE_NONE;
	s->trouble = about;
	va_start(ap, fmt);
	vsnprintf(s->why, sizeof(s->why), fmt, ap);
	va_end(ap);
}

mono session_jitter(const struct session *s, mono now, int64_t ms)
{
	uint32_t h = hash_u64((uint64_t)now.us ^ (uint64_t)s->seed << 32);

	return mono_add_ms(now, ms * (750 + h % 251) / 1000);
}

/* RFC 9687: runs while something waits to be sent; not with a hold time of zero. */
static void start_send_hold(struct session *s, mono now)
{
	s->send_hold_at = s->hold ? mono_add_s(now, s->hold * 2 > SEND_HOLD ? s->hold * 2 : SEND_HOLD) : MONO_NEVER;
}

/* Whole messages of one type into the queue. */
static int put(struct session *s, const void *p, size_t n, unsigned count, mono now)
{
	uint8_t type = ((const uint8_t *)p)[18];
	int r = sendq_put(&s->conn->q, p, n);

	if (r < 0) {
		s->overflow = true;
		return r;
	}
	s->out->trace(s->ctx, s, false, p, n);
	kept_take(&s->kept, false, p, n);
	s->count->sent[0] += count;
	s->count->sent[type] += count;
	if (mono_is_never(s->send_hold_at))
		start_send_hold(s, now);
	return 0;
}

static void send_open(struct session *s, mono now)
{
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	s->conn->up = true;
	s->bgp.extended = false;         /* RFC 8654 4: not before both have said so */
	s->retry_at = MONO_NEVER;
	s->hold = s->keepalive = 0;
	if (bgp_put_open(&w, &s->cfg->offer) < 0)
		return;
	*s->offered = s->cfg->offer.caps;
	put(s, buf, wr_len(&w), 1, now);
}

static void send_keepalive(struct session *s, mono now)
{
	uint8_t buf[BGP_HEADER_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	if (bgp_put_keepalive(&w) == 0)
		put(s, buf, wr_len(&w), 1, now);
}

/* The last words; what still waits before them is worth nothing any more, but a message that is half on its way must be completed. */
static void send_notification(struct session *s, const struct bgp_err *err)
{
	struct conn *c = s->conn;
	uint8_t buf[BGP_HEADER_LEN + 2 + sizeof(err->data)];
	struct wr w = wr_of(buf, sizeof(buf));

	conn_cut(c);
	if (bgp_put_notification(&w, err->code, err->subcode, err->data, err->data_len) < 0 || sendq_put(&c->q, buf, wr_len(&w)) < 0)
		return;
	s->out->trace(s->ctx, s, false, buf, wr_len(&w));
	kept_take(&s->kept, false, buf, wr_len(&w));
	s->count->sent[0]++;
	s->count->sent[BGP_NOTIFICATION]++;
}

static void hang_up(struct session *s, const struct bgp_err *last)
{
	struct conn *c = s->conn;

	s->hold_at = s->keepalive_at = s->send_hold_at = s->read_at = MONO_NEVER;
	s->overflow = false;
	s->hold = s->keepalive = 0;
	if (!c)
		return;
	if (last && c->up)
		send_notification(s, last);
	else
		sendq_clear(&c->q);
	c->session = NULL;
	s->conn = NULL;
	s->out->close(s->ctx, c);
}

static void start_hold(struct session *s, mono now)
{
	if (s->hold)
		s->hold_at = mono_add_s(now, s->hold);
	else if (s->state == BGP_ESTABLISHED)    /* RFC 4271 4.2: zero: no timer. OpenConfirm stays bounded all the same */
		s->hold_at = MONO_NEVER;
}

/* RFC 4271 8.2.2 suggests 4 minutes. A peer that lost power after its TCP had connected would be waited for that long; one on the
 * same link answers within a second or not at all. */
static void start_hold_large(struct session *s, mono now)
{
	s->hold_at = mono_add_s(now, OPEN_WAIT + s->cfg->connect_retry);
}

static void start_retry(struct session *s, mono now)
{
	s->retry_at = session_jitter(s, now, (s->cfg->connect_retry ? s->cfg->connect_retry : 1) * 1000);
}

/* A peer that refuses is mostly one that starts, or has not noticed yet that its last connection is over: soon it will not refuse. */
static void start_wait(struct session *s, mono now)
{
	int64_t ms = (int64_t)RETRY_FIRST_MS << s->failed, most = (s->cfg->connect_retry ? s->cfg->connect_retry : 1) * 1000;

	if (ms < most)
		s->failed++;
	s->retry_at = session_jitter(s, now, ms < most ? ms : most);
}

static void start_keepalive(struct session *s, mono now)
{
	mono soonest = mono_add_s(now, 1);       /* RFC 4271 4.4: not more than one a second, jitter or not */

	s->keepalive_at = s->keepalive ? session_jitter(s, now, s->keepalive * 1000) : MONO_NEVER;
	if (s->keepalive_at.us < soonest.us)
		s->keepalive_at = soonest;
}

void session_pace(struct session *s)
{
	s->keepalive = s->hold / 3;
	if (s->cfg->keepalive && s->cfg->keepalive < s->keepalive)
		s->keepalive = s->cfg->keepalive;
	if (s->hold && !s->keepalive)
		s->keepalive = 1;
}

void session_retime(struct session *s, mono now)
{
	uint16_t was = s->keepalive;

	if (s->state < BGP_OPENCONFIRM)
		return;
	session_pace(s);
	if (s->keepalive != was)
		start_keepalive(s, now);
}

static void connect_out(struct session *s, mono now)
{
	hang_up(s, NULL);                /* an attempt that TCP never answered */
	start_retry(s, now);
	s->passive = false;
	s->connect_at = now;
	s->out->connect(s->ctx, s);      /* no memory: the timer tries again */
}

static void note_sent(struct session *s, const struct bgp_err *last, mono now)
{
	bool hard = last->code == NOTIFY_CEASE && last->subcode == CEASE_HARD_RESET && last->data_len >= 2;

	notes_take(&s->count->notes, NOTE_SENT, (struct bgp_note){ now, hard ? last->data[0] : last->code, hard ? last->data[1] : last->subcode, hard });
}

/* ACT_ESTABLISHED and ACT_DELIVER are seen to by out->moved and by whoever has the message. */
static void perform(struct session *s, uint32_t act, const struct bgp_err *last, mono now)
{
	if (act & ACT_SEND_OPEN)
		send_open(s, now);
	if (act & ACT_SEND_KEEPALIVE)
		send_keepalive(s, now);
	if (act & ACT_START_HOLD)
		start_hold(s, now);
	if (act & ACT_START_HOLD_LARGE)
		start_hold_large(s, now);
	if (act & ACT_START_KEEPALIVE)
		start_keepalive(s, now);
	if (act & ACT_CONNECT)
		connect_out(s, now);
	if (act & ACT_WAIT)
		start_wait(s, now);
	if (act & ACT_START_HOLD)                /* the peer has spoken */
		s->failed = 0;
	if (act & ACT_CLOSE && last && s->conn && s->conn->up)
		note_sent(s, last, now);
	if (act & ACT_CLOSE)
		hang_up(s, last);
	if (s->state == BGP_IDLE)
		s->retry_at = MONO_NEVER;
}

static enum session_end end_of(enum bgp_event e, uint32_t act, const struct bgp_err *err)
{
	if (!(act & ACT_CLOSE))
		return END_NONE;
	if (e == EV_COLLISION || (e == EV_NOTIFICATION && err && err->code == NOTIFY_CEASE && err->subcode == CEASE_COLLISION))
		return END_COLLISION;
	if (e == EV_STOP)
		return err && (err->subcode == CEASE_OUT_OF_RESOURCES || err->subcode == CEASE_MAX_PREFIXES) ? END_ERROR : END_STOPPED;
	if (e == EV_NOTIFICATION || e == EV_BAD_MESSAGE || (act & ACT_NOTIFY_FSM))
		return END_ERROR;
	return END_PLAIN;
}

static const struct bgp_trouble OTHER = { .kind = TROUBLE_OTHER };

static struct bgp_trouble we_reject(const struct bgp_err *err)
{
	return (struct bgp_trouble){ TROUBLE_WE_REJECT, err->code, err->subcode };
}

/* RFC 8538 3: when both keep routes over a NOTIFICATION, one that is meant as the end of them is a Hard Reset, with the other one inside. */
static void farewell(const struct session *s, enum bgp_state was, struct bgp_err *err)
{
	if (err->subcode == CEASE_RENEWAL) {
		err->subcode = CEASE_CONFIG_CHANGE;
		return;
	}
	if (was != BGP_ESTABLISHED || err->code != NOTIFY_CEASE || !s->caps.gr_notification || !s->cfg->offer.caps.gr_notification)
		return;
	if (err->data_len + 2u > sizeof(err->data))
		err->data_len = sizeof(err->data) - 2;
	memmove(err->data + 2, err->data, err->data_len);
	err->data[0] = err->code;
	err->data[1] = err->subcode;
	err->data_len = (uint16_t)(err->data_len + 2);
	err->subcode = CEASE_HARD_RESET;
}

static void note_end(struct session *s, enum bgp_event e, uint32_t act, const struct bgp_err *err)
{
	s->end = end_of(e, act, err);
	s->end_event = e;
	s->end_code = err ? err->code : 0;
	s->end_subcode = err ? err->subcode : 0;
}

uint32_t session_event(struct session *s, enum bgp_event e, const struct bgp_err *err, mono now)
{
	struct bgp_step step = fsm_step(s->state, e);
	enum bgp_state was = s->state;
	struct bgp_err own = { 0 };
	char buf[96];

	if (step.act & ACT_IGNORE)
		return step.act;
	if (e == EV_TCP_FAIL && s->passive)      /* the peer's connection: it is not ours to open again */
		step = (struct bgp_step){ BGP_IDLE, ACT_CLOSE };
	if (step.act & ACT_NOTIFY_HOLD) {
		own.code = NOTIFY_HOLD;
		err = &own;
	} else if (step.act & ACT_NOTIFY_FSM) {  /* RFC 6608 3: 1, 2, 3 for OpenSent, OpenConfirm, Established */
		own.code = NOTIFY_FSM;
		own.subcode = was >= BGP_OPENSENT ? (uint8_t)(was - BGP_OPENSENT + 1) : 0;
		err = &own;
		session_say(s, we_reject(&own), "we said: %s (%s)", bgp_notification_str(own.code, own.subcode, buf, sizeof(buf)), bgp_event_str(e));
		s->count->errors++;
	}
	s->state = step.next;
	note_end(s, e, step.act, err);
	if (e == EV_STOP && err) {
		own = *err;
		farewell(s, was, &own);
		err = &own;
	}
	perform(s, step.act, step.act & (ACT_NOTIFY | ACT_NOTIFY_HOLD | ACT_NOTIFY_FSM | ACT_NOTIFY_CEASE) ? err : NULL, now);
	if (s->state != was)
		s->out->moved(s->ctx, s, was, now);
	return step.act;
}

/* RFC 9003 2: a length and that many bytes of UTF-8; none, when there is nothing to say. */
static void add_words(struct bgp_err *err, const char *words)
{
	size_t n = strnlen(words, UINT8_MAX);

	if (!n)
		return;
	err->data[0] = (uint8_t)n;
	memcpy(err->data + 1, words, n);
	err->data_len = (uint16_t)(n + 1);
}

void session_stop(struct session *s, uint8_t cease_subcode, const char *why, mono now)
{
	struct bgp_err err = { .code = NOTIFY_CEASE, .subcode = cease_subcode };
	char buf[96];

	if (s->state == BGP_IDLE)
		return;
	if (cease_subcode == CEASE_ADMIN_SHUTDOWN || cease_subcode == CEASE_ADMIN_RESET)
		add_words(&err, why);
	if (cease_subcode && s->state >= BGP_OPENSENT)
		session_say(s, we_reject(&err), *why ? "we said: %s (%s)" : "we said: %s",
			    bgp_notification_str(err.code, cease_subcode == CEASE_RENEWAL ? CEASE_CONFIG_CHANGE : cease_subcode, buf, sizeof(buf)), why);
	else
		session_say(s, OTHER, "%s", why);
	session_event(s, EV_STOP, cease_subcode ? &err : NULL, now);
}

void session_accepted(struct session *s, struct conn *conn, mono now)
{
	s->passive = true;
	s->accepted_at = now;
	s->conn = conn;
	session_event(s, EV_START_PASSIVE, NULL, now);
	session_event(s, EV_TCP_UP, NULL, now);
}

static enum bgp_trouble_kind trouble_of(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return TROUBLE_REFUSED;
	case ETIMEDOUT:
		return TROUBLE_UNANSWERED;
	case 0:
	case ECONNRESET:
	case EPIPE:
		return TROUBLE_CLOSED;
	default:
		return TROUBLE_NO_WAY;
	}
}

void session_tcp_failed(struct session *s, int error, mono now)
{
	const char *desc = error ? strerrordesc_np(error) : "peer closed the connection";

	session_say(s, (struct bgp_trouble){ .kind = trouble_of(error) }, "%s", desc ? desc : "unknown error");
	if (s->why[0] >= 'A' && s->why[0] <= 'Z')
		s->why[0] += 'a' - 'A';
	if (error == ETIMEDOUT && s->state == BGP_CONNECT)
		s->silence = SILENCE_CONNECT;
	s->conn = NULL;
	session_event(s, EV_TCP_FAIL, NULL, now);
}

/* RFC 9687 in spirit: its timer would take minutes, for it can only see that TCP takes nothing more. */
void session_stalled(struct session *s, mono now)
{
	struct bgp_err err = { .code = NOTIFY_SEND_HOLD };

	if (s->state != BGP_ESTABLISHED)
		return;
	session_say(s, OTHER, "full-size packets are lost (MTU?): nothing of what was sent is acknowledged, and the peer is heard");
	session_event(s, EV_SEND_HOLD, &err, now);
}

void session_sent(struct session *s, mono now)
{
	size_t n;

	sendq_peek(&s->conn->q, &n);
	if (!n)
		s->send_hold_at = MONO_NEVER;
	else
		start_send_hold(s, now);
}

int session_send(struct session *s, const void *p, size_t n, unsigned count, mono now)
{
	int r;

	if (s->state != BGP_ESTABLISHED)
		return -ENOTCONN;
	if (s->overflow)
		return -ENOBUFS;
	if (n < BGP_HEADER_LEN)
		return -EINVAL;
	r = put(s, p, n, count, now);
	if (r < 0)
		return -ENOBUFS;
	start_keepalive(s, now);         /* RFC 4271 8.2.2: each UPDATE sent restarts it */
	return 0;
}

mono session_next(const struct session *s)
{
	if (s->overflow)
		return (mono){ 0 };
	return mono_min(s->read_at, mono_min(mono_min(s->retry_at, s->hold_at), mono_min(s->keepalive_at, s->send_hold_at)));
}

static void say_no_open(struct session *s)
{
	session_say(s, (struct bgp_trouble){ .kind = TROUBLE_NO_OPEN }, "peer sent no OPEN for %d s", OPEN_WAIT + s->cfg->connect_retry);
	if (!s->conn->heard)
		s->silence = SILENCE_OPEN;
}

void session_step(struct session *s, mono now)
{
	struct bgp_err err = { .code = NOTIFY_SEND_HOLD };

	if (s->overflow)
		session_stop(s, CEASE_OUT_OF_RESOURCES, "peer does not read what we send", now);
	if (mono_due(s->read_at, now))
		session_read(s, now);
	if (mono_due(s->hold_at, now)) {
		if (s->state == BGP_OPENSENT)
			say_no_open(s);
		else
			session_say(s, (struct bgp_trouble){ .kind = TROUBLE_SILENCE }, "hold timer expired (%u s)", s->hold);
		session_event(s, EV_HOLD, NULL, now);
	}
	if (mono_due(s->send_hold_at, now)) {
		session_say(s, OTHER, "send hold timer expired: peer reads nothing");
		session_event(s, EV_SEND_HOLD, &err, now);
	}
	if (mono_due(s->keepalive_at, now))
		session_event(s, EV_KEEPALIVE_DUE, NULL, now);
	if (mono_due(s->retry_at, now)) {
		if (s->state == BGP_CONNECT) {
			session_say(s, (struct bgp_trouble){ .kind = TROUBLE_UNANSWERED }, "no answer to our connection attempt");
			s->silence = SILENCE_CONNECT;
		}
		session_event(s, EV_RETRY, NULL, now);
	}
}
