/* agent/config/suggest.h: "did you mean": the known word that is nearest to a mistyped one. */
#ifndef WEFT_CONFIG_SUGGEST_H
#define WEFT_CONFIG_SUGGEST_H

#include <stddef.h>

#define SUGGEST_MAX 31                   /* longer words are not compared */

/* Insertions, deletions, replacements and swaps of neighbours that turn a into b; case and - against _ do not count. a, b: at most
 * SUGGEST_MAX characters. */
unsigned suggest_distance(const char *a, const char *b);
/* The nearest of n words (or NULL entries, skipped) if it is near enough to be what was meant, else NULL. */
const char *suggest(const char *typed, const char *const *words, size_t n);

#endif
