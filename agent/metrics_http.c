#include "agent/metrics_http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent/base/log.h"
#include "agent/base/own.h"
#include "agent/clock.h"
#include "agent/metrics.h"
#include "agent/mhd.h"
#include "agent/process.h"

#define LOG_TOPIC TOPIC_AGENT

#define VISITORS_MAX 16                  /* at once; */
#define VISITORS_OF_ONE 4                /* of one address */
#define VISIT_S 10                       /* for so long, from the connection to the last byte of the answer; */
#define VISITOR_BYTES 16384              /* for what they ask, and as much as that for headers */
#define FRESH_MS 200                     /* a page is shown to all who ask for so long */
#define TICK_MS 500                      /* how often visitors are looked at */

struct listener {                        /* one address that is listened on */
	struct metrics_http *http;
	struct MHD_Daemon *daemon;
	uv_poll_t poll;
};

struct visitor { int fd; mono since; struct metrics_http *http; };

struct metrics_http {
	uv_loop_t *loop;
	uv_timer_t timer;
	struct metrics_sources from;
	bool loaded;
	struct mhd mhd;
	struct listener *listener;       /* NULL: nobody may ask */
	struct config_metrics where;
	struct visitor visitors[VISITORS_MAX];   /* fd 0: none */
	struct MHD_Response *page;       /* NULL, or as it was */
	mono page_at, started;
	struct metrics_rim rim;
};

/* --- what is answered ------------------------------------------------------------------------------------------------------------ */
/* A clock that is set by a little at a time moves no time stamp. */
static void set_epoch(struct metrics_http *h)
{
	struct timespec t;
	double epoch;

	clock_gettime(CLOCK_REALTIME, &t);
	epoch = (double)t.tv_sec + (double)t.tv_nsec / 1e9 - (double)now_mono().us / 1e6;
	if (epoch - h->rim.mono_epoch > 1 || h->rim.mono_epoch - epoch > 1)
		h->rim.mono_epoch = epoch;
	h->rim.start_time = h->rim.mono_epoch + (double)h->started.us / 1e6;
}

static struct MHD_Response *response(struct metrics_http *h, void *text, size_t n, enum MHD_ResponseMemoryMode mode, const char *type)
{
	struct MHD_Response *r = h->mhd.create_response_from_buffer(n, text, mode);

	if (r) {
		h->mhd.add_response_header(r, "Content-Type", type);
		h->mhd.add_response_header(r, "Connection", "close");    /* who wants more comes again: so no visit is long */
	}
	return r;
}

static void forget_page(struct metrics_http *h)
{
	if (h->page)
		h->mhd.destroy_response(h->page);        /* those who are being told it hold on to it */
	h->page = NULL;
}

static struct MHD_Response *page(struct metrics_http *h)
{
	mono now = now_mono();
	char *text = NULL;
	size_t n = 0;

	if (h->page && mono_diff_ms(now, h->page_at) < FRESH_MS)
		return h->page;
	forget_page(h);
	process_read(&h->rim);
	set_epoch(h);
	h->rim.watchers = serve_watching(*h->from.serve);
	logger_dropped(h->from.logger, &h->rim.log_lost, &h->rim.log_limited);
	if (metrics_render(*h->from.agent, &h->rim, now, &text, &n) < 0)
		return NULL;
	h->page_at = now;
	h->rim.render_s = (double)(now_mono().us - now.us) / 1e6;
	h->page = response(h, text, n, MHD_RESPMEM_MUST_FREE, "text/plain; version=0.0.4; charset=utf-8");
	if (!h->page)
		free(text);
	return h->page;
}

static enum MHD_Result say(struct metrics_http *h, struct MHD_Connection *c, unsigned status, const char *text)
{
	struct MHD_Response *r = response(h, (void *)text, strlen(text), MHD_RESPMEM_PERSISTENT, "text/html; charset=utf-8");
	enum MHD_Result result;

	if (!r)
		return MHD_NO;
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		h->mhd.add_response_header(r, "Allow", "GET, HEAD");
	result = h->mhd.queue_response(c, status, r);
	h->mhd.destroy_response(r);
	return result;
}

/* Answered as soon as the headers are in: a body is never waited for. */
static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *body,
				  size_t *body_size, void **con_cls)
{
	struct metrics_http *h = ctx;
	struct MHD_Response *r;

	(void)version, (void)body, (void)body_size, (void)con_cls;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return say(h, c, MHD_HTTP_METHOD_NOT_ALLOWED, "<p>GET, HEAD\n");
	if (strcmp(url, "/") == 0)
		return say(h, c, MHD_HTTP_OK, "<!doctype html><title>weftd</title><p>weftd: <a href=\"/metrics\">metrics</a>\n");
	if (strcmp(url, "/metrics") != 0)
		return say(h, c, MHD_HTTP_NOT_FOUND, "<p>There is <a href=\"/metrics\">/metrics</a> alone\n");
	r = page(h);
	return r ? h->mhd.queue_response(c, MHD_HTTP_OK, r) : MHD_NO;
}

/* --- who asks -------------------------------------------------------------------------------------------------------------------- */
static void on_visitor(void *ctx, struct MHD_Connection *c, void **socket_context, enum MHD_ConnectionNotificationCode what)
{
	struct metrics_http *h = ctx;
	const union MHD_ConnectionInfo *info;

	switch (what) {
	case MHD_CONNECTION_NOTIFY_STARTED:
		info = h->mhd.get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
		*socket_context = NULL;
		for (size_t i = 0; info && i < VISITORS_MAX && !*socket_context; i++)
			if (!h->visitors[i].http) {
				h->visitors[i] = (struct visitor){ .fd = info->connect_fd, .since = now_mono(), .http = h };
				*socket_context = &h->visitors[i];
			}
		break;
	case MHD_CONNECTION_NOTIFY_CLOSED:
		if (*socket_context)
			*(struct visitor *)*socket_context = (struct visitor){ 0 };
		break;
	}
}

/* A byte now and then keeps a connection alive for libmicrohttpd; not for us. True: there are some. */
static bool see_off(struct metrics_http *h)
{
	mono now = now_mono();
	bool any = false;

	for (size_t i = 0; i < VISITORS_MAX; i++) {
		if (!h->visitors[i].http)
			continue;
		any = true;
		if (mono_diff_ms(now, h->visitors[i].since) >= VISIT_S * 1000)
			shutdown(h->visitors[i].fd, SHUT_RDWR);
	}
	return any;
}

static void on_tick(uv_timer_t *timer);

static void run(struct metrics_http *h)
{
	MHD_UNSIGNED_LONG_LONG ms = TICK_MS;
	bool any;

	if (!h->listener)
		return;
	h->mhd.run(h->listener->daemon);
	any = see_off(h);
	if (!any && h->page && mono_diff_ms(now_mono(), h->page_at) >= FRESH_MS)
		forget_page(h);
	if (h->mhd.get_timeout(h->listener->daemon, &ms) != MHD_YES || ms > TICK_MS)
		ms = TICK_MS;
	uv_update_time(h->loop);
	if (any || h->page)
		uv_timer_start(&h->timer, on_tick, ms, 0);
	else
		uv_timer_stop(&h->timer);
}

static void on_tick(uv_timer_t *timer)
{
	run(timer->data);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	(void)status, (void)events;
	run(((struct listener *)poll->data)->http);
}

/* --- where --------------------------------------------------------------------------------------------------------------------- */
static int open_socket(const struct config_metrics *m)
{
	bool four = IN6_IS_ADDR_V4MAPPED(&m->address);
	int fd = socket(four ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, off = 0, r;
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(m->port), .sin6_addr = m->address };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(m->port) };

	if (fd < 0)
		return -errno;
	memcpy(&v4.sin_addr, &m->address.s6_addr[12], 4);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (!four)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	r = four ? bind(fd, (struct sockaddr *)&v4, sizeof(v4)) : bind(fd, (struct sockaddr *)&six, sizeof(six));
	if (r == 0)
		r = listen(fd, VISITORS_MAX);
	if (r < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void end(struct metrics_http *h)
{
	struct listener *l = h->listener;

	h->listener = NULL;
	if (!l)
		return;
	uv_timer_stop(&h->timer);
	forget_page(h);
	uv_close((uv_handle_t *)&l->poll, on_closed);
	h->mhd.stop_daemon(l->daemon);
	memset(h->visitors, 0, sizeof(h->visitors));
}

static int begin(struct metrics_http *h, const struct config_metrics *where)
{
	AUTO_FREE struct listener *l = calloc(1, sizeof(*l));
	int fd = l ? open_socket(where) : -ENOMEM, r;

	if (fd < 0)
		return fd;
	l->http = h;
	l->daemon = h->mhd.start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, h, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
					(unsigned)VISITORS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)VISITORS_OF_ONE,
					MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)VISIT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)VISITOR_BYTES,
					MHD_OPTION_NOTIFY_CONNECTION, on_visitor, h, MHD_OPTION_END);
	if (!l->daemon) {
		close(fd);
		return -ENOMEM;
	}
	r = uv_poll_init(h->loop, &l->poll, h->mhd.get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd);
	if (r < 0) {
		h->mhd.stop_daemon(l->daemon);
		return r;
	}
	end(h);                                  /* the one before: the new one stands */
	l->poll.data = l;
	uv_poll_start(&l->poll, UV_READABLE, on_readable);
	h->listener = TAKE(l);
	h->where = *where;
	return 0;
}

static bool same(const struct config_metrics *a, const struct config_metrics *b)
{
	return a->port == b->port && memcmp(&a->address, &b->address, sizeof(a->address)) == 0;
}

static int begin_instead(struct metrics_http *h, const struct config_metrics *where)
{
	struct config_metrics was = h->where;
	int r;

	end(h);
	r = begin(h, where);
	if (r < 0)
		begin(h, &was);
	return r;
}

static int out_listen(void *ctx, const struct config_metrics *where)
{
	struct metrics_http *h = ctx;
	char text[CONFIG_METRICS_STRLEN];
	int r = 0;

	if (!where->on) {
		end(h);
		return 0;
	}
	if (h->listener && same(&h->where, where))
		return 0;
	if (!h->loaded)
		r = mhd_load(&h->mhd);
	if (r < 0)
		return r;
	h->loaded = true;
	r = begin(h, where);
	if (r == -EADDRINUSE && h->listener && h->where.port == where->port)     /* by ourselves: one of the two addresses may be all */
		r = begin_instead(h, where);
	if (r == 0)
		log_notice("metrics are read at http://%s/metrics", config_metrics_str(where, text));
	return r;
}

int metrics_http_new(struct metrics_http **ret, uv_loop_t *loop, const struct metrics_sources *sources, struct agent_metrics_out *out)
{
	struct metrics_http *h = calloc(1, sizeof(*h));
	int r = h ? uv_timer_init(loop, &h->timer) : -ENOMEM;

	if (r < 0) {
		free(h);
		return r;
	}
	h->timer.data = h;
	h->loop = loop;
	h->from = *sources;
	h->started = now_mono();
	*out = (struct agent_metrics_out){ .listen = out_listen, .ctx = h };
	*ret = h;
	return 0;
}

void metrics_http_stop(struct metrics_http *h)
{
	if (!h || uv_is_closing((uv_handle_t *)&h->timer))
		return;
	end(h);
	uv_close((uv_handle_t *)&h->timer, NULL);
}

void metrics_http_free(struct metrics_http *h)
{
	free(h);
}
