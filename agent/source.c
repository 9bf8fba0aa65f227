#include "agent/source.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

void source_fill(struct config *cfg)
{
	if (!*cfg->hostname && gethostname(cfg->hostname, sizeof(cfg->hostname) - 1) < 0)
		cfg->hostname[0] = 0;
}

int source_read(const char *file, struct config **ret, struct config_errors **ret_errors)
{
	struct stat st;
	int r;

	if (stat(file, &st) == 0 && !S_ISREG(st.st_mode))
		return -ENOTSUP;
	r = config_load(file, ret, ret_errors);
	if (r >= 0)
		source_fill(*ret);
	return r;
}
