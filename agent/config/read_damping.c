/* `damping`, of all links and of one: true, false, or its numbers. What a link leaves out is settled at the end (damping_finish). */
#include "agent/config/read.h"

#include "agent/base/own.h"

static const struct config_damping usual = { .on = true, .free = 2, .first_ms = 150, .max_s = 60 };

static const struct row damping_rows[] = {
	{ .key = "free", .types = T_NUMBER, .read = read_u16, .offset = offsetof(struct config_damping, free), .max = 1000,
	  .allowed = "0 to 1000 failures" },
	{ .key = "first_ms", .types = T_NUMBER, .read = read_u16, .offset = offsetof(struct config_damping, first_ms), .min = 1, .max = 60000,
	  .allowed = "1 to 60000 milliseconds" },
	{ .key = "max_seconds", .types = T_NUMBER, .read = read_u16, .offset = offsetof(struct config_damping, max_s), .min = 1, .max = 3600,
	  .allowed = "1 to 3600 seconds" },
};

bool read_damping(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_damping *damping = (struct config_damping *)((char *)into + row->offset);
	size_t before = errors_noted(r->errors);

	*damping = usual;
	damping->said = true;
	damping->bare = json_is_true(v->json);
	damping->on = !json_is_false(v->json);
	if (json_is_object(v->json))
		read_object(r, v, damping_rows, ARRAY_LEN(damping_rows), damping);
	return errors_noted(r->errors) == before;
}

/* What is the same reads the same, however it was said. */
static void settle(struct config_damping *damping)
{
	damping->said = damping->bare = false;
	if (!damping->on)
		*damping = (struct config_damping){ 0 };
}

void damping_finish(struct config *c)
{
	if (!c->damping.said)
		c->damping = usual;
	settle(&c->damping);
	for (size_t i = 0; i < c->n_links; i++) {
		struct config_damping *link = &c->links[i].damping;

		if (!link->said || (link->bare && c->damping.on))        /* true: as the other links, if these have any */
			*link = c->damping;
		settle(link);
	}
}
