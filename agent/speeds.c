#include "agent/speeds.h"

#include "nexthop/speed.h"

/* Without a carrier it stays what it was: nobody knows then, and sessions by other ways are not to be weighed anew for a moment. */
static uint32_t speed_of(const struct agent *agent, const struct link_info *info)
{
	const struct link *known = links_find(agent_links(agent), info->ifindex);

	return info->running ? speed_read(info->name) : known ? known->info.mbps : 0;
}

void speeds_add(const struct agent *agent, struct link_change *change)
{
	if (change->kind == LINK_NEW && agent_config(agent)->weighted)
		change->link.mbps = speed_of(agent, &change->link);
}

void speeds_turn(struct agent *agent, bool *known, mono now)
{
	const struct link *link = NULL;
	struct link_change change = { .kind = LINK_NEW };

	if (agent_config(agent)->weighted == *known)
		return;
	*known = agent_config(agent)->weighted;
	while (*known && (link = links_after(agent_links(agent), link))) {
		change.link = link->info;
		speeds_add(agent, &change);
		agent_link_change(agent, &change, now);
	}
}
