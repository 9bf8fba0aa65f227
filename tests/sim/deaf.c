/* A peer that speaks and reads nothing (RFC 9687): its window is full, its KEEPALIVEs come. After 8 minutes, not sooner, the session ends. The last
 * words reach only a peer that has begun to read in just that moment. */
#include "tests/sim/sim.h"

#include <string.h>

#define SHARE 24                         /* one seed of so many: to wait so long takes time */
#define SEND_HOLD_S 480
#define LOOK_US 100
#define FROZEN_S (SEND_HOLD_S + 10)      /* longer than that, whenever something is said first */

struct deaf { struct world *w; struct pair pair; unsigned hold, flaps; bool reads; };

static bool is_up(const struct deaf *d, struct peer_view *ret)
{
	pair_view(d->pair.to, d->pair.to_port, ret);
	return ret->state == BGP_ESTABLISHED && ret->flaps == d->flaps;
}

/* Its process does nothing any more; somebody says in its place that it lives. Until then, or until something waits for it. */
static bool speak(const struct deaf *d, int64_t until_us, bool to_queue)
{
	uint8_t keepalive[BGP_HEADER_LEN] = { [17] = BGP_HEADER_LEN, [18] = BGP_KEEPALIVE };
	struct world *w = d->w;
	int64_t next = w->now.us;
	struct peer_view v;

	memset(keepalive, 0xff, 16);
	while (w->now.us < until_us && !*w->failure) {
		if (!is_up(d, &v))
			return sim_fail(w, "%s ends its session with %s, which speaks and has not read for less than 8 minutes: %s", d->pair.to->name,
					d->pair.from->name, v.last_error);
		if (to_queue && v.send_queued)
			return true;
		if (w->now.us >= next) {
			stream_say(d->pair.from, d->pair.port, keepalive, sizeof(keepalive));
			next += (int64_t)d->hold * 1000000 / 3;
		}
		world_run(w, (mono){ to_queue ? w->now.us + LOOK_US : next < until_us ? next : until_us });
	}
	return !*w->failure;
}

/* `at`: when its time is over. What makes room is on its way then, if it reads: it does not arrive before. */
static bool last_moment(const struct deaf *d, mono at)
{
	struct sim_port *port = &d->pair.from->ports[d->pair.port];
	struct world *w = d->w;
	struct peer_view v;
	bool up;

	port->deaf = !d->reads;
	world_run(w, (mono){ at.us + 2 * LOOK_US });
	up = is_up(d, &v);
	if (up && d->reads && !v.send_queued)    /* something else has made it look: in time */
		return true;
	if (up)
		return sim_fail(w, "%s has a session with %s, which has read nothing for 8 minutes", d->pair.to->name, d->pair.from->name);
	if (v.end != EV_SEND_HOLD)
		return sim_fail(w, "%s ends its session with %s, which reads nothing: %s", d->pair.to->name, d->pair.from->name, v.last_error);
	return !*w->failure;
}

bool deaf_check(struct world *w)
{
	struct rng r = { .s = w->cfg.seed ^ 0x64656166 };
	struct deaf d = { .w = w, .reads = rng_chance(&r, 50) };
	struct peer_view v;
	mono begin, at;

	/* A process that is stopped has no BFD either. */
	if (rng_below(&r, SHARE) || w->bfd_ms || !pair_draw(w, &r, &d.pair))
		return true;
	pair_view(d.pair.to, d.pair.to_port, &v);
	d.hold = v.hold;
	d.flaps = v.flaps;
	if (!d.hold)
		return true;
	world_say(w, "--- %s reads nothing that %s says", d.pair.from->name, d.pair.to->name);
	node_freeze(d.pair.from, (int64_t)FROZEN_S * 1000000);
	d.pair.from->ports[d.pair.port].deaf = true;
	if (!speak(&d, w->now.us + (int64_t)d.hold * 1000000, true))
		return false;
	begin = node_now(d.pair.to);
	at = world_time(d.pair.to, mono_add_s(begin, SEND_HOLD_S));
	if (!speak(&d, at.us - 2 * LOOK_US, false) || !last_moment(&d, at))
		return false;
	d.pair.from->ports[d.pair.port].deaf = false;
	return pair_rest(w, "a peer that reads nothing");
}
