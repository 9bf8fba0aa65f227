/* agent/base/utf8.h: text that comes from outside and goes to logs, terminals and JSON. */
#ifndef WEFT_BASE_UTF8_H
#define WEFT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies n bytes as words for people: what is no well-formed UTF-8 becomes '?', control characters and those that turn the direction of
 * writing are left out. ret: n + 1 bytes; it is never longer than what came. */
void utf8_words(const uint8_t *p, size_t n, char *ret);
bool utf8_plain(const char *s);          /* well-formed, and utf8_words would change nothing */

#endif
