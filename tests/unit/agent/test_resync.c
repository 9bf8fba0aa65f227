/* After lost notifications: what is not mentioned any more is gone, and nothing else. */
#include <criterion/criterion.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/resync.h"
#include "world.h"

static struct link_change link_of(const struct world *w, unsigned ifindex)
{
	const struct link *link = links_find(agent_links(w->agent), ifindex);

	cr_assert_not_null(link);
	return (struct link_change){ .kind = LINK_NEW, .link = link->info };
}

/* Mentions everything that the agent knows, but for one link and the addresses of another. */
static void mention_all_but(struct resync *r, const struct world *w, uint32_t no_link, uint32_t no_addr)
{
	const struct link *link = NULL;

	while ((link = links_after(agent_links(w->agent), link))) {
		if (link->info.ifindex == no_link)
			continue;
		resync_mention(r, &(struct link_change){ .kind = LINK_NEW, .link = link->info });
		for (size_t i = 0; i < link->n_addrs && link->info.ifindex != no_addr; i++)
			resync_mention(r, &(struct link_change){ .kind = ADDR_NEW, .addr = link->addrs[i] });
	}
}

static struct world *fabric(struct resync **ret)
{
	struct world *w = world_new(NULL);

	cr_assert_eq(resync_new(ret), 0);
	world_peer(w, 1);
	world_peer(w, 2);
	world_clear(w);
	return w;
}

static void finish(struct resync *r, struct world *w)
{
	resync_end(r, w->agent, w->now);
	world_turn(w);
}

Test(resync, everything_mentioned_changes_nothing)
{
	struct resync *r;
	struct world *w = fabric(&r);

	resync_begin(r);
	mention_all_but(r, w, 0, 0);
	finish(r, w);
	cr_expect_eq(w->n_lines, 0u);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	resync_free(r);
	world_free(w);
}

Test(resync, link_that_is_not_mentioned_is_gone)
{
	struct resync *r;
	struct world *w = fabric(&r);

	resync_begin(r);
	mention_all_but(r, w, SWP(1), 0);
	finish(r, w);
	cr_expect_null(links_find(agent_links(w->agent), SWP(1)));
	cr_expect_eq(world_count(w, "fabric swp1 off"), 1u);
	cr_expect_eq(world_state(w, 1), BGP_IDLE);
	cr_expect_eq(world_state(w, 2), BGP_ESTABLISHED);
	resync_free(r);
	world_free(w);
}

Test(resync, addresses_that_are_not_mentioned_are_gone)
{
	struct resync *r;
	struct world *w = fabric(&r);

	world_addr(w, ADDR_NEW, SWP(1), "2001:db8::1/64");
	world_addr(w, ADDR_NEW, SWP(1), "2001:db8::1/96");
	resync_begin(r);
	mention_all_but(r, w, 0, SWP(1));
	finish(r, w);
	cr_expect_eq(links_find(agent_links(w->agent), SWP(1))->n_addrs, 0u);
	cr_expect_eq(world_state(w, 1), BGP_IDLE);
	cr_expect_eq(world_state(w, 2), BGP_ESTABLISHED);
	resync_free(r);
	world_free(w);
}

Test(resync, address_with_another_length_is_another_one)
{
	struct resync *r;
	struct world *w = fabric(&r);
	struct link_change c = { .kind = ADDR_NEW };

	world_addr(w, ADDR_NEW, LO, "10.9.0.1/24");
	world_addr(w, ADDR_NEW, LO, "10.9.0.1/32");
	resync_begin(r);
	mention_all_but(r, w, 0, LO);
	c.addr = (struct link_addr){ .ifindex = LO, .family = AF_INET, .len = 32, .addr = { 10, 9, 0, 1 } };
	resync_mention(r, &c);
	finish(r, w);
	cr_expect_eq(links_find(agent_links(w->agent), LO)->n_addrs, 1u);
	cr_expect_eq(links_find(agent_links(w->agent), LO)->addrs[0].len, 32);
	resync_free(r);
	world_free(w);
}

Test(resync, mention_outside_of_begin_and_end_counts_for_nothing)
{
	struct resync *r;
	struct world *w = fabric(&r);
	struct link_change swp1 = link_of(w, SWP(1));

	finish(r, w);
	cr_expect_eq(w->n_lines, 0u, "an end without a beginning");
	resync_mention(r, &swp1);
	resync_begin(r);
	mention_all_but(r, w, SWP(1), 0);
	finish(r, w);
	cr_expect_null(links_find(agent_links(w->agent), SWP(1)));
	world_swp_up(w, 3);
	finish(r, w);
	cr_expect_not_null(links_find(agent_links(w->agent), SWP(3)), "and the end counts once");
	resync_free(r);
	world_free(w);
}

Test(resync, second_beginning_forgets_what_was_mentioned_before)
{
	struct resync *r;
	struct world *w = fabric(&r);

	resync_begin(r);
	mention_all_but(r, w, 0, 0);
	resync_begin(r);
	mention_all_but(r, w, SWP(2), 0);
	finish(r, w);
	cr_expect_not_null(links_find(agent_links(w->agent), SWP(1)));
	cr_expect_null(links_find(agent_links(w->agent), SWP(2)));
	resync_free(r);
	world_free(w);
}

Test(resync, deletions_are_no_mention)
{
	struct resync *r;
	struct world *w = fabric(&r);
	struct link_change swp1 = link_of(w, SWP(1));

	swp1.kind = LINK_DEL;
	resync_begin(r);
	mention_all_but(r, w, SWP(1), 0);
	resync_mention(r, &swp1);
	finish(r, w);
	cr_expect_null(links_find(agent_links(w->agent), SWP(1)));
	resync_free(r);
	world_free(w);
}

Test(resync, many_links_are_many_mentions)
{
	struct resync *r;
	struct world *w = fabric(&r);
	struct link_info info = world_swp(1);

	for (unsigned i = 0; i < 500; i++) {
		info.ifindex = 1000 + i;
		info.type = 0;                           /* none of ours */
		agent_link_change(w->agent, &(struct link_change){ .kind = LINK_NEW, .link = info }, w->now);
	}
	resync_begin(r);
	mention_all_but(r, w, 1499, 0);
	finish(r, w);
	cr_expect_not_null(links_find(agent_links(w->agent), 1498));
	cr_expect_null(links_find(agent_links(w->agent), 1499));
	resync_free(r);
	world_free(w);
}
