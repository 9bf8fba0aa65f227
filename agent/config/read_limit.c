#include "agent/config/read.h"

#include "agent/base/own.h"

static bool read_teardown(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	(void)r;
	(void)row;
	((struct config_limit *)into)->refuse = json_is_false(v->json);
	return true;
}

static const struct row limit_rows[] = {
	{ .key = "max", .types = T_NUMBER, .read = read_u32, .offset = offsetof(struct config_limit, max), .min = 1, .max = UINT32_MAX,
	  .required = true, .allowed = "a number from 1 to 4294967295" },
	{ .key = "warning", .types = T_NUMBER, .read = read_u8, .offset = offsetof(struct config_limit, warning), .max = 100,
	  .allowed = "1 to 100 percent, or 0 for no warning" },
	{ .key = "teardown", .types = T_BOOL, .read = read_teardown, .allowed = "true or false" },
	{ .key = "restart", .types = T_NUMBER, .read = read_u32, .offset = offsetof(struct config_limit, restart), .max = 86400,
	  .allowed = "1 to 86400 seconds, or 0 to try again as after other errors" },
};

bool read_max_prefixes(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_limit *limit = (struct config_limit *)((char *)into + row->offset);
	struct row number = *row;
	struct val at;

	number.offset = offsetof(struct config_limit, max);
	if (!json_is_object(v->json))
		return read_u32(r, v, &number, limit);
	read_object(r, v, limit_rows, ARRAY_LEN(limit_rows), limit);
	if (limit->refuse && limit->restart && val_get(v, "restart", &at))
		return val_bad(r, &at, "is %u although nothing is torn down, allowed: 0, or \"teardown\": true", limit->restart);
	return true;
}
