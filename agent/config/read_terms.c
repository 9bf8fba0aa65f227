/* What a fabric link and a numbered peer have alike; "import", "export" and "max_prefixes" have files of their own. */
#include "agent/config/read.h"

#include <string.h>

/* Its value stands in no message. */
bool read_password(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_terms *terms = (struct config_terms *)((char *)into + row->offset);
	const char *s = json_string_value(v->json);
	size_t n = s ? strlen(s) : 0;

	if (!s)
		return true;
	if (n == 0 || n >= sizeof(terms->password))
		return val_bad(r, v, "has %zu characters, allowed: %s", n, row->allowed);
	for (size_t i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~')
			return val_bad(r, v, "holds a character that is not printable ASCII, allowed: %s", row->allowed);
	if (strcmp(s, CONFIG_HIDDEN) == 0)
		return val_bad(r, v, "is what stands for a hidden password in the output of weft, allowed: %s", row->allowed);
	memcpy(terms->password, s, n + 1);
	return true;
}

void terms_finish(struct reading *r, const struct val *v, struct config_terms *terms)
{
	if (terms->import.kind == FILTER_HOST && !json_object_get(v->json, "max_prefixes"))
		terms->limit.max = HOST_MAX_PREFIXES;
	check_role(r, v, terms->role, terms->role_strict);
}
