#include "agent/detector.h"

#include <errno.h>
#include <stdlib.h>

#include "agent/bfd/bfd_thread.h"

struct detector {
	uv_loop_t *loop;
	uv_poll_t poll;
	struct agent *agent;
	struct bfd_thread *thread;       /* NULL: no session was wanted yet, or it is over */
	bool stopped;
};

static void on_news(uv_poll_t *poll, int status, int events)
{
	struct detector *d = poll->data;
	struct bfd_view v;

	(void)status, (void)events;
	while (d->thread && bfd_thread_news(d->thread, &v))
		agent_bfd_news(d->agent, &v, (mono){ (int64_t)(uv_hrtime() / 1000) });
}

/* A node without BFD has no thread for it. */
static int begin(struct detector *d)
{
	int r;

	if (d->stopped)
		return -ESHUTDOWN;
	r = bfd_thread_new(&d->thread);
	if (r < 0)
		return r;
	r = uv_poll_init(d->loop, &d->poll, bfd_thread_fd(d->thread));
	if (r >= 0) {
		d->poll.data = d;
		r = uv_poll_start(&d->poll, UV_READABLE, on_news);
	}
	if (r < 0) {
		bfd_thread_free(d->thread);
		d->thread = NULL;
	}
	return r;
}

static int out_set(void *ctx, const struct bfd_peer *peer)
{
	struct detector *d = ctx;
	int r = d->thread ? 0 : begin(d);

	if (r >= 0)
		bfd_thread_set(d->thread, peer);
	return r;
}

static void out_del(void *ctx, uint32_t key)
{
	struct detector *d = ctx;

	if (d->thread)
		bfd_thread_del(d->thread, key);
}

static void out_stats(void *ctx, struct bfd_stats *ret)
{
	struct detector *d = ctx;

	if (d->thread)
		bfd_thread_stats(d->thread, ret);
}

int detector_new(struct detector **ret, uv_loop_t *loop, struct agent_bfd_out *ret_out)
{
	struct detector *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	d->loop = loop;
	*ret_out = (struct agent_bfd_out){ .set = out_set, .del = out_del, .stats = out_stats, .ctx = d };
	*ret = d;
	return 0;
}

void detector_serve(struct detector *d, struct agent *agent)
{
	d->agent = agent;
}

void detector_stop(struct detector *d)
{
	if (!d || d->stopped)
		return;
	d->stopped = true;
	if (!d->thread)
		return;
	uv_close((uv_handle_t *)&d->poll, NULL);
	bfd_thread_free(d->thread);
	d->thread = NULL;
}

void detector_free(struct detector *d)
{
	free(d);
}
