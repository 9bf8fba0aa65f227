/* A neighbor's session: timers, messages, NOTIFICATIONs, what became of the routes that it told. */
#include "agent/show_priv.h"

static json_t *messages_json(const uint64_t n[6])
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "open", (json_int_t)n[BGP_OPEN], "update", (json_int_t)n[BGP_UPDATE], "notification",
			 (json_int_t)n[BGP_NOTIFICATION], "keepalive", (json_int_t)n[BGP_KEEPALIVE], "route_refresh",
			 (json_int_t)n[BGP_ROUTE_REFRESH]);
}

/* null: it does not run. */
static json_t *left_json(mono at, mono now)
{
	if (mono_is_never(at))
		return json_null();
	return json_real(at.us > now.us ? (double)(at.us - now.us) / 1000000 : 0);
}

/* NOTIFICATIONs one way, by what they complain of. */
static json_t *errors_json(const uint32_t n[NOTIFY_SEND_HOLD + 1])
{
	static const char *const names[] = {
		[0] = "other", [NOTIFY_HEADER] = "message_header", [NOTIFY_OPEN] = "open", [NOTIFY_UPDATE] = "update", [NOTIFY_HOLD] = "hold_timer",
		[NOTIFY_FSM] = "state_machine", [NOTIFY_CEASE] = "cease", [NOTIFY_REFRESH] = "route_refresh", [NOTIFY_SEND_HOLD] = "send_hold_timer",
	};
	json_t *o = json_object();

	for (int i = NOTIFY_HEADER; i <= NOTIFY_SEND_HOLD; i++)
		json_object_set_new(o, names[i], json_integer(n[i]));
	json_object_set_new(o, names[0], json_integer(n[0]));
	return o;
}

static json_t *note_json(const struct bgp_note *note, mono now)
{
	char buf[96];

	if (!note->code)
		return json_null();
	return json_pack("{s:i, s:i, s:s, s:b, s:I}", "code", note->code, "subcode", note->subcode, "text",
			 bgp_notification_str(note->code, note->subcode, buf, sizeof(buf)), "hard_reset", note->hard, "seconds_ago",
			 (json_int_t)show_seconds(note->at, now));
}

static json_t *changes_json(const struct agent *a, uint32_t key)
{
	struct agent_heard_view n;
	uint64_t not_taken;

	agent_heard(a, key, &n);
	not_taken = n.rejected + n.filtered + n.ignored;
	return json_pack("{s:{s:I, s:I, s:I, s:I, s:I}, s:{s:I, s:I, s:I}}", "announced", "received", (json_int_t)n.announced, "rejected",
			 (json_int_t)n.rejected, "filtered", (json_int_t)n.filtered, "ignored", (json_int_t)n.ignored, "accepted",
			 (json_int_t)(n.announced > not_taken ? n.announced - not_taken : 0), "withdrawn", "received", (json_int_t)n.withdrawn, "ignored",
			 (json_int_t)n.unknown, "accepted", (json_int_t)(n.withdrawn - n.unknown));
}

void show_messages(const struct peer_view *v, json_t *o)
{
	json_object_set_new(o, "messages_received", json_integer((json_int_t)v->received[0]));
	json_object_set_new(o, "messages_sent", json_integer((json_int_t)v->sent[0]));
	json_object_set_new(o, "messages", json_pack("{s:o, s:o}", "received", messages_json(v->received), "sent", messages_json(v->sent)));
}

void show_session(const struct agent *a, const struct peer_view *v, json_t *o, mono now)
{
	int64_t us = agent_established_us(a, v->key);

	json_object_set_new(o, "timers", json_pack("{s:o, s:o, s:o}", "hold_seconds_left", left_json(v->hold_at, now), "keepalive_seconds_left",
						   left_json(v->keepalive_at, now), "connect_retry_seconds_left", left_json(v->retry_at, now)));
	json_object_set_new(o, "carrier_to_established_seconds", us ? json_real((double)us / 1000000) : json_null());
	json_object_set_new(o, "notifications", json_pack("{s:o, s:o}", "received", errors_json(v->notes->count[NOTE_RECEIVED]), "sent",
							  errors_json(v->notes->count[NOTE_SENT])));
	json_object_set_new(o, "last_notification", json_pack("{s:o, s:o}", "received", note_json(&v->notes->last[NOTE_RECEIVED], now), "sent",
							      note_json(&v->notes->last[NOTE_SENT], now)));
	json_object_set_new(o, "route_changes", changes_json(a, v->key));
	json_object_set_new(o, "in_queue_bytes", json_integer((json_int_t)v->received_part));
}
