/* agent/base/asre.h: a small regular expression over the numbers of an AS path. Its letters are whole AS numbers, so that 650 never
 * matches within 65001:
 *
 *   65001          this AS                       x y, x_y        one after the other (spaces and _ only separate)
 *   .              any one AS                    x|y  ( )        either; a group
 *   [1 7-9] [^1]   one of these; none of these   x* x+ x?        any number, one or more, at most one
 *   ^ at the start, $ at the end: the path begins, ends here. Without them it is enough that a part of the path matches.
 *
 * Compiled to the positions of the letters (Glushkov's construction), at most 64 of them, and matched with one machine word: a path of n
 * ASes costs at most 64 * n steps whatever the expression is. */
#ifndef WEFT_BASE_ASRE_H
#define WEFT_BASE_ASRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASRE_LETTERS 64
#define ASRE_RANGES 128
#define ASRE_DEPTH 16                    /* groups in groups */

struct asre {
	bool from_start, to_end;         /* ^ and $ */
	bool nullable;                   /* no AS at all matches */
	uint64_t first, last;            /* letters that may come first, last */
	uint64_t follow[ASRE_LETTERS];   /* what may come after each */
	struct { uint8_t first, n; bool none_of; } letter[ASRE_LETTERS];         /* its ranges */
	struct { uint32_t first, last; } range[ASRE_RANGES];
	uint8_t n_letters, n_ranges;
};

/* NULL, or what is wrong with the text, for people; then *ret_at is where. */
const char *asre_compile(const char *text, struct asre *ret, size_t *ret_at);

/* One AS after the other; no allocation. */
struct asre_run { uint64_t now; size_t n; bool found; };
void asre_step(const struct asre *re, struct asre_run *run, uint32_t asn);
bool asre_end(const struct asre *re, const struct asre_run *run);        /* after the last one: does the path match? */

#endif
