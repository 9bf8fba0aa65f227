/* agent/weft_check.h: `weft check FILE|DIRECTORY ...`: are these good configurations, each and together? Errors go to stderr, a line each. */
#ifndef WEFT_WEFT_CHECK_H
#define WEFT_WEFT_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#define CHECK_OUTSIDE_MAX 32

struct check_job {
	char **args;                     /* files, and directories: all *.json in them */
	int n;
	const char *outside[CHECK_OUTSIDE_MAX];  /* globs: names of nodes that others may expect although they have no file */
	size_t n_outside;
	bool as_json;
};

int weft_check(const struct check_job *job);             /* the exit code, as the next */
/* For the errors alone, which weftd does not tell of a file that is not its own. */
int weft_check_quietly(const char *file);

#endif
