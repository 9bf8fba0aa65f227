/* The prefixes of one family: records in a slab, found by a hash of their numbers. */
#include <errno.h>
#include <string.h>

#include "agent/rib/rib_priv.h"

static uint32_t hash_at(const void *ctx, uint32_t i)
{
	const struct table *t = ctx;
	const struct net *net = net_at(t, i);

	return prefix_hash(t->family, net->addr, net->len, t->seed);
}

int table_init(struct table *t, uint8_t family, uint64_t seed)
{
	uint8_t addr_len = family == AF_INET ? 4 : 16;

	*t = (struct table){ .family = family, .addr_len = addr_len, .seed = seed };
	slab_init(&t->nets, (offsetof(struct net, addr) + addr_len + 3) & ~3u);
	return idx_init(&t->idx);
}

void table_fini(struct table *t)
{
	idx_fini(&t->idx);
	slab_fini(&t->nets);
}

uint32_t table_hash(const struct table *t, const struct prefix *p)
{
	return prefix_hash(t->family, p->addr, p->len, t->seed);
}

uint32_t table_find_hashed(const struct table *t, const struct prefix *p, uint32_t hash)
{
	const struct net *net;
	uint32_t i;

	for (i = idx_at(&t->idx, hash); t->idx.slots[i]; i = idx_next(&t->idx, i)) {
		net = net_at(t, t->idx.slots[i]);
		if (net->len == p->len && prefix_same_addr(t->family, net->addr, p->addr))
			break;
	}
	return t->idx.slots[i];
}

uint32_t table_find(const struct table *t, const struct prefix *p)
{
	return table_find_hashed(t, p, table_hash(t, p));
}

uint32_t table_add(struct table *t, const struct prefix *p, uint32_t hash)
{
	struct net *net;
	uint32_t i;

	if (idx_reserve(&t->idx, hash_at, t) < 0)
		return 0;
	i = slab_take(&t->nets);
	if (!i)
		return 0;
	net = net_at(t, i);
	net->flags = NET_USED;
	net->len = p->len;
	memcpy(net->addr, p->addr, t->addr_len);
	idx_put(&t->idx, hash, i);
	return i;
}

void table_del(struct table *t, uint32_t i)
{
	idx_del(&t->idx, i, hash_at, t);
	slab_give(&t->nets, i);
}

struct prefix table_prefix(const struct table *t, const struct net *net)
{
	struct prefix p = { .family = t->family, .len = net->len };

	memcpy(p.addr, net->addr, t->addr_len);
	return p;
}

size_t table_bytes(const struct table *t)
{
	return slab_bytes(&t->nets) + idx_bytes(&t->idx);
}
