/* Numbered peers whose address is a router_id, or a "local_address", of another node: is that node in the AS that is expected? */
#include "agent/config/fabric_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

struct home { struct in6_addr address; size_t node; };

static int by_address(const void *a, const void *b)
{
	const struct home *x = a, *y = b;
	int d = memcmp(&x->address, &y->address, sizeof(x->address));

	return d ? d : x->node < y->node ? -1 : x->node > y->node;
}

static int find_homes(const struct fabric *f, struct home **ret, size_t *ret_n)
{
	size_t n = f->n;
	struct home *list;

	for (size_t i = 0; i < f->n; i++)
		n += f->nodes[i]->r.c ? f->nodes[i]->r.c->n_neighbors : 0;
	list = calloc(n + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	n = 0;
	for (size_t i = 0; i < f->n; i++) {
		const struct config *c = f->nodes[i]->r.c;

		if (!c)
			continue;
		list[n] = (struct home){ { .s6_addr = { [10] = 0xff, 0xff } }, i };
		memcpy(&list[n++].address.s6_addr[12], &c->router_id, sizeof(c->router_id));
		for (size_t k = 0; k < c->n_neighbors; k++)
			if (!IN6_IS_ADDR_UNSPECIFIED(&c->neighbors[k].local))
				list[n++] = (struct home){ c->neighbors[k].local, i };
	}
	qsort(list, n, sizeof(*list), by_address);
	*ret = list;
	*ret_n = n;
	return 0;
}

/* NOBODY also when several nodes have it: each of a private link has its own ends. */
static size_t home_of(const struct home *list, size_t n, const struct in6_addr *a)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (memcmp(&list[mid].address, a, sizeof(*a)) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == n || !in6_eq(&list[low].address, a))
		return NOBODY;
	for (size_t i = low + 1; i < n && in6_eq(&list[i].address, a); i++)
		if (list[i].node != list[low].node)
			return NOBODY;
	return list[low].node;
}

static void check_neighbor(struct fabric_node *node, const struct config_neighbor *n, const struct val *entry, struct fabric_node *peer)
{
	uint32_t asn = peer->r.c->asn;
	struct val v, theirs = node_val(peer, "asn");
	char at[AT_LEN];

	if (n->remote_asn ? n->remote_asn == asn : asn != node->r.c->asn)
		return;
	if (val_get(entry, "remote_asn", &v))
		val_bad(&node->r, &v, "the address is that of %s, which has AS %u, allowed: that", node_at(peer, &theirs, at), asn);
}

int fabric_numbered_check(struct fabric *f)
{
	AUTO_FREE struct home *homes = NULL;
	size_t n, peer;
	int r = find_homes(f, &homes, &n);

	for (size_t i = 0; i < f->n && r == 0; i++) {
		struct fabric_node *node = f->nodes[i];
		struct val list = node->r.c ? node_val(node, "neighbors") : node->root, entry;
		size_t k = 0;

		if (!node->r.c || !list.key)
			continue;
		for (bool more = val_first(&list, &entry); more && k < node->r.c->n_neighbors; more = val_next(&entry), k++) {
			peer = home_of(homes, n, &node->r.c->neighbors[k].address);
			if (peer != NOBODY && peer != i)
				check_neighbor(node, &node->r.c->neighbors[k], &entry, f->nodes[peer]);
		}
	}
	return r;
}
