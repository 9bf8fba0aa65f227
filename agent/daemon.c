/* The order of a turn: what came in is in the core by now; then agent_step decides, then the kernel is told, then the peers. */
#include "agent/daemon.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <uv.h>

#include "agent/agent.h"
#include "agent/base/log.h"
#include "agent/base/own.h"
#include "agent/chores.h"
#include "agent/clock.h"
#include "agent/detector.h"
#include "agent/drains.h"
#include "agent/ears.h"
#include "agent/flush.h"
#include "agent/host.h"
#include "agent/metrics_http.h"
#include "agent/resync.h"
#include "agent/saved.h"
#include "agent/serve.h"
#include "agent/service.h"
#include "agent/sockets.h"
#include "agent/source.h"
#include "agent/speeds.h"
#include "nexthop/kernel.h"
#include "nexthop/look_sock.h"
#include "nexthop/sysctl.h"
#include "ra/ra_sock.h"

#define LOG_TOPIC TOPIC_AGENT
#define DEAF_MS 500                      /* between two attempts to read the kernel's links again */

struct daemon {
	uv_loop_t loop;
	uv_poll_t hear, ask, ndp;
	uv_prepare_t turn;
	uv_idle_t again;                 /* runs while a turn left work undone */
	uv_async_t worked;               /* by another thread, on what was sent to the kernel */
	uv_timer_t timer;
	const char *file;                /* NULL: there is none */
	struct agent *agent;
	struct kernel *kernel;
	struct ra_sock *ra_sock;
	struct sysctls *sysctls;
	struct sockets *sockets;
	struct serve *serve;
	struct service *service;
	struct resync *resync;
	struct flush *flush;
	struct chores chores;
	struct detector *detector;
	struct ears ears;
	struct saved *saved;
	struct drains *drains;
	struct metrics_http *metrics;
	struct logger *logger;           /* borrowed */
	bool manage_sysctls;
	bool weighted;                   /* the speed of every link has been asked for */
	bool deaf;                       /* notifications were lost, and reading everything again failed */
};

static void out_fabric(void *ctx, unsigned ifindex, const char *name, bool on)
{
	struct daemon *d = ctx;
	char now[IFNAMSIZ];

	if (d->manage_sysctls && on && sysctls_link(d->sysctls, name) != 0)
		log_warning_of(((struct log_about){ .name = name, .link = name }), "not every kernel setting could be made");
	if (d->manage_sysctls && !on) {
		if (!if_indextoname(ifindex, now))
			strcpy(now, name);       /* it is gone */
		sysctls_link_renamed(d->sysctls, name, now);
		sysctls_link_restore(d->sysctls, now);
	}
	ra_sock_join(d->ra_sock, ifindex, on);
	if (!on)
		sockets_unguard(d->sockets, ifindex);
}

static int out_guard(void *ctx, const struct peer_config *cfg)
{
	return sockets_guard(((struct daemon *)ctx)->sockets, cfg);
}

static int out_key(void *ctx, const struct in6_addr *remote, const char *password)
{
	return sockets_key(((struct daemon *)ctx)->sockets, remote, password);
}

static int out_listen(void *ctx, bool ipv4, const uint8_t least[2])
{
	return sockets_relisten(((struct daemon *)ctx)->sockets, ipv4, least);
}

static int out_config(void *ctx, const char *file, struct config **ret, struct config_errors **ret_errors)
{
	file = file ? file : ((const struct daemon *)ctx)->file;
	return file ? source_read(file, ret, ret_errors) : -ENOENT;
}

static int out_ra_send(void *ctx, unsigned ifindex, const struct in6_addr *to, const uint8_t *payload, size_t n)
{
	struct daemon *d = ctx;
	const struct link *link = links_find(agent_links(d->agent), ifindex);
	struct in6_addr from;
	int r = -ENODEV;

	if (link && link_local(link, &from))
		r = ra_sock_send(d->ra_sock, ifindex, &from, to, &(struct ra_bytes){ payload, n });
	return r;
}

static void out_tcp_connect(void *ctx, bgp_conn conn, const struct peer_config *cfg, const struct in6_addr *remote)
{
	sockets_connect(((struct daemon *)ctx)->sockets, conn, cfg, remote);
}

static void out_tcp_close(void *ctx, bgp_conn conn)
{
	sockets_close(((struct daemon *)ctx)->sockets, conn);
}

static void out_loopback(void *ctx, unsigned ifindex, struct in_addr addr, bool on)
{
	chores_loopback(&((struct daemon *)ctx)->chores, ifindex, addr, on);
}

static void out_no_dad(void *ctx, unsigned ifindex, const struct in6_addr *addr)
{
	chores_no_dad(&((struct daemon *)ctx)->chores, ifindex, addr);
}

static void out_neigh_get(void *ctx, unsigned ifindex, const struct in6_addr *addr)
{
	kernel_neigh_get(((struct daemon *)ctx)->kernel, ifindex, addr);
}

static void on_link(void *ctx, const struct link_change *change)
{
	struct daemon *d = ctx;
	struct link_change with_speed = *change;

	resync_mention(d->resync, change);
	speeds_add(d->agent, &with_speed);
	agent_link_change(d->agent, &with_speed, now_mono());
}

static void on_lost(void *ctx)
{
	struct daemon *d = ctx;

	agent_counters(d->agent)->notifications_lost++;
	resync_begin(d->resync);
}

static void on_resynced(void *ctx)
{
	struct daemon *d = ctx;

	log_event(EVENT_KERNEL_RESYNC, LOG_ABOUT_NOTHING, "the kernel's notifications were lost for a moment; every link was read again");
	resync_end(d->resync, d->agent, now_mono());
	agent_kernel_unsure(d->agent);
}

static void on_seen(void *ctx, const struct fib_seen *seen)
{
	agent_fib_seen(((struct daemon *)ctx)->agent, seen);
}

static void on_acked(void *ctx, uint32_t seq, int error)
{
	agent_fib_acked(((struct daemon *)ctx)->agent, seq, error, now_mono());
}

static void on_ra(void *ctx, const struct ra_packet *packet)
{
	agent_ra_packet(((struct daemon *)ctx)->agent, packet, now_mono());
}

static void on_again(uv_idle_t *idle)
{
	(void)idle;
}

static void hear(struct daemon *d)
{
	d->deaf = kernel_hear(d->kernel) < 0;
}

static void on_timer(uv_timer_t *timer)
{
	struct daemon *d = timer->data;

	if (d->deaf)
		hear(d);
}

static void arm(struct daemon *d, bool busy)
{
	mono next = mono_min(agent_next(d->agent), mono_min(saved_next(d->saved), drains_next(d->drains))), now = now_mono();
	int64_t ms = mono_is_never(next) ? -1 : (next.us - now.us + 999) / 1000;

	if (busy || (ms <= 0 && !mono_is_never(next)))
		uv_idle_start(&d->again, on_again);
	else
		uv_idle_stop(&d->again);
	if (d->deaf && (ms < 0 || ms > DEAF_MS))
		ms = DEAF_MS;
	uv_update_time(&d->loop);
	if (ms > 0)
		uv_timer_start(&d->timer, on_timer, (uint64_t)ms, 0);
	else
		uv_timer_stop(&d->timer);
}

static void close_all(struct daemon *d)
{
	uv_handle_t *mine[] = {
		(uv_handle_t *)&d->hear, (uv_handle_t *)&d->ask, (uv_handle_t *)&d->ndp, (uv_handle_t *)&d->turn, (uv_handle_t *)&d->again,
		(uv_handle_t *)&d->timer, (uv_handle_t *)&d->worked,
	};

	for (size_t i = 0; i < ARRAY_LEN(mine); i++)
		if (mine[i]->type && !uv_is_closing(mine[i]))     /* a start that failed half-way has not made them all */
			uv_close(mine[i], NULL);
	detector_stop(d->detector);
	ears_stop(&d->ears);
	drains_stop(d->drains);
	metrics_http_stop(d->metrics);
	sockets_stop(d->sockets);
	serve_stop(d->serve);
	service_stop(d->service);
}

/* The end: Cease to the peers, everything of ours out of the kernel, every setting as it was found. */
static void stop(struct daemon *d)
{
	agent_stop(d->agent, now_mono());
	flush_all(d->flush);
	chores_do(&d->chores, d->kernel);                            /* lo's address goes last: routes have it as their source */
	sockets_flush(d->sockets, now_mono());
	sockets_reap(d->sockets, now_mono());
	if (d->manage_sysctls)
		sysctls_restore(d->sysctls);
	saved_forget(d->saved);
}

/* The other end: nothing is said, and all stays as it is, for the next process to find. Changes that were decided are made first. */
static void leave(struct daemon *d)
{
	flush_turn(d->flush);
	kernel_settle(d->kernel);
	agent_leave(d->agent, now_mono());
	sockets_flush(d->sockets, now_mono());
	sockets_reap(d->sockets, now_mono());
}

static bool wants_to_end(struct daemon *d)
{
	switch (service_asked(d->service)) {
	case AGENT_RUNS:
		return false;
	case AGENT_LEAVES:
		service_ending(d->service);
		log_event(EVENT_ENDING, LOG_ABOUT_NOTHING, "ending: routes stay in the kernel, and the peers wait for the next weftd");
		leave(d);
		break;
	case AGENT_STOPS:
		service_ending(d->service);
		log_event(EVENT_ENDING, LOG_ABOUT_NOTHING, "ending: routes and sessions are cleaned up");
		stop(d);
		break;
	}
	close_all(d);
	return true;
}

static void on_turn(uv_prepare_t *prepare)
{
	struct daemon *d = prepare->data;
	bool more;

	if (wants_to_end(d))
		return;
	chores_do(&d->chores, d->kernel);
	speeds_turn(d->agent, &d->weighted, now_mono());
	sockets_reap(d->sockets, now_mono());
	agent_timers(d->agent, now_mono());
	flush_turn(d->flush);                    /* what is urgent, and what the kernel can take of plans made before */
	if (sockets_more(d->sockets)) {
		uv_idle_start(&d->again, on_again);
		return;
	}
	agent_step(d->agent, now_mono());
	more = flush_turn(d->flush);
	sockets_flush(d->sockets, now_mono());
	ears_turn(&d->ears, d->agent, now_mono());
	saved_turn(d->saved, d->sysctls, d->agent, now_mono());
	drains_turn(d->drains);
	logger_turn(d->logger);
	serve_turn(d->serve);
	arm(d, more || sockets_busy(d->sockets));
}

/* libuv stops to poll what has an error. Ours are news (ENOBUFS: notifications were lost), taken away by reading: it goes on. */
static void go_on(uv_poll_t *poll, int status, uv_poll_cb fn)
{
	if (status < 0)
		uv_poll_start(poll, UV_READABLE, fn);
}

static void on_hear(uv_poll_t *poll, int status, int events)
{
	(void)events;
	hear(poll->data);
	go_on(poll, status, on_hear);
}

static void on_ask(uv_poll_t *poll, int status, int events)
{
	struct daemon *d = poll->data;

	(void)events;
	kernel_answers(d->kernel);
	go_on(poll, status, on_ask);
}

static void on_worked(uv_async_t *async)
{
	struct daemon *d = async->data;

	kernel_answers(d->kernel);
}

static void out_wake(void *ctx)
{
	struct daemon *d = ctx;

	uv_async_send(&d->worked);
}

static void on_ndp(uv_poll_t *poll, int status, int events)
{
	struct daemon *d = poll->data;

	(void)events;
	ra_sock_read(d->ra_sock);
	go_on(poll, status, on_ndp);
}

static int poll_start(struct daemon *d, uv_poll_t *poll, int fd, uv_poll_cb fn)
{
	int r = uv_poll_init(&d->loop, poll, fd);

	poll->data = d;
	return r < 0 ? r : uv_poll_start(poll, UV_READABLE, fn);
}

static int loop_start(struct daemon *d)
{
	int r = poll_start(d, &d->hear, kernel_hear_fd(d->kernel), on_hear);

	if (r >= 0)
		r = poll_start(d, &d->ask, kernel_ask_fd(d->kernel), on_ask);
	if (r >= 0)
		r = poll_start(d, &d->ndp, ra_sock_fd(d->ra_sock), on_ndp);
	if (r >= 0)
		r = service_new(&d->service, &d->loop, d->agent);
	d->turn.data = d;
	uv_timer_init(&d->loop, &d->timer);
	d->timer.data = d;
	uv_idle_init(&d->loop, &d->again);
	uv_prepare_init(&d->loop, &d->turn);
	uv_prepare_start(&d->turn, on_turn);
	return r;
}

static int refuse(const char *what, int r)
{
	log_error("%s: %s", what, strerror(-r));
	return r;
}

/* Port 179 is open before the first RA leaves: a peer that hears one connects at once, and tries again only much later. */
static int world_start(struct daemon *d, struct config **cfg, const char *socket)
{
	struct agent_out out = {
		.fabric = out_fabric, .guard = out_guard, .key = out_key, .listen = out_listen, .config = out_config, .look = look_ask, .ra_send = out_ra_send,
		.tcp_connect = out_tcp_connect, .tcp_close = out_tcp_close,
		.loopback = out_loopback, .no_dad = out_no_dad, .neigh_get = out_neigh_get, .ctx = d,
	};
	struct kernel_out kernel_out = {
		.link = on_link, .lost = on_lost, .resynced = on_resynced, .seen = on_seen, .acked = on_acked, .wake = out_wake, .ctx = d,
	};
	const struct metrics_sources sources = { &d->agent, &d->serve, d->logger };
	int r;

	host_out(&out.host);
	if (getrandom(&out.secret, sizeof(out.secret), 0) != sizeof(out.secret))
		return refuse("random numbers", -errno);
	if ((r = kernel_new(&d->kernel, &kernel_out)) < 0)
		return refuse("netlink", r);
	if ((r = saved_new(&d->saved, socket)) < 0 || (r = detector_new(&d->detector, &d->loop, &out.bfd)) < 0 || (r = resync_new(&d->resync)) < 0 ||
	    (r = metrics_http_new(&d->metrics, &d->loop, &sources, &out.metrics)) < 0 || (r = sockets_new(&d->sockets, &d->loop)) < 0 ||
	    (r = bmp_sock_new(&d->ears.collector, &d->loop, d->sockets, &out.bmp)) < 0 || (r = uv_async_init(&d->loop, &d->worked, on_worked)) < 0)
		return refuse("start", r);
	if ((r = ra_sock_new(&d->ra_sock, on_ra, d)) < 0)
		return refuse("ICMPv6 socket (CAP_NET_RAW is needed)", r);
	d->worked.data = d;
	d->manage_sysctls = (*cfg)->manage_sysctls;
	d->weighted = (*cfg)->weighted;
	if (d->manage_sysctls && (r = sysctls_new(&d->sysctls, "/proc/sys")) < 0)
		return refuse("start", r);
	if (d->manage_sysctls && sysctls_global(d->sysctls) != 0)
		log_warning("not every kernel setting could be made: forwarding, multipath hash");
	if ((r = agent_new(&d->agent, *cfg, kernel_groups(d->kernel), &out)) < 0)
		return refuse("start", r);
	*cfg = NULL;
	detector_serve(d->detector, d->agent);
	if ((r = ears_new(&d->ears, &d->loop, d->agent, d->kernel, d->sysctls)) < 0)
		return refuse("netlink", r);
	if ((r = flush_new(&d->flush, d->agent, d->kernel, d->sysctls)) < 0)
		return refuse("start", r);
	if ((r = sockets_listen(d->sockets, d->agent)) < 0)
		return refuse("TCP port 179", r);
	if ((r = serve_new(&d->serve, &d->loop, socket, d->agent, d->logger)) < 0)
		return refuse(socket, r);
	if ((r = drains_new(&d->drains, &d->loop, socket, d->agent)) < 0)
		return refuse("start", r);
	saved_take(d->saved, d->sysctls, d->agent, &d->chores);          /* not before it is sure that no other daemon runs, whose it is */
	if ((r = kernel_dump_links(d->kernel)) < 0 || (r = kernel_dump_own(d->kernel, agent_config(d->agent)->ipv4_next_hop)) < 0)
		return refuse("reading the kernel's links and routes", r);
	return 0;
}

int daemon_run(struct config *cfg, const char *file, const char *socket, struct logger *logger)
{
	struct daemon *d = calloc(1, sizeof(*d));
	int r = d ? uv_loop_init(&d->loop) : -ENOMEM;

	if (!d || r < 0) {
		config_free(cfg);
		free(d);
		return 1;
	}
	d->file = file, d->logger = logger;
	r = world_start(d, &cfg, socket);
	if (r >= 0)
		r = loop_start(d);
	if (r >= 0) {
		log_event(EVENT_STARTED, LOG_ABOUT_NOTHING, "weftd " WEFT_VERSION " runs: AS %u, %s", agent_config(d->agent)->asn, agent_config(d->agent)->hostname);
		agent_start(d->agent, now_mono());
		service_ready(d->service);
		uv_run(&d->loop, UV_RUN_DEFAULT);
	} else if (d->sockets) {
		close_all(d);
		uv_run(&d->loop, UV_RUN_DEFAULT);
	}
	if (r < 0 && d->manage_sysctls && d->sysctls)
		sysctls_restore(d->sysctls);
	flush_free(d->flush);
	agent_free(d->agent);
	detector_free(d->detector);
	ears_free(&d->ears);
	drains_free(d->drains);
	metrics_http_free(d->metrics);
	sockets_free(d->sockets);
	serve_free(d->serve);
	service_free(d->service);
	resync_free(d->resync);
	sysctls_free(d->sysctls);
	saved_free(d->saved);
	ra_sock_free(d->ra_sock);
	kernel_free(d->kernel);
	uv_loop_close(&d->loop);
	config_free(cfg);
	chores_free(&d->chores);
	free(d);
	return r < 0;
}
