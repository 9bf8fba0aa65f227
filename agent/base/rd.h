/* agent/base/rd.h: the bounded reader. Every byte that comes from outside is read through it. */
#ifndef WEFT_BASE_RD_H
#define WEFT_BASE_RD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A window onto somebody else's bytes. Integers on the wire are big-endian. Once a read asked for more than there is, `bad`
 * stays set, every further read returns 0 or NULL, and one check at the end is enough. */
struct rd {
	const uint8_t *at, *end;
	bool bad;
};

/* Nothing at all may be NULL. */
static inline struct rd rd_of(const void *p, size_t n)
{
	return (struct rd){ .at = p, .end = n ? (const uint8_t *)p + n : p };
}

static inline size_t rd_left(const struct rd *r)
{
	return r->bad ? 0 : (size_t)(r->end - r->at);
}

/* The next n bytes (borrowed), or NULL and bad. n == 0 returns a non-NULL pointer unless already bad. */
static inline const uint8_t *rd_take(struct rd *r, size_t n)
{
	const uint8_t *p = r->at;

	if (r->bad || (size_t)(r->end - r->at) < n) {
		r->bad = true;
		return NULL;
	}
	r->at += n;
	return p;
}

static inline uint8_t rd_u8(struct rd *r)
{
	const uint8_t *p = rd_take(r, 1);

	return p ? p[0] : 0;
}

static inline uint16_t rd_u16(struct rd *r)
{
	const uint8_t *p = rd_take(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t rd_u32(struct rd *r)
{
	const uint8_t *p = rd_take(r, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline bool rd_copy(struct rd *r, void *to, size_t n)
{
	const uint8_t *p = rd_take(r, n);

	if (p && n)
		memcpy(to, p, n);
	return p != NULL;
}

/* A length field always becomes a reader of its own: the next n bytes, or an empty bad reader (and this one is bad too). */
static inline struct rd rd_sub(struct rd *r, size_t n)
{
	const uint8_t *p = rd_take(r, n);

	return p ? rd_of(p, n) : (struct rd){ .bad = true };
}

#endif
