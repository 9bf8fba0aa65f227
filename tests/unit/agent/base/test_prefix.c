#include <arpa/inet.h>
#include <errno.h>

#include <criterion/criterion.h>

#include "agent/base/hash.h"
#include "agent/base/mono.h"
#include "agent/base/own.h"
#include "agent/base/prefix.h"

static struct prefix of(const char *s)
{
	struct prefix p;

	cr_assert_eq(prefix_parse(s, &p), 0, "%s", s);
	return p;
}

Test(prefix, text_and_value_are_each_other)
{
	static const char *const same[] = {
		"0.0.0.0/0", "10.1.0.0/16", "10.0.254.3/32", "128.0.0.0/1", "::/0", "2001:db8::/32", "2001:db8::1/128", "8000::/1",
	};
	char buf[PREFIX_STRLEN];

	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		struct prefix p = of(same[i]);

		cr_assert_str_eq(prefix_str(&p, buf), same[i]);
	}
}

Test(prefix, without_a_length_it_is_a_host)
{
	cr_assert_eq(of("10.0.0.1").len, 32);
	cr_assert_eq(of("2001:db8::1").len, 128);
}

Test(prefix, what_is_not_a_prefix_is_refused)
{
	static const char *const bad[] = {
		"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/ 8", "10.0.0.0/8x", "10.0.0.0/8/8", "10.0.0/8", "10.0.0.0.0/8",
		"256.0.0.0/8", "::/129", ":::/0", "2001:db8::%eth0/64", "eth0", "10.0.0.0/99999999999999999999",
		"2001:0db8:0000:0000:0000:0000:0000:0000:0000:0000/32",
		/* host bits */
		"10.0.0.1/8", "10.0.0.1/31", "0.0.0.1/0", "2001:db8::1/64", "2001:db8::1/127",
	};
	struct prefix p = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_assert_eq(prefix_parse(bad[i], &p), -EINVAL, "%s", bad[i]);
}

Test(prefix, the_mask_clears_every_bit_behind_the_length)
{
	struct in6_addr ones;

	memset(&ones, 0xff, sizeof(ones));
	for (unsigned len = 0; len <= 128; len++) {
		struct prefix p = prefix6(&ones, len);

		for (unsigned bit = 0; bit < 128; bit++)
			cr_assert_eq(p.addr[bit / 8] >> (7 - bit % 8) & 1, bit < len, "/%u bit %u", len, bit);
	}
	for (unsigned len = 0; len <= 32; len++) {
		struct prefix p = prefix4((struct in_addr){ 0xffffffff }, len);

		for (unsigned bit = 0; bit < 128; bit++)
			cr_assert_eq(p.addr[bit / 8] >> (7 - bit % 8) & 1, bit < len, "/%u bit %u", len, bit);
	}
}

Test(prefix, contains_itself_and_what_is_longer_within)
{
	static const struct { const char *outer, *inner; bool yes; } rows[] = {
		{ "10.0.0.0/8", "10.0.0.0/8", true }, { "10.0.0.0/8", "10.255.0.0/16", true }, { "0.0.0.0/0", "10.0.0.0/8", true },
		{ "10.0.0.0/8", "11.0.0.0/16", false }, { "10.0.0.0/16", "10.0.0.0/8", false }, { "0.0.0.0/0", "::/0", false },
		{ "::/0", "10.0.0.0/8", false }, { "2001:db8::/33", "2001:db8:8000::/48", false }, { "2001:db8::/32", "2001:db8:8000::/48", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct prefix outer = of(rows[i].outer), inner = of(rows[i].inner);

		cr_assert_eq(prefix_contains(&outer, &inner), rows[i].yes, "%s in %s", rows[i].inner, rows[i].outer);
	}
}

static uint32_t hash_of(const struct prefix *p, uint64_t seed)
{
	return prefix_hash(p->family, p->addr, p->len, seed);
}

Test(prefix, sixteen_in_a_row_share_a_line_and_no_place_of_it)
{
	static const char *const first[] = { "10.1.16.0/24", "10.0.0.32/32", "0.0.0.0/4", "2001:db8::/64", "2001:db8:0:1200::/60", "::10/128" };

	for (size_t f = 0; f < ARRAY_LEN(first); f++) {
		struct prefix p = of(first[f]);
		uint32_t line = hash_of(&p, 7) / 16, places = 0;
		unsigned last = (p.len - 1u) / 8, step = 1u << (7 - (p.len - 1) % 8);

		for (unsigned i = 0; i < 16; i++) {
			cr_assert_eq(hash_of(&p, 7) / 16, line, "%s and %u more", first[f], i);
			places |= 1u << hash_of(&p, 7) % 16;
			p.addr[last] = (uint8_t)(p.addr[last] + step);
		}
		cr_assert_eq(places, 0xffff, "%s", first[f]);
	}
}

/* What shares a slot under one secret does not under another: nobody can know which prefixes collide. */
Test(prefix, which_ones_collide_depends_on_the_secret)
{
	enum { SLOTS = 1024, N = 64 };
	static const char *const first[] = { "10.0.0.0/32", "2001:db8::/128" };

	for (size_t f = 0; f < ARRAY_LEN(first); f++) {
		struct prefix p = of(first[f]), together[N];
		unsigned n = 0, slots = 0;
		bool used[SLOTS] = { false };

		for (uint32_t i = 0; n < N; i++) {
			memcpy(p.addr + 1 + f, &i, 3);           /* by counting up, as somebody would who knew the secret to be 1 */
			if (hash_of(&p, 1) % SLOTS == 0)
				together[n++] = p;
		}
		for (unsigned i = 0; i < N; i++) {
			bool *slot = &used[hash_of(&together[i], 2) % SLOTS];

			slots += !*slot;
			*slot = true;
		}
		cr_assert_gt(slots, N * 3 / 4, "%s: %u slots", first[f], slots);
	}
}

Test(prefix, order_is_family_then_address_then_length)
{
	static const char *const sorted[] = {
		"0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24", "11.0.0.0/8", "::/0", "2001:db8::/32", "2001:db8::/48",
	};

	for (size_t i = 0; i < ARRAY_LEN(sorted); i++) {
		for (size_t j = 0; j < ARRAY_LEN(sorted); j++) {
			struct prefix a = of(sorted[i]), b = of(sorted[j]);
			int d = prefix_cmp(&a, &b);

			cr_assert_eq((d > 0) - (d < 0), (i > j) - (i < j), "%s %s", sorted[i], sorted[j]);
			cr_assert_eq(prefix_eq(&a, &b), i == j);
			cr_assert(i != j || hash_of(&a, 7) == hash_of(&b, 7));
		}
	}
}

Test(prefix, martians_are_what_no_peer_may_inject)
{
	static const struct { const char *p; bool martian; } rows[] = {
		{ "169.254.0.0/16", true }, { "169.254.0.1/32", true }, { "169.252.0.0/14", false }, { "169.253.0.0/16", false }, { "169.255.0.0/16", false },
		{ "127.0.0.0/8", true }, { "127.0.0.1/32", true }, { "126.0.0.0/7", false }, { "126.0.0.0/8", false }, { "128.0.0.0/8", false },
		{ "224.0.0.0/4", true }, { "239.1.0.0/16", true }, { "240.0.0.0/4", true }, { "255.255.255.255/32", true }, { "224.0.0.0/3", true },
		{ "223.255.255.0/24", false }, { "192.0.0.0/2", false },
		{ "0.0.0.0/0", false }, { "0.0.0.0/8", true }, { "0.0.0.0/32", true }, { "0.1.0.0/16", true }, { "0.0.0.0/7", false }, { "0.0.0.0/1", false },
		{ "10.0.0.0/8", false }, { "1.0.0.0/8", false },
		{ "fe80::/10", true }, { "fe80::1/128", true }, { "febf::/16", true }, { "fec0::/10", false }, { "fe00::/9", false }, { "fc00::/7", false },
		{ "ff00::/8", true }, { "ff02::1/128", true }, { "fe00::/7", false },
		{ "::1/128", true }, { "::/128", true }, { "::2/128", false }, { "::/0", false }, { "::ffff:0:0/96", true }, { "::ffff:10.0.0.1/128", true },
		{ "2001:db8::/32", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct prefix p = of(rows[i].p);

		cr_assert_eq(prefix_is_martian(&p), rows[i].martian, "%s", rows[i].p);
	}
}

Test(prefix, link_local_is_fe80_slash_10)
{
	struct in6_addr a = { .s6_addr = { 0xfe, 0x80, [15] = 1 } }, b = { .s6_addr = { 0xfe, 0xbf } }, c = { .s6_addr = { 0xfe, 0xc0 } };

	cr_assert(in6_is_ll(&a));
	cr_assert(in6_is_ll(&b));
	cr_assert_not(in6_is_ll(&c));
	cr_assert(in6_eq(&a, &a));
	cr_assert_not(in6_eq(&a, &b));
}

Test(hash, depends_on_every_byte_on_the_length_and_on_the_seed)
{
	uint8_t bytes[19] = { 0 };
	uint32_t h = hash_bytes(bytes, sizeof(bytes), 0);

	cr_assert_neq(h, hash_bytes(bytes, sizeof(bytes), 1));
	cr_assert_neq(h, hash_bytes(bytes, sizeof(bytes) - 1, 0));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = 1;
		cr_assert_neq(h, hash_bytes(bytes, sizeof(bytes), 0), "byte %zu", i);
		bytes[i] = 0;
	}
	cr_assert_eq(h, hash_bytes(bytes, sizeof(bytes), 0));
}

Test(mono, never_is_never_due_and_later_than_all)
{
	mono now = { 5000000 };

	cr_assert_not(mono_due(MONO_NEVER, MONO_NEVER));
	cr_assert_not(mono_due(MONO_NEVER, now));
	cr_assert(mono_due(now, now));
	cr_assert_not(mono_due(mono_add_ms(now, 1), now));
	cr_assert_eq(mono_min(MONO_NEVER, now).us, now.us);
	cr_assert_eq(mono_diff_ms(mono_add_s(now, 2), now), 2000);
	cr_assert_eq(mono_diff_ms(now, mono_add_ms(now, 7)), -7);
}

Test(prefix, an_address_as_text)
{
	static const struct { const char *in, *out; } rows[] = {
		{ "fe80::1", "fe80::1" }, { "::ffff:203.0.113.2", "203.0.113.2" }, { "2001:db8::", "2001:db8::" }, { "::", "::" },
	};
	char buf[INET6_ADDRSTRLEN];
	struct in6_addr a;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cr_assert_eq(inet_pton(AF_INET6, rows[i].in, &a), 1);
		cr_expect_str_eq(in6_str(&a, buf), rows[i].out);
	}
}
