/* Several configurations as files of one fabric, and what is found. */
#ifndef WEFT_TEST_FABRIC_RIG_H
#define WEFT_TEST_FABRIC_RIG_H

#include "agent/config/fabric.h"

#define FILES_MAX 8

struct fabric_file { const char *name, *text; };         /* the last one may have no name: it is none */

/* Each line of what is found has to be one of lines (in that order, "\n" between them); "": all is well. outside: NULL, or a glob. */
void fabric_says(const struct fabric_file *files, size_t n, const char *outside, const char *lines);

#endif
