#include "tests/bench/speaker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/bgp/msg.h"
#include "tests/bench/clock.h"

#define IN_SIZE (512u << 10)
#define HOLD_TIME 90                     /* seconds; the daemon's own, shorter one counts */

int speaker_new(struct speaker *ret, const struct speaker_config *config)
{
	*ret = (struct speaker){ .config = *config, .fd = -1, .in = malloc(IN_SIZE) };
	if (ret->in && seen_new(&ret->seen, config->n) == 0)
		return 0;
	free(ret->in);
	return -ENOMEM;
}

static int end(struct speaker *s, int error)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->state = SPEAKER_IDLE;
	s->out_len = s->in_len = 0;
	s->heard_eor = false;
	seen_reset(&s->seen);
	return error;
}

void speaker_free(struct speaker *s)
{
	end(s, 0);
	seen_free(&s->seen);
	free(s->in);
}

void speaker_mark(struct speaker *s)
{
	seen_mark(&s->seen);
	s->heard_first = s->heard_last = s->silence = 0;
	s->heard_at = clock_us();
}

void speaker_say(struct speaker *s, const void *messages, size_t n)
{
	s->out = messages;
	s->out_len = n;
	s->out_first = s->out_last = 0;
}

/* Small messages that are due while others wait are rare and never lost: they are put off by the caller. */
static int say_small(struct speaker *s, const struct wr *w)
{
	speaker_say(s, s->small, wr_len(w));
	return speaker_output(s);
}

int speaker_accept(struct speaker *s, int fd)
{
	const struct bgp_open open = {
		.version = 4, .my_as = s->config.asn > UINT16_MAX ? AS_TRANS : (uint16_t)s->config.asn, .asn = s->config.asn,
		.hold_time = HOLD_TIME, .id = s->config.id,
		.caps = { .mp = { true }, .mp_any = true, .ext_nh_v4 = true, .as4 = true, .asn4 = s->config.asn, .refresh = true,
			  .gr = true,            /* of no family, for no time: FRR and GoBGP say End-of-RIB to nobody else (RFC 4724 3) */
			  .extended_message = s->config.extended },
	};
	struct wr w = wr_of(s->small, sizeof(s->small));
	int r = bgp_put_open(&w, &open);

	s->fd = fd;
	if (r < 0)
		return end(s, r);
	s->state = SPEAKER_OPEN_SENT;
	speaker_mark(s);
	return say_small(s, &w);
}

int speaker_keepalive(struct speaker *s)
{
	struct wr w = wr_of(s->small, sizeof(s->small));

	if (s->state < SPEAKER_OPEN_CONFIRM || s->out_len > 0)           /* UPDATEs keep a session alive too (RFC 4271 4.4) */
		return 0;
	bgp_put_keepalive(&w);
	return say_small(s, &w);
}

int speaker_output(struct speaker *s)
{
	if (s->out_len > 0 && s->out_first == 0)
		s->out_first = clock_us();
	while (s->out_len > 0) {
		ssize_t n = send(s->fd, s->out, s->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0)
			return errno == EAGAIN ? 1 : end(s, -errno);
		s->out += n;
		s->out_len -= (size_t)n;
		s->out_last = clock_us();
	}
	return 0;
}

static int established(struct speaker *s)
{
	struct wr w = wr_of(s->small, sizeof(s->small));

	s->state = SPEAKER_ESTABLISHED;
	bgp_put_keepalive(&w);
	bgp_put_eor(&w, AF_INET);
	return say_small(s, &w);
}

static int update(struct speaker *s, struct rd body)
{
	uint64_t nlri = s->seen.nlri;

	if (rd_left(&body) == 4) {       /* End-of-RIB (RFC 4724 2) */
		s->heard_eor = true;
		return 0;
	}
	if (seen_update(&s->seen, body) < 0)
		return -EBADMSG;
	if (s->seen.nlri == nlri)
		return 0;
	s->heard_last = clock_us();
	if (s->heard_first == 0)
		s->heard_first = s->heard_last;
	return 0;
}

static int message(struct speaker *s, struct rd msg)
{
	uint8_t type;

	rd_take(&msg, 18);
	type = rd_u8(&msg);
	if (type == BGP_UPDATE)
		return update(s, msg);
	if (type == BGP_OPEN && s->state == SPEAKER_OPEN_SENT) {
		s->state = SPEAKER_OPEN_CONFIRM;
		return speaker_keepalive(s);
	}
	if (type == BGP_KEEPALIVE && s->state == SPEAKER_OPEN_CONFIRM)
		return established(s);
	return type == BGP_NOTIFICATION ? -ECONNRESET : 0;
}

static int messages(struct speaker *s)
{
	struct rd r = rd_of(s->in, s->in_len);
	struct bgp_err err;
	int n;

	while ((n = bgp_frame(r, s->config.extended, &err)) > 0 && (size_t)n <= rd_left(&r)) {
		int e = message(s, rd_sub(&r, (size_t)n));

		if (e < 0)
			return e;
	}
	s->in_len = rd_left(&r);
	memmove(s->in, r.at, s->in_len);
	return n < 0 ? n : 0;
}

int speaker_input(struct speaker *s)
{
	ssize_t n = recv(s->fd, s->in + s->in_len, IN_SIZE - s->in_len, MSG_DONTWAIT);
	int64_t now;
	int r;

	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n <= 0)
		return end(s, n < 0 ? -errno : -ECONNRESET);
	s->in_len += (size_t)n;
	now = clock_us();
	if (now - s->heard_at > s->silence)
		s->silence = now - s->heard_at;
	s->heard_at = now;
	r = messages(s);
	return r < 0 ? end(s, r) : 0;
}
