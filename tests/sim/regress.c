#include "tests/sim/regress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parse(const char *line, struct sim_config *ret)
{
	char topo[TOPO_STRLEN], groups[16], *only;
	unsigned long long seed;
	int r = 1, at = 0;

	*ret = (struct sim_config){ 0 };
	if (sscanf(line, "%llu %31s %15s %n", &seed, topo, groups, &at) < 3 || !at || !line[at] || !topo_parse(topo, &ret->topo))
		return -1;
	ret->seed = seed;
	ret->objects = !strcmp(groups, "objects");
	if (!ret->objects && strcmp(groups, "classic") != 0)
		return -1;
	if (strncmp(line + at, "only=", 5) != 0)
		return 1;
	only = strndup(line + at + 5, strcspn(line + at + 5, " "));
	if (!only || !only_parse(only, &ret->only))
		r = -1;
	free(only);
	return r;
}

int regress_next(const char *text, const char **ret_end, struct sim_config *ret)
{
	char *line;
	int r = 0;

	for (; *text && !r; text += *text == '\n') {
		size_t n = strcspn(text, "\n");

		line = strndup(text, n);
		if (!line)
			abort();
		if (n && *line != '#')
			r = parse(line, ret);
		free(line);
		text += n;
	}
	*ret_end = text;
	return r;
}
