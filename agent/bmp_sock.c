#include "agent/bmp_sock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "agent/agent_bmp.h"

#define CLOCK_STEP_US 10000

struct link_to {                         /* a connection; lives until the loop has let go of it */
	struct bmp_sock *all;
	int fd;
	uv_poll_t poll;
	bool connecting, writable;
};

struct bmp_sock {
	uv_loop_t *loop;
	const struct sockets *sockets;
	struct agent *agent;
	struct link_to *link;            /* NULL: none */
	int64_t clock_us;                /* what the core is told of it */
};

static mono now_mono(void)
{
	return (mono){ (int64_t)(uv_hrtime() / 1000) };
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void drop(struct bmp_sock *b)
{
	struct link_to *l = b->link;

	if (!l)
		return;
	b->link = NULL;
	uv_close((uv_handle_t *)&l->poll, on_closed);
	close(l->fd);
}

static void lost(struct bmp_sock *b, int error)
{
	drop(b);
	agent_bmp_closed(b->agent, error, now_mono());
}

/* A collector has nothing to say (RFC 7854 3.2): what it says all the same is thrown away. */
static void hear(struct link_to *l)
{
	char buf[4096];
	ssize_t n = recv(l->fd, buf, sizeof(buf), 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		lost(l->all, n ? errno : 0);
}

static void on_event(uv_poll_t *poll, int status, int events);

static void poll_for(struct link_to *l, int events)
{
	l->writable = !(events & UV_WRITABLE);
	uv_poll_start(&l->poll, events, on_event);
}

static void on_event(uv_poll_t *poll, int status, int events)
{
	struct link_to *l = poll->data;
	struct bmp_sock *b = l->all;
	int error = 0;
	socklen_t n = sizeof(error);

	if (b->link != l)
		return;
	if (l->connecting || status < 0) {
		if (getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0 || error || status < 0) {
			lost(b, error ? error : -status);
			return;
		}
		l->connecting = false;
		poll_for(l, UV_READABLE);
		agent_bmp_connected(b->agent, now_mono());
		return;
	}
	if (events & UV_WRITABLE)
		poll_for(l, UV_READABLE);        /* the turn writes on */
	if (events & UV_READABLE)
		hear(l);
}

static int dial(const struct in6_addr *to, uint16_t port)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = *to };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	bool mapped = IN6_IS_ADDR_V4MAPPED(to);
	int fd = socket(mapped ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		return -errno;
	memcpy(&v4.sin_addr, to->s6_addr + 12, 4);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &(int){ 1 }, sizeof(int));      /* nobody else finds out that a silent collector is gone */
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &(int){ 60 }, sizeof(int));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &(int){ 10 }, sizeof(int));
	r = mapped ? connect(fd, (struct sockaddr *)&v4, sizeof(v4)) : connect(fd, (struct sockaddr *)&v6, sizeof(v6));
	if (r < 0 && errno != EINPROGRESS) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

static int out_connect(void *ctx, const struct in6_addr *to, uint16_t port)
{
	struct bmp_sock *b = ctx;
	struct link_to *l;
	int fd = dial(to, port), r = fd;

	if (fd < 0)
		return fd;
	l = calloc(1, sizeof(*l));
	if (!l || (r = uv_poll_init(b->loop, &l->poll, fd)) < 0) {
		free(l);
		close(fd);
		return r < 0 ? r : -ENOMEM;
	}
	l->all = b;
	l->fd = fd;
	l->connecting = true;
	l->poll.data = l;
	b->link = l;
	poll_for(l, UV_WRITABLE);
	return 0;
}

static void out_close(void *ctx)
{
	drop(ctx);
}

static bool out_ends(void *ctx, bgp_conn conn, struct in6_addr *ret_local, uint16_t ret_ports[2])
{
	return sockets_ends(((struct bmp_sock *)ctx)->sockets, conn, ret_local, ret_ports);
}

int bmp_sock_new(struct bmp_sock **ret, uv_loop_t *loop, const struct sockets *sockets, struct agent_bmp_out *ret_out)
{
	struct bmp_sock *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->loop = loop;
	b->sockets = sockets;
	*ret_out = (struct agent_bmp_out){ .connect = out_connect, .close = out_close, .ends = out_ends, .ctx = b };
	*ret = b;
	return 0;
}

void bmp_sock_serve(struct bmp_sock *b, struct agent *agent)
{
	b->agent = agent;
}

static void write_on(struct bmp_sock *b, mono now)
{
	const uint8_t *p;
	ssize_t sent;
	size_t n;

	while (b->link && b->link->writable && !b->link->connecting && (p = agent_bmp_pending(b->agent, &n)) && n) {
		sent = send(b->link->fd, p, n, MSG_NOSIGNAL);
		if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
			poll_for(b->link, UV_READABLE | UV_WRITABLE);
			return;
		}
		if (sent < 0)
			lost(b, errno);
		else
			agent_bmp_sent(b->agent, (size_t)sent, now);
	}
}

/* Not for what a turn takes: two messages are not to seem out of order. */
static void tell_clock(struct bmp_sock *b, mono now)
{
	struct timespec t;
	int64_t us;

	clock_gettime(CLOCK_REALTIME, &t);
	us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 - now.us;
	if (us < b->clock_us - CLOCK_STEP_US || us > b->clock_us + CLOCK_STEP_US)
		b->clock_us = us;
	agent_bmp_clock(b->agent, b->clock_us);
}

void bmp_sock_turn(struct bmp_sock *b, mono now)
{
	struct agent_bmp_view v;

	if (!b->agent || !agent_bmp(b->agent, &v))
		return;
	tell_clock(b, now);
	write_on(b, now);
}

void bmp_sock_stop(struct bmp_sock *b)
{
	if (!b)
		return;
	if (b->agent)
		write_on(b, now_mono());
	drop(b);
}

void bmp_sock_free(struct bmp_sock *b)
{
	free(b);
}
