/* agent/library.h: a library that is opened when what it is for is wanted, and not before: memory that most nodes need not have. It stays once it is there. */
#ifndef WEFT_LIBRARY_H
#define WEFT_LIBRARY_H

#include <stddef.h>

struct library_verb { const char *name; size_t at; };    /* a function, and where its pointer goes in `into` */
/* -ELIBACC: it is not installed, or is another one. */
int library_open(const char *name, const struct library_verb *verbs, size_t n, void *into);

#endif
