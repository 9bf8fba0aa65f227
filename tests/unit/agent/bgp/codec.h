/* tests/unit/agent/bgp/codec.h: messages from hexadecimal, for the codec's tests. */
#ifndef WEFT_TEST_CODEC_H
#define WEFT_TEST_CODEC_H

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "agent/bgp/msg.h"

#define MARKER "ffffffff ffffffff ffffffff ffffffff "

struct bytes {
	uint8_t p[BGP_MAX_LEN + 64];
	size_t n;
};

/* Appends hexadecimal digits; blanks are free. */
static inline void hex_add(struct bytes *b, const char *s)
{
	char digits[3] = { 0 };

	while (*s) {
		if (isspace((unsigned char)*s)) {
			s++;
			continue;
		}
		memcpy(digits, s, 2);
		cr_assert_lt(b->n, sizeof(b->p));
		b->p[b->n++] = (uint8_t)strtoul(digits, NULL, 16);
		s += 2;
	}
}

static inline struct bytes hex(const char *s)
{
	struct bytes b = { .n = 0 };

	hex_add(&b, s);
	return b;
}

static inline void patch16(struct bytes *b, size_t at, size_t v)
{
	b->p[at] = (uint8_t)(v >> 8);
	b->p[at + 1] = (uint8_t)v;
}

/* A message of a type with a body; the length is filled in. */
static inline struct bytes msg_hex(enum bgp_type type, const char *body)
{
	struct bytes b = hex(MARKER "0000");

	b.p[b.n++] = (uint8_t)type;
	hex_add(&b, body);
	patch16(&b, 16, b.n);
	return b;
}

static inline struct bytes update_hex(const char *withdrawn, const char *attrs, const char *nlri)
{
	struct bytes b = msg_hex(BGP_UPDATE, "0000");
	size_t at = b.n;

	hex_add(&b, withdrawn);
	patch16(&b, at - 2, b.n - at);
	hex_add(&b, "0000");
	at = b.n;
	hex_add(&b, attrs);
	patch16(&b, at - 2, b.n - at);
	hex_add(&b, nlri);
	patch16(&b, 16, b.n);
	return b;
}

/* Decodes from memory of exactly that size, so that the sanitizer sees every byte too many. Spans live as long as *ret_mem, to be freed. */
static inline int decode(const struct bytes *b, const struct bgp_ctx *ctx, struct bgp_msg *ret, struct bgp_err *err, uint8_t **ret_mem)
{
	*ret_mem = malloc(b->n ? b->n : 1);
	cr_assert_not_null(*ret_mem);
	memcpy(*ret_mem, b->p, b->n);
	memset(ret, 0xa5, sizeof(*ret));         /* nothing may rely on what was there */
	return bgp_decode(rd_of(*ret_mem, b->n), ctx, ret, err);
}

static inline void assert_hex(const void *p, size_t n, const char *want)
{
	struct bytes b = hex(want);

	cr_assert_eq(n, b.n, "%zu bytes, not %zu", n, b.n);
	for (size_t i = 0; i < n; i++)
		cr_assert_eq(((const uint8_t *)p)[i], b.p[i], "byte %zu is %02x, not %02x", i, ((const uint8_t *)p)[i], b.p[i]);
}

/* The usual fabric session: external, 4-octet ASNs, both families, RFC 8950. */
static const struct bgp_ctx ctx_fabric = {
	.as4 = true, .mp = { true, true }, .ext_nh_v4 = true, .local_asn = 4210000001, .remote_asn = 4200000000,
};

#endif
