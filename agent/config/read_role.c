#include "agent/config/read.h"

#include <string.h>

bool read_role(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	const char *s = json_string_value(v->json);
	char shown[VAL_SHOWN];
	enum role role = ROLE_NONE;

	if (s)
		for (role = ROLE_PROVIDER; role < N_ROLES && strcmp(s, role_str(role)) != 0;)
			role++;
	if (role == N_ROLES)
		return val_bad(r, v, "is %s, allowed: %s", val_shown(v, shown), row->allowed);
	memcpy((char *)into + row->offset, &role, sizeof(role));
	return true;
}

bool check_role(struct reading *r, const struct val *v, enum role role, bool strict)
{
	struct val at;

	if (!strict || role || !val_get(v, "role_strict", &at))
		return true;
	return val_bad(r, &at, "is true without a role, allowed: false, or give role");
}
