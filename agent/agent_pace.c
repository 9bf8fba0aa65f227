#include "agent/agent_pace.h"

#include "agent/agent_priv.h"

const struct pace *agent_pace(const struct agent *a)
{
	return &a->pace;
}

/* Asked with every answer: what is true nearly always comes first. */
static bool behind(const struct agent *a)
{
	return !a->fib || !fib_answered(a->fib) || rib_undecided(a->rib) || rib_leaving(a->rib);
}

void pace_turn(struct agent *a, mono now)
{
	struct pace *p = &a->pace;

	if (p->changing || a->restart.on || !a->fib || !(rib_undecided(a->rib) || rib_leaving(a->rib)))
		return;
	p->changing = true;
	p->told = false;
	p->since = now;
}

void pace_settle(struct agent *a)
{
	struct pace *p = &a->pace;

	if (!p->changing || behind(a))
		return;
	p->changing = false;
	if (p->told)
		histo_add(&p->change, p->answered.us - p->since.us);
}

/* Those of one turn share a mark; with no room for another one they count as handed out a little earlier. */
void pace_taken(struct agent *a, uint32_t seq)
{
	struct pace *p = &a->pace;
	uint32_t last = (p->first + p->n - 1) & (PACE_MARKS - 1);

	p->told = true;
	p->answered = a->now;
	if (p->n == PACE_MARKS || (p->n && p->mark[last].at.us == a->now.us))
		return;
	p->mark[(p->first + p->n) & (PACE_MARKS - 1)].seq = seq;
	p->mark[(p->first + p->n) & (PACE_MARKS - 1)].at = a->now;
	p->n++;
}

/* The kernel answers in order (nexthop/flight.h). */
void pace_acked(struct agent *a, uint32_t seq, int error, mono now)
{
	struct pace *p = &a->pace;

	while (p->n > 1 && (int32_t)(p->mark[(p->first + 1) & (PACE_MARKS - 1)].seq - seq) <= 0) {
		p->first = (p->first + 1) & (PACE_MARKS - 1);
		p->n--;
	}
	p->answered = now;
	if (!error && p->n)
		histo_add(&p->install, now.us - p->mark[p->first].at.us);
	pace_settle(a);
}
