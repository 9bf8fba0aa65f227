/* A peer tells more prefixes than `max_prefixes` allows: what is too much is never in the table. Either the session ends, with a Cease that says why
 * (RFC 4486 4), and comes back by itself; or, with "teardown": false, it stays, and what is too much is refused. */
#include "tests/sim/sim.h"

#include "agent/bgp/notify.h"

#define NOTICED_MS 50
#define MOST 100                         /* that are told; nodes */

static uint32_t n_received(const struct pair *p)
{
	struct rib_peer_stats stats = { 0 };
	rib_peer rib;

	if (agent_rib_peer(p->to->agent, SIM_PORT0 + p->to_port, &rib))
		rib_peer_stats(agent_rib(p->to->agent), rib, &stats);
	return stats.received[0] + stats.received[1];
}

/* So many as it may have and one. All that can be told is allowed: what it hears when it comes back may be more than what it heard in the end. So not
 * where nodes have networks by the hundred (full.c). */
static unsigned n_told(const struct pair *p)
{
	return p->to->world->n_nodes - n_received(p) + 1;
}

static bool tell(struct world *w, const struct pair *p, unsigned n)
{
	uint8_t msg[128];

	for (unsigned i = 0; i < n; i++)
		if (!stream_say(p->from, p->port, msg, nonsense_route(p, i, msg, sizeof(msg))))
			return false;
	world_run(w, mono_add_ms(w->now, NOTICED_MS));
	return !*w->failure;
}

static bool has(const struct pair *p, unsigned i)
{
	struct prefix prefix = nonsense_prefix(i);

	return pair_has_path(p, &prefix);
}

static bool judge(struct world *w, const struct pair *p, const struct peer_view *was, unsigned n, bool teardown)
{
	const char *to = p->to->name, *from = p->from->name;
	struct prefix own = prefix4(p->from->router_id, 32);
	struct peer_view heard, said;
	uint8_t subcode = was->caps_sent->gr_notification && was->caps_received->gr_notification ? CEASE_HARD_RESET : CEASE_MAX_PREFIXES;

	pair_view(p->to, p->to_port, &heard);
	pair_view(p->from, p->port, &said);
	if (has(p, n - 1))
		return sim_fail(w, "%s takes more prefixes of %s than max_prefixes allows", to, from);
	if ((heard.flaps != was->flaps) != teardown)
		return sim_fail(w, "%s has more prefixes from %s than max_prefixes allows, and the session %s", to, from, teardown ? "stays" : "ends");
	if (!teardown)
		return pair_has_path(p, &own) && (n == 1 || has(p, n - 2)) ? true : sim_fail(w, "%s refuses of %s what max_prefixes allows", to, from);
	if (said.end != EV_NOTIFICATION || said.end_code != NOTIFY_CEASE || said.end_subcode != subcode)
		return sim_fail(w, "%s has more prefixes from %s than max_prefixes allows, and says %u/%u", to, from, said.end_code, said.end_subcode);
	if (has(p, 0) || pair_has_path(p, &own))
		return sim_fail(w, "%s keeps routes of %s, which has told more than max_prefixes allows", to, from);
	return true;
}

/* Up to that nothing happens, one more is too many. */
static bool pass(struct world *w, const struct pair *p, bool teardown)
{
	struct peer_view was, is;
	unsigned n = n_told(p);

	pair_view(p->to, p->to_port, &was);
	if (!tell(w, p, n - 1))
		return !*w->failure;
	pair_view(p->to, p->to_port, &is);
	if (is.flaps != was.flaps || (n > 1 && !has(p, n - 2)))
		return sim_fail(w, "%s does not take what max_prefixes allows %s: %s", p->to->name, p->from->name, is.last_error);
	return tell(w, p, n) && judge(w, p, &was, n, teardown);
}

bool limit_check(struct world *w)
{
	struct rng r = { .s = w->cfg.seed ^ 0x6c696d69 };
	bool teardown = rng_chance(&r, 70), older = rng_chance(&r, 50);
	struct pair p;

	if (!rng_chance(&r, 30) || !pair_draw(w, &r, &p) || n_received(&p) > w->n_nodes || w->n_nodes > MOST || w->n_nets)
		return true;
	if (older) {                             /* a peer that knows no Hard Reset */
		opens_older(w, &p);
		pair_reset(&p);
		if (!pair_rest(w, "a session without RFC 8538"))
			return false;
	}
	world_say(w, "--- %s tells %s more than max_prefixes", p.from->name, p.to->name);
	node_set(p.to, p.to_port, "max_prefixes", json_pack("{s:I, s:b}", "max", (json_int_t)w->n_nodes, "teardown", teardown));
	if (!pass(w, &p, teardown))
		return false;
	opens_straight(w);
	if (!teardown)
		pair_reset(&p);
	if (!pair_rest(w, "more than max_prefixes"))
		return false;
	node_set(p.to, p.to_port, "max_prefixes", NULL);
	return pair_rest(w, "max_prefixes");
}
