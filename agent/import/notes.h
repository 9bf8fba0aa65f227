/* agent/import/notes.h: lines that are not in the result, and why. */
#ifndef WEFT_IMPORT_NOTES_H
#define WEFT_IMPORT_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/import/import.h"
#include "agent/import/lines.h"

struct notes { struct import_note *n; size_t count, room; bool no_memory; };

__attribute__((format(printf, 3, 4))) void note(struct notes *n, const struct line *l, const char *why, ...);   /* the same thing of a line once */
void notes_sort(struct notes *n);
void notes_free(struct notes *n);

#endif
