/* CLUSTER_LIST values: 4 bytes per route reflector that passed the route on. */
#include <string.h>

#include "agent/rib/attrs.h"

unsigned cluster_list_len(struct span list)
{
	return list.n / 4;
}

bool cluster_list_has(struct span list, struct in_addr id)
{
	for (unsigned i = 0; i < cluster_list_len(list); i++)
		if (memcmp(list.p + 4 * i, &id, sizeof(id)) == 0)
			return true;
	return false;
}
