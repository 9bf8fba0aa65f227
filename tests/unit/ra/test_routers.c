/* Who is the peer: found, replaced, silent, in conflict, promoted. */
#include "ra/ra.h"

#include <criterion/criterion.h>

#include "rig.h"

/* RAs of one router every period, from now up to and including ms. */
static void keep(struct rig *rig, uint8_t addr, uint8_t mac, int64_t period, int64_t ms)
{
	for (int64_t at = rig->now.us / 1000; at <= ms; at += period) {
		rig_until(rig, at);
		rig_advert(rig, addr, mac);
	}
	rig_until(rig, ms);
}

static void session(struct rig *rig, bool established)
{
	ra_session(rig->ra, RIG_LINK, &rig_view(rig).peer->addr, established, rig->now);
}

static uint8_t peer(const struct rig *rig)
{
	return rig_view(rig).peer ? rig_view(rig).peer->addr.s6_addr[15] : 0;
}

Test(routers, first_router_is_found_and_afterwards_heard)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	cr_assert_str_eq(rig.said, "found a/0a; ");
	rig_advert(&rig, 0xa, 0xa);
	cr_assert_str_eq(rig.said, "found a/0a; heard a/0a; ");
	cr_assert_eq(rig_view(&rig).received_ra, 2);
	rig_free(&rig);
}

Test(routers, advertisement_without_mac_does_not_erase_the_known_one)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	rig_advert(&rig, 0xa, 0);
	cr_assert_str_eq(rig.said, "found a/0a; heard a/0a; ");
	cr_assert(rig_view(&rig).peer->has_mac);
	rig_free(&rig);
}

Test(routers, mac_that_becomes_known_is_told_and_keeps_the_session)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0);
	session(&rig, true);
	rig_advert(&rig, 0xa, 0xa);
	cr_assert_str_eq(rig_said(&rig), "found a/-; found a/0a");
	rig_until(&rig, 60000);
	rig_advert(&rig, 0xb, 0xb);
	cr_assert_eq(peer(&rig), 0xa, "still established");
	rig_free(&rig);
}

Test(routers, same_machine_with_another_address_replaces_at_once)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	session(&rig, true);
	rig_until(&rig, 1000);
	rig_advert(&rig, 0xc, 0xa);
	cr_assert_str_eq(rig_said(&rig), "found a/0a; found c/0a");
	cr_assert_eq(rig_view(&rig).n_others, 0);
	rig_free(&rig);
}

Test(routers, same_address_with_another_mac_replaces_at_once)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	session(&rig, true);
	rig_advert(&rig, 0xa, 0xb);
	cr_assert_str_eq(rig_said(&rig), "found a/0a; found a/0b");
	rig_free(&rig);
}

Test(routers, machine_that_changes_again_and_again_is_followed)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	rig_advert(&rig, 0xb, 0xa);
	rig_advert(&rig, 0xb, 0xc);
	rig_advert(&rig, 0xd, 0xc);
	cr_assert_str_eq(rig_said(&rig), "found a/0a; found b/0a; found b/0c; found d/0c");
	rig_free(&rig);
}

Test(routers, two_machines_with_one_address_are_a_conflict_and_never_alternate)
{
	struct rig rig;

	rig_new(&rig);
	for (int i = 0; i < 20; i++) {
		rig_advert(&rig, 0xa, 0xa);
		rig_advert(&rig, 0xa, 0xb);
		rig_until(&rig, (i + 1) * 5000);
	}
	cr_assert_str_eq(rig_said(&rig), "found a/0a; found a/0b; conflict a/0b a/0a");
	rig_free(&rig);
}

Test(routers, one_machine_that_advertises_two_addresses_does_not_alternate)
{
	struct rig rig;

	rig_new(&rig);
	for (int i = 0; i < 20; i++) {
		rig_advert(&rig, 0xa, 0xa);
		rig_advert(&rig, 0xb, 0xa);
		rig_until(&rig, (i + 1) * 5000);
	}
	cr_assert_str_eq(rig_said(&rig), "found a/0a; found b/0a; conflict b/0a a/0a");
	rig_free(&rig);
}

Test(routers, a_second_live_router_is_a_conflict_reported_once)
{
	struct rig rig;

	rig_new(&rig);
	for (int i = 0; i < 20; i++) {
		rig_advert(&rig, 0xa, 0xa);
		rig_advert(&rig, 0xb, 0xb);
		rig_until(&rig, (i + 1) * 5000);
	}
	cr_assert_str_eq(rig_said(&rig), "found a/0a; conflict a/0a b/0b");
	cr_assert_eq(rig_view(&rig).n_others, 1);
	cr_assert_eq(rig_view(&rig).others[0].addr.s6_addr[15], 0xb);
	cr_assert_eq(rig_view(&rig).conflicts, 1);
	rig_free(&rig);
}

Test(routers, a_silent_second_router_is_forgotten_and_reported_again_when_it_returns)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xb, 0xb);
	rig_advert(&rig, 0xa, 0xa);
	keep(&rig, 0xb, 0xb, 5000, RIG_SILENCE_MS - 1);
	cr_assert_eq(rig_view(&rig).n_others, 1);
	keep(&rig, 0xb, 0xb, 5000, RIG_SILENCE_MS);
	cr_assert_eq(rig_view(&rig).n_others, 0);
	rig_advert(&rig, 0xa, 0xa);
	cr_assert_str_eq(rig_said(&rig), "found b/0b; conflict b/0b a/0a; conflict b/0b a/0a");
	rig_free(&rig);
}

Test(routers, more_second_routers_than_there_is_room_are_counted_and_forgotten)
{
	struct rig rig;

	rig_new(&rig);
	for (uint8_t i = 10; i < 30; i++)
		rig_advert(&rig, i, i);
	cr_assert_eq(rig_view(&rig).n_others, RA_ROUTERS_MAX - 1);
	cr_assert_eq(rig_view(&rig).conflicts, 19);
	cr_assert_eq(peer(&rig), 10);
	rig_free(&rig);
}

Test(routers, silence_is_said_once_until_the_peer_is_heard_again)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	rig_until(&rig, RIG_SILENCE_MS - 1);
	cr_assert_str_eq(rig_said(&rig), "found a/0a");
	rig_until(&rig, RIG_SILENCE_MS);
	cr_assert_str_eq(rig_said(&rig), "silent a/0a");
	rig_until(&rig, 100000);
	cr_assert_str_eq(rig_said(&rig), "");
	cr_assert_eq(peer(&rig), 0xa, "silence alone makes nobody go");
	rig_advert(&rig, 0xa, 0xa);
	cr_assert_str_eq(rig.said, "heard a/0a; ");
	rig_until(&rig, 400000);
	cr_assert_str_eq(rig_said(&rig), "silent a/0a");
	rig_free(&rig);
}

Test(routers, a_peer_that_advertises_rarely_is_not_silent_in_between)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	rig_until(&rig, 14000);
	keep(&rig, 0xa, 0xa, 14000, 14000);
	rig_until(&rig, 14000 + 3 * 14000 - 1);
	cr_assert_str_eq(rig_said(&rig), "found a/0a");
	rig_until(&rig, 14000 + 3 * 14000);
	cr_assert_str_eq(rig_said(&rig), "silent a/0a");
	rig_free(&rig);
}

Test(routers, spacing_counts_for_at_most_a_minute)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	rig_until(&rig, 600000);
	rig_advert(&rig, 0xa, 0xa);
	rig_said(&rig);
	rig_until(&rig, 600000 + RA_SILENCE * 60000 - 1);
	cr_assert_str_eq(rig_said(&rig), "");
	rig_until(&rig, 600000 + RA_SILENCE * 60000);
	cr_assert_str_eq(rig_said(&rig), "silent a/0a");
	rig_free(&rig);
}

Test(routers, a_pause_of_our_own_is_no_spacing_of_the_peer)
{
	for (int timer_first = 0; timer_first < 2; timer_first++) {       /* when we go on: or what waited in the socket */
		struct rig rig;

		rig_new(&rig);
		rig_advert(&rig, 0xa, 0xa);
		rig_until(&rig, 4000);
		rig_advert(&rig, 0xa, 0xa);
		rig.now = mono_add_ms(rig.now, 41000);
		if (timer_first)
			ra_step(rig.ra, rig.now);
		rig_advert(&rig, 0xa, 0xa);
		ra_step(rig.ra, rig.now);
		rig_said(&rig);
		rig_until(&rig, 45000 + RIG_SILENCE_MS - 1);
		cr_assert_str_eq(rig_said(&rig), "");
		rig_until(&rig, 45000 + RIG_SILENCE_MS);
		cr_assert_str_eq(rig_said(&rig), "silent a/0a");
		rig_free(&rig);
	}
}

Test(routers, an_established_session_keeps_a_silent_peer)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	session(&rig, true);
	keep(&rig, 0xb, 0xb, 5000, 100000);
	cr_assert_str_eq(rig_said(&rig), "found a/0a; conflict a/0a b/0b; silent a/0a");
	cr_assert_eq(peer(&rig), 0xa);
	rig_free(&rig);
}

Test(routers, a_live_second_router_is_promoted_when_the_silent_peer_loses_its_session)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	session(&rig, true);
	keep(&rig, 0xb, 0xb, 5000, 100000);
	rig_said(&rig);
	session(&rig, false);
	cr_assert_str_eq(rig_said(&rig), "found b/0b");
	cr_assert_eq(rig_view(&rig).n_others, 0);
	rig_free(&rig);
}

Test(routers, a_peer_that_loses_its_session_but_advertises_stays)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	rig_advert(&rig, 0xb, 0xb);
	session(&rig, true);
	session(&rig, false);
	cr_assert_eq(peer(&rig), 0xa);
	rig_free(&rig);
}

Test(routers, a_live_second_router_is_promoted_when_the_peer_without_session_falls_silent)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	keep(&rig, 0xb, 0xb, 5000, RIG_SILENCE_MS - 1);
	rig_until(&rig, RIG_SILENCE_MS);
	cr_assert_str_eq(rig_said(&rig), "found a/0a; conflict a/0a b/0b; silent a/0a; found b/0b");
	rig_free(&rig);
}

Test(routers, a_forgotten_second_router_is_not_promoted)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	session(&rig, true);
	rig_advert(&rig, 0xb, 0xb);
	rig_until(&rig, RIG_SILENCE_MS);
	session(&rig, false);
	cr_assert_eq(peer(&rig), 0xa);
	rig_free(&rig);
}

Test(routers, another_router_replaces_a_dead_peer_at_once)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	rig_until(&rig, RIG_SILENCE_MS);
	rig_said(&rig);
	rig_advert(&rig, 0xb, 0xb);
	cr_assert_str_eq(rig_said(&rig), "found b/0b");
	rig_advert(&rig, 0xa, 0xa);
	cr_assert_str_eq(rig_said(&rig), "conflict b/0b a/0a", "the old one that returns is the second one now");
	rig_free(&rig);
}

static void drop_session(struct rig *rig)
{
	session(rig, false);
}

Test(routers, session_that_ends_inside_the_silent_callback_promotes_once)
{
	struct rig rig;

	rig_new(&rig);
	rig.on_silent = drop_session;
	rig_advert(&rig, 0xa, 0xa);
	session(&rig, true);
	keep(&rig, 0xb, 0xb, 5000, RIG_SILENCE_MS - 1);
	rig_until(&rig, RIG_SILENCE_MS);
	cr_assert_str_eq(rig_said(&rig), "found a/0a; conflict a/0a b/0b; silent a/0a; found b/0b");
	rig_free(&rig);
}

static bool vouch(struct rig *rig, uint8_t last)
{
	struct in6_addr addr = rig_addr(last);

	return ra_vouch(rig->ra, RIG_LINK, &addr, rig->now);
}

Test(routers, a_connection_makes_its_sender_the_peer_if_there_is_none)
{
	struct rig rig;

	rig_new(&rig);
	cr_assert(vouch(&rig, 0xa));
	cr_assert(vouch(&rig, 0xa));
	cr_assert_str_eq(rig_said(&rig), "found a/-");
	rig_advert(&rig, 0xa, 0xa);
	cr_assert_str_eq(rig_said(&rig), "found a/0a");
	rig_free(&rig);
}

Test(routers, a_connection_does_not_replace_a_live_peer_but_a_dead_one)
{
	struct rig rig;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	cr_assert_not(vouch(&rig, 0xb));
	rig_until(&rig, RIG_SILENCE_MS);
	rig_said(&rig);
	cr_assert(vouch(&rig, 0xb));
	cr_assert_str_eq(rig_said(&rig), "found b/-");
	rig_free(&rig);
}

Test(routers, silence_of_a_peer_that_never_advertised_is_not_said)
{
	struct rig rig;

	rig_new(&rig);
	vouch(&rig, 0xa);
	rig_until(&rig, 100000);
	cr_assert_str_eq(rig_said(&rig), "found a/-");
	rig_advert(&rig, 0xb, 0xb);
	cr_assert_str_eq(rig_said(&rig), "found b/0b", "but it is as dead as any other");
	rig_free(&rig);
}

Test(routers, nobody_vouches_for_ourselves_for_other_addresses_or_for_unknown_links)
{
	struct in6_addr global = { { { 0x20, 0x01, [15] = 1 } } }, a = rig_addr(0xa);
	struct rig rig;

	rig_new(&rig);
	cr_assert_not(vouch(&rig, 1));
	cr_assert_not(ra_vouch(rig.ra, RIG_LINK, &global, rig.now));
	cr_assert_not(ra_vouch(rig.ra, RIG_LINK + 1, &a, rig.now));
	cr_assert_null(rig_view(&rig).peer);
	rig_free(&rig);
}
