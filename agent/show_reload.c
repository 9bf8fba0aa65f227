/* What a reload does, or would do, and what became of the last one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_reload.h"
#include "agent/base/own.h"
#include "agent/show_priv.h"

/* The first that it takes, in the order of how much that is. */
static const struct { unsigned takes; const char *words; } effects[] = {
	{ TAKES_RESTART, "needs a restart of weftd" },
	{ TAKES_SESSION, "sessions restart" },
	{ TAKES_OPEN, "sessions restart" },
	{ TAKES_ASN, "sessions with an AS that is not allowed any more end" },
	{ TAKES_LINKS, "links come or go" },
	{ TAKES_NEIGHBORS, "numbered peers come or go" },
	{ TAKES_ROUTERS, "routers that are too many go" },
	{ TAKES_LIMIT, "sessions over the limit end" },
	{ TAKES_IMPORT, "peers are asked for their routes again" },
	{ TAKES_EXPORT, "peers are told their routes again" },
	{ TAKES_DECISION, "every route is decided again" },
	{ TAKES_FORWARDING, "every route is installed again" },
	{ TAKES_ORIGINATE, "what is announced is found again" },
	{ TAKES_BANDWIDTH, "routes are weighed again" },
	{ TAKES_BFD, "BFD goes on otherwise" },
	{ TAKES_DAMPING, "what is held against links is forgotten" },
	{ TAKES_KEEPALIVE, "sessions go on at another pace" },
	{ TAKES_RA, "is advertised at once" },
	{ TAKES_METRICS, "metrics are read somewhere else, or nowhere" },
	{ TAKES_MONITOR, "the BMP session begins anew" },
	{ TAKES_NOTHING, "touches no session" },
};

static const char *effect(const struct config_change *c)
{
	if (strncmp(c->path, "policy.", 7) == 0)
		return "peers whose routes pass it are asked or told again";
	for (size_t i = 0; i < ARRAY_LEN(effects); i++)
		if (c->takes & effects[i].takes)
			return effects[i].words;
	return "";
}

static json_t *or_null(json_t *j)
{
	return j ? json_incref(j) : json_null();
}

static json_t *changes_json(const struct config_diff *d)
{
	json_t *list = json_array();
	int bad = !list;

	for (size_t i = 0; i < d->n; i++)
		bad |= json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:s}", "path", d->changes[i].path, "from", or_null(d->changes[i].from), "to",
							     or_null(d->changes[i].to), "effect", effect(&d->changes[i])));
	if (!bad)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *sessions_json(const struct reload *r)
{
	json_t *list = json_array();
	int bad = !list;

	for (size_t i = 0; i < r->n; i++) {
		const struct reload_session *s = &r->sessions[i];

		if (s->live && (s->ends || s->flaps))
			bad |= json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", s->name, "fate", s->ends ? "ends" : "restarts", "why", s->why));
	}
	if (!bad)
		return list;
	json_decref(list);
	return NULL;
}

/* What stands in the way, or NULL. */
static const struct config_change *obstacle(const struct config_diff *d, size_t from)
{
	for (size_t i = from; i < d->n; i++)
		if (d->changes[i].takes & TAKES_RESTART)
			return &d->changes[i];
	return NULL;
}

json_t *show_reload(const struct reload *r)
{
	return json_pack("{s:i, s:o, s:o, s:O, s:b}", "json_version", CTL_JSON_VERSION, "changes", changes_json(r->diff), "sessions", sessions_json(r), "begins", r->begins, "possible",
			 !obstacle(r->diff, 0));
}

char *reload_refusal(const struct reload *r)
{
	const struct config_change *c;
	char *text = NULL;
	size_t size = 0;
	FILE *f;

	if (!obstacle(r->diff, 0))
		return NULL;
	f = open_memstream(&text, &size);
	for (size_t i = 0; f && (c = obstacle(r->diff, i)); i = (size_t)(c - r->diff->changes) + 1) {
		AUTO_FREE char *from = c->from ? json_dumps(c->from, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
		AUTO_FREE char *to = c->to ? json_dumps(c->to, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

		fprintf(f, "%s%s: a change from %s to %s needs a restart of weftd", i ? "\n" : "", c->path, from ? from : "nothing", to ? to : "nothing");
	}
	if (f)
		fclose(f);
	return text ? text : strdup("out of memory");
}

json_t *show_reloads(const struct agent *a, mono now)
{
	struct agent_reload_view v;
	json_t *last = json_null();

	agent_reloads(a, &v);
	if (v.any)
		last = json_pack("{s:b, s:I, s:s}", "ok", !v.failed, "seconds_ago", (json_int_t)show_seconds(v.at, now), "error", v.why);
	return json_pack("{s:I, s:I, s:I, s:o, s:o}", "generation", (json_int_t)v.generation, "reloads", (json_int_t)v.accepted, "rejected",
			 (json_int_t)v.rejected, "last_reload", last, "confirm_seconds_left",
			 v.unconfirmed ? json_integer(show_seconds(now, v.confirm_by)) : json_null());
}
