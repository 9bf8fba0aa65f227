/* agent/ctl/words.h: what people type and read: command words that may be cut short, times, text that is safe on a terminal. */
#ifndef WEFT_CTL_WORDS_H
#define WEFT_CTL_WORDS_H

#include <stddef.h>
#include <stdint.h>

/* The index of the one word that starts with typed; a whole word wins over longer ones. -ENOENT: none, -ENOTUNIQ: several. */
int words_pick(const char *const *words, size_t n, const char *typed);

#define DURATION_STRLEN 32
/* "03:51:55", from a day on "2d03h55m"; below zero "never". Returns buf. */
const char *duration_str(int64_t seconds, char buf[DURATION_STRLEN]);

/* Control characters (C0, DEL, and C1 in UTF-8) become '?': names come from neighbours, who must not move the cursor. In place. */
void words_tame(char *s);

#endif
