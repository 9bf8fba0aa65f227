#include "agent/listener.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/base/log.h"
#include "agent/bgp/tcp.h"

#define LOG_TOPIC TOPIC_BGP

#define ACCEPTS_PER_EVENT 64             /* then the others have a turn */
#define ACCEPT_PAUSE_MS 1000             /* when the process has no more descriptors, or the system no memory */

struct listener {
	int fd;
	uv_poll_t poll;
	uv_timer_t again;
	int handles;                     /* of the two above, how many the loop still holds */
	listener_fn fn;
	void *ctx;
};

static void on_accept(uv_poll_t *poll, int status, int events);

static void on_again(uv_timer_t *timer)
{
	struct listener *l = timer->data;

	uv_poll_start(&l->poll, UV_READABLE, on_accept);
}

/* The connection stays in the backlog and the listener readable: without a pause the loop would turn and turn. */
static void accept_failed(struct listener *l, int error)
{
	if (error == -EAGAIN)
		return;
	log_error("a connection cannot be accepted: %s", strerror(-error));
	uv_poll_stop(&l->poll);
	uv_timer_start(&l->again, on_again, ACCEPT_PAUSE_MS, 0);
}

static void on_accept(uv_poll_t *poll, int status, int events)
{
	struct listener *l = poll->data;
	struct in6_addr remote;
	unsigned ifindex;
	int fd;

	(void)status;
	(void)events;
	for (int i = 0; i < ACCEPTS_PER_EVENT; i++) {
		fd = tcp_accept(l->fd, &ifindex, &remote);
		if (fd < 0) {
			accept_failed(l, fd);
			return;
		}
		l->fn(l->ctx, fd, ifindex, &remote);
	}
}

int listener_new(struct listener **ret, uv_loop_t *loop, int fd, listener_fn fn, void *ctx)
{
	struct listener *l = calloc(1, sizeof(*l));
	int r = l ? uv_poll_init(loop, &l->poll, fd) : -ENOMEM;

	if (r < 0) {
		free(l);
		close(fd);
		return r;
	}
	uv_timer_init(loop, &l->again);
	l->poll.data = l->again.data = l;
	l->handles = 2;
	l->fd = fd;
	l->fn = fn;
	l->ctx = ctx;
	r = uv_poll_start(&l->poll, UV_READABLE, on_accept);
	if (r < 0) {
		listener_free(l);
		return r;
	}
	*ret = l;
	return 0;
}

int listener_any(struct listener **ret, uv_loop_t *loop, int family, uint8_t least, listener_fn fn, void *ctx)
{
	int fd = tcp_listen(family), r = fd;

	if (fd >= 0 && least)
		r = tcp_set_least(fd, least);
	if (r >= 0)
		return listener_new(ret, loop, fd, fn, ctx);
	if (fd >= 0)
		close(fd);
	return r;
}

int listener_fd(const struct listener *l)
{
	return l->fd;
}

void listener_drain(struct listener *l)
{
	struct in6_addr remote;
	unsigned ifindex;
	int fd;

	while ((fd = tcp_accept(l->fd, &ifindex, &remote)) >= 0)
		close(fd);
}

static void on_closed(uv_handle_t *handle)
{
	struct listener *l = handle->data;

	if (--l->handles == 0)
		free(l);
}

void listener_free(struct listener *l)
{
	if (!l)
		return;
	uv_close((uv_handle_t *)&l->poll, on_closed);
	uv_close((uv_handle_t *)&l->again, on_closed);
	close(l->fd);
}
