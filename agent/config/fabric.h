/* agent/config/fabric.h: the configurations of several nodes side by side: what each of them may say, and all together may not. Pure.
 *
 * A node's name is its "hostname", else its file's name without ".json", else (of a file weft.json) that of its folder: weft(8), `weft check`. */
#ifndef WEFT_CONFIG_FABRIC_H
#define WEFT_CONFIG_FABRIC_H

#include <stddef.h>

#include "agent/config/config.h"

struct fabric;

/* outside: n globs of names that links may expect although they are nobody's here; borrowed. */
int  fabric_new(struct fabric **ret, const char *const *outside, size_t n);
/* Text of one file, n bytes from malloc that are the fabric's from now on, also on error. What is wrong with the file alone is found here. -ENOMEM. */
int  fabric_add(struct fabric *f, const char *file, char *text, size_t n);
int  fabric_load(struct fabric *f, const char *file);    /* the same, from the file itself (config_load.c) */
/* The file could not be read. */
int  fabric_refuse(struct fabric *f, const char *file, const char *why);
/* What is wrong with all of them together, once, after the last one was added. -ENOMEM. */
int  fabric_check(struct fabric *f);

size_t fabric_count(const struct fabric *f);
const char *fabric_file(const struct fabric *f, size_t i);
const char *fabric_name(const struct fabric *f, size_t i);
const struct config_errors *fabric_errors(const struct fabric *f, size_t i);     /* never NULL; a count of 0: all is well */
void fabric_free(struct fabric *f);

#endif
