/* One session: what a packet or silence does to it, when it sends. */
#include <string.h>

#include "agent/bfd/bfd_fsm.h"
#include "agent/bfd/bfd_priv.h"

static uint32_t most(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* RFC 5880 6.8.7: the slower of what we want to send and what the peer wants to hear. */
static uint32_t interval(const struct bfd_session *s)
{
	return most(s->used_tx, s->v.remote_rx_us);
}

/* RFC 5880 6.8.7: a quarter less at most, and with a multiplier of 1 at least a tenth. What may then leave early is part of it. */
static int64_t jittered(struct bfd *b, const struct bfd_session *s)
{
	uint32_t all = interval(s), least = s->peer.multiplier == 1 ? all / 10 : 0, range = all / 4 - BFD_EARLY_US - least;

	return (int64_t)all - least - (int64_t)((uint64_t)bfd_random(b) * range >> 32);
}

/* RFC 5880 6.8.7: nothing periodic for a peer that wants none, or that asks when it wants to know (demand mode, 6.6). */
static bool sends(const struct bfd_session *s)
{
	bool demand = s->remote_demand && s->v.state == BFD_UP && s->v.remote_state == BFD_UP && !s->polling;

	return s->v.remote_rx_us != 0 && !demand;
}

static void transmit(struct bfd *b, struct bfd_session *s, bool final)
{
	uint8_t buf[BFD_MSG_LEN];
	struct bfd_msg m = {
		.diag = s->v.diag, .state = s->v.state, .poll = s->polling && !final, .final = final,
		/* Not independent: this is one process with our control plane, and ends with it (RFC 5882 4.3.2). */
		.multiplier = s->peer.multiplier, .my = s->v.local_discr, .your = s->v.remote_discr,
		.desired_tx = s->desired_tx, .required_rx = s->required_rx,
		.required_echo_rx = 0,           /* we do not echo (RFC 5880 6.8.1) */
	};

	bfd_encode(&m, buf);
	s->v.error = b->out.send(b->out.ctx, s->slot, &s->peer, buf, sizeof(buf));
	b->stats.sent += s->v.error == 0;
}

static void transmit_now(struct bfd *b, struct bfd_session *s, mono now)
{
	transmit(b, s, false);
	s->sent_at = now;
	s->tx_at = sends(s) ? (mono){ now.us + jittered(b, s) } : MONO_NEVER;
}

/* Brings the time of the next packet in line with an interval that may have changed. */
static void pace(struct bfd *b, struct bfd_session *s)
{
	if (!sends(s))
		s->tx_at = MONO_NEVER;
	else if (s->tx_at.us > s->sent_at.us + interval(s))
		s->tx_at = (mono){ s->sent_at.us + jittered(b, s) };
	s->v.tx_us = sends(s) ? interval(s) : 0;
}

/* The slower of what the peer wants to send and we to hear. */
static uint32_t remote_interval(const struct bfd_session *s)
{
	return most(s->used_rx, s->v.remote_tx_us);
}

static void count_loss(struct bfd_session *s, int64_t gap_us, uint32_t interval_us, bool heard)
{
	bfd_loss_gap(&s->loss, gap_us, interval_us, heard);
	s->v.loss_known = s->loss.known;
	s->v.loss_permille = s->loss.permille;
	s->v.lossy = s->loss.bad;
}

/* RFC 5880 6.8.4: the peer's multiplier, and its interval. */
static void watch(struct bfd_session *s)
{
	if (!s->v.remote_discr)                  /* nobody is there */
		return;
	s->v.detect_us = (int64_t)s->v.remote_multiplier * remote_interval(s);
	s->detect_at = (mono){ s->heard_at.us + s->v.detect_us };
}

/* What we want, as the state has it. RFC 5880 6.8.3: in a session that is Up it is said with a poll; until the peer has answered we send no slower
 * than before, and do not expect it to send faster. */
static void want(struct bfd_session *s)
{
	bool up = s->v.state == BFD_UP;
	uint32_t rx = s->peer.interval_us, tx = up ? rx : most(rx, BFD_SLOW_US);

	if (!up)
		s->polling = s->poll_again = false;
	else if (tx != s->desired_tx || rx != s->required_rx) {
		s->poll_again = s->polling;
		s->polling = true;
	}
	if (!up || tx < s->used_tx)
		s->used_tx = tx;
	if (!up || rx > s->used_rx)
		s->used_rx = rx;
	s->desired_tx = tx;
	s->required_rx = rx;
}

static void polled(struct bfd_session *s)
{
	if (!s->polling)
		return;
	s->polling = s->poll_again;              /* this Final may have answered what we said first */
	s->poll_again = false;
	if (s->polling)
		return;
	s->used_tx = s->desired_tx;
	s->used_rx = s->required_rx;
}

/* The only writer of the state but the end. True: it is another one. restarted: who says so is not who was Up. */
static bool move(struct bfd_session *s, enum bfd_event e, bool restarted, mono now)
{
	enum bfd_state was = s->v.state;
	struct bfd_fsm_step step = bfd_fsm(was, e);

	if (step.next == was)
		return false;
	s->v.state = step.next;
	if (step.next == BFD_UP) {
		s->v.ups++;
		s->v.since = now;
		s->v.diag = BFD_DIAG_NONE;
	}
	if (step.next == BFD_DOWN)
		s->v.diag = step.diag;
	if (was == BFD_UP) {
		s->v.downs++;
		s->v.since = now;
	}
	if (was == BFD_UP && e != BFD_EV_ADMIN_DOWN && !restarted) {     /* RFC 5882 3.2, 4.3.2: these are no failures */
		s->v.failures++;
		s->v.failure_diag = step.diag;
	}
	want(s);
	return true;
}

static void news(struct bfd *b, struct bfd_session *s)
{
	b->n_news += !s->news;
	s->news = true;
}

static void note(struct bfd *b, struct bfd_session *s, const struct bfd_view *before)
{
	if (memcmp(before, &s->v, sizeof(*before)) != 0)
		news(b, s);
}

void bfds_start(struct bfd *b, struct bfd_session *s, mono now)
{
	s->v.key = s->peer.key;
	s->v.serial = s->peer.serial;
	s->v.state = s->v.remote_state = BFD_DOWN;
	s->v.remote_rx_us = 1;                   /* RFC 5880 6.8.1: until it has said something else */
	s->v.since = now;
	s->detect_at = MONO_NEVER;
	news(b, s);
	want(s);
	transmit_now(b, s, now);
	pace(b, s);
}

void bfds_retime(struct bfd *b, struct bfd_session *s, mono now)
{
	news(b, s);
	want(s);
	watch(s);
	transmit_now(b, s, now);
	pace(b, s);
}

/* RFC 5880 6.8.6 from "Set bfd.RemoteDiscr" on, in its order. */
void bfds_input(struct bfd *b, struct bfd_session *s, const struct bfd_msg *m, mono now)
{
	struct bfd_view before = s->v;
	uint32_t interval_us = remote_interval(s);
	int64_t gap_us = now.us - s->heard_at.us;
	/* The path carries what the peer's next process says: nothing is wrong with it. Not so if its BFD did not end with its control plane (4.3.1). */
	bool moved, restarted = before.remote_discr && m->my != before.remote_discr && !before.remote_independent;

	s->v.heard = true;
	s->v.remote_discr = m->my;
	s->v.remote_state = m->state;
	s->v.remote_diag = m->diag;
	s->v.remote_independent = m->independent;
	s->v.remote_multiplier = m->multiplier;
	s->v.remote_tx_us = m->desired_tx;
	s->v.remote_rx_us = m->required_rx;
	s->remote_demand = m->demand;
	s->heard_at = now;
	if (m->final)
		polled(s);
	moved = move(s, (enum bfd_event)m->state, restarted, now);
	watch(s);
	if (before.state == BFD_UP && s->v.state == BFD_UP)
		count_loss(s, gap_us, most(interval_us, remote_interval(s)), true);
	/* RFC 5880 6.8.7: news are not for the next periodic packet. One answer to one packet: it cannot be made to send more than it hears. */
	if (moved)
		transmit_now(b, s, now);
	if (m->poll && !m->final)
		transmit(b, s, true);
	if (mono_is_never(s->tx_at) && sends(s))
		s->tx_at = (mono){ now.us + jittered(b, s) };
	pace(b, s);
	note(b, s, &before);
}

/* RFC 5880 6.8.4, and 6.8.1 for bfd.RemoteDiscr. */
static void expire(struct bfd *b, struct bfd_session *s, mono now)
{
	bool moved;

	if (s->v.state == BFD_UP)
		count_loss(s, now.us - s->heard_at.us, remote_interval(s), false);
	s->v.remote_discr = 0;
	s->v.remote_rx_us = 1;                   /* as at the start: one that wanted nothing may be another one now */
	s->v.detect_us = 0;
	s->detect_at = MONO_NEVER;
	s->remote_demand = false;
	if (s->v.remote_state != BFD_ADMIN_DOWN)         /* whoever said so is silent with good reason */
		s->v.remote_state = BFD_DOWN;
	moved = move(s, BFD_EV_EXPIRED, false, now);
	if (moved || mono_is_never(s->tx_at))
		transmit_now(b, s, now);
	pace(b, s);
}

static void count_late(struct bfd *b, int64_t us)
{
	unsigned bucket = 0;

	while (us > 0 && bucket < BFD_LATE_BUCKETS - 1) {
		us >>= 1;
		bucket++;
	}
	b->stats.late[bucket]++;
}

void bfds_step(struct bfd *b, struct bfd_session *s, mono now)
{
	struct bfd_view before = s->v;

	if (mono_due(s->detect_at, now))
		expire(b, s, now);
	if (mono_due(s->tx_at, (mono){ now.us + BFD_EARLY_US })) {
		count_late(b, now.us - s->tx_at.us);
		transmit_now(b, s, now);
	}
	note(b, s, &before);
}

/* RFC 5880 6.8.16 wants this said for a whole detection time; a peer that misses it takes it for a failure, which no packet of a session that is
 * gone can mend. */
void bfds_farewell(struct bfd *b, struct bfd_session *s)
{
	s->v.state = BFD_ADMIN_DOWN;
	s->v.diag = BFD_DIAG_ADMIN_DOWN;
	want(s);
	transmit(b, s, false);
}

mono bfds_next(const struct bfd_session *s)
{
	mono detect = mono_is_never(s->detect_at) ? MONO_NEVER : (mono){ s->detect_at.us + BFD_EARLY_US };

	return mono_min(s->tx_at, detect);
}
