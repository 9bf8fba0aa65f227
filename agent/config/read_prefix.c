#include "agent/config/read.h"

#include "agent/base/own.h"

#define LEN_ALLOWED "a prefix length from 0 to 128"

struct range {                                   /* as it is written */
	struct prefix prefix;
	uint8_t ge, le;
	bool has_prefix;
};

static bool read_prefix(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct range *range = into;
	char shown[VAL_SHOWN];

	if (prefix_parse(json_string_value(v->json), &range->prefix) < 0)
		return val_bad(r, v, "%s is no prefix, or has bits set behind its length, allowed: %s", val_shown(v, shown), row->allowed);
	range->has_prefix = true;
	return true;
}

static const struct row range_rows[] = {
	{ .key = "prefix", .types = T_STRING, .read = read_prefix, .required = true, .allowed = "a prefix such as \"10.1.0.0/16\"" },
	{ .key = "ge", .types = T_NUMBER, .read = read_u8, .offset = offsetof(struct range, ge), .max = 128, .allowed = LEN_ALLOWED },
	{ .key = "le", .types = T_NUMBER, .read = read_u8, .offset = offsetof(struct range, le), .max = 128, .allowed = LEN_ALLOWED },
};

bool read_prefix_range(struct reading *r, const struct val *v, struct prefix_range *ret)
{
	size_t before = errors_noted(r->errors);
	struct range range = { 0 };
	struct val ge, le;
	bool has_ge, has_le;
	unsigned max;

	if (!val_is(r, v, T_OBJECT, "an object such as {\"prefix\": \"10.1.0.0/16\", \"ge\": 26}"))
		return false;
	read_object(r, v, range_rows, ARRAY_LEN(range_rows), &range);
	if (!range.has_prefix || errors_noted(r->errors) > before)
		return false;
	has_ge = val_get(v, "ge", &ge);
	has_le = val_get(v, "le", &le);
	max = prefix_max(range.prefix.family);
	if (!has_le)
		range.le = has_ge ? (uint8_t)max : range.prefix.len;
	if (!has_ge)
		range.ge = range.prefix.len;
	if (has_ge && (range.ge < range.prefix.len || range.ge > max))
		return val_bad(r, &ge, "is %u, allowed: from the prefix's own length %u to %u", range.ge, range.prefix.len, max);
	if (has_le && (range.le < range.ge || range.le > max))
		return val_bad(r, &le, "is %u, allowed: from %u to %u", range.le, range.ge, max);
	*ret = (struct prefix_range){ range.prefix, range.ge, range.le };
	return true;
}


bool read_prefix_ranges(struct reading *r, const struct val *v, struct prefix_range **ret, size_t *ret_n)
{
	struct val kid;
	bool good = true;

	*ret = val_list(r, v, sizeof(**ret));
	for (bool more = *ret && val_first(v, &kid); more; more = val_next(&kid))
		good &= read_prefix_range(r, &kid, &(*ret)[(*ret_n)++]);
	return good;
}
