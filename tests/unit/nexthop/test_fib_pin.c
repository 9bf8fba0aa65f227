/* The peer's own address, as an entry that stays. */
#include <criterion/criterion.h>

#include "tests/unit/nexthop/fib_rig.h"

static struct in6_addr ll(uint8_t last)
{
	return (struct in6_addr){ .s6_addr = { 0xfe, 0x80, [15] = last } };
}

static void pin(struct rig *r, uint32_t ifindex, uint8_t last, uint8_t mac)
{
	struct in6_addr addr = ll(last);

	cr_assert_eq(fib_pin(r->fib, ifindex, &addr, (uint8_t[6]){ 2, 0, 0, 0, mac, (uint8_t)ifindex }), 0);
}

static struct fake_neigh *pinned(struct rig *r, uint32_t ifindex, uint8_t last)
{
	struct in6_addr addr = ll(last);

	return fake_neigh(&r->kernel, ifindex, &addr);
}

static struct rig *with_peer(void)
{
	struct rig *r = rig_new(true, false);

	fib_sweep(r->fib);
	rig_neigh(r, 1);
	pin(r, 1, 7, 1);
	cr_assert_str_eq(rig_run(r), "neigh+1 neigh+1/6");
	return r;
}

Test(fib_pin, said_again_is_written_once_and_another_mac_is_one_replace)
{
	struct rig *r = with_peer();

	pin(r, 1, 7, 1);
	cr_assert_str_eq(rig_run(r), "");
	pin(r, 1, 7, 2);
	cr_assert_str_eq(rig_run(r), "neigh+1/6");
	cr_assert_eq(pinned(r, 1, 7)->mac[4], 2);
	rig_free(r);
}

Test(fib_pin, another_address_takes_the_place_of_the_first)
{
	struct rig *r = with_peer();

	pin(r, 1, 8, 1);
	cr_assert_str_eq(rig_run(r), "neigh+1/6 neigh-1/6");
	cr_assert(pinned(r, 1, 8) && !pinned(r, 1, 7));
	rig_free(r);
}

Test(fib_pin, it_goes_with_the_peer_and_comes_back_with_the_link)
{
	struct rig *r = with_peer();

	rig_link_lost(r, 1, true);
	fake_link_back(&r->kernel, 1);
	cr_assert_str_eq(rig_run(r), "neigh+1 neigh+1/6");
	fib_neigh_lost(r->fib, 1);
	cr_assert_str_eq(rig_run(r), "neigh+1 neigh+1/6", "the link has another MAC");
	fib_neigh_del(r->fib, 1);
	cr_assert_str_eq(rig_run(r), "neigh-1 neigh-1/6");
	cr_assert_eq(r->kernel.n_neighs, 0);
	rig_free(r);
}

Test(fib_pin, other_links_and_routes_do_not_mind)
{
	struct rig *r = with_peer();

	pin(r, 2, 7, 1);
	rig_set(r, "10.0.0.0/24", "1 2");
	cr_assert_str_eq(rig_run(r), "neigh+2/6 hop+1 group+{1}=a route+10.0.0.0/24=a", "over the second link it waits for what stands for the peer");
	fib_neigh_del(r->fib, 2);
	cr_assert_str_eq(rig_run(r), "neigh-2/6");
	cr_assert(pinned(r, 1, 7));
	rig_free(r);
}

Test(fib_pin, a_group_stays_whoever_the_peer_is)
{
	static const struct in6_addr group = { .s6_addr = { 0xff, 0x02, [15] = 2 } };
	struct rig *r = with_peer();

	cr_assert_eq(fib_pin_group(r->fib, 1, &group), 0);
	cr_assert_str_eq(rig_run(r), "neigh+1/6");
	cr_assert_arr_eq(fake_neigh(&r->kernel, 1, &group)->mac, ((uint8_t[6]){ 0x33, 0x33, 0, 0, 0, 2 }), 6, "RFC 2464 7");
	pin(r, 1, 8, 1);
	cr_assert_str_eq(rig_run(r), "neigh+1/6 neigh-1/6");
	cr_assert(fake_neigh(&r->kernel, 1, &group));
	fib_neigh_del(r->fib, 1);
	cr_assert_eq(fib_pin_group(r->fib, 1, &group), 0);
	cr_assert_str_eq(rig_run(r), "neigh-1 neigh-1/6", "wanted again before the commit");
	cr_assert(fake_neigh(&r->kernel, 1, &group));
	rig_free(r);
}

/* The kernel flushed them when the link was set down; but what it did before and what after that is not known when news of it were lost: an entry that
 * was written in between stays there. */
Test(fib_pin, what_went_with_the_link_is_deleted_when_notifications_were_lost)
{
	struct rig *r = with_peer();

	fib_link_lost(r->fib, 1, true);
	fib_neigh_del(r->fib, 1);
	fib_unsure(r->fib);
	cr_assert_str_eq(rig_run(r), "neigh-1 neigh-1/6");
	cr_assert_null(pinned(r, 1, 7));
	rig_free(r);
}

Test(fib_pin, what_is_on_its_way_when_the_link_goes_is_deleted)
{
	struct rig *r = with_peer();

	pin(r, 1, 7, 2);
	fib_commit(r->fib, r->now);
	cr_assert_str_eq(rig_take(r), "neigh+1/6");
	fib_neigh_lost(r->fib, 1);
	fib_neigh_del(r->fib, 1);
	rig_ack(r);
	cr_assert_str_eq(rig_run(r), "neigh-1/6");
	cr_assert_null(pinned(r, 1, 7));
	rig_free(r);
}
