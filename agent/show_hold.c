/* That announcements are held, until when, and who is waited for. */
#include "agent/agent_hold.h"
#include "agent/show_priv.h"

json_t *show_hold(const struct agent *a, mono now)
{
	json_t *waits_for = json_array();
	struct agent_hold_view v;
	const char *who;

	if (!agent_hold(a, &v)) {
		json_decref(waits_for);
		return json_null();
	}
	for (size_t at = 0; (who = agent_hold_waits_for(a, &at, now));)
		json_array_append_new(waits_for, json_string(who));
	return json_pack("{s:I, s:I, s:o}", "held_seconds", (json_int_t)show_seconds(v.since, now), "seconds_left", (json_int_t)show_seconds(now, v.until),
			 "waits_for", waits_for);
}
