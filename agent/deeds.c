#include "agent/deeds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/base/log.h"
#include "nexthop/deed_sock.h"

/* Whoever takes away what we put back as fast as we do it is answered twenty times a second, and no more. */
#define PAUSE_MS 50
#define LOG_EVERY_S 10

struct deeds {
	uv_poll_t poll;
	uv_timer_t pause;
	struct deed_sock *sock;
	struct agent *agent;
	mono quiet_until;                /* nothing is logged before */
	size_t n, unlogged;              /* put back: of this call, and not logged so far */
	struct fib_deed first;           /* of these */
};

static void on_heard(void *ctx, const struct fib_deed *deed)
{
	struct deeds *d = ctx;

	if (!agent_fib_deed(d->agent, deed))
		return;
	d->n++;
	if (!d->unlogged++)
		d->first = *deed;
}

static void describe(const struct deeds *d, char ret[96])
{
	const struct link *link = links_find(agent_links(d->agent), d->first.ifindex);
	char s[PREFIX_STRLEN];

	switch (d->first.kind) {
	case DEED_NONE:
		ret[0] = '\0';
		break;
	case DEED_ROUTE:
		snprintf(ret, 96, "the route to %s", prefix_str(&d->first.prefix, s));
		break;
	case DEED_OBJECT:
		snprintf(ret, 96, "next-hop object %u", d->first.id);
		break;
	case DEED_NEIGH:
		snprintf(ret, 96, "a neighbour entry on %s", link ? link->info.name : "a link");
		break;
	}
}

/* Once, and then what has come together in a while. */
static void tell(struct deeds *d, bool lost)
{
	const struct link *link = d->first.kind == DEED_NEIGH ? links_find(agent_links(d->agent), d->first.ifindex) : NULL;
	struct log_about about = { .prefix = d->first.kind == DEED_ROUTE ? &d->first.prefix : NULL, .link = link ? link->info.name : NULL };
	mono now = { (int64_t)(uv_hrtime() / 1000) };
	char what[96];

	if (now.us < d->quiet_until.us)
		return;
	d->quiet_until = mono_add_s(now, LOG_EVERY_S);
	if (lost) {
		log_event(EVENT_KERNEL_PUT_BACK, LOG_ABOUT_NOTHING, "somebody else changes so much in the kernel that notifications were lost: all that is ours is written again");
	} else {
		describe(d, what);
		log_event(EVENT_KERNEL_PUT_BACK, about, "somebody else deleted or changed %s, and %zu more of ours: put back", what, d->unlogged - 1);
	}
	d->unlogged = 0;
}

static void on_readable(uv_poll_t *poll, int status, int events);

static void on_pause(uv_timer_t *timer)
{
	struct deeds *d = timer->data;

	uv_poll_start(&d->poll, UV_READABLE, on_readable);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct deeds *d = poll->data;
	bool lost;

	(void)status;                            /* notifications were lost, and libuv has stopped for that: on_pause goes on */
	(void)events;
	d->n = 0;
	lost = deed_sock_read(d->sock, agent_config(d->agent)->ipv4_next_hop);
	if (lost) {
		agent_counters(d->agent)->notifications_lost++;
		agent_kernel_unsure(d->agent);
	}
	if (lost || d->n)
		tell(d, lost);
	if (!lost && !d->n && status >= 0)
		return;
	uv_poll_stop(&d->poll);
	uv_update_time(d->poll.loop);
	uv_timer_start(&d->pause, on_pause, PAUSE_MS, 0);
}

int deeds_new(struct deeds **ret, uv_loop_t *loop, struct agent *agent, const struct kernel *kernel)
{
	struct deeds *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return -ENOMEM;
	d->agent = agent;
	d->poll.data = d->pause.data = d;
	r = deed_sock_new(&d->sock, kernel_ask_fd(kernel), on_heard, d);
	if (r == 0)
		r = uv_poll_init(loop, &d->poll, deed_sock_fd(d->sock));
	if (r < 0) {
		deeds_free(d);
		return r;
	}
	uv_timer_init(loop, &d->pause);
	uv_poll_start(&d->poll, UV_READABLE, on_readable);
	*ret = d;
	return 0;
}

void deeds_stop(struct deeds *d)
{
	if (!d)
		return;
	uv_close((uv_handle_t *)&d->poll, NULL);
	uv_close((uv_handle_t *)&d->pause, NULL);
}

void deeds_free(struct deeds *d)
{
	if (!d)
		return;
	deed_sock_free(d->sock);
	free(d);
}
