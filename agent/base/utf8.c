#include "agent/base/utf8.h"

#include <string.h>

/* Length of the well-formed sequence at p (Unicode 3.9, table 3-7), 0: there is none. *ret: its character. */
static size_t sequence(const uint8_t *p, size_t n, uint32_t *ret)
{
	size_t len = *p < 0x80 ? 1 : *p >= 0xc2 && *p < 0xe0 ? 2 : (*p & 0xf0) == 0xe0 ? 3 : *p >= 0xf0 && *p < 0xf5 ? 4 : 0;

	if (!len || len > n)
		return 0;
	*ret = len == 1 ? *p : *p & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*ret = *ret << 6 | (p[i] & 0x3f);
	}
	if ((len == 3 && *ret < 0x800) || (len == 4 && (*ret < 0x10000 || *ret > 0x10ffff)))     /* written longer than need be */
		return 0;
	return *ret >= 0xd800 && *ret < 0xe000 ? 0 : len;        /* surrogates */
}

/* C0, C1, line and paragraph separators, and the marks that make a terminal show something else than is there. */
static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void utf8_words(const uint8_t *p, size_t n, char *ret)
{
	for (size_t i = 0, len; i < n; i += len) {
		uint32_t c = 0;

		len = sequence(p + i, n - i, &c);
		if (!len) {
			*ret++ = '?';
			len = 1;
		} else if (!is_control(c)) {
			memcpy(ret, p + i, len);
			ret += len;
		}
	}
	*ret = '\0';
}

bool utf8_plain(const char *s)
{
	const uint8_t *p = (const uint8_t *)s;

	for (size_t n = strlen(s), len; n; p += len, n -= len) {
		uint32_t c = 0;

		len = sequence(p, n, &c);
		if (!len || is_control(c))
			return false;
	}
	return true;
}
