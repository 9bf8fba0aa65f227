/* More than one router allowed on a link: who is a further one, who waits, who is none any more. */
#include "ra/ra.h"

#include <string.h>

#include <criterion/criterion.h>

#include "rig.h"

static void begin(struct rig *rig, unsigned allowed)
{
	rig_new(rig);
	ra_allow(rig->ra, RIG_LINK, allowed);
}

/* Each of them advertises every 5 s, from now up to and including ms. */
static void keep(struct rig *rig, const char *who, int64_t ms)
{
	for (int64_t at = rig->now.us / 1000; at <= ms; at += 5000) {
		rig_until(rig, at);
		for (const char *p = who; *p; p++)
			rig_advert(rig, (uint8_t)(*p - 'a' + 10), (uint8_t)(*p - 'a' + 10));
	}
	rig_until(rig, ms);
}

static void session(struct rig *rig, uint8_t addr, bool established)
{
	struct in6_addr router = rig_addr(addr);

	ra_session(rig->ra, RIG_LINK, &router, established, rig->now);
}

static bool vouch(struct rig *rig, uint8_t addr)
{
	struct in6_addr router = rig_addr(addr);

	return ra_vouch(rig->ra, RIG_LINK, &router, rig->now);
}

static bool said(const struct rig *rig, const char *what)
{
	return strstr(rig->said, what);
}

Test(further, routers_up_to_the_limit_join_and_the_next_one_is_a_conflict)
{
	struct rig rig;

	begin(&rig, 3);
	for (uint8_t i = 0xa; i <= 0xd; i++)
		rig_advert(&rig, i, i);
	cr_assert_str_eq(rig_said(&rig), "found a/0a; joined b/0b; joined c/0c; conflict a/0a d/0d");
	cr_assert_eq(rig_view(&rig).n_further, 2);
	cr_assert_eq(rig_view(&rig).n_others, 1);
	cr_assert_eq(rig_view(&rig).conflicts, 1);
	rig_free(&rig);
}

Test(further, one_allowed_is_as_if_nothing_was_said)
{
	struct rig rig;

	begin(&rig, 1);
	rig_advert(&rig, 0xa, 0xa);
	rig_advert(&rig, 0xb, 0xb);
	cr_assert_str_eq(rig_said(&rig), "found a/0a; conflict a/0a b/0b");
	rig_free(&rig);
}

Test(further, one_that_is_silent_leaves_and_who_waited_takes_its_place)
{
	struct rig rig;

	begin(&rig, 2);
	keep(&rig, "abc", 5000);
	rig_said(&rig);
	rig.said[0] = '\0';
	keep(&rig, "ac", 5000 + RIG_SILENCE_MS);
	cr_assert(said(&rig, "left b/0b; joined c/0c"), "%s", rig.said);
	cr_assert_eq(rig_view(&rig).n_further, 1);
	cr_assert_eq(rig_view(&rig).n_others, 0);
	rig_free(&rig);
}

Test(further, one_with_a_session_stays_though_silent_and_leaves_at_its_end)
{
	struct rig rig;

	begin(&rig, 2);
	keep(&rig, "ab", 0);
	session(&rig, 0xa, true);
	session(&rig, 0xb, true);
	rig_said(&rig);
	keep(&rig, "a", 100000);
	cr_assert(said(&rig, "hushed b/0b") && !said(&rig, "left"), "%s", rig.said);
	session(&rig, 0xb, false);
	cr_assert_not(said(&rig, "left"), "not by ra_session");
	ra_step(rig.ra, rig.now);
	cr_assert(said(&rig, "left b/0b"));
	rig_free(&rig);
}

Test(further, one_with_a_session_never_takes_a_dead_peers_place)
{
	struct rig rig;

	begin(&rig, 2);
	keep(&rig, "ab", 0);
	session(&rig, 0xb, true);
	rig_said(&rig);
	rig.said[0] = '\0';
	keep(&rig, "b", 60000);
	cr_assert(!said(&rig, "found"), "%s", rig.said);
	cr_assert_eq(rig_view(&rig).peer->addr.s6_addr[15], 0xa);
	rig_advert(&rig, 0xc, 0xc);
	cr_assert(said(&rig, "found c/0c"), "a new one does");
	cr_assert_eq(rig_view(&rig).n_further, 1);
	rig_free(&rig);
}

Test(further, one_that_waits_takes_a_dead_peers_place)
{
	struct rig rig;

	begin(&rig, 2);
	keep(&rig, "abc", 0);
	rig_said(&rig);
	keep(&rig, "bc", RIG_SILENCE_MS);
	cr_assert(said(&rig, "found c/0c"), "%s", rig.said);
	cr_assert_eq(rig_view(&rig).further[0].addr.s6_addr[15], 0xb);
	rig_free(&rig);
}

Test(further, one_can_be_vouched_for_while_there_is_room)
{
	struct rig rig;

	begin(&rig, 2);
	rig_advert(&rig, 0xa, 0xa);
	cr_assert(vouch(&rig, 0xb));
	cr_assert_str_eq(rig_said(&rig), "found a/0a; joined b/-");
	cr_assert(vouch(&rig, 0xb) && vouch(&rig, 0xa));
	cr_assert_not(vouch(&rig, 0xc));
	rig_free(&rig);
}

Test(further, its_address_with_another_mac_is_a_conflict_until_it_is_silent)
{
	struct rig rig;

	begin(&rig, 3);
	keep(&rig, "ab", 0);
	session(&rig, 0xb, true);
	rig_said(&rig);
	rig_advert(&rig, 0xb, 0xf);
	cr_assert_str_eq(rig_said(&rig), "conflict a/0a b/0f");
	cr_assert_eq(rig_view(&rig).n_further, 1, "no address is used twice");
	rig_until(&rig, 2 * RIG_SILENCE_MS);
	rig_advert(&rig, 0xb, 0xf);
	cr_assert_eq(rig_view(&rig).n_others, 0);
	cr_assert_eq(rig_view(&rig).further[0].mac[5], 0xf, "the same machine, changed");
	rig_free(&rig);
}

Test(further, the_peers_address_is_never_a_further_ones)
{
	struct rig rig;

	begin(&rig, 3);
	keep(&rig, "ab", 0);
	rig_said(&rig);
	rig_advert(&rig, 0xb, 0xa);              /* the peer's MAC: the peer with another address, but that is taken */
	cr_assert_str_eq(rig_said(&rig), "conflict a/0a b/0a");
	cr_assert_eq(rig_view(&rig).peer->addr.s6_addr[15], 0xa);
	rig_free(&rig);
}

Test(further, no_more_than_sixteen_and_seven_that_wait)
{
	struct rig rig;
	struct ra_view v;

	begin(&rig, 1000);
	for (uint8_t i = 10; i < 60; i++)
		rig_advert(&rig, i, i);
	v = rig_view(&rig);
	cr_assert_eq(v.n_further, RA_ALLOWED_MAX - 1u);
	cr_assert_eq(v.n_others, RA_ROUTERS_MAX - 1u);
	cr_assert_eq(v.conflicts, 50u - RA_ALLOWED_MAX);
	rig_free(&rig);
}
