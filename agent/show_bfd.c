/* BFD to JSON. */
#include <string.h>

#include "agent/show_priv.h"

#define ALARM_PERMILLE 100               /* of the peer's packets are lost */

static json_t *diag_json(uint8_t diag)
{
	return json_string(bfd_diag_str(diag));
}

json_t *show_bfd(const struct agent *a, uint32_t key, mono now)
{
	struct agent_bfd_view port;
	const struct bfd_view *v;
	json_t *o;

	if (!agent_bfd(a, key, &port))
		return json_null();
	v = port.session;
	o = json_pack("{s:s, s:b, s:b, s:s, s:o, s:o}", "state", bfd_state_str(v->serial ? v->state : BFD_DOWN), "heard", v->heard,
		      "blocks_bgp", port.blocks, "remote_state", bfd_state_str(v->serial ? v->remote_state : BFD_DOWN), "diagnostic", diag_json(v->diag), "remote_diagnostic",
		      diag_json(v->remote_diag));
	json_object_set_new(o, "state_seconds", v->serial ? json_integer(show_seconds(v->since, now)) : json_null());
	json_object_set_new(o, "interval_us", json_integer(port.peer->interval_us));
	json_object_set_new(o, "multiplier", json_integer(port.peer->multiplier));
	json_object_set_new(o, "remote_transmit_us", json_integer(v->remote_tx_us));
	json_object_set_new(o, "remote_receive_us", json_integer(v->remote_rx_us));
	json_object_set_new(o, "remote_multiplier", json_integer(v->remote_multiplier));
	json_object_set_new(o, "transmit_us", json_integer(v->tx_us));
	json_object_set_new(o, "detection_us", json_integer(v->detect_us));
	json_object_set_new(o, "local_discriminator", json_integer(v->local_discr));
	json_object_set_new(o, "remote_discriminator", json_integer(v->remote_discr));
	json_object_set_new(o, "remote_control_plane_independent", json_boolean(v->remote_independent));
	json_object_set_new(o, "ups", json_integer(v->ups));
	json_object_set_new(o, "downs", json_integer(v->downs));
	json_object_set_new(o, "failures", json_integer(v->failures));
	json_object_set_new(o, "last_failure", diag_json(v->failure_diag));
	json_object_set_new(o, "loss_percent", v->loss_known ? json_integer(v->loss_permille / 10) : json_null());
	json_object_set_new(o, "error", json_string(port.error ? strerror(-port.error) : ""));
	return o;
}

json_t *show_bfd_alarm(const struct agent *a, uint32_t key)
{
	struct agent_bfd_view port;

	if (!agent_bfd(a, key, &port))
		return NULL;
	if (port.error)
		return json_sprintf("no BFD: %s", strerror(-port.error));
	if (port.blocks && port.session->state == BFD_UP)
		return json_sprintf("%u %% of the peer's BFD packets are lost, and the link is not used", port.session->loss_permille / 10);
	if (port.blocks)
		return json_sprintf("BFD is %s, and the link is not used: %s", bfd_state_str(port.session->state),
				    bfd_diag_str(port.session->failure_diag));
	if (port.session->state != BFD_UP && port.session->serial && !port.session->ups)
		return json_string(port.session->heard ? "BFD has never been Up: the peer does not hear us, or does not take what it hears"
						       : "no BFD: the peer has never answered");
	if (port.session->loss_permille >= ALARM_PERMILLE)
		return json_sprintf("%u %% of the peer's BFD packets are lost", port.session->loss_permille / 10);
	return NULL;
}

/* Below which time of lateness so many of a million packets were. */
static int64_t late_us(const struct bfd_stats *s, uint64_t per_million)
{
	uint64_t all = 0, sum = 0;

	for (int i = 0; i < BFD_LATE_BUCKETS; i++)
		all += s->late[i];
	for (int i = 0; i < BFD_LATE_BUCKETS; i++) {
		sum += s->late[i];
		if (sum * 1000000 >= all * per_million)
			return all ? (int64_t)1 << i : 0;
	}
	return 0;
}

json_t *show_bfd_summary(const struct agent *a)
{
	json_t *discarded = json_object(), *late = json_array();
	struct bfd_stats s;

	agent_bfd_stats(a, &s);
	for (int i = BFD_OK + 1; i < BFD_N_BAD; i++)
		if (s.discarded[i])
			json_object_set_new(discarded, bfd_bad_str((enum bfd_bad)i), json_integer((json_int_t)s.discarded[i]));
	for (int i = 0; i < BFD_LATE_BUCKETS; i++)
		json_array_append_new(late, json_integer((json_int_t)s.late[i]));
	return json_pack("{s:I, s:I, s:I, s:I, s:o, s:{s:I, s:I, s:I, s:I, s:o}}", "sessions", (json_int_t)s.sessions, "up", (json_int_t)s.up, "sent",
			 (json_int_t)s.sent, "received", (json_int_t)s.received, "discarded", discarded, "late_us", "p50", (json_int_t)late_us(&s, 500000),
			 "p99", (json_int_t)late_us(&s, 990000), "p9999", (json_int_t)late_us(&s, 999900), "max", (json_int_t)late_us(&s, 1000000),
			 "below_powers_of_two", late);
}
