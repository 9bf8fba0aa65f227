#include "agent/weft_say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/ctl/words.h"

int weft_fail(enum ctl_exit code, const char *what, const char *detail)
{
	AUTO_FREE char *tamed = strdup(detail);

	if (tamed)
		words_tame(tamed);
	fprintf(stderr, "weft: %s%s\n", what, tamed ? tamed : "");
	return code;
}

void weft_print_json(const json_t *j)
{
	/* ASCII only: names come from neighbours, and a terminal may be reading. */
	if (json_dumpf(j, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_ENSURE_ASCII) == 0)
		putchar('\n');
}

/* Every string of an answer, before any of it is shown. The depth is jansson's. */
void weft_tame(json_t *j)
{
	const char *key;
	json_t *v;
	size_t i;

	if (json_is_string(j)) {
		AUTO_FREE char *s = strdup(json_string_value(j));

		if (s)
			words_tame(s);
		if (!s || strcmp(s, json_string_value(j)) != 0)
			json_string_set(j, s ? s : "?");
	}
	json_array_foreach(j, i, v)
		weft_tame(v);
	json_object_foreach(j, key, v)
		weft_tame(v);
}
