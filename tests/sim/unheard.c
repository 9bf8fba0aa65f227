/* A port goes down, and before its process has heard of that it writes a route over it: the kernel refuses (ENETDOWN, classic routes). What is left of
 * the route is right as soon as the news is there. */
#include "tests/sim/sim.h"

#include "agent/base/own.h"
#include "agent/base/wr.h"

#define SHARE 4
#define NOTICED_MS 50

/* A node that `to` reaches over the port to `from` and over another one, *ret_other. */
static const struct node *shared(const struct pair *p, struct portset *ret_ports, unsigned *ret_other)
{
	const struct world *w = p->to->world;

	for (unsigned t = 0; t < w->n_nodes; t++) {
		struct prefix prefix = prefix4(w->nodes[t].router_id, 32);

		if (!model_route(p->to->kernel, &prefix, ret_ports) || !portset_has(ret_ports, p->to_port))
			continue;
		for (unsigned i = 0; i < p->to->n_ports; i++)
			if (i != p->to_port && portset_has(ret_ports, i)) {
				*ret_other = i;
				return &w->nodes[t];
			}
	}
	return NULL;
}

/* RFC 4271 4.3: no way to it any more. */
static bool say_withdrawn(const struct pair *p, const struct prefix *prefix)
{
	uint8_t buf[64];
	struct wr w = wr_of(buf, sizeof(buf));

	for (unsigned i = 0; i < 16; i++)
		wr_u8(&w, 0xff);
	wr_u16(&w, BGP_HEADER_LEN + 9);
	wr_u8(&w, BGP_UPDATE);
	wr_u16(&w, 5);
	wr_u8(&w, 32);
	wr_bytes(&w, prefix->addr, 4);
	wr_u16(&w, 0);
	return stream_say(p->from, p->port, buf, wr_len(&w));
}

/* When what was said arrives, if that is the first of what is on its way. */
static mono arrival(const struct world *w, const struct node *to)
{
	mono first = MONO_NEVER;

	for (size_t i = 0; i < w->n_heap; i++)
		if (w->heap[i].node == to && w->heap[i].stream && w->heap[i].data)
			first = mono_min(first, w->heap[i].at);
	return first;
}

static bool judge(struct world *w, const struct pair *p, const struct node *at, const struct portset *want)
{
	struct prefix prefix = prefix4(at->router_id, 32);
	struct portset have = { 0 };
	char s[160], t[160];

	model_route(p->to->kernel, &prefix, &have);
	if (*w->failure || portset_empty(want) || portset_eq(&have, want))
		return !*w->failure;
	return sim_fail(w, "%s reaches %s over %s after it has written a route before it heard of a port, %s is left", p->to->name, at->name,
			portset_str(&have, s, sizeof(s)), portset_str(want, t, sizeof(t)));
}

bool unheard_check(struct world *w)
{
	struct rng r = { .s = w->cfg.seed ^ 0x756e6865 };
	const struct node *at;
	struct portset ports;
	struct prefix prefix;
	struct pair p;
	unsigned other;
	mono first;

	if (rng_below(&r, SHARE) || w->cfg.objects || !pair_draw(w, &r, &p) || !(at = shared(&p, &ports, &other)))
		return true;
	prefix = prefix4(at->router_id, 32);
	if (!say_withdrawn(&p, &prefix))
		return true;
	world_say(w, "--- %s withdraws %s, and swp%u of %s goes down", p.from->name, at->name, other + 1, p.to->name);
	first = arrival(w, p.to);
	if (mono_is_never(first))
		return pair_rest(w, "nothing");
	world_run(w, (mono){ first.us - 1 });
	port_admin(p.to, other, false);
	world_run(w, mono_add_ms(w->now, NOTICED_MS));
	ports.bits[p.to_port / 64] &= ~(1ull << p.to_port % 64);
	ports.bits[other / 64] &= ~(1ull << other % 64);
	if (!judge(w, &p, at, &ports))
		return false;
	port_admin(p.to, other, true);
	pair_reset(&p);
	return pair_rest(w, "a route over a port that was down");
}
