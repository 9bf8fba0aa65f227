/* Lines to what they say, as vtysh takes them: a line that means nothing where it stands means what it does one level up. */
#include "agent/import/frr.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/import/rows.h"

/* How many words of `words` the row takes, 0: it is another one's. */
static unsigned row_fits(const char *row, char **words, unsigned n)
{
	unsigned used = 0;

	while (*row) {
		size_t len = strcspn(row, " ");

		if (used == n || strlen(words[used]) != len || strncmp(words[used], row, len) != 0)
			return 0;
		used++;
		row += len + (row[len] == ' ');
	}
	return used;
}

const struct frr_row *row_find(const struct frr_rows *rows, char **words, unsigned n, unsigned *ret_used)
{
	const struct frr_row *best = NULL;

	*ret_used = 0;
	for (size_t i = 0; i < rows->n; i++) {
		unsigned used = row_fits(rows->rows[i].words, words, n);

		if (used > *ret_used) {
			best = &rows->rows[i];
			*ret_used = used;
		}
	}
	return best;
}

void row_run(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	const char *why = l->no ? row->no_why : row->why;

	if (why)
		note(&r->f->notes, l, "%s", why);
	else if (row->take && row->take != peer_line && l->odd)
		note(&r->f->notes, l, "it has characters that are not ASCII: weft takes no others");
	else if (row->take && l->no && !row->no)
		note(&r->f->notes, l, "this is what weft does anyway, or it does not know the line with `no`: look at what it takes back");
	else if (row->take)
		row->take(r, l, row, used);
}

struct said row_said(const struct line *l, unsigned used)
{
	return (struct said){ l, l->words + used, l->n_words - used, l->no };
}

void *frr_grow(struct frr *f, void *list, size_t *n, size_t size, size_t most)
{
	char *grown = list;

	if (*n >= most)
		return NULL;
	if ((*n & (*n - 1)) == 0) {              /* 0, 1, 2, 4 ...: as much again */
		grown = reallocarray(list, *n ? *n * 2 : 1, size);
		if (!grown) {
			f->no_memory = true;
			return NULL;
		}
	}
	memset(grown + *n * size, 0, size);
	(*n)++;
	return grown;
}

static const struct frr_rows *rows_at(enum place at)
{
	switch (at) {
	case AT_TOP:
		return &top_rows;
	case AT_INTERFACE:
		return &interface_rows;
	case AT_BGP:
		return &bgp_rows;
	case AT_FAMILY:
		return &family_rows;
	case AT_MAP:
		return &map_rows;
	case AT_BFD:
		return &bfd_rows;
	case AT_PROFILE:
		return &profile_rows;
	case AT_BLOCK:
	case AT_FAMILY_BLOCK:
		break;
	}
	return NULL;
}

static enum place above(enum place at)
{
	return at == AT_FAMILY || at == AT_FAMILY_BLOCK ? AT_BGP : at == AT_PROFILE ? AT_BFD : AT_TOP;
}

static bool is_exit(struct reader *r, const struct line *l)
{
	const char *w = l->words[0];

	if (strcmp(w, "exit-address-family") == 0 && (r->at == AT_FAMILY || r->at == AT_FAMILY_BLOCK)) {
		r->at = AT_BGP;
		r->family = V4;
	} else if (strcmp(w, "exit") == 0 || strcmp(w, "quit") == 0) {
		r->at = above(r->at);
		r->family = V4;
	} else if (strcmp(w, "end") == 0 || strcmp(w, "exit-vrf") == 0 || strncmp(w, "exit-route-map", 14) == 0) {
		r->at = AT_TOP;
	} else {
		return strncmp(w, "exit-", 5) == 0;
	}
	return true;
}

/* The row of the line in `at`; of bgp also what once stood outside of families. */
static const struct frr_row *find_at(enum place at, const struct line *l, unsigned *used)
{
	const struct frr_rows *rows = rows_at(at);
	const struct frr_row *row = rows ? row_find(rows, l->words, l->n_words, used) : NULL, *old;
	unsigned n;

	if (at != AT_BGP && at != AT_TOP)
		return row;
	old = row_find(at == AT_BGP ? &family_rows : &list_rows, l->words, l->n_words, &n);
	if (old && n > *used) {
		*used = n;
		return old;
	}
	return row;
}

static void unknown(struct reader *r, const struct line *l)
{
	static const char *const where[] = {
		[AT_INTERFACE] = "weft has no such setting of an interface", [AT_BGP] = "weft has no such setting of BGP",
		[AT_FAMILY] = "weft has no such setting of an address family", [AT_MAP] = "weft has no such clause of a policy",
		[AT_BFD] = "weft has no such setting of BFD", [AT_PROFILE] = "weft has no such setting of BFD",
	};

	if (r->at == AT_BLOCK || r->at == AT_FAMILY_BLOCK) {
		note(&r->f->notes, l, "part of `%s`, which is left out", r->block->text);
	} else if (r->at != AT_TOP) {
		note(&r->f->notes, l, "%s", where[r->at]);
	} else {
		note(&r->f->notes, l, "weft import does not know this line");
		r->at = AT_BLOCK;
		r->block = l;
		r->indent = l->indent;
	}
}

static void read_line(struct reader *r, const struct line *l)
{
	const struct frr_row *row = NULL;
	enum place at = r->at;
	unsigned used = 0;

	if (is_exit(r, l))
		return;
	if (at == AT_BLOCK && l->indent <= r->indent)
		at = AT_TOP;
	for (;; at = above(at)) {
		if (at == AT_TOP && r->at != AT_TOP && l->indent > r->indent)
			break;                           /* it is inside of something: not of the top */
		if (at == AT_BGP && r->at == AT_FAMILY_BLOCK && (l->indent > r->indent + 1 || strcmp(l->words[0], "address-family") != 0))
			continue;
		row = find_at(at, l, &used);
		if (row || at == AT_TOP)
			break;
	}
	if (!row) {
		unknown(r, l);
		return;
	}
	if (at != r->at && r->at == AT_FAMILY)
		r->family = V4;
	r->at = at;
	if (at == AT_TOP)
		r->indent = l->indent;
	row_run(r, l, row, used);
}

static int by_seq(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return x->line->number < y->line->number ? -1 : x->line->number > y->line->number;
}

static void join_groups(struct frr *f)
{
	for (size_t i = 0; i < f->n_peers; i++) {
		const struct said *g = &f->peers[i].said[PEER_GROUP];

		for (size_t k = 0; g->line && g->n && k < f->n_peers && !f->peers[i].in; k++)
			if (k != i && f->peers[k].group && strcmp(f->peers[k].name, g->args[0]) == 0)
				f->peers[i].in = &f->peers[k];
	}
}

int frr_read(struct frr *f)
{
	struct reader r = { .f = f };

	for (size_t i = 0; i < f->lines.n; i++)
		read_line(&r, &f->lines.line[i]);
	join_groups(f);
	for (size_t i = 0; i < f->n_lists; i++)
		if (f->lists[i].n)
			qsort(f->lists[i].entries, f->lists[i].n, sizeof(*f->lists[i].entries), by_seq);
	return f->no_memory || f->notes.no_memory ? -ENOMEM : 0;
}

void frr_free(struct frr *f)
{
	for (size_t i = 0; i < f->n_lists; i++) {
		for (size_t k = 0; k < f->lists[i].n; k++)
			free(f->lists[i].entries[k].says);
		free(f->lists[i].entries);
	}
	for (int af = 0; af < N_AF; af++)
		free(f->networks[af]);
	free(f->lists);
	free(f->peers);
	free(f->addresses);
	free(f->interfaces);
	free(f->profiles);
	lines_free(&f->lines);
	notes_free(&f->notes);
}
