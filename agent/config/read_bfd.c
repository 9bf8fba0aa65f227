/* `bfd`, of all links and of one: true, false, or its timers. What a link leaves out is settled at the end (bfd_finish). */
#include "agent/config/read.h"

#include "agent/base/own.h"

#define INTERVAL_MS 100
#define MULTIPLIER 3
#define FASTEST_MS 30                    /* of interval and multiplier together: sooner, a busy machine is taken for a dead one */

static const struct row bfd_rows[] = {
	{ .key = "interval_ms", .types = T_NUMBER, .read = read_u16, .offset = offsetof(struct config_bfd, interval_ms), .min = 10, .max = 60000,
	  .allowed = "10 to 60000 milliseconds" },
	{ .key = "multiplier", .types = T_NUMBER, .read = read_u8, .offset = offsetof(struct config_bfd, multiplier), .min = 1, .max = 255,
	  .allowed = "1 to 255 intervals" },
};

bool read_bfd(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_bfd *bfd = (struct config_bfd *)((char *)into + row->offset);
	size_t before = errors_noted(r->errors);

	*bfd = (struct config_bfd){ .said = true, .on = !json_is_false(v->json), .bare = json_is_true(v->json), .interval_ms = INTERVAL_MS,
				    .multiplier = MULTIPLIER };
	if (!json_is_object(v->json))
		return true;
	read_object(r, v, bfd_rows, ARRAY_LEN(bfd_rows), bfd);
	if (errors_noted(r->errors) > before)
		return false;
	if (bfd->interval_ms * bfd->multiplier < FASTEST_MS)
		return val_bad(r, v, "is %u ms for %u intervals, allowed: %d ms or more", bfd->interval_ms, bfd->multiplier, FASTEST_MS);
	return true;
}

/* What is the same reads the same, however it was said. */
static void settle(struct config_bfd *bfd)
{
	bfd->said = bfd->bare = false;
	if (!bfd->on)
		*bfd = (struct config_bfd){ 0 };
}

void bfd_finish(struct reading *r)
{
	settle(&r->c->bfd);
	for (size_t i = 0; i < r->c->n_links; i++) {
		struct config_bfd *link = &r->c->links[i].bfd;

		if (!link->said || (link->bare && r->c->bfd.on))         /* true: as the other links, if these have any */
			*link = r->c->bfd;
		settle(link);
	}
}
