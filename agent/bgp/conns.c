#include "agent/bgp/conns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/bgp/peers.h"

/* Index of the first connection whose number is at least id. */
static size_t lower(const struct conns *t, uint32_t id)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (t->conn[mid]->id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int conns_add(struct conns *t, struct session *s, struct conn **ret)
{
	struct conn *c;

	if (t->last == UINT32_MAX)       /* numbers are never used twice */
		return -EOVERFLOW;
	if (t->n == t->size) {
		size_t size = t->size ? t->size * 2 : 16;
		struct conn **p = realloc(t->conn, size * sizeof(*p));

		if (!p)
			return -ENOMEM;
		t->conn = p;
		t->size = size;
	}
	c = malloc(sizeof(*c));
	if (!c)
		return -ENOMEM;
	memset(c, 0, offsetof(struct conn, rx));
	c->id = ++t->last;
	c->session = s;
	c->q.max = PEER_SEND_MAX;
	t->conn[t->n++] = c;             /* numbers only grow: the table stays sorted */
	*ret = c;
	return 0;
}

static void conn_free(struct conn *c)
{
	sendq_clear(&c->q);
	free(c->rx_long);
	free(c);
}

void conns_remove(struct conns *t, struct conn *c)
{
	size_t i = lower(t, c->id);

	memmove(t->conn + i, t->conn + i + 1, (t->n - i - 1) * sizeof(*t->conn));
	t->n--;
	conn_free(c);
}

void conns_clear(struct conns *t)
{
	for (size_t i = 0; i < t->n; i++)
		conn_free(t->conn[i]);
	free(t->conn);
	*t = (struct conns){ 0 };
}

struct conn *conns_find(const struct conns *t, uint32_t id)
{
	size_t i = lower(t, id);

	return i < t->n && t->conn[i]->id == id ? t->conn[i] : NULL;
}

struct conn *conns_next_pending(const struct conns *t, uint32_t after)
{
	if (after == UINT32_MAX)
		return NULL;
	for (size_t i = lower(t, after + 1); i < t->n; i++)
		if (t->conn[i]->q.len)
			return t->conn[i];
	return NULL;
}

void conn_sent(struct conn *c, size_t n)
{
	size_t left, take;
	const uint8_t *p;

	while (n && (p = sendq_peek(&c->q, &left))) {
		if (!c->part)
			c->part = (size_t)(p[16] << 8 | p[17]);  /* our own messages, whole ones: the length is right */
		take = n < c->part ? n : c->part;
		sendq_drop(&c->q, take);
		c->part -= take;
		n -= take;
	}
}

uint8_t *conn_rx(struct conn *c)
{
	if (c->rx_want <= sizeof(c->rx) || c->rx_long)
		return c->rx_long ? c->rx_long : c->rx;
	c->rx_long = malloc(BGP_EXT_LEN);
	if (c->rx_long)
		memcpy(c->rx_long, c->rx, c->rx_n);
	return c->rx_long;
}

void conn_rx_done(struct conn *c)
{
	c->rx_n = 0;
	free(c->rx_long);
	c->rx_long = NULL;
}

void conn_cut(struct conn *c)
{
	sendq_cut(&c->q, c->part);
}
