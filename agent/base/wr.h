/* agent/base/wr.h: the bounded writer, the mirror of rd.h. Integers are written big-endian. */
#ifndef WEFT_BASE_WR_H
#define WEFT_BASE_WR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct wr {
	uint8_t *base, *at, *end;
	bool bad;                        /* a write did not fit; stays set, nothing is written after it */
};

static inline struct wr wr_of(void *p, size_t n)
{
	return (struct wr){ .base = p, .at = p, .end = (uint8_t *)p + n };
}

static inline size_t wr_len(const struct wr *w)
{
	return (size_t)(w->at - w->base);
}

static inline size_t wr_room(const struct wr *w)
{
	return w->bad ? 0 : (size_t)(w->end - w->at);
}

static inline uint8_t *wr_skip(struct wr *w, size_t n)
{
	uint8_t *p = w->at;

	if (w->bad || (size_t)(w->end - w->at) < n) {
		w->bad = true;
		return NULL;
	}
	w->at += n;
	return p;
}

static inline void wr_bytes(struct wr *w, const void *from, size_t n)
{
	uint8_t *p = wr_skip(w, n);

	if (p && n)
		memcpy(p, from, n);
}

static inline void wr_u8(struct wr *w, uint8_t v)
{
	wr_bytes(w, &v, 1);
}

static inline void wr_u16(struct wr *w, uint16_t v)
{
	wr_bytes(w, (uint8_t[]){ (uint8_t)(v >> 8), (uint8_t)v }, 2);
}

static inline void wr_u32(struct wr *w, uint32_t v)
{
	wr_bytes(w, (uint8_t[]){ (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v }, 4);
}

/* A length that is known only later: mark its place, write on, then patch. The patched value is the number of bytes written
 * since the end of the field. A value that does not fit the field makes the writer bad. */
static inline size_t wr_mark(struct wr *w, size_t width)
{
	size_t mark = wr_len(w);

	wr_skip(w, width);
	return mark;
}

static inline void wr_patch8(struct wr *w, size_t mark)
{
	size_t n;

	if (w->bad)
		return;
	n = wr_len(w) - mark - 1;
	if (n > UINT8_MAX)
		w->bad = true;
	else
		w->base[mark] = (uint8_t)n;
}

static inline void wr_patch16(struct wr *w, size_t mark)
{
	size_t n;

	if (w->bad)
		return;
	n = wr_len(w) - mark - 2;
	if (n > UINT16_MAX) {
		w->bad = true;
		return;
	}
	w->base[mark] = (uint8_t)(n >> 8);
	w->base[mark + 1] = (uint8_t)n;
}

#endif
