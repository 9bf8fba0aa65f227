#include "tests/sim/coverage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/play.h"

static unsigned hash(const char *s, unsigned h)
{
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

/* The row of that name, or an empty one where it belongs; NULL: there is no room. */
static struct cover_row *row_of(const struct cover *c, const char *group, const char *name)
{
	unsigned h = hash(name, hash(group, 2166136261u));

	for (unsigned i = 0; i < COVER_ROWS; i++) {
		const struct cover_row *r = &c->row[(h + i) % COVER_ROWS];

		if (!r->n || (!strncmp(r->name, name, COVER_NAME - 1) && !strncmp(r->group, group, COVER_GROUP - 1)))
			return (struct cover_row *)r;
	}
	return NULL;
}

void cover_add(struct cover *c, const char *group, const char *name, uint64_t n)
{
	struct cover_row *r = n ? row_of(c, group, name) : NULL;

	if (!r)
		return;
	if (!r->n) {
		snprintf(r->group, sizeof(r->group), "%s", group);
		snprintf(r->name, sizeof(r->name), "%s", name);
	}
	r->n += n;
}

void cover(const struct world *w, const char *group, const char *name)
{
	if (w->outcome)
		cover_add(&w->outcome->cover, group, name, 1);
}

void cover_sum(struct cover *into, const struct cover *from)
{
	for (unsigned i = 0; i < COVER_ROWS; i++)
		cover_add(into, from->row[i].group, from->row[i].name, from->row[i].n);
}

static int by_name(const void *a, const void *b)
{
	const struct cover_row *x = a, *y = b;
	int r = strcmp(x->group, y->group);

	return r ? r : strcmp(x->name, y->name);
}

static void print_table(const struct cover *c)
{
	static struct cover sorted;
	const char *group = "";

	sorted = *c;
	qsort(sorted.row, COVER_ROWS, sizeof(sorted.row[0]), by_name);
	for (unsigned i = 0; i < COVER_ROWS; i++) {
		const struct cover_row *r = &sorted.row[i];

		if (!r->n)
			continue;
		printf("%-*s %-*s %12llu\n", COVER_GROUP, strcmp(group, r->group) ? r->group : "", COVER_NAME - 4, r->name, (unsigned long long)r->n);
		group = r->group;
	}
}

bool cover_has(const struct cover *c, const char *group, const char *name)
{
	const struct cover_row *r = row_of(c, group, name);

	return r && r->n;
}

void cover_print(const struct cover *c, bool table, bool names)
{
	unsigned reached = 0, missed;

	if (table)
		print_table(c);
	for (unsigned i = 0; i < COVER_ROWS; i++)
		reached += c->row[i].n > 0;
	missed = cover_missing(c, names);
	printf("sim: coverage: %u rows reached, %u of those to be reached were not\n", reached, missed);
}
