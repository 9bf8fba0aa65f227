/* The session with the BMP collector. */
#include "agent/show_bmp.h"

#include "agent/agent_bmp.h"
#include "agent/show_priv.h"

static json_t *monitor_json(const struct config_bmp *cfg)
{
	json_t *list = json_array();

	for (int i = 0; i < MONITORS; i++)
		if (cfg->monitor[i])
			json_array_append_new(list, json_string(config_monitor_str((enum config_monitor)i)));
	return list;
}

json_t *show_bmp(const struct agent *a, mono now)
{
	json_t *o = json_pack("{s:i}", "json_version", CTL_JSON_VERSION);
	const struct bmp_view *s;
	struct agent_bmp_view v;
	bool on = agent_bmp(a, &v);

	json_object_set_new(o, "configured", json_boolean(on));
	if (!on)
		return o;
	s = &v.session;
	json_object_set_new(o, "collector", show_addr6(&v.config->collector));
	json_object_set_new(o, "port", json_integer(v.config->port));
	json_object_set_new(o, "monitor", monitor_json(v.config));
	json_object_set_new(o, "statistics_seconds", json_integer(v.config->statistics_s));
	json_object_set_new(o, "state", json_string(bmp_state_str(s->state)));
	json_object_set_new(o, s->state == BMP_UP ? "uptime_seconds" : "down_seconds", json_integer((json_int_t)show_seconds(s->since, now)));
	json_object_set_new(o, "retry_in_seconds", mono_is_never(s->retry_at) ? json_null() : json_integer((json_int_t)show_seconds(now, s->retry_at)));
	json_object_set_new(o, "last_error", json_string(s->last_error));
	json_object_set_new(o, "complete", json_boolean(v.complete));
	json_object_set_new(o, "peers", json_integer((json_int_t)v.peers));
	json_object_set_new(o, "sessions", json_integer((json_int_t)s->sessions));
	json_object_set_new(o, "overflows", json_integer((json_int_t)s->overflows));
	json_object_set_new(o, "messages", json_integer((json_int_t)s->messages));
	json_object_set_new(o, "bytes", json_integer((json_int_t)s->bytes));
	json_object_set_new(o, "queue_bytes", json_integer((json_int_t)s->queued));
	json_object_set_new(o, "queue_bytes_most", json_integer((json_int_t)s->queued_most));
	return o;
}
