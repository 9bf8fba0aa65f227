/* What is logged, by topic, to JSON. */
#include "agent/show_log.h"

#include "agent/base/log.h"
#include "agent/ctl/ctl.h"

json_t *show_log(const char *topic)
{
	json_t *o = json_object();
	enum log_topic t;

	if (topic && log_topic_of(topic, &t))
		json_object_set_new(o, topic, json_string(log_level_str(log_level(t))));
	for (t = 0; !topic && t < LOG_TOPICS; t++)
		json_object_set_new(o, log_topic_str(t), json_string(log_level_str(log_level(t))));
	return json_pack("{s:i, s:o}", "json_version", CTL_JSON_VERSION, "levels", o);
}

const char *log_order(const char *topic, const char *level)
{
	enum log_level to;
	enum log_topic t;

	if (topic && !log_topic_of(topic, &t))
		return "there is no such topic, allowed: agent, link, discovery, bgp, bfd, route, kernel, config; without one, a level is for all";
	if (level && !log_level_of(level, &to))
		return "there is no such level, allowed: error, warning, notice, info, debug";
	if (level && topic)
		log_set_level(t, to);
	for (t = 0; level && !topic && t < LOG_TOPICS; t++)
		log_set_level(t, to);
	return NULL;
}
