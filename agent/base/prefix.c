#include "agent/base/prefix.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

struct prefix prefix4(struct in_addr a, unsigned len)
{
	struct prefix p = { .family = AF_INET, .len = (uint8_t)len };

	memcpy(p.addr, &a, 4);
	prefix_mask(&p);
	return p;
}

struct prefix prefix6(const struct in6_addr *a, unsigned len)
{
	struct prefix p = { .family = AF_INET6, .len = (uint8_t)len };

	memcpy(p.addr, a, 16);
	prefix_mask(&p);
	return p;
}

void prefix_mask(struct prefix *p)
{
	unsigned full = p->len / 8, rest = p->len % 8;

	if (full >= sizeof(p->addr))
		return;
	p->addr[full] &= (uint8_t)(0xff00 >> rest);
	memset(p->addr + full + 1, 0, sizeof(p->addr) - full - 1);
}

bool prefix_eq(const struct prefix *a, const struct prefix *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool prefix_contains(const struct prefix *outer, const struct prefix *inner)
{
	unsigned full = outer->len / 8, rest = outer->len % 8;

	if (outer->family != inner->family || outer->len > inner->len)
		return false;
	if (full && (outer->addr[0] != inner->addr[0] || memcmp(outer->addr, inner->addr, full) != 0))
		return false;
	return !rest || ((outer->addr[full] ^ inner->addr[full]) & (0xff00 >> rest) & 0xff) == 0;
}

int prefix_cmp(const struct prefix *a, const struct prefix *b)
{
	int d = (a->family > b->family) - (a->family < b->family);

	if (!d)
		d = memcmp(a->addr, b->addr, sizeof(a->addr));
	return d ? d : (a->len > b->len) - (a->len < b->len);
}

uint32_t prefix_hash6(const uint8_t addr[16], uint8_t len, uint64_t seed)
{
	unsigned __int128 number = 0;
	uint64_t half[2], h;

	memcpy(half, addr, 16);
	if (len)
		number = ((unsigned __int128)be64toh(half[0]) << 64 | be64toh(half[1])) >> (128 - len);
	h = hash_fold((uint64_t)(number >> 64) ^ seed, hash_factor(seed)) ^ (uint64_t)number >> 4;
	return hash_keyed(hash_fold(h, hash_factor(seed)) ^ len, seed) ^ (uint32_t)(number & 15);
}

int prefix_parse(const char *s, struct prefix *ret)
{
	char addr[INET6_ADDRSTRLEN];
	const char *slash = strchr(s, '/');
	size_t n = slash ? (size_t)(slash - s) : strlen(s);
	struct prefix p = { 0 }, masked;
	unsigned long len;
	char *end;

	if (n == 0 || n >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, s, n);
	addr[n] = 0;
	p.family = strchr(addr, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(p.family, addr, p.addr) != 1)
		return -EINVAL;
	p.len = (uint8_t)prefix_max(p.family);
	if (slash) {
		if (slash[1] < '0' || slash[1] > '9')
			return -EINVAL;
		len = strtoul(slash + 1, &end, 10);
		if (*end || len > p.len)
			return -EINVAL;
		p.len = (uint8_t)len;
	}
	masked = p;
	prefix_mask(&masked);
	if (!prefix_eq(&p, &masked))
		return -EINVAL;
	*ret = p;
	return 0;
}

const char *prefix_str(const struct prefix *p, char buf[PREFIX_STRLEN])
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(p->family, p->addr, addr, sizeof(addr));
	snprintf(buf, PREFIX_STRLEN, "%s/%u", addr, p->len);
	return buf;
}

bool prefix_is_martian(const struct prefix *p)
{
	static const struct prefix refused[] = {
		{ AF_INET, 16, { 169, 254 } },
		{ AF_INET, 8, { 127 } },
		{ AF_INET, 3, { 224 } },                 /* 224/4 multicast and 240/4 reserved */
		{ AF_INET, 8, { 0 } },                   /* the default route has length 0 and is not within */
		{ AF_INET6, 10, { 0xfe, 0x80 } },
		{ AF_INET6, 8, { 0xff } },
		{ AF_INET6, 127, { 0 } },                /* :: and ::1 */
		{ AF_INET6, 96, { [10] = 0xff, 0xff } }, /* ::ffff:0:0/96 */
	};

	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (prefix_contains(&refused[i], p))
			return true;
	return false;
}

bool in6_is_ll(const struct in6_addr *a)
{
	return a->s6_addr[0] == 0xfe && (a->s6_addr[1] & 0xc0) == 0x80;
}

bool in6_eq(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

const char *in6_str(const struct in6_addr *a, char buf[INET6_ADDRSTRLEN])
{
	if (IN6_IS_ADDR_V4MAPPED(a))
		return inet_ntop(AF_INET, a->s6_addr + 12, buf, INET6_ADDRSTRLEN);
	return inet_ntop(AF_INET6, a, buf, INET6_ADDRSTRLEN);
}
