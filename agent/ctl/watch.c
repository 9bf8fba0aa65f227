#include "agent/ctl/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/base/own.h"

int watch_filter_parse(const struct ctl_request *req, struct watch_filter *ret, const char **ret_error)
{
	*ret = (struct watch_filter){ 0 };
	for (size_t i = 0; i < req->n_args; i++) {
		const char *arg = req->args[i];
		struct watch_what *what = &ret->what[ret->n];

		if (strcmp(arg, "--packets") == 0) {
			arg = ++i < req->n_args ? req->args[i] : "";
			*ret_error = "--packets takes the name of one link or numbered neighbor";
			if (!*arg || strlen(arg) >= sizeof(ret->packets) || *ret->packets)
				return -EINVAL;
			strcpy(ret->packets, arg);
			continue;
		}
		*ret_error = "that is neither a link nor a prefix; a prefix reads like 10.0.254.1/32 or 2001:db8::/32, without host bits";
		if (!*arg || strlen(arg) >= sizeof(what->name) || (prefix_parse(arg, &what->prefix) < 0 && strchr(arg, '/')))
			return -EINVAL;
		what->is_prefix = prefix_parse(arg, &what->prefix) >= 0;
		strcpy(what->name, arg);
		ret->n++;
	}
	if (*ret->packets && !ret->n) {          /* what happens on a link whose packets are looked at is of interest */
		strcpy(ret->what[0].name, ret->packets);
		ret->what[ret->n++].is_prefix = prefix_parse(ret->packets, &ret->what[0].prefix) >= 0;
	}
	return 0;
}

/* "swp1, swp2 weight 2": is the link in the list? */
static bool list_has(const char *list, const char *link)
{
	size_t n = strlen(link);

	for (const char *p = list; p; p = strchr(p, ',') ? strchr(p, ',') + 2 : NULL)
		if (strncmp(p, link, n) == 0 && strchr(", ", p[n]))      /* '\0' too */
			return true;
	return false;
}

static bool peer_in(const struct prefix *p, const struct in6_addr *peer)
{
	struct prefix host;

	if (!peer)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(peer)) {
		struct in_addr v4;

		memcpy(&v4, peer->s6_addr + 12, 4);
		host = prefix4(v4, 32);
	} else {
		host = prefix6(peer, 128);
	}
	return prefix_contains(p, &host);
}

static bool is_about(const struct watch_what *what, const struct log_about *about)
{
	if (about->name && strcmp(about->name, what->name) == 0)
		return true;
	if (what->is_prefix)
		return (about->prefix && prefix_contains(&what->prefix, about->prefix)) || peer_in(&what->prefix, about->peer);
	return (about->link && strcmp(about->link, what->name) == 0) || list_has(about->from, what->name) || list_has(about->to, what->name);
}

bool watch_filter_packets(const struct watch_filter *f, const struct log_about *about)
{
	return *f->packets && ((about->link && strcmp(f->packets, about->link) == 0) || (about->name && strcmp(f->packets, about->name) == 0));
}

bool watch_filter_wants(const struct watch_filter *f, const struct log_entry *entry)
{
	for (size_t i = 0; i < f->n; i++)
		if (is_about(&f->what[i], &entry->about))
			return true;
	return !f->n;
}

json_t *watch_time(int64_t us)
{
	time_t s = (time_t)(us / 1000000);
	struct tm tm = { 0 };
	char day[32], text[48];

	gmtime_r(&s, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%06dZ", day, (int)(us % 1000000));
	return json_string(text);
}

static json_t *string_or_null(const char *s)
{
	return s && *s ? json_string(s) : json_null();
}

static json_t *list_json(const char *list)
{
	AUTO_FREE char *copy = strdup(list);
	json_t *j = json_array();
	char *rest = copy, *word;

	while (rest && *rest && (word = strsep(&rest, ","))) {
		json_array_append_new(j, json_string(word));
		rest = rest && *rest == ' ' ? rest + 1 : rest;
	}
	return j;
}

json_t *watch_event(const struct log_entry *e, int64_t realtime_us)
{
	char peer[INET6_ADDRSTRLEN], prefix[PREFIX_STRLEN];
	json_t *o = json_object(), *text = json_string(e->text);

	json_object_set_new(o, "time", watch_time(realtime_us));
	json_object_set_new(o, "event", json_string(e->event == EVENT_NONE ? "log" : log_event_row(e->event)->name));
	json_object_set_new(o, "topic", json_string(log_topic_str(e->topic)));
	json_object_set_new(o, "level", json_string(log_level_str(e->level)));
	json_object_set_new(o, "link", string_or_null(e->about.link));
	json_object_set_new(o, "name", string_or_null(e->about.name));
	json_object_set_new(o, "peer", string_or_null(log_peer(e, peer)));
	json_object_set_new(o, "prefix", e->about.prefix ? json_string(prefix_str(e->about.prefix, prefix)) : json_null());
	if (e->about.from)
		json_object_set_new(o, "from", list_json(e->about.from));
	if (e->about.to)
		json_object_set_new(o, "to", list_json(e->about.to));
	if (e->about.why)
		json_object_set_new(o, "reason", json_string(e->about.why));
	json_object_set_new(o, "message", text ? text : json_string("(not UTF-8)"));
	return o;
}

char *watch_line(json_t *event)
{
	char *s = event ? json_dumps(event, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL, *line = NULL;
	size_t n = s ? strlen(s) : 0;

	json_decref(event);
	if (s && (line = realloc(s, n + 2)))
		memcpy(line + n, "\n", 2);
	else
		free(s);
	return line;
}
