/* agent/import/rows.h: what each line of each place of an FRR configuration is: read, not needed, or told why it is left out. */
#ifndef WEFT_IMPORT_ROWS_H
#define WEFT_IMPORT_ROWS_H

#include "agent/import/frr.h"

enum place { AT_TOP, AT_INTERFACE, AT_BGP, AT_FAMILY, AT_MAP, AT_BFD, AT_PROFILE,
	     AT_BLOCK, AT_FAMILY_BLOCK };        /* of something that weft does not do: all of it is left out */

struct reader {
	struct frr *f;
	enum place at;
	unsigned indent;                 /* of the line that began what `at` is in */
	int family;                      /* AT_BGP: V4, as before there were families */
	struct interface *interface;
	struct profile *profile;
	struct entry *entry;             /* AT_MAP */
	const struct line *block;        /* that began it */
};

/* The longest row that a line begins with counts. Neither take nor why: weft needs no such line. */
struct frr_row {
	const char *words;
	void (*take)(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used);
	const char *why;                 /* the line is left out */
	const char *no_why;              /* the same with `no` */
	bool no;                         /* take is for `no`, too */
	int what;
};

struct frr_rows { const struct frr_row *rows; size_t n; };

extern const struct frr_rows top_rows, list_rows, interface_rows, bgp_rows, family_rows, map_rows, bfd_rows, profile_rows;
extern const struct frr_rows peer_rows, peer_family_rows;

const struct frr_row *row_find(const struct frr_rows *rows, char **words, unsigned n, unsigned *ret_used);
void peer_line(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used);        /* neighbor NAME ... */
/* Does what the row says of the line; `used` words of it have been looked at. */
void row_run(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used);
struct said row_said(const struct line *l, unsigned used);
/* Grows a list by one that is all zero; NULL: no memory, or there are FRR_MAX. */
void *frr_grow(struct frr *f, void *list, size_t *n, size_t size, size_t most);

#endif
