#include "agent/rib/bandwidth.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "agent/base/rd.h"

#define NON_TRANSITIVE 0x40              /* RFC 4360 2: the T bit of the type */
#define SUBTYPE 0x04
#define AS_TRANS 23456                   /* RFC 6793 9 */

/* A two-octet AS specific community, transitive or not: RFC 10005 has receivers take both. */
static bool is_bandwidth(const uint8_t *p)
{
	return (p[0] & ~NON_TRANSITIVE) == 0 && p[1] == SUBTYPE;
}

struct bandwidth bandwidth_get(struct span list)
{
	struct rd r = rd_of(list.p, list.n);
	struct bandwidth b = { 0 };
	const uint8_t *p;
	uint32_t bits;
	float f;

	while (rd_left(&r) >= BANDWIDTH_SIZE) {
		p = rd_take(&r, 4);
		bits = rd_u32(&r);
		if (!is_bandwidth(p))
			continue;
		b.n++;
		memcpy(&f, &bits, sizeof(f));
		if (!isfinite(f) || f < 0) {
			b.bad++;
			continue;
		}
		if (!b.known || f < b.bytes)     /* RFC 10005: of several the lowest */
			b.bytes = f;
		b.known = true;
	}
	return b;
}

struct span bandwidth_put(struct span list, uint32_t asn, const float *bytes, uint8_t *to)
{
	uint32_t as2 = asn > UINT16_MAX ? AS_TRANS : asn, bits;
	size_t n = 0;

	for (size_t at = 0; at + BANDWIDTH_SIZE <= list.n; at += BANDWIDTH_SIZE) {
		if (is_bandwidth(list.p + at))
			continue;
		memcpy(to + n, list.p + at, BANDWIDTH_SIZE);
		n += BANDWIDTH_SIZE;
	}
	if (bytes) {
		memcpy(&bits, bytes, sizeof(bits));
		for (unsigned i = 0; i < 4; i++)
			to[n + 4 + i] = (uint8_t)(bits >> (24 - 8 * i));
		to[n] = 0;                       /* transitive: it is for another AS, and others drop what is not */
		to[n + 1] = SUBTYPE;
		to[n + 2] = (uint8_t)(as2 >> 8);
		to[n + 3] = (uint8_t)as2;
		n += BANDWIDTH_SIZE;
	}
	return (struct span){ to, (uint16_t)n };
}

static float limited(float bytes, float link)
{
	return link > 0 && link < bytes ? link : bytes;
}

/* How much wider than the widest of our own links the widest of the paths is, at least 1. What lies behind a next hop is shared with all others
 * who send there, so it may be wider than any one link: then our links are compared with each other, and do not make all paths the same. That
 * takes all of them to be known. */
static float spread(const struct share *s, size_t n)
{
	float said = 0, link = 0;

	for (size_t i = 0; i < n; i++) {
		if (!s[i].link)
			return 1;
		said = s[i].said.bytes > said ? s[i].said.bytes : said;
		link = s[i].link > link ? s[i].link : link;
	}
	return said > link ? said / link : 1;
}

/* The smallest whole numbers, at most BANDWIDTH_STEPS, of which none is off by more than half a step of BANDWIDTH_STEPS; a path that would get
 * nothing gets 1. */
static void quantise(const double *exact, double most, struct share *s, size_t n)
{
	double part, off;
	bool fine = false;

	for (unsigned m = 1; m <= BANDWIDTH_STEPS && !fine; m++) {
		fine = true;
		for (size_t i = 0; i < n; i++) {
			part = exact[i] / most;
			s[i].weight = (uint8_t)(part * m + 0.5);
			off = part - (double)s[i].weight / m;
			fine &= s[i].weight && (off < 0 ? -off : off) <= 0.5 / BANDWIDTH_STEPS;
			s[i].weight += !s[i].weight;
		}
	}
}

bool bandwidth_share(struct share *s, size_t n, float *ret_bytes)
{
	double exact[UINT8_MAX + 1], most = 0, sum = 0;
	float wider;

	if (!n || n > UINT8_MAX + 1)
		return false;
	for (size_t i = 0; i < n; i++)           /* a path that says none cannot be compared with the others */
		if (!s[i].said.known)
			return false;
	wider = spread(s, n);
	for (size_t i = 0; i < n; i++) {
		exact[i] = (double)limited(s[i].said.bytes, s[i].link * wider) * s[i].weight;
		most = exact[i] > most ? exact[i] : most;
		sum += (double)limited(s[i].said.bytes, s[i].link);
	}
	if (most > 0)
		quantise(exact, most, s, n);
	*ret_bytes = sum < (double)FLT_MAX ? (float)sum : FLT_MAX;
	return true;
}
