#include "agent/config/read.h"

bool read_blackhole(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_blackhole *b = (void *)((char *)into + row->offset);

	b->on = !json_is_false(v->json);
	if (!json_is_array(v->json))
		return true;
	if (json_array_size(v->json) == 0)
		return val_bad(r, v, "is an empty list, allowed: %s; true allows any single address, false nothing", row->allowed);
	return read_prefix_ranges(r, v, &b->prefixes, &b->n_prefixes);
}
