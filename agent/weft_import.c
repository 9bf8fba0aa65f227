#include "agent/weft_import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "agent/base/own.h"
#include "agent/import/import.h"
#include "agent/weft_say.h"

/* One byte more than is allowed, to know that there is more. */
static int read_all(const char *file, char **ret, size_t *ret_n)
{
	AUTO_FREE char *text = malloc(IMPORT_MAX + 1);
	FILE *from = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
	int r = 0;

	if (!from)
		return -errno;
	*ret_n = text ? fread(text, 1, IMPORT_MAX + 1, from) : 0;
	if (!text)
		r = -ENOMEM;
	else if (ferror(from))
		r = errno ? -errno : -EIO;
	if (from != stdin)
		fclose(from);
	if (r == 0)
		*ret = TAKE(text);
	return r;
}

static int print(const struct import *im, bool as_json)
{
	json_t *notes, *j;
	char *text;

	if (!as_json) {
		text = import_layout(im->config);
		if (!text)
			return -ENOMEM;
		fputs(text, stdout);
		free(text);
		return 0;
	}
	notes = json_array();
	for (size_t i = 0; i < im->n_notes; i++)
		json_array_append_new(notes, json_pack("{s:I, s:s, s:s}", "line", (json_int_t)im->notes[i].line, "text", im->notes[i].text,
						       "why", im->notes[i].why));
	j = json_pack("{s:i, s:O, s:o}", "json_version", CTL_JSON_VERSION, "config", im->config, "notes", notes);
	if (!j)
		return -ENOMEM;
	weft_print_json(j);
	json_decref(j);
	return 0;
}

int weft_import(char **args, int n, bool as_json)
{
	AUTO_FREE char *text = NULL;
	struct import *im = NULL;
	size_t size = 0;
	int r;

	if (n != 1)
		return weft_fail(CTL_USAGE, "import takes one argument, a file, or - for what it is given", "");
	r = read_all(args[0], &text, &size);
	if (r == 0)
		r = import_frr(text, size, &im);
	if (r < 0) {
		fprintf(stderr, "weft: %s: %s\n", args[0], strerror(-r));
		return CTL_FAILED;
	}
	for (size_t i = 0; i < im->n_notes; i++)
		fprintf(stderr, "%s:%zu: %s: %s\n", args[0], im->notes[i].line, im->notes[i].text, im->notes[i].why);
	if (im->config)
		r = print(im, as_json) < 0 ? weft_fail(CTL_FAILED, "no memory", "") : im->n_notes ? CTL_FOUND : CTL_DONE;
	else
		r = weft_fail(CTL_BAD_CONFIG, "nothing to import: ", im->why);
	import_free(im);
	return r;
}
