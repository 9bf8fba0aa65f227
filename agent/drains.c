#include "agent/drains.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/agent_drain.h"
#include "agent/base/log.h"
#include "nexthop/link_stats.h"

#define COUNT_MS 1000
#define FILE_BYTES_MAX (1 << 20)         /* 4096 names take a quarter of that */

struct drains {
	struct agent *agent;
	struct link_stats *stats;
	uv_timer_t timer;
	char path[128], beside[136];     /* the file, and the one that becomes it */
	unsigned changes;                /* as written last */
	bool failed;
};

static mono now_mono(void)
{
	return (mono){ (int64_t)(uv_hrtime() / 1000) };
}

/* What was written here: a small file, and not a pipe, a folder or a link that somebody has put in its place. NULL: it is not. */
static json_t *load(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	json_t *j = NULL;
	json_error_t err;
	struct stat st;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= FILE_BYTES_MAX)
		j = json_loadfd(fd, JSON_REJECT_DUPLICATES, &err);
	close(fd);
	return j;
}

static void restore(struct drains *d)
{
	json_t *j, *links = NULL, *link;
	struct stat st;
	int node = 0;
	size_t i;

	if (lstat(d->path, &st) < 0)
		return;
	j = load(d->path);
	if (json_unpack(j, "{s:b, s:o}", "node", &node, "links", &links) < 0 || !json_is_array(links)) {
		log_warning("%s cannot be read: what was drained is drained no more", d->path);
		json_decref(j);
		return;
	}
	if (node && agent_drain_restore(d->agent, DRAIN_NODE, now_mono()) < 0)
		log_error("out of memory: this node is drained no more");
	json_array_foreach(links, i, link)
		if (json_string_length(link) && agent_drain_restore(d->agent, json_string_value(link), now_mono()) < 0)
			log_error("%s: is drained no more", json_string_value(link));
	if (node || i)
		log_notice("drained as before the restart: %s%zu links", node ? "this node, " : "", i);
	json_decref(j);
}

/* Whole or not at all: a reader never sees half of it. */
static bool write_file(const struct drains *d)
{
	json_t *links = json_array(), *j;
	bool node = false, good;
	const char *name;

	for (size_t i = 0; (name = agent_drain_name(d->agent, i)); i++) {
		node |= !*name;
		if (*name)
			json_array_append_new(links, json_string(name));
	}
	if (!node && !json_array_size(links)) {
		json_decref(links);
		return unlink(d->path) == 0 || errno == ENOENT;
	}
	j = json_pack("{s:b, s:o}", "node", node, "links", links);
	good = j && json_dump_file(j, d->beside, JSON_INDENT(1)) == 0 && rename(d->beside, d->path) == 0;
	json_decref(j);
	return good;
}

static void count(struct drains *d)
{
	uint64_t packets;
	uint32_t ifindex;

	for (size_t at = 0; (ifindex = agent_drain_next(d->agent, &at));)
		if (link_stats_packets(d->stats, ifindex, &packets) == 0)
			agent_drain_counted(d->agent, ifindex, packets, now_mono());
}

static void on_timer(uv_timer_t *timer)
{
	count(timer->data);
}

void drains_turn(struct drains *d)
{
	bool good;

	if (d->changes == agent_drain_changes(d->agent))
		return;
	d->changes = agent_drain_changes(d->agent);
	good = write_file(d);
	if (!good && !d->failed)
		log_warning("%s cannot be written: what is drained is not after a restart", d->path);
	d->failed = !good;
	if (agent_drain_name(d->agent, 0))
		uv_timer_start(&d->timer, on_timer, 0, COUNT_MS);
	else
		uv_timer_stop(&d->timer);
}

int drains_new(struct drains **ret, uv_loop_t *loop, const char *socket, struct agent *agent)
{
	struct drains *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return -ENOMEM;
	r = link_stats_new(&d->stats);
	if (r >= 0 && snprintf(d->path, sizeof(d->path), "%s.drain", socket) >= (int)sizeof(d->path))
		r = -ENAMETOOLONG;
	if (r >= 0) {
		snprintf(d->beside, sizeof(d->beside), "%s.new", d->path);
		r = uv_timer_init(loop, &d->timer);
	}
	if (r < 0) {
		drains_free(d);
		return r;
	}
	d->timer.data = d;
	d->agent = agent;
	restore(d);
	*ret = d;
	return 0;
}

void drains_forget(const char *socket)
{
	char path[sizeof(((struct drains *)0)->path)];

	if (snprintf(path, sizeof(path), "%s.drain", socket) < (int)sizeof(path))
		unlink(path);
}

void drains_stop(struct drains *d)
{
	if (d && !uv_is_closing((uv_handle_t *)&d->timer))
		uv_close((uv_handle_t *)&d->timer, NULL);
}

void drains_free(struct drains *d)
{
	if (!d)
		return;
	link_stats_free(d->stats);
	free(d);
}
