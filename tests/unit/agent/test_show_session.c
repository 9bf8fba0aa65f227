/* A neighbor's session as it is shown: timers, NOTIFICATIONs, what became of the routes that it told, how long it took to come up. */
#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/show.h"
#include "world.h"

#define WITH(more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", " more "}"

static const char *shows(const struct world *w, const char *path)
{
	return world_shows(show_neighbors(w->agent, "swp1", w->now), path);
}

Test(show_session, every_announcement_is_accepted_or_counted_by_what_became_of_it)
{
	struct world *w = world_new(WITH("\"policy\": {\"no_nine\": [{\"match\": {\"prefixes\": [{\"prefix\": \"10.9.0.0/16\", \"ge\": 16}]}, \"action\": \"reject\"}, "
					 "{\"action\": \"accept\"}]}, \"links\": {\"swp*\": {\"import\": \"no_nine\"}}"));

	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_announce(w, 1, "10.9.1.0/24", NULL, 0);
	world_announce(w, 1, "10.3.0.0/24", (const uint32_t[]){ OUR_AS }, 1);
	world_withdraw(w, 1, "10.2.0.0/24 10.77.0.0/24");
	cr_expect_str_eq(shows(w, "0.route_changes.announced"), "{\"accepted\":2,\"filtered\":1,\"ignored\":1,\"received\":5,\"rejected\":1}");
	cr_expect_str_eq(shows(w, "0.route_changes.withdrawn"), "{\"accepted\":1,\"ignored\":1,\"received\":2}");
	world_notify(w, 1, NOTIFY_CEASE, CEASE_ADMIN_RESET);
	world_open(w, 1);
	cr_expect_str_eq(shows(w, "0.route_changes.announced.received"), "0", "of another session");
	world_free(w);
}

Test(show_session, the_last_notification_of_each_way_is_told_in_words)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	cr_expect_str_eq(shows(w, "0.last_notification"), "{\"received\":null,\"sent\":null}");
	world_notify(w, 1, NOTIFY_CEASE, CEASE_ADMIN_RESET);
	w->now = mono_add_s(w->now, 5);
	cr_expect_str_eq(shows(w, "0.last_notification.received"),
			 "{\"code\":6,\"hard_reset\":false,\"seconds_ago\":5,\"subcode\":4,\"text\":\"Cease/Administrative Reset\"}");
	cr_expect_str_eq(shows(w, "0.notifications.received.cease"), "1");
	cr_expect_str_eq(shows(w, "0.notifications.sent.cease"), "0");
	world_open(w, 1);
	world_wait(w, 95000);
	cr_expect_str_eq(shows(w, "0.last_notification.sent.text"), "\"Hold Timer Expired\"");
	cr_expect_str_eq(shows(w, "0.notifications.sent.hold_timer"), "1");
	world_free(w);
}

Test(show_session, timers_say_what_is_left)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	cr_expect_str_eq(shows(w, "0.timers.connect_retry_seconds_left"), "null");
	world_keepalive(w, 1);
	w->now = mono_add_s(w->now, 2);
	cr_expect_str_eq(shows(w, "0.timers.hold_seconds_left"), "7.0");
	world_notify(w, 1, NOTIFY_CEASE, CEASE_ADMIN_RESET);
	cr_expect_str_eq(shows(w, "0.timers.hold_seconds_left"), "null");
	cr_expect_str_neq(shows(w, "0.timers.connect_retry_seconds_left"), "null");
	world_free(w);
}

Test(show_session, a_part_of_a_message_waits)
{
	static const uint8_t head[7] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_input(w, 1, head, sizeof(head));
	cr_expect_str_eq(shows(w, "0.in_queue_bytes"), "7");
	world_free(w);
}

Test(show_session, the_time_from_the_carrier_to_the_first_session_is_kept_until_the_carrier_is_lost)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	w->now = mono_add_ms(w->now, 1500);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	cr_assert(world_try(w, 1));
	cr_expect_str_eq(shows(w, "0.carrier_to_established_seconds"), "1.5");
	w->now = mono_add_s(w->now, 60);
	world_notify(w, 1, NOTIFY_CEASE, CEASE_ADMIN_RESET);
	world_open(w, 1);
	cr_expect_str_eq(shows(w, "0.carrier_to_established_seconds"), "1.5", "the carrier was there all the time");
	world_carrier(w, 1, false);
	world_carrier(w, 1, true);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	cr_expect_str_eq(shows(w, "0.carrier_to_established_seconds"), "null");
	world_free(w);
}
