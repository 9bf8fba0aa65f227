/* agent/base/text.h: text that is put together piece by piece, in a buffer of a given size; what has no room is cut. */
#ifndef WEFT_BASE_TEXT_H
#define WEFT_BASE_TEXT_H

#include <stddef.h>

void text_add(char *text, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
