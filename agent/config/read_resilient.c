/* `resilient`: true, false, or how many buckets the kernel's next-hop groups have, and when one of them may go to another next hop. */
#include "agent/config/read.h"

#include "agent/base/own.h"

#define BUCKETS 128
#define IDLE_SECONDS 120

static const struct row resilient_rows[] = {
	{ .key = "buckets", .types = T_NUMBER, .read = read_u16, .offset = offsetof(struct config_resilient, buckets), .min = 8, .max = 4096,
	  .allowed = "8 to 4096" },
	{ .key = "idle_timer_seconds", .types = T_NUMBER, .read = read_u32, .offset = offsetof(struct config_resilient, idle_s), .min = 0,
	  .max = 86400, .allowed = "0 to 86400 seconds" },
	{ .key = "unbalanced_timer_seconds", .types = T_NUMBER, .read = read_u32, .offset = offsetof(struct config_resilient, unbalanced_s),
	  .min = 0, .max = 86400, .allowed = "1 to 86400 seconds, or 0 for never" },
};

bool read_resilient(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_resilient *res = (struct config_resilient *)((char *)into + row->offset);
	size_t before = errors_noted(r->errors);

	*res = (struct config_resilient){ 0 };
	if (json_is_false(v->json))
		return true;
	*res = (struct config_resilient){ .buckets = BUCKETS, .idle_s = IDLE_SECONDS };
	if (json_is_object(v->json))
		read_object(r, v, resilient_rows, ARRAY_LEN(resilient_rows), res);
	return errors_noted(r->errors) == before;
}

/* A next hop that gets no bucket gets no traffic. */
void resilient_finish(struct reading *r, const struct val *root)
{
	struct val at;

	if (r->c->resilient.buckets && r->c->multipath > r->c->resilient.buckets && val_get(root, "resilient", &at))
		val_bad(r, &at, "has %u buckets for a multipath of %u, allowed: a bucket for each next hop", r->c->resilient.buckets,
			r->c->multipath);
}
