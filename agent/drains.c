#include "agent/drains.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_drain.h"
#include "agent/base/log.h"
#include "agent/clock.h"
#include "agent/statefile.h"
#include "nexthop/link_stats.h"

#define LOG_TOPIC TOPIC_AGENT

#define COUNT_MS 1000

struct drains {
	struct agent *agent;
	struct link_stats *stats;
	uv_timer_t timer;
	struct statefile file;
	unsigned changes;                /* as written last */
};

static void restore(struct drains *d)
{
	json_t *j, *links = NULL, *link;
	int node = 0;
	size_t i;

	if (!statefile_is(&d->file))
		return;
	j = statefile_load(&d->file);
	if (json_unpack(j, "{s:b, s:o}", "node", &node, "links", &links) < 0 || !json_is_array(links)) {
		log_warning("%s cannot be read: what was drained is drained no more", d->file.path);
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

static bool write_file(const struct drains *d)
{
	json_t *links = json_array();
	bool node = false;
	const char *name;

	for (size_t i = 0; (name = agent_drain_name(d->agent, i)); i++) {
		node |= !*name;
		if (*name)
			json_array_append_new(links, json_string(name));
	}
	if (!node && !json_array_size(links)) {
		json_decref(links);
		return statefile_forget(&d->file);
	}
	return statefile_write(&d->file, json_pack("{s:b, s:o}", "node", node, "links", links));
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
	if (d->changes == agent_drain_changes(d->agent) && !mono_due(d->file.again, now_mono()))
		return;
	d->changes = agent_drain_changes(d->agent);
	statefile_went(&d->file, write_file(d), "what is drained is not after a restart", now_mono());
	if (agent_drain_name(d->agent, 0))
		uv_timer_start(&d->timer, on_timer, 0, COUNT_MS);
	else
		uv_timer_stop(&d->timer);
}

mono drains_next(const struct drains *d)
{
	return d->file.again;
}

int drains_new(struct drains **ret, uv_loop_t *loop, const char *socket, struct agent *agent)
{
	struct drains *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return -ENOMEM;
	r = link_stats_new(&d->stats);
	if (r >= 0)
		r = statefile_name(&d->file, socket, "drain");
	if (r >= 0)
		r = uv_timer_init(loop, &d->timer);
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
	struct statefile file;

	if (statefile_name(&file, socket, "drain") == 0)
		statefile_forget(&file);
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
