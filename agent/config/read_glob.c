#include "agent/config/read.h"

#include <stdlib.h>
#include <string.h>

#define GLOB_ALLOWED "1 to 15 printable characters as in interface names, with *, ? and [...]"

static bool glob_closed(const char *s)           /* every [ has its ] behind at least one character */
{
	while ((s = strchr(s, '[')) != NULL) {
		s++;
		s += *s == '!' || *s == '^';
		if (!*s || !(s = strchr(s + 1, ']')))
			return false;
	}
	return true;
}

bool read_glob(struct reading *r, const struct val *v, const char *text, char ret[16])
{
	size_t n = strlen(text);

	if (n == 0)
		return val_bad(r, v, "is empty, allowed: %s", GLOB_ALLOWED);
	if (n > 15)                                      /* IFNAMSIZ - 1 */
		return val_bad(r, v, "is %zu characters long and no interface name is, allowed: %s", n, GLOB_ALLOWED);
	for (size_t i = 0; i < n; i++)
		if (text[i] <= ' ' || text[i] > '~' || text[i] == '/' || text[i] == ':')
			return val_bad(r, v, "holds a character that no interface name has, allowed: %s", GLOB_ALLOWED);
	if (!glob_closed(text))
		return val_bad(r, v, "has a [ without ], allowed: %s", GLOB_ALLOWED);
	memcpy(ret, text, n + 1);
	return true;
}

bool read_globs(struct reading *r, const struct val *v, char (**ret)[16], size_t *ret_n)
{
	char (*list)[16] = val_list(r, v, sizeof(*list));
	bool good = list || json_array_size(v->json) == 0;
	struct val kid;
	size_t n = 0;

	for (bool more = list && val_first(v, &kid); more; more = val_next(&kid))
		if (val_is(r, &kid, T_STRING, GLOB_ALLOWED) && read_glob(r, &kid, json_string_value(kid.json), list[n]))
			n++;
		else
			good = false;
	free(*ret);
	*ret = list;
	*ret_n = n;
	return good;
}
