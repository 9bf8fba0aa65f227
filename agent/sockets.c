#include "agent/sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uthash.h>

#include "agent/base/prefix.h"
#include "agent/bgp/tcp.h"
#include "agent/listener.h"

#define READ_SIZE (64 * 1024)
/* A turn reads all connections empty before it decides, in rounds: a little of each, so that peers who say the same are heard at the same
 * time, and a route is written with all its next hops. Not for ever: there is deciding and writing to do. */
#define READ_PER_TURN (128 * 1024)
#define ROUNDS_PER_TURN 32
#define SHARE_MOST (16 * 1024)           /* of a connection in a round */
#define SHARE_LEAST (4 * 1024)
#define WATCH_MS 1000                    /* between two looks at whether what was sent arrives */

struct socket {
	bgp_conn id;
	int fd;                          /* -1: no socket could be had */
	unsigned ifindex;                /* the other end: this and its address */
	struct in6_addr remote;
	uv_poll_t poll;
	int events;                      /* what is polled for */
	bool connecting, closing;
	bool abort;                      /* what it has sent does not arrive */
	int error;                       /* closing because of this errno */
	struct sockets *all;
	UT_hash_handle hh;
};

struct guard {                           /* a link that demands a password or hop limit 255: its own listener */
	unsigned ifindex;
	struct listener *listener;
	struct sockets *all;
	UT_hash_handle hh;
};

struct sockets {
	uv_loop_t *loop;
	struct agent *agent;
	struct socket *by_id;
	size_t n_closing;
	struct listener *any[2];         /* of every link without a guard, and of numbered peers: IPv6, IPv4 */
	struct guard *guards;            /* by ifindex */
	size_t share;                    /* bytes that a connection may be read in this round */
	size_t hungry;                   /* connections that had more */
	size_t read, round;              /* bytes, in the rounds of this turn; by the end of the last one */
	unsigned rounds;
	uv_timer_t watch;
	uint8_t buf[READ_SIZE];
};

static mono now_of(uv_loop_t *loop)
{
	uv_update_time(loop);
	return (mono){ (int64_t)(uv_hrtime() / 1000) };
}

int sockets_new(struct sockets **ret, uv_loop_t *loop)
{
	struct sockets *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->share = SHARE_MOST;
	c->loop = loop;
	*ret = c;
	return 0;
}

void sockets_free(struct sockets *c)
{
	free(c);
}

static void on_event(uv_poll_t *poll, int status, int events);

static void poll_for(struct socket *conn, int events)
{
	if (conn->fd < 0 || conn->events == events)
		return;
	conn->events = events;
	uv_poll_start(&conn->poll, events | UV_DISCONNECT, on_event);
}

static void mark_closing(struct socket *conn, int error)
{
	if (conn->closing)
		return;
	conn->closing = true;
	conn->error = error;
	conn->all->n_closing++;
}

static void on_result(struct socket *conn)
{
	int r = tcp_result(conn->fd);

	if (r < 0) {
		mark_closing(conn, -r);
		return;
	}
	conn->connecting = false;
	poll_for(conn, UV_READABLE);
	agent_tcp_connected(conn->all->agent, conn->id, now_of(conn->all->loop));
}

/* ending: the peer has hung up; that too is read now, and not left for the next time. */
static void on_readable(struct socket *conn, bool ending)
{
	struct sockets *c = conn->all;
	size_t left = c->share, most;
	ssize_t n;

	while (left && !conn->closing) {
		most = left < sizeof(c->buf) ? left : sizeof(c->buf);
		n = recv(conn->fd, c->buf, most, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			mark_closing(conn, n ? errno : 0);
			return;
		}
		c->read += (size_t)n;
		agent_tcp_input(c->agent, conn->id, c->buf, (size_t)n, now_of(c->loop));
		if ((size_t)n < most && !ending)
			return;
		left -= (size_t)n;
	}
	c->hungry++;
}

static void on_event(uv_poll_t *poll, int status, int events)
{
	struct socket *conn = poll->data;

	if (conn->closing)
		return;
	/* Ends first: a peer that hangs up and calls again at once would be taken for one that calls twice (RFC 4271 6.8). */
	sockets_reap(conn->all, now_of(conn->all->loop));
	if (status < 0)
		conn->events = 0;        /* libuv polls no further: the connection is in error */
	if (conn->connecting)
		on_result(conn);
	else if (status < 0 || events & (UV_READABLE | UV_DISCONNECT))
		on_readable(conn, status < 0 || events & UV_DISCONNECT);         /* what came before the error counts: a NOTIFICATION, most likely */
	if (!conn->closing && !conn->events)
		poll_for(conn, UV_READABLE);
	/* Writable: sockets_flush in this turn writes on. */
}

struct end { unsigned ifindex; const struct in6_addr *remote; };

static void add(struct sockets *c, bgp_conn id, int fd, struct end end, bool connecting)
{
	struct socket *conn = calloc(1, sizeof(*conn));
	int r;

	if (!conn) {                             /* the core hears of it by its ConnectRetryTimer */
		if (fd >= 0)
			close(fd);
		return;
	}
	if (fd >= 0 && (r = uv_poll_init(c->loop, &conn->poll, fd)) < 0) {
		close(fd);                       /* the kernel watches no more files for us: as if it had failed */
		fd = r;
	}
	conn->id = id;
	conn->fd = fd;
	conn->ifindex = end.ifindex;
	conn->remote = *end.remote;
	conn->all = c;
	conn->connecting = connecting;
	HASH_ADD_INT(c->by_id, id, conn);
	if (fd < 0) {
		mark_closing(conn, -fd);
		return;
	}
	conn->poll.data = conn;
	poll_for(conn, connecting ? UV_WRITABLE : UV_READABLE);
}

/* RFC 5082 3: what comes from a neighbour was forwarded by nobody. */
static uint8_t least_hops(const struct peer_config *cfg)
{
	if (cfg->numbered.on)
		return cfg->numbered.min_ttl;
	return cfg->gtsm ? 255 : 0;
}

void sockets_connect(struct sockets *c, bgp_conn id, const struct peer_config *cfg, const struct in6_addr *remote)
{
	struct tcp_guard what = { .min_ttl = least_hops(cfg), .password = cfg->password, .ttl = cfg->numbered.ttl };

	add(c, id, tcp_connect(cfg->ifindex, &cfg->local, remote, &what), (struct end){ cfg->ifindex, remote }, true);
}

static struct socket *find(const struct sockets *c, bgp_conn id)
{
	struct socket *conn;

	HASH_FIND_INT(c->by_id, &id, conn);
	return conn;
}

void sockets_close(struct sockets *c, bgp_conn id)
{
	struct socket *conn = find(c, id);

	if (conn)
		mark_closing(conn, 0);
}

/* What a peer said before it called again, its hanging up above all: it is in the kernel by now, but the listener's turn may come first. */
static void hear_out(struct sockets *c, struct end end)
{
	struct socket *conn, *next;

	HASH_ITER(hh, c->by_id, conn, next) {
		if (conn->fd >= 0 && !conn->connecting && !conn->closing && in6_eq(&conn->remote, end.remote) &&
		    (!in6_is_ll(end.remote) || conn->ifindex == end.ifindex))
			on_readable(conn, true);
	}
	sockets_reap(c, now_of(c->loop));
}

/* Fail closed: a link that guards itself is heard through its own listener alone. */
static void on_connection(struct sockets *c, const struct guard *guard, int fd, unsigned ifindex, const struct in6_addr *remote)
{
	bgp_conn id = 0;
	uint8_t ttl, min_ttl;

	hear_out(c, (struct end){ ifindex, remote });
	/* RFC 5082 3: before anything is said. */
	if (agent_neighbor_hops(c->agent, remote, &ttl, &min_ttl) && tcp_admit(fd, ttl, min_ttl) < 0) {
		agent_tcp_refused(c->agent, remote);
		close(fd);
		return;
	}
	if (guard ? guard->ifindex == ifindex : !agent_link_guarded(c->agent, ifindex))
		id = agent_tcp_accepted(c->agent, ifindex, remote, now_of(c->loop));
	if (id)
		add(c, id, fd, (struct end){ ifindex, remote }, false);
	else
		close(fd);
}

static void on_any(void *ctx, int fd, unsigned ifindex, const struct in6_addr *remote)
{
	on_connection(ctx, NULL, fd, ifindex, remote);
}

static void on_guarded(void *ctx, int fd, unsigned ifindex, const struct in6_addr *remote)
{
	struct guard *guard = ctx;

	on_connection(guard->all, guard, fd, ifindex, remote);
}

/* The core may close the connection, which is only marked so here. */
static void on_watch(uv_timer_t *timer)
{
	struct sockets *c = timer->data;
	struct socket *conn, *next;

	HASH_ITER(hh, c->by_id, conn, next) {
		if (conn->fd < 0 || conn->connecting || conn->closing || !tcp_stalled(conn->fd))
			continue;
		agent_tcp_stalled(c->agent, conn->id, now_of(c->loop));
		conn->abort = conn->closing;
	}
}

int sockets_listen(struct sockets *c, struct agent *agent)
{
	static const int families[2] = { AF_INET6, AF_INET };
	int r = 0;

	c->agent = agent;
	uv_timer_init(c->loop, &c->watch);
	c->watch.data = c;
	uv_timer_start(&c->watch, on_watch, WATCH_MS, WATCH_MS);
	/* Without numbered peers nobody has anything to say over IPv4. */
	for (size_t i = 0; i < 2 && r >= 0 && (i == 0 || agent_config(agent)->n_neighbors); i++)
		r = listener_any(&c->any[i], c->loop, families[i], agent_least_hops(agent, families[i]), on_any, c);
	return r;
}

int sockets_relisten(struct sockets *c, bool ipv4, const uint8_t least[2])
{
	bool fresh = ipv4 && !c->any[1];
	int r = fresh ? listener_any(&c->any[1], c->loop, AF_INET, least[0], on_any, c) : 0;

	if (r >= 0)
		r = tcp_set_least(listener_fd(c->any[0]), least[1]);
	if (r >= 0 && ipv4 && !fresh)
		r = tcp_set_least(listener_fd(c->any[1]), least[0]);
	if ((r < 0 && fresh && c->any[1]) || (r >= 0 && !ipv4)) {
		listener_free(c->any[1]);
		c->any[1] = NULL;
	}
	return r;
}

static int guard_listen(struct guard *guard, const struct tcp_guard *what)
{
	struct sockets *c = guard->all;
	int fd = tcp_share(listener_fd(c->any[0]));

	if (fd >= 0)
		fd = tcp_listen_link(guard->ifindex, what);
	return fd < 0 ? fd : listener_new(&guard->listener, c->loop, fd, on_guarded, guard);
}

int sockets_guard(struct sockets *c, const struct peer_config *cfg)
{
	struct tcp_guard what = { .min_ttl = least_hops(cfg), .password = cfg->password };
	struct guard *guard;
	int r;

	sockets_unguard(c, cfg->ifindex);
	if (!what.min_ttl && !what.password)
		return 0;
	guard = calloc(1, sizeof(*guard));
	if (!guard)
		return -ENOMEM;
	guard->ifindex = cfg->ifindex;
	guard->all = c;
	r = guard_listen(guard, &what);
	if (r < 0) {
		free(guard);
		return r;
	}
	HASH_ADD_INT(c->guards, ifindex, guard);
	return 0;
}

static void guard_drop(struct guard *guard)
{
	HASH_DEL(guard->all->guards, guard);
	listener_free(guard->listener);
	free(guard);
}

void sockets_unguard(struct sockets *c, unsigned ifindex)
{
	struct guard *guard;

	HASH_FIND_INT(c->guards, &ifindex, guard);
	if (guard)
		guard_drop(guard);
}

/* A connection that is in the queue already may have come without the key: it is closed unheard, and with it all others, who call again. From
 * now on the kernel takes not even the last ACK of a handshake without it. */
int sockets_key(struct sockets *c, const struct in6_addr *remote, const char *password)
{
	struct listener *any = c->any[IN6_IS_ADDR_V4MAPPED(remote)];
	int r = any ? tcp_set_key(listener_fd(any), remote, password) : 0;       /* none: nobody is heard */

	if (r >= 0 && any)
		listener_drain(any);
	return r;
}

/* Writes until TCP takes no more. False: the connection is broken. */
static bool write_on(struct socket *conn, mono now)
{
	const uint8_t *p;
	size_t n;
	ssize_t sent;

	while ((p = agent_tcp_pending(conn->all->agent, conn->id, &n)) && n) {
		sent = send(conn->fd, p, n, MSG_NOSIGNAL);
		if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
			poll_for(conn, UV_READABLE | UV_WRITABLE);
			return true;
		}
		if (sent < 0)
			return false;
		agent_tcp_sent(conn->all->agent, conn->id, (size_t)sent, now);
	}
	poll_for(conn, UV_READABLE);
	return true;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void drop(struct socket *conn)
{
	struct sockets *c = conn->all;

	HASH_DEL(c->by_id, conn);
	if (conn->closing)
		c->n_closing--;
	if (conn->fd < 0) {
		free(conn);
		return;
	}
	uv_close((uv_handle_t *)&conn->poll, on_closed);
	if (conn->abort)
		tcp_abort(conn->fd);
	close(conn->fd);
}

bool sockets_reap(struct sockets *c, mono now)
{
	struct socket *conn, *next;
	bool told = false;

	if (!c->n_closing)
		return false;
	HASH_ITER(hh, c->by_id, conn, next) {
		bgp_conn id = conn->id;
		int error = conn->error;

		if (!conn->closing)
			continue;
		if (!conn->error && conn->fd >= 0 && !conn->connecting)
			write_on(conn, now);     /* the NOTIFICATION, if TCP takes it */
		drop(conn);
		agent_tcp_closed(c->agent, id, error, now);
		told = true;
	}
	return told;
}

bool sockets_more(struct sockets *c)
{
	bool more = c->read != c->round && c->read < READ_PER_TURN && ++c->rounds < ROUNDS_PER_TURN;

	c->share = READ_PER_TURN / (c->hungry ? c->hungry : 1);
	c->share = c->share > SHARE_MOST ? SHARE_MOST : c->share < SHARE_LEAST ? SHARE_LEAST : c->share;
	c->hungry = 0;
	c->round = c->read;
	if (!more) {
		c->read = c->round = 0;
		c->rounds = 0;
	}
	return more;
}

void sockets_flush(struct sockets *c, mono now)
{
	struct socket *conn;

	for (bgp_conn id = 0; (id = agent_tcp_next_pending(c->agent, id));) {
		conn = find(c, id);
		if (conn && !conn->connecting && !conn->closing && !write_on(conn, now))
			mark_closing(conn, errno);
	}
}

bool sockets_ends(const struct sockets *c, bgp_conn id, struct in6_addr *ret_local, uint16_t ret_ports[2])
{
	const struct socket *conn = find(c, id);

	return conn && tcp_ends(conn->fd, ret_local, ret_ports);
}

bool sockets_busy(const struct sockets *c)
{
	return c->n_closing > 0;
}

void sockets_stop(struct sockets *c)
{
	struct socket *conn, *next;
	struct guard *guard, *after;

	HASH_ITER(hh, c->by_id, conn, next)
		drop(conn);
	HASH_ITER(hh, c->guards, guard, after)
		guard_drop(guard);
	if (c->agent)
		uv_close((uv_handle_t *)&c->watch, NULL);
	for (size_t i = 0; i < 2; i++) {
		listener_free(c->any[i]);
		c->any[i] = NULL;
	}
}
