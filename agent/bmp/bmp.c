#include "agent/bmp/bmp.h"

#include <errno.h>
#include <string.h>

/* RFC 7854 3.2 suggests 30 to 720 s between two attempts. One SYN a second costs nobody anything, and a collector that restarts is there again soon;
 * whoever does not keep up with what he is told gets the RFC's time, for he is told a whole table each time. */
#define RETRY_FIRST_S 1
#define RETRY_MAX_S 60
#define RETRY_SLOW_S 30
#define GOOD_S 60                        /* a session that lived longer clears the record of failures */

const char *bmp_state_str(enum bmp_state state)
{
	switch (state) {
	case BMP_IDLE:
		return "idle";
	case BMP_CONNECTING:
		return "connecting";
	case BMP_UP:
		return "up";
	}
	return "";
}

void bmp_init(struct bmp *b, const struct bmp_out *out, mono now)
{
	*b = (struct bmp){ .out = *out, .q = { .max = BMP_QUEUE_MAX }, .stalled_at = MONO_NEVER };
	b->view = (struct bmp_view){ .since = now, .retry_at = now, .last_error = "" };
}

void bmp_end(struct bmp *b)
{
	if (b->view.state != BMP_IDLE)
		b->out.close(b->out.ctx);
	b->view.state = BMP_IDLE;
	b->view.retry_at = MONO_NEVER;
	b->stalled_at = MONO_NEVER;
	b->overflow = false;
	sendq_clear(&b->q);
}

static void idle(struct bmp *b, const char *why, int64_t wait_s, mono now)
{
	if (b->view.state == BMP_UP && mono_diff_ms(now, b->view.since) > GOOD_S * 1000)
		b->failures = 0;
	if (b->view.state == BMP_UP)
		b->view.since = now;
	if (!wait_s)
		wait_s = b->failures > 6 ? RETRY_MAX_S : RETRY_FIRST_S << b->failures;
	if (wait_s > RETRY_MAX_S)
		wait_s = RETRY_MAX_S;
	b->failures++;
	b->view.state = BMP_IDLE;
	b->view.retry_at = mono_add_s(now, wait_s);
	b->view.last_error = why;
	b->stalled_at = MONO_NEVER;
	b->overflow = false;
	sendq_clear(&b->q);
}

static const char *words(int error)
{
	const char *desc = error ? strerrordesc_np(error) : "the collector closed the connection";

	return desc ? desc : "unknown error";
}

void bmp_connected(struct bmp *b, mono now)
{
	if (b->view.state != BMP_CONNECTING)
		return;
	b->view.state = BMP_UP;
	b->view.since = now;
	b->view.sessions++;
	b->view.last_error = "";
}

void bmp_closed(struct bmp *b, int error, mono now)
{
	if (b->view.state != BMP_IDLE)
		idle(b, words(error), 0, now);
}

void bmp_put(struct bmp *b, const void *p, size_t n, mono now)
{
	if (b->view.state != BMP_UP || b->overflow)
		return;
	if (sendq_put(&b->q, p, n) < 0) {
		b->overflow = true;
		return;
	}
	b->view.messages++;
	b->view.bytes += n;
	if (b->q.len > b->view.queued_most)
		b->view.queued_most = b->q.len;
	if (mono_is_never(b->stalled_at))
		b->stalled_at = mono_add_s(now, BMP_STALL_S);
}

bool bmp_wants(const struct bmp *b)
{
	return b->view.state == BMP_UP && !b->overflow && b->q.len < BMP_QUEUE_LOW;
}

const uint8_t *bmp_pending(const struct bmp *b, size_t *ret_n)
{
	return sendq_peek(&b->q, ret_n);
}

void bmp_sent(struct bmp *b, size_t n, mono now)
{
	sendq_drop(&b->q, n);
	b->stalled_at = b->q.len ? mono_add_s(now, BMP_STALL_S) : MONO_NEVER;
}

bool bmp_step(struct bmp *b, mono now)
{
	int r;

	if (b->overflow || mono_due(b->stalled_at, now)) {
		b->view.overflows++;
		b->out.close(b->out.ctx);
		idle(b, b->overflow ? "the collector reads more slowly than routes change" : "the collector reads nothing", RETRY_SLOW_S, now);
		return true;
	}
	if (b->view.state != BMP_IDLE || !mono_due(b->view.retry_at, now))
		return false;
	b->view.state = BMP_CONNECTING;
	b->view.retry_at = MONO_NEVER;
	r = b->out.connect(b->out.ctx);
	if (r < 0)
		idle(b, words(-r), 0, now);
	return false;
}

mono bmp_next(const struct bmp *b)
{
	if (b->overflow)
		return (mono){ 0 };
	return mono_min(b->view.retry_at, b->stalled_at);
}
