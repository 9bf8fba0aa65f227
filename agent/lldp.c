#include "agent/lldp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <lldp-const.h>

#include "agent/base/log.h"
#include "agent/base/own.h"
#include "agent/lldp_lib.h"

#define LOG_TOPIC TOPIC_LINK
#define ASK_MS 5000                      /* lldpd hears from a neighbour every 30 s, and at once when a link comes up */

struct question {                        /* one round: all links with a plan, one after the other */
	uv_poll_t poll;
	struct lldp *of;
	lldpctl_conn_t *conn;
	lldpctl_atom_t *interfaces, *interface;  /* NULL: not there yet; the one that is asked about, */
	uint32_t asked;                  /* and its link */
	uint32_t ifindex;                /* of the link that was answered last */
	int fd;
};

struct lldp {
	uv_timer_t timer;
	struct agent *agent;
	struct lldp_lib lib;
	bool loaded, runs;
	int error;                       /* why it could not be asked the last time, which was logged; 0: it could */
	struct question *now;            /* NULL: none */
};

/* --- the library's I/O: it takes what is there, and is asked again when there is more -------------------------------------------- */
static ssize_t io_result(ssize_t n)
{
	if (n > 0)
		return n;
	if (n == 0)
		return LLDPCTL_ERR_EOF;
	return errno == EAGAIN || errno == EINTR ? LLDPCTL_ERR_WOULDBLOCK : LLDPCTL_ERR_CALLBACK_FAILURE;
}

static ssize_t on_send(lldpctl_conn_t *conn, const uint8_t *data, size_t n, void *user)
{
	(void)conn;
	return io_result(send(((struct question *)user)->fd, data, n, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static ssize_t on_recv(lldpctl_conn_t *conn, const uint8_t *data, size_t n, void *user)
{
	(void)conn;
	return io_result(recv(((struct question *)user)->fd, (void *)data, n, MSG_DONTWAIT));    /* const in the library's type only */
}

static void on_words(int severity, const char *msg)
{
	(void)severity;
	log_debug("liblldpctl: %s", msg);
}

/* --- a round ----------------------------------------------------------------------------------------------------------------------- */
static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void question_end(struct question *q)
{
	const struct lldp_lib *lib = &q->of->lib;

	q->of->now = NULL;
	if (q->interface)
		lib->atom_dec_ref(q->interface);
	if (q->interfaces)
		lib->atom_dec_ref(q->interfaces);
	if (q->conn)
		lib->release(q->conn);
	uv_poll_stop(&q->poll);
	uv_close((uv_handle_t *)&q->poll, on_closed);
	close(q->fd);
}

/* The next link with a plan, in the order of ifindex; NULL: that was the last one. */
static const struct link *next_link(const struct agent *agent, uint32_t after)
{
	const struct link *link = NULL;
	struct agent_cabling_view v;

	while ((link = links_after(agent_links(agent), link)))
		if (link->info.ifindex > after && agent_cabling(agent, link->info.ifindex, &v))
			break;
	return link;
}

/* Nothing is known of who is where. */
static void forget(struct lldp *l)
{
	const struct link *link = NULL;

	while ((link = next_link(l->agent, link ? link->info.ifindex : 0)))
		agent_lldp(l->agent, link->info.ifindex, NULL);
}

static void failed(struct lldp *l, int error)
{
	if (error != l->error && error == EACCES)
		log_warning("lldpd cannot be asked who is at the other end of links: %s", strerror(error));
	else if (error != l->error)
		log_debug("lldpd cannot be asked: %s", error == ELIBACC ? "liblldpctl is not there" : strerror(error));
	l->error = error;
	agent_lldp_asked(l->agent, error);
	if (l->now)
		question_end(l->now);
	forget(l);
}

/* From the network, for logs and terminals: as a hostname of the FQDN capability is treated. */
static void name_take(char *ret, size_t size, const char *s)
{
	size_t n = 0;

	for (; s && *s && n + 1 < size; s++)
		ret[n++] = *s > 0x20 && *s < 0x7f ? *s : '?';
	ret[n] = '\0';
}

/* The port as an operator knows it: Linux and many others say its name in the ID or, where that is a MAC or a number, in the description. */
static const char *port_name(const struct lldp_lib *lib, lldpctl_atom_t *neighbor)
{
	const char *descr = lib->atom_get_str(neighbor, lldpctl_k_port_descr);

	if (lib->atom_get_int(neighbor, lldpctl_k_port_id_subtype) == LLDP_PORTID_SUBTYPE_IFNAME || !descr || !*descr)
		return lib->atom_get_str(neighbor, lldpctl_k_port_id);
	return descr;
}

/* Of several neighbours of one port the one that came last: the others are of the cable before, or behind a hub. */
static bool newest(const struct lldp_lib *lib, lldpctl_atom_t *port, struct cable_end *ret)
{
	lldpctl_atom_t *list = lib->atom_get(port, lldpctl_k_port_neighbors), *neighbor, *chassis;
	lldpctl_atom_iter_t *iter = list ? lib->atom_iter(list) : NULL;
	long best = -1;

	for (; iter && (neighbor = lib->atom_iter_value(list, iter)); iter = lib->atom_iter_next(list, iter)) {
		long since = lib->atom_get_int(neighbor, lldpctl_k_port_age);
		const char *host = NULL;

		chassis = lib->atom_get(neighbor, lldpctl_k_port_chassis);
		if (chassis)
			host = lib->atom_get_str(chassis, lldpctl_k_chassis_name);
		if (host && *host && since > best && lib->atom_get_int(neighbor, lldpctl_k_port_hidden) <= 0) {
			best = since;
			name_take(ret->host, sizeof(ret->host), host);
			name_take(ret->port, sizeof(ret->port), port_name(lib, neighbor));
		}
		if (chassis)
			lib->atom_dec_ref(chassis);
		lib->atom_dec_ref(neighbor);
	}
	if (list)
		lib->atom_dec_ref(list);
	return best >= 0;
}

/* lldpd's interface of that name; NULL: it has none. */
static lldpctl_atom_t *interface_named(const struct lldp_lib *lib, lldpctl_atom_t *list, const char *name)
{
	lldpctl_atom_iter_t *iter = lib->atom_iter(list);
	lldpctl_atom_t *one;
	const char *s;

	for (; iter && (one = lib->atom_iter_value(list, iter)); iter = lib->atom_iter_next(list, iter)) {
		s = lib->atom_get_str(one, lldpctl_k_interface_name);
		if (s && strcmp(s, name) == 0)
			return one;
		lib->atom_dec_ref(one);
	}
	return NULL;
}

static int not_yet(const struct question *q)
{
	return q->of->lib.last_error(q->conn) == LLDPCTL_ERR_WOULDBLOCK ? -EAGAIN : -EPROTO;
}

/* 0: all is known; -EAGAIN: there is more to come. The library starts over where it was each time. */
static int ask_on(struct question *q)
{
	const struct lldp_lib *lib = &q->of->lib;
	struct agent *agent = q->of->agent;
	const struct link *link;

	if (!q->interfaces)
		q->interfaces = lib->get_interfaces(q->conn);
	if (!q->interfaces)
		return not_yet(q);
	while ((link = next_link(agent, q->ifindex))) {
		struct cable_end end = { 0 };
		lldpctl_atom_t *port = NULL;
		bool there = false;

		if (!q->interface) {
			q->interface = interface_named(lib, q->interfaces, link->info.name);
			q->asked = link->info.ifindex;
		}
		if (q->interface && q->asked != link->info.ifindex)      /* its link is gone meanwhile: again, from the beginning */
			return -ENODEV;
		if (q->interface) {
			port = lib->get_port(q->interface);
			if (!port && lib->last_error(q->conn) == LLDPCTL_ERR_WOULDBLOCK)
				return -EAGAIN;
			if (!port && lib->last_error(q->conn) != LLDPCTL_ERR_NOT_EXIST)
				return -EPROTO;
			lib->atom_dec_ref(q->interface);
			q->interface = NULL;
		}
		if (port) {
			there = newest(lib, port, &end);
			lib->atom_dec_ref(port);
		}
		agent_lldp(agent, link->info.ifindex, there ? &end : NULL);
		q->ifindex = link->info.ifindex;
	}
	return 0;
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct question *q = poll->data;
	struct lldp *l = q->of;
	int r = status < 0 ? status : ask_on(q);

	(void)events;
	if (r == -EAGAIN) {
		uv_poll_start(poll, UV_READABLE, on_ready);      /* what we ask fits its socket: only its answers are waited for */
		return;
	}
	if (r < 0) {
		failed(l, -r);
		return;
	}
	l->error = 0;
	agent_lldp_asked(l->agent, 0);
	question_end(q);
}

static int lldpd_connect(const char *path, int *ret_fd)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {   /* at once, for AF_UNIX: or EAGAIN, then it is too busy */
		int r = -errno;

		close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

static int question_begin(struct lldp *l)
{
	struct question *q;
	int r, fd = -1;

	if (!l->loaded && (r = lldp_lib_load(&l->lib)) < 0)
		return r;
	if (!l->loaded)
		l->lib.log_callback(on_words);
	l->loaded = true;
	r = lldpd_connect(l->lib.get_default_transport(), &fd);
	if (r < 0)
		return r;
	q = calloc(1, sizeof(*q));
	if (!q || uv_poll_init(l->timer.loop, &q->poll, fd) < 0) {
		free(q);
		close(fd);
		return -ENOMEM;
	}
	q->poll.data = q;
	q->of = l;
	q->fd = fd;
	l->now = q;
	q->conn = l->lib.new(on_send, on_recv, q);
	return q->conn ? uv_poll_start(&q->poll, UV_WRITABLE, on_ready) : -ENOMEM;
}

static void on_timer(uv_timer_t *timer)
{
	struct lldp *l = timer->data;
	int r;

	if (l->now)
		failed(l, ETIMEDOUT);
	r = question_begin(l);
	if (r < 0)
		failed(l, -r);
}

void lldp_turn(struct lldp *l)
{
	bool wanted = agent_has_plan(l->agent);

	if (wanted == l->runs)
		return;
	l->runs = wanted;
	if (wanted) {
		uv_timer_start(&l->timer, on_timer, 0, ASK_MS);
		return;
	}
	uv_timer_stop(&l->timer);
	if (l->now)
		question_end(l->now);
}

int lldp_new(struct lldp **ret, uv_loop_t *loop, struct agent *agent)
{
	struct lldp *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->agent = agent;
	uv_timer_init(loop, &l->timer);
	l->timer.data = l;
	*ret = l;
	return 0;
}

void lldp_stop(struct lldp *l)
{
	if (!l)
		return;
	if (l->now)
		question_end(l->now);
	uv_close((uv_handle_t *)&l->timer, NULL);
}

void lldp_free(struct lldp *l)
{
	free(l);
}
