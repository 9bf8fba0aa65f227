/* Functions of the core that the linker leads through here (-Wl,--wrap): what they said is counted, and stays what it is. */
#include "tests/sim/coverage.h"

#include "agent/bgp/fsm.h"
#include "agent/rib/decide.h"
#include "tests/sim/play.h"

#define STEPS (STEP_LINK + 1)

struct bgp_step __real_fsm_step(enum bgp_state s, enum bgp_event e);
struct bgp_step __wrap_fsm_step(enum bgp_state s, enum bgp_event e);
size_t __real_decide_set(struct candidate *c, size_t n);
size_t __wrap_decide_set(struct candidate *c, size_t n);

/* What is wrapped has no context, and a process plays one seed at a time. */
static struct { uint64_t fsm[BGP_N_STATES][BGP_N_EVENTS], lost_by[STEPS]; } counted;

struct bgp_step __wrap_fsm_step(enum bgp_state s, enum bgp_event e)
{
	counted.fsm[s][e]++;
	return __real_fsm_step(s, e);
}

size_t __wrap_decide_set(struct candidate *c, size_t n)
{
	size_t ret = __real_decide_set(c, n);

	for (size_t i = 0; n > 1 && i < n; i++)
		counted.lost_by[c[i].lost_by]++;
	return ret;
}

void cover_wrapped(const struct world *w)
{
	char name[COVER_NAME];
	typeof(counted) c = counted;

	for (unsigned s = 0; w->outcome && s < BGP_N_STATES; s++)
		for (unsigned e = 0; e < BGP_N_EVENTS; e++) {
			cover_fsm_name(s, e, name, sizeof(name));
			cover_add(&w->outcome->cover, "fsm", name, c.fsm[s][e]);
		}
	for (unsigned i = 0; w->outcome && i < STEPS; i++)
		cover_add(&w->outcome->cover, "decision", decision_step_str(i), c.lost_by[i]);
	counted = (typeof(counted)){ 0 };
}
