#include "agent/doctor.h"

#include "agent/doctor_priv.h"

json_t *doctor(const struct agent *a, mono now)
{
	const struct config *c = agent_config(a);
	struct doctor d = { .a = a, .ipv6 = c->ipv6, .manages = c->manage_sysctls, .host = agent_host(a), .now = now, .found = json_array() };

	doctor_host(&d);
	doctor_node(&d);
	doctor_links(&d);
	doctor_peers(&d);
	return doctor_verdict(d.found);
}
