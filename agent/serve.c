#include "agent/serve.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/base/log.h"
#include "agent/commands.h"
#include "agent/ctl/ctl.h"
#include "agent/group.h"
#include "agent/watchers.h"

#define LOG_TOPIC TOPIC_AGENT

#define CLIENTS_MAX 64                   /* at each door */
#define CLIENT_IDLE_MS 60000             /* a client that says nothing for so long is let go */

/* Those who may change things come by one socket, those who may look by another, and neither can take the place of the other. */
struct door { struct serve *serve; uv_pipe_t pipe; unsigned n_clients; bool open; };
enum { DOOR_CONTROL, DOOR_VIEW, N_DOORS };

struct client {
	struct serve *serve;
	struct door *door;
	uv_pipe_t pipe;
	uv_timer_t idle;
	uv_write_t write;
	char *answer;                    /* being written; one at a time */
	struct command_more *more;       /* NULL, or the rest of it */
	size_t n;
	struct watcher *watcher;         /* NULL: it asks and is answered */
	int open_handles;
	bool closing;
	struct client *next;
	char line[CTL_LINE_MAX];
};

struct serve {
	uv_loop_t *loop;
	struct door doors[N_DOORS];
	struct agent *agent;
	struct watchers *watchers;
	struct client *clients;
};

static void on_client_closed(uv_handle_t *handle)
{
	struct client *c = handle->data, **at;

	if (--c->open_handles)
		return;
	for (at = &c->serve->clients; *at != c; at = &(*at)->next)
		;
	*at = c->next;
	c->door->n_clients--;
	watcher_free(c->watcher);
	command_more_free(c->more);
	free(c->answer);
	free(c);
}

static void client_close(struct client *c)
{
	if (c->closing)
		return;
	c->closing = true;
	uv_close((uv_handle_t *)&c->pipe, on_client_closed);
	uv_close((uv_handle_t *)&c->idle, on_client_closed);
}

static void on_idle(uv_timer_t *timer)
{
	client_close(timer->data);
}

static void next_request(struct client *c);
static void next_piece(struct client *c);

static mono now(void)
{
	return (mono){ (int64_t)(uv_hrtime() / 1000) };
}

#define BIG_ANSWER 65536

static void on_written(uv_write_t *write, int status)
{
	struct client *c = write->data;
	bool big = c->answer && strlen(c->answer) >= BIG_ANSWER && !c->more;

	free(c->answer);
	c->answer = NULL;
	if (big)
		malloc_trim(0);          /* a node that was once asked for much is not the bigger for it */
	if (status < 0)
		client_close(c);
	else if (!c->closing && c->more)
		next_piece(c);
	else if (!c->closing)
		next_request(c);
}

static void answer(struct client *c, char *line)
{
	uv_buf_t buf;

	c->answer = line;
	if (!line) {
		client_close(c);
		return;
	}
	buf = uv_buf_init(line, (unsigned)strlen(line));
	c->write.data = c;
	if (uv_write(&c->write, (uv_stream_t *)&c->pipe, &buf, 1, on_written) < 0)
		client_close(c);
}

/* One piece a turn, when the one before has been read: whoever reads slowly holds up nobody, and a long table is never in memory whole. */
static void next_piece(struct client *c)
{
	bool end;
	char *piece = command_more(c->more, now(), &end);

	if (end) {
		command_more_free(c->more);
		c->more = NULL;
	}
	uv_timer_again(&c->idle);
	answer(c, piece);
}

/* The answer to a request. NULL and c->watcher: the client watches from now on, and is told instead of asked. */
static char *run(struct client *c, size_t n)
{
	struct ctl_request req;
	enum ctl_exit exit;
	const char *error;

	if (ctl_request_parse(c->line, n, &req, &error) < 0)
		return command_run(c->serve->agent, c->line, n, now(), &c->more);       /* says why */
	if (c->door == &c->serve->doors[DOOR_VIEW] && !command_looks(&req))
		return ctl_error_line(CTL_FAILED, "that is for root and the group " GROUP_CONTROL ": the group " GROUP_VIEW " may look, and change nothing");
	if (strcmp(req.command, "watch") != 0)
		return command_run(c->serve->agent, c->line, n, now(), &c->more);
	exit = watcher_new(c->serve->watchers, (uv_stream_t *)&c->pipe, &req, &c->watcher, &error);
	if (exit != CTL_DONE)
		return ctl_error_line(exit, error);
	uv_timer_stop(&c->idle);
	return NULL;
}

/* Takes one whole line out of what has come, if there is one and the last answer is on its way out. */
static void next_request(struct client *c)
{
	char *end = c->answer ? NULL : memchr(c->line, '\n', c->n);
	char *line;
	size_t used;

	if (c->answer || c->closing || c->watcher)
		return;
	if (!end) {
		if (c->n == sizeof(c->line)) {
			c->n = 0;
			agent_counters(c->serve->agent)->bad_requests++;
			answer(c, ctl_error_line(CTL_USAGE, "the request is too long"));
		}
		return;
	}
	used = (size_t)(end - c->line) + 1;
	line = run(c, used - 1);
	memmove(c->line, c->line + used, c->n - used);
	c->n -= used;
	if (!c->watcher)
		answer(c, line);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct client *c = handle->data;

	(void)suggested;
	if (c->watcher)
		c->n = 0;
	*buf = uv_buf_init(c->line + c->n, (unsigned)(sizeof(c->line) - c->n));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct client *c = stream->data;

	(void)buf;
	if (n < 0) {                             /* UV_ENOBUFS too: it goes on talking while it does not read its answers */
		client_close(c);
		return;
	}
	if (c->watcher)                          /* has nothing more to say */
		return;
	c->n += (size_t)n;
	uv_timer_again(&c->idle);
	next_request(c);
}

static void on_connection(uv_stream_t *server, int status)
{
	struct door *door = server->data;
	struct serve *s = door->serve;
	struct client *c;

	if (status < 0)
		return;
	c = calloc(1, sizeof(*c));
	if (!c) {
		log_error("control socket: out of memory");
		return;
	}
	c->serve = s;
	c->door = door;
	c->open_handles = 2;
	c->pipe.data = c->idle.data = c;
	uv_pipe_init(s->loop, &c->pipe, 0);
	uv_timer_init(s->loop, &c->idle);
	c->next = s->clients;
	s->clients = c;
	door->n_clients++;
	if (uv_accept(server, (uv_stream_t *)&c->pipe) < 0 || door->n_clients > CLIENTS_MAX) {
		client_close(c);
		return;
	}
	uv_timer_start(&c->idle, on_idle, CLIENT_IDLE_MS, CLIENT_IDLE_MS);
	uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read);
}

/* A socket file that refuses connections was left behind by a crash. */
int serve_clear(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	char folder[sizeof(sa.sun_path)], *slash;
	int fd, r;

	if (strlen(path) >= sizeof(sa.sun_path))
		return -ENAMETOOLONG;
	memcpy(sa.sun_path, path, strlen(path) + 1);
	memcpy(folder, path, strlen(path) + 1);
	slash = strrchr(folder, '/');
	if (slash && slash != folder) {
		*slash = 0;
		if (mkdir(folder, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	r = connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 ? -errno : 0;
	close(fd);
	if (r == 0 || r == -EAGAIN)
		return -EADDRINUSE;
	if (r == -ECONNREFUSED && unlink(path) < 0)
		return -errno;
	return r == -ECONNREFUSED || r == -ENOENT ? 0 : r;
}

static int door_open(struct door *door, const char *path)
{
	int r = uv_pipe_bind(&door->pipe, path);

	if (r >= 0 && chmod(path, 0660) < 0)
		r = -errno;
	return r < 0 ? r : uv_listen((uv_stream_t *)&door->pipe, CLIENTS_MAX, on_connection);
}

static void door_init(struct serve *s, struct door *door)
{
	uv_pipe_init(s->loop, &door->pipe, 0);
	door->serve = s;
	door->pipe.data = door;
	door->open = true;
}

/* Where there is such a group. weftd does without it when that cannot be. */
static void open_view(struct serve *s, const char *socket)
{
	struct door *door = &s->doors[DOOR_VIEW];
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	gid_t group;
	int r = -ENAMETOOLONG;

	if (group_find(GROUP_VIEW, &group) < 0)
		return;
	if ((size_t)snprintf(path, sizeof(path), "%s" CTL_VIEW_SUFFIX, socket) < sizeof(path)) {
		unlink(path);                    /* nobody listens there: the other socket would have been taken, too */
		door_init(s, door);
		r = door_open(door, path);
	}
	if (r >= 0)
		r = group_admit(path, group);
	if (r < 0)
		log_warning("%s" CTL_VIEW_SUFFIX ": the group " GROUP_VIEW " has no socket: %s", socket, strerror(-r));
}

static int open_control(struct serve *s, const char *socket)
{
	struct door *door = &s->doors[DOOR_CONTROL];
	gid_t group;
	int r, admitted = 0;

	door_init(s, door);
	r = door_open(door, socket);
	if (r >= 0 && group_find(GROUP_CONTROL, &group) == 0 && group != getegid())
		admitted = group_admit(socket, group);
	if (admitted < 0)
		log_warning("%s: the group " GROUP_CONTROL " may not use it: %s", socket, strerror(-admitted));
	return r;
}

int serve_new(struct serve **ret, uv_loop_t *loop, const char *path, struct agent *agent, struct logger *logger)
{
	struct serve *s;
	int r = serve_clear(path);

	if (r < 0)
		return r;
	s = calloc(1, sizeof(*s));
	if (!s || watchers_new(&s->watchers, agent, logger) < 0) {
		free(s);
		return -ENOMEM;
	}
	s->loop = loop;
	s->agent = agent;
	r = open_control(s, path);
	if (r >= 0)
		open_view(s, path);
	*ret = s;
	return r;
}

void serve_stop(struct serve *s)
{
	if (!s || uv_is_closing((uv_handle_t *)&s->doors[DOOR_CONTROL].pipe))
		return;
	watchers_turn(s->watchers);                      /* the last words */
	for (struct client *c = s->clients; c; c = c->next)
		client_close(c);
	for (size_t i = 0; i < N_DOORS; i++)
		if (s->doors[i].open)
			uv_close((uv_handle_t *)&s->doors[i].pipe, NULL);        /* libuv unlinks the path it has bound */
}

unsigned serve_watching(const struct serve *s)
{
	unsigned n = 0;

	for (const struct client *c = s->clients; c; c = c->next)
		n += c->watcher != NULL;
	return n;
}

void serve_turn(struct serve *s)
{
	watchers_turn(s->watchers);
}

void serve_free(struct serve *s)
{
	if (!s)
		return;
	watchers_free(s->watchers);
	free(s);
}
