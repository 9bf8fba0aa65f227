#include "agent/watchers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/ctl/lineq.h"
#include "agent/ctl/watch.h"
#include "agent/trace.h"

struct watcher {
	struct watchers *all;
	struct watcher *next;
	struct watch_filter filter;
	struct lineq q;
	uv_stream_t *stream;
	uv_write_t write;
	char *writing;                   /* NULL: nothing is on its way */
	bool failed;                     /* nothing can be written any more; its end will be read */
};

struct watchers {
	struct agent *agent;
	struct logger *logger;
	struct watcher *list;
	unsigned n;
};

static int64_t realtime_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The line is made once, and not at all when everybody who wants it is behind. */
static void on_entry(void *ctx, const struct log_entry *entry)
{
	struct watchers *w = ctx;
	char *line = NULL;

	for (struct watcher *one = w->list; one; one = one->next) {
		if (!watch_filter_wants(&one->filter, entry))
			continue;
		if (!line && !lineq_full(&one->q))
			line = watch_line(watch_event(entry, realtime_us()));
		lineq_put(&one->q, line);
	}
	free(line);
}

static void on_packet(void *ctx, const struct trace_packet *packet)
{
	struct watchers *w = ctx;
	char *line = NULL;

	for (struct watcher *one = w->list; one; one = one->next) {
		if (!watch_filter_packets(&one->filter, &packet->about))
			continue;
		if (!line && !lineq_full(&one->q))
			line = watch_line(trace_event(packet, realtime_us()));
		lineq_put(&one->q, line);
	}
	free(line);
}

/* What nobody wants is not even looked at. */
static void listen_as_wanted(struct watchers *w)
{
	bool packets = false;

	for (const struct watcher *one = w->list; one; one = one->next)
		packets |= *one->filter.packets;
	logger_watch(w->logger, w->list ? on_entry : NULL, w);
	agent_trace(w->agent, packets ? on_packet : NULL, w);
}

static bool is_there(const struct watchers *w, const char *name)
{
	return links_by_name(agent_links(w->agent), name) || agent_peer_named(w->agent, name);
}

int watchers_new(struct watchers **ret, struct agent *agent, struct logger *logger)
{
	struct watchers *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->agent = agent;
	w->logger = logger;
	*ret = w;
	return 0;
}

void watchers_free(struct watchers *w)
{
	free(w);
}

static void on_written(uv_write_t *write, int status)
{
	struct watcher *one = write->data;

	free(one->writing);
	one->writing = NULL;
	one->failed |= status < 0;
}

static void send_more(struct watcher *one)
{
	uv_buf_t buf;
	size_t n;

	if (one->writing || one->failed)
		return;
	one->writing = lineq_take(&one->q, &n);
	if (!one->writing)
		return;
	buf = uv_buf_init(one->writing, (unsigned)n);
	one->write.data = one;
	if (uv_write(&one->write, one->stream, &buf, 1, on_written) < 0) {
		free(one->writing);
		one->writing = NULL;
		one->failed = true;
	}
}

void watchers_turn(struct watchers *w)
{
	for (struct watcher *one = w->list; one; one = one->next)
		send_more(one);
}

enum ctl_exit watcher_new(struct watchers *w, uv_stream_t *stream, const struct ctl_request *req, struct watcher **ret, const char **ret_error)
{
	struct watcher *one;
	struct watch_filter f;
	char *first;

	if (watch_filter_parse(req, &f, ret_error) < 0)
		return CTL_USAGE;
	*ret_error = "there is no such link or neighbor; `weft show links` and `weft show neighbors` list them";
	for (size_t i = 0; i < f.n; i++)
		if (!f.what[i].is_prefix && !is_there(w, f.what[i].name))
			return CTL_FAILED;
	if (*f.packets && !is_there(w, f.packets))
		return CTL_FAILED;
	*ret_error = "too many watch already";
	if (w->n >= WATCHERS_MAX)
		return CTL_FAILED;
	one = calloc(1, sizeof(*one));
	first = ctl_answer_line(json_pack("{s:i}", "json_version", CTL_JSON_VERSION));
	*ret_error = "the daemon is out of memory";
	if (!one || !first) {
		free(one);
		free(first);
		return CTL_FAILED;
	}
	one->all = w;
	one->stream = stream;
	one->filter = f;
	lineq_put(&one->q, first);
	free(first);
	one->next = w->list;
	w->list = one;
	w->n++;
	listen_as_wanted(w);
	*ret = one;
	return CTL_DONE;
}

void watcher_free(struct watcher *one)
{
	struct watcher **at;

	if (!one)
		return;
	for (at = &one->all->list; *at != one; at = &(*at)->next)
		;
	*at = one->next;
	one->all->n--;
	listen_as_wanted(one->all);
	lineq_free(&one->q);
	free(one->writing);
	free(one);
}
