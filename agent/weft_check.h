/* agent/weft_check.h: `weft check FILE`: is it a good configuration? Both return the exit code; errors go to stderr, a line each. */
#ifndef WEFT_WEFT_CHECK_H
#define WEFT_WEFT_CHECK_H

#include <stdbool.h>

int weft_check(char **args, int n, bool as_json);
/* For the errors alone, which weftd does not tell of a file that is not its own. */
int weft_check_quietly(const char *file);

#endif
