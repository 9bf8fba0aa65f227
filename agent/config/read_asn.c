#include "agent/config/read.h"

#include <string.h>

#include "agent/base/own.h"

#define ASN_ALLOWED "a number from 1 to 4294967294 that is not reserved"
#define ASNS_ALLOWED "an AS number, a range \"64512-65534\", or a list of these"

const char *asn_refused(int64_t asn)
{
	if (asn < 0 || asn > UINT32_MAX)
		return "is no 4-octet AS number";
	if (asn == 0)                                    /* RFC 7607 */
		return "is reserved (RFC 7607)";
	if (asn == 23456)                                /* RFC 6793 section 9 */
		return "is AS_TRANS, which stands for others (RFC 6793)";
	if (asn == 65535 || asn == UINT32_MAX)           /* RFC 7300 */
		return "is the last of its range and reserved (RFC 7300)";
	return NULL;
}

/* Decimal digits from *s on; *s is behind them afterwards. At most ten, so that nothing overflows. */
static bool take_number(const char **s, int64_t *ret)
{
	size_t n = strspn(*s, "0123456789");

	if (n == 0 || n > 10)
		return false;
	*ret = 0;
	for (size_t i = 0; i < n; i++)
		*ret = *ret * 10 + ((*s)[i] - '0');
	*s += n;
	return true;
}

/* A number, or a string of digits; with `last` also "a-b". */
static bool read_span(struct reading *r, const struct val *v, int64_t *first, int64_t *last)
{
	const char *s = json_string_value(v->json);
	char shown[VAL_SHOWN];

	if (!s) {
		*first = json_integer_value(v->json);
		if (last)
			*last = *first;
		return true;
	}
	if (take_number(&s, first)) {
		if (last)
			*last = *first;
		if (last && *s == '-' && s++ && !take_number(&s, last))
			s = "?";
		if (!*s)
			return true;
	}
	return val_bad(r, v, "%s is no AS number, allowed: %s", val_shown(v, shown), last ? ASNS_ALLOWED : ASN_ALLOWED);
}

bool read_asn(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	const char *why;
	uint32_t asn;
	int64_t n;

	if (!read_span(r, v, &n, NULL))
		return false;
	why = asn_refused(n);
	if (why)
		return val_bad(r, v, "%lld %s, allowed: %s", (long long)n, why, row->allowed);
	asn = (uint32_t)n;
	memcpy((char *)into + row->offset, &asn, sizeof(asn));
	return true;
}

static bool read_range(struct reading *r, const struct val *v, struct config_asn_range *ret)
{
	const char *why;
	int64_t first, last;

	if (!val_is(r, v, T_NUMBER | T_STRING, ASNS_ALLOWED) || !read_span(r, v, &first, &last))
		return false;
	why = asn_refused(first);
	if (!why)
		why = asn_refused(last);
	if (why)
		return val_bad(r, v, "%lld %s, allowed: %s", (long long)(asn_refused(first) ? first : last), why, ASN_ALLOWED);
	if (first > last)
		return val_bad(r, v, "%lld-%lld is upside down, allowed: %s", (long long)first, (long long)last, ASNS_ALLOWED);
	*ret = (struct config_asn_range){ (uint32_t)first, (uint32_t)last };
	return true;
}

bool read_asn_list(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_link *link = into;
	struct val kid;
	bool good = true;

	if (!json_is_array(v->json)) {
		link->asn = calloc(1, sizeof(*link->asn));
		link->n_asn = link->asn ? 1 : 0;
		r->no_memory |= !link->asn;
		return link->asn && read_range(r, v, &link->asn[0]);
	}
	if (json_array_size(v->json) == 0)               /* "nobody" would be read as "anybody": say it */
		return val_bad(r, v, "is an empty list, allowed: %s; leave it out to allow every AS but one's own", row->allowed);
	link->asn = val_list(r, v, sizeof(*link->asn));
	if (!link->asn)
		return false;
	for (bool more = val_first(v, &kid); more; more = val_next(&kid))
		good &= read_range(r, &kid, &link->asn[link->n_asn++]);
	return good;
}
