#include "agent/ears.h"

#include "agent/carriers.h"
#include "agent/deeds.h"
#include "agent/lldp.h"
#include "agent/macs.h"
#include "agent/settings.h"

int ears_new(struct ears *e, uv_loop_t *loop, struct agent *agent, struct kernel *kernel, struct sysctls *sysctls)
{
	int r = macs_new(&e->macs, loop, agent);

	bmp_sock_serve(e->collector, agent);
	if (r == 0)
		r = deeds_new(&e->deeds, loop, agent, kernel);
	if (r == 0)
		r = settings_new(&e->settings, loop, agent, kernel, sysctls);
	if (r == 0)
		r = carriers_new(&e->carriers, loop, agent);
	if (r == 0)
		r = lldp_new(&e->lldp, loop, agent);
	return r;
}

void ears_turn(struct ears *e, const struct agent *agent, mono now)
{
	macs_listen(e->macs, agent_wants_macs(agent));
	carriers_turn(e->carriers, now);
	lldp_turn(e->lldp);
	bmp_sock_turn(e->collector, now);
}

void ears_stop(struct ears *e)
{
	macs_stop(e->macs);
	deeds_stop(e->deeds);
	settings_stop(e->settings);
	carriers_stop(e->carriers);
	lldp_stop(e->lldp);
	bmp_sock_stop(e->collector);
}

void ears_free(struct ears *e)
{
	macs_free(e->macs);
	deeds_free(e->deeds);
	settings_free(e->settings);
	carriers_free(e->carriers);
	lldp_free(e->lldp);
	bmp_sock_free(e->collector);
}
