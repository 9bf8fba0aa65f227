/* Each distinct value is one allocation: the counters, the struct and behind it the bytes of its spans. Its number is its place in
 * `entries`; a hash of the numbers finds the value again. */
#include "agent/rib/attrs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/hash.h"
#include "agent/base/idx.h"
#include "agent/base/own.h"
#include "agent/base/rd.h"

struct entry {
	uint32_t refs, hash;
	uint64_t serial;
	struct attrs value;
	uint8_t bytes[];
};

union place {
	struct entry *entry;
	uint32_t next_free;
};

struct attrs_tab {
	union place *entries;            /* [0] is never used */
	uint32_t high, cap, free;
	struct idx idx;
	uint64_t secret, serial;
	size_t bytes;                    /* of the entries */
};

/* The numbers and addresses stand first and without a gap, so they are hashed and compared as bytes. */
#define FIXED_SIZE (offsetof(struct attrs, has) + sizeof(((struct attrs *)0)->has))
_Static_assert(FIXED_SIZE == 2 * sizeof(struct in6_addr) + 4 * sizeof(uint32_t) + 2 * sizeof(struct in_addr) + 3, "struct attrs has a gap");

static const size_t span_places[] = {
	offsetof(struct attrs, as_path), offsetof(struct attrs, communities), offsetof(struct attrs, ext_communities),
	offsetof(struct attrs, large_communities), offsetof(struct attrs, cluster_list), offsetof(struct attrs, unknown),
};

static struct span *span_of(const struct attrs *a, size_t i)
{
	return (struct span *)((char *)a + span_places[i]);
}

bool attrs_has_community(const struct attrs *a, uint32_t value)
{
	struct rd r = rd_of(a->communities.p, a->communities.n);

	while (rd_left(&r) >= 4)
		if (rd_u32(&r) == value)
			return true;
	return false;
}

bool attrs_eq(const struct attrs *a, const struct attrs *b)
{
	const struct span *s, *t;

	if (memcmp(a, b, FIXED_SIZE) != 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(span_places); i++) {
		s = span_of(a, i);
		t = span_of(b, i);
		if (s->n != t->n || (s->n && memcmp(s->p, t->p, s->n) != 0))
			return false;
	}
	return true;
}

static uint32_t hash_of(const struct attrs *a, uint64_t secret)
{
	uint32_t h = hash_bytes(a, FIXED_SIZE, secret);

	for (size_t i = 0; i < ARRAY_LEN(span_places); i++)
		h = hash_bytes(span_of(a, i)->p, span_of(a, i)->n, secret ^ h);
	return h;
}

static size_t entry_size(const struct attrs *a)
{
	size_t n = sizeof(struct entry);

	for (size_t i = 0; i < ARRAY_LEN(span_places); i++)
		n += span_of(a, i)->n;
	return n;
}

static struct entry *entry_new(const struct attrs *value, uint32_t hash)
{
	struct entry *e = malloc(entry_size(value));
	struct span *s;
	uint8_t *at;

	if (!e)
		return NULL;
	e->refs = 1;
	e->hash = hash;
	e->value = *value;
	at = e->bytes;
	for (size_t i = 0; i < ARRAY_LEN(span_places); i++) {
		s = span_of(&e->value, i);
		if (s->n)
			memcpy(at, s->p, s->n);
		s->p = at;
		at += s->n;
	}
	return e;
}

static uint32_t hash_at(const void *ctx, uint32_t id)
{
	const struct attrs_tab *tab = ctx;

	return tab->entries[id].entry->hash;
}

int attrs_tab_new(struct attrs_tab **ret, uint64_t secret)
{
	AUTO_FREE struct attrs_tab *tab = calloc(1, sizeof(*tab));
	int r;

	if (!tab)
		return -ENOMEM;
	r = idx_init(&tab->idx);
	if (r < 0)
		return r;
	tab->high = 1;
	tab->secret = secret;
	*ret = TAKE(tab);
	return 0;
}

void attrs_tab_free(struct attrs_tab *tab)
{
	if (!tab)
		return;
	for (size_t i = 0; i <= tab->idx.mask; i++)
		if (tab->idx.slots[i])
			free(tab->entries[tab->idx.slots[i]].entry);
	free(tab->entries);
	idx_fini(&tab->idx);
	free(tab);
}

static attrs_id find(const struct attrs_tab *tab, const struct attrs *value, uint32_t hash)
{
	const struct entry *e;
	uint32_t i;

	for (i = idx_at(&tab->idx, hash); tab->idx.slots[i]; i = idx_next(&tab->idx, i)) {
		e = tab->entries[tab->idx.slots[i]].entry;
		if (e->hash == hash && attrs_eq(&e->value, value))
			break;
	}
	return tab->idx.slots[i];
}

/* Room for one more entry, in the list and in the hash. */
static int reserve(struct attrs_tab *tab)
{
	uint32_t cap = tab->cap ? 2 * tab->cap : 64;
	union place *entries;

	if (!tab->free && tab->high >= tab->cap) {
		if (cap < tab->cap)
			return -ENOMEM;
		entries = realloc(tab->entries, cap * sizeof(*entries));
		if (!entries)
			return -ENOMEM;
		tab->entries = entries;
		tab->cap = cap;
	}
	return idx_reserve(&tab->idx, hash_at, tab);
}

int attrs_intern(struct attrs_tab *tab, const struct attrs *value, attrs_id *ret)
{
	uint32_t hash = hash_of(value, tab->secret);
	attrs_id id = find(tab, value, hash);
	struct entry *e;
	int r;

	if (id) {
		tab->entries[id].entry->refs++;
		*ret = id;
		return 0;
	}
	r = reserve(tab);
	if (r < 0)
		return r;
	e = entry_new(value, hash);
	if (!e)
		return -ENOMEM;
	if (tab->free) {
		id = tab->free;
		tab->free = tab->entries[id].next_free;
	} else {
		id = tab->high++;
	}
	tab->entries[id].entry = e;
	e->serial = ++tab->serial;
	tab->bytes += entry_size(value);
	idx_put(&tab->idx, hash, id);
	*ret = id;
	return 0;
}

void attrs_ref(struct attrs_tab *tab, attrs_id id)
{
	tab->entries[id].entry->refs++;
}

void attrs_unref(struct attrs_tab *tab, attrs_id id)
{
	struct entry *e = tab->entries[id].entry;

	if (--e->refs > 0)
		return;
	idx_del(&tab->idx, id, hash_at, tab);
	tab->bytes -= entry_size(&e->value);
	free(e);
	tab->entries[id].next_free = tab->free;
	tab->free = id;
}

const struct attrs *attrs_get(const struct attrs_tab *tab, attrs_id id)
{
	return &tab->entries[id].entry->value;
}

uint64_t attrs_serial(const struct attrs_tab *tab, attrs_id id)
{
	return tab->entries[id].entry->serial;
}

size_t attrs_count(const struct attrs_tab *tab)
{
	return tab->idx.used;
}

size_t attrs_bytes(const struct attrs_tab *tab)
{
	return sizeof(*tab) + tab->bytes + tab->cap * sizeof(*tab->entries) + idx_bytes(&tab->idx);
}
