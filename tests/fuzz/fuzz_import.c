/* tests/fuzz/fuzz_import.c: any bytes as an FRR configuration. What comes of it is a configuration that weft takes, or a reason why there is none;
 * notes are of lines that are there, in their order. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/config.h"
#include "agent/import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_config(const json_t *config)
{
	struct config_errors *errors = NULL;
	AUTO_FREE char *text = import_layout(config);
	struct config *c = NULL;

	must(text && config_parse(text, strlen(text), "import", &c, &errors) == 0);
	config_free(c);
}

static bool printable(const char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct import *im = NULL;
	size_t lines = 1;

	for (size_t i = 0; i < n; i++)
		lines += data[i] == '\n';
	must(import_frr((const char *)data, n, &im) == 0);
	if (im->config)
		check_config(im->config);
	else
		must(*im->why && strncmp(im->why, IMPORT_REFUSED, strlen(IMPORT_REFUSED)) != 0);
	for (size_t i = 0; i < im->n_notes; i++) {
		must(im->notes[i].line >= 1 && im->notes[i].line <= lines && (i == 0 || im->notes[i - 1].line <= im->notes[i].line));
		must(printable(im->notes[i].text) && printable(im->notes[i].why) && *im->notes[i].text && *im->notes[i].why);
	}
	import_free(im);
	return 0;
}
