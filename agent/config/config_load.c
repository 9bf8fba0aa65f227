#include "agent/config/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/errors.h"
#include "agent/config/fabric.h"

#define FILE_MAX (4u << 20)
#define TOO_LARGE "is larger than 4 MB"

/* Up to FILE_MAX + 1 bytes, so that one more than allowed is seen. Not by the size that stat tells: it may be a pipe. */
static int slurp(const char *file, char **ret, size_t *ret_n)
{
	size_t cap = 64 * 1024, n = 0, got;
	AUTO_FREE char *text = malloc(cap);
	FILE *f = fopen(file, "re");
	int err = f ? 0 : -errno;

	while (f && text && (got = fread(text + n, 1, cap - n, f)) > 0) {
		n += got;
		if (n > FILE_MAX)
			break;
		if (n == cap) {
			char *more = realloc(text, cap * 2);

			if (!more) {
				free(TAKE(text));
				break;
			}
			text = more;
			cap *= 2;
		}
	}
	if (f && ferror(f))
		err = errno ? -errno : -EIO;
	if (f)
		fclose(f);
	if (!text)
		return -ENOMEM;
	if (err < 0)
		return err;
	*ret = TAKE(text);
	*ret_n = n;
	return 0;
}

static int refuse(const char *file, const char *what, struct config_errors **ret_errors)
{
	struct config_errors *e;
	int r = errors_new(&e, file);

	if (r < 0)
		return r;
	errors_add(e, ERRORS_NO_PLACE, "%s", what);
	r = errors_finish(e, NULL, 0);
	if (r < 0) {
		config_errors_free(e);
		return r;
	}
	*ret_errors = e;
	return -EINVAL;
}

int fabric_load(struct fabric *f, const char *file)
{
	char *text = NULL;
	size_t n = 0;
	int r = slurp(file, &text, &n);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return fabric_refuse(f, file, strerror(-r));
	if (n <= FILE_MAX)
		return fabric_add(f, file, text, n);
	free(text);
	return fabric_refuse(f, file, TOO_LARGE);
}

int config_load(const char *file, struct config **ret, struct config_errors **ret_errors)
{
	AUTO_FREE char *text = NULL;
	size_t n = 0;
	int r = slurp(file, &text, &n);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return refuse(file, strerror(-r), ret_errors);
	if (n > FILE_MAX)
		return refuse(file, TOO_LARGE, ret_errors);
	return config_parse(text, n, file, ret, ret_errors);
}
