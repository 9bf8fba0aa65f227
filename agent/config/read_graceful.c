/* "graceful_restart": how long this node takes to come back, what a peer that restarts is granted. */
#include "agent/config/read.h"

#include "agent/base/own.h"

#define LONGEST 0xffffff                 /* RFC 9494 3.1: three bytes */

#define FAMILY(name, i) \
	{ .key = name, .types = T_NUMBER, .read = read_u32, .offset = offsetof(struct config, long_lived[i]), .max = LONGEST, \
	  .allowed = "0 to 16777215 seconds" }

static const struct row family_rows[] = { FAMILY("ipv4", 0), FAMILY("ipv6", 1) };

/* RFC 9494 section 5: nothing of it by default, and each family by its name; a number names both. */
static bool read_long_lived(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct row number = *row;
	struct config *c = into;
	size_t before = errors_noted(r->errors);

	if (json_is_object(v->json)) {
		read_object(r, v, family_rows, ARRAY_LEN(family_rows), into);
		return errors_noted(r->errors) == before;
	}
	number.offset = offsetof(struct config, long_lived[0]);
	if (!read_u32(r, v, &number, into))
		return false;
	c->long_lived[1] = c->long_lived[0];
	return true;
}

static const struct row graceful_rows[] = {
	{ .key = "restart_seconds", .types = T_NUMBER, .read = read_u32, .offset = offsetof(struct config, restart_s), .max = 4095,
	  .allowed = "0 to 4095 seconds" },      /* RFC 4724 3: twelve bits */
	{ .key = "long_lived_seconds", .types = T_NUMBER | T_OBJECT, .read = read_long_lived, .max = LONGEST,
	  .allowed = "0 to 16777215 seconds, or an object such as {\"ipv4\": 3600}" },
};
const struct rows graceful_keys = { graceful_rows, ARRAY_LEN(graceful_rows) };

bool read_graceful_restart(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	size_t before = errors_noted(r->errors);
	(void)row;

	read_object(r, v, graceful_rows, ARRAY_LEN(graceful_rows), into);
	return errors_noted(r->errors) == before;
}
