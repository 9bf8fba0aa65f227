/* The TCP connections that there are: those that nobody knows any more go. */
#include <stdlib.h>

#include "tests/sim/stream_priv.h"

static void leave(struct stream_end *e)
{
	struct stream_end **at = &e->node->streams;

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
}

void stream_strand(struct world *w, const struct cable *c)
{
	for (struct stream *s = w->streams; s; s = s->next)
		s->stranded |= s->cable == c;
}

void stream_reap(struct world *w)
{
	struct stream *s;

	for (struct stream **at = &w->streams; (s = *at);) {
		if (s->pending || s->end[0].open || s->end[1].open) {
			at = &s->next;
			continue;
		}
		*at = s->next;
		for (int i = 0; i < 2; i++)
			leave(&s->end[i]);
		free(s);
	}
}

void stream_free_all(struct world *w)
{
	while (w->streams) {
		struct stream *s = w->streams;

		w->streams = s->next;
		free(s);
	}
}
