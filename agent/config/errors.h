/* agent/config/errors.h: what is wrong with a file, noted in any order, handed out in order of place. */
#ifndef WEFT_CONFIG_ERRORS_H
#define WEFT_CONFIG_ERRORS_H

#include <stddef.h>

#include "agent/config/config.h"

/* A byte of a text as people call it. It goes forward only. */
struct spot { size_t at, line, column; };
#define SPOT_START { 0, 1, 1 }
void spot_go(struct spot *s, const char *text, size_t n, size_t to);

#define ERRORS_MAX 1000                  /* lines that are kept; a hostile file may hold millions of errors: the rest is only counted */
#define ERRORS_NO_PLACE ((size_t)-1)     /* the file itself is at fault, no byte of it */

int  errors_new(struct config_errors **ret, const char *file);           /* file: borrowed until errors_finish */
void errors_add(struct config_errors *e, size_t offset, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
size_t errors_noted(const struct config_errors *e);                      /* also those beyond ERRORS_MAX */
/* Offsets become lines and columns of text, in order. -ENOMEM: this or an earlier call had no memory. */
int  errors_finish(struct config_errors *e, const char *text, size_t n);

#endif
