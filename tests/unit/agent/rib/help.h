/* What the tests of the RIB need to say a route in one line. */
#ifndef WEFT_TEST_RIB_HELP_H
#define WEFT_TEST_RIB_HELP_H

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/rib/rib.h"

#define OWN_ASN 4210000001u

struct asns {
	uint8_t bytes[2 + 4 * 8];
	struct span span;
};

/* One AS_SEQUENCE of the numbers up to the first 0. */
static inline struct span as_seq(struct asns *to, const uint32_t *numbers)
{
	unsigned n = 0;

	for (; n < 8 && numbers[n]; n++)
		for (unsigned b = 0; b < 4; b++)
			to->bytes[2 + 4 * n + b] = (uint8_t)(numbers[n] >> (24 - 8 * b));
	to->bytes[0] = 2;
	to->bytes[1] = (uint8_t)n;
	return to->span = (struct span){ to->bytes, (uint16_t)(n ? 2 + 4 * n : 0) };
}

#define SEQ(...) as_seq(&(struct asns){ 0 }, (const uint32_t[9]){ __VA_ARGS__ })

static inline struct prefix pfx(const char *s)
{
	struct prefix p;

	cr_assert_eq(prefix_parse(s, &p), 0, "%s", s);
	return p;
}

/* The n-th of many distinct prefixes, none of them a martian. */
static inline struct prefix nth4(uint32_t n)
{
	return prefix4((struct in_addr){ htonl(0x0a000000 + (n << 4)) }, 28);
}

static inline struct prefix nth6(uint32_t n)
{
	struct in6_addr a = { .s6_addr = { 0x20, 0x01, 0x0d, 0xb8, (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n } };

	return prefix6(&a, 64);
}

static inline struct rib_peer_info peer_info(unsigned n)
{
	struct rib_peer_info info = { .asn = 65000 + n, .router_id = { htonl(0x0a00fe00 + n) }, .ebgp = true, .link = n };

	info.address = (struct in6_addr){ .s6_addr = { 0xfe, 0x80, [15] = (uint8_t)n } };
	return info;
}

static inline rib_peer add_peer(struct rib *rib, unsigned n)
{
	struct rib_peer_info info = peer_info(n);
	rib_peer peer;

	cr_assert_eq(rib_peer_add(rib, &info, &peer), 0);
	return peer;
}

static inline struct attrs via_as(struct span as_path)
{
	return (struct attrs){ .as_path = as_path };
}

static inline int update(struct rib *rib, rib_peer peer, const char *p, struct attrs a)
{
	struct prefix prefix = pfx(p);
	attrs_id id;
	int r;

	cr_assert_eq(attrs_intern(rib_attrs(rib), &a, &id), 0);
	r = rib_update(rib, peer, &prefix, id);
	attrs_unref(rib_attrs(rib), id);
	return r;
}

static inline bool withdraw(struct rib *rib, rib_peer peer, const char *p)
{
	struct prefix prefix = pfx(p);

	return rib_withdraw(rib, peer, &prefix);
}

#endif
