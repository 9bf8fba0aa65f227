/* agent/weft_import.h: `weft import`: what another daemon's configuration is in weft's words. Needs no daemon. */
#ifndef WEFT_WEFT_IMPORT_H
#define WEFT_WEFT_IMPORT_H

#include <stdbool.h>

int weft_import(char **args, int n, bool as_json);       /* an exit code; the result is on stdout, the reason and the notes on stderr */

#endif
