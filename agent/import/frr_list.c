/* Prefix lists, community lists, AS path lists and route-maps: read with the top. */
#include "agent/import/rows.h"

#include <string.h>

#include "agent/base/own.h"

static struct list *list_of(struct reader *r, enum list_kind kind, const char *name)
{
	struct frr *f = r->f;
	struct list *grown;

	if (f->n_lists && f->lists[f->n_lists - 1].kind == kind && strcmp(f->lists[f->n_lists - 1].name, name) == 0)
		return &f->lists[f->n_lists - 1];
	grown = (struct list *)frr_list(f, kind, name);
	if (grown)
		return grown;
	grown = frr_grow(f, f->lists, &f->n_lists, sizeof(*grown), FRR_MAX);
	if (!grown)
		return NULL;
	f->lists = grown;
	grown += f->n_lists - 1;
	grown->kind = kind;
	grown->name = name;
	return grown;
}

static struct entry *entry_at(const struct list *list, uint32_t seq)
{
	for (size_t i = 0; seq <= list->last_seq && i < list->n; i++)
		if (list->entries[i].seq == seq)
			return &list->entries[i];
	return NULL;
}

/* In place of one with the same number, as in FRR. */
static struct entry *entry_new(struct reader *r, struct list *list, const struct line *l, uint32_t seq, bool permit)
{
	struct entry *grown = entry_at(list, seq);

	if (!grown) {
		grown = frr_grow(r->f, list->entries, &list->n, sizeof(*grown), 1u << 20);
		if (!grown)
			return NULL;
		list->entries = grown;
		list->last_seq = seq > list->last_seq ? seq : list->last_seq;
		grown += list->n - 1;
	}
	*grown = (struct entry){ .seq = seq, .permit = permit, .line = l };
	return grown;
}

/* [seq N] permit|deny ...; *used is behind it. NULL: it is nothing like that, or there is no room. */
static struct entry *take_entry(struct reader *r, const struct line *l, enum list_kind kind, const char *name, unsigned *used)
{
	struct list *list = list_of(r, kind, name);
	uint64_t seq = list ? (list->last_seq / 5 + 1) * 5 : 5;
	bool permit;

	if (*used + 1 < l->n_words && strcmp(l->words[*used], "seq") == 0) {
		if (!frr_number(l->words[*used + 1], UINT32_MAX, &seq))
			return NULL;
		*used += 2;
	}
	if (!list || *used == l->n_words)
		return NULL;
	permit = strcmp(l->words[*used], "permit") == 0;
	if (!permit && strcmp(l->words[*used], "deny") != 0)
		return NULL;
	(*used)++;
	return entry_new(r, list, l, (uint32_t)seq, permit);
}

static bool take_range(const struct line *l, unsigned used, bool four, struct prefix_range *ret)
{
	unsigned max = four ? 32 : 128;
	bool any = used < l->n_words && strcmp(l->words[used], "any") == 0, has_le = any;
	uint64_t n;

	*ret = (struct prefix_range){ .prefix = { .family = four ? AF_INET : AF_INET6 } };
	if (used == l->n_words || (!any && (!frr_prefix(l->words[used], &ret->prefix) || prefix_max(ret->prefix.family) != max)))
		return false;
	ret->ge = ret->prefix.len;
	ret->le = any ? (uint8_t)max : ret->prefix.len;
	for (used++; used + 1 < l->n_words; used += 2) {
		bool ge = strcmp(l->words[used], "ge") == 0;

		if ((!ge && strcmp(l->words[used], "le") != 0) || !frr_number(l->words[used + 1], max, &n) || n < ret->prefix.len)
			return false;
		if (ge)
			ret->ge = (uint8_t)n;
		else
			ret->le = (uint8_t)n;
		has_le |= !ge;
	}
	if (!has_le && ret->ge > ret->prefix.len)
		ret->le = (uint8_t)max;
	return used == l->n_words && ret->ge <= ret->le;
}

static void take_prefix_list(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	enum list_kind kind = (enum list_kind)row->what;
	unsigned at = used + 1;
	struct prefix_range range;
	struct list *list;
	struct entry *e;

	if (l->n_words > used + 1 && (strcmp(l->words[at], "description") == 0 || strcmp(l->words[at], "sequence-number") == 0))
		return;
	e = l->n_words > used + 1 ? take_entry(r, l, kind, l->words[used], &at) : NULL;
	if (e && take_range(l, at, kind == LIST_PREFIX4, &range)) {
		e->range = range;
		return;
	}
	note(&r->f->notes, l, "this is no entry of a prefix list: it lets nothing pass from here on");
	list = l->n_words > used ? list_of(r, kind, l->words[used]) : NULL;
	if (!e)
		e = list ? entry_new(r, list, l, 0, false) : NULL;
	if (e) {
		e->permit = false;
		e->range = (struct prefix_range){ .prefix = { .family = kind == LIST_PREFIX4 ? AF_INET : AF_INET6 }, .le = kind == LIST_PREFIX4 ? 32 : 128 };
	}
}

/* [standard|expanded] NAME [seq N] permit|deny ... */
static void take_list(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	bool expanded = used < l->n_words && strcmp(l->words[used], "expanded") == 0, numbered;
	struct entry *e;
	uint64_t number;
	unsigned at;

	if (expanded || (used < l->n_words && strcmp(l->words[used], "standard") == 0))
		used++;
	at = used + 1;
	e = used < l->n_words ? take_entry(r, l, (enum list_kind)row->what, l->words[used], &at) : NULL;
	if (!e) {
		struct list *list = used < l->n_words ? list_of(r, (enum list_kind)row->what, l->words[used]) : NULL;

		note(&r->f->notes, l, "weft import does not know such an entry of a list");
		if (list)
			entry_new(r, list, l, 0, false);         /* it says nothing: whoever uses the list finds out */
		return;
	}
	numbered = frr_number(l->words[used], UINT32_MAX, &number);
	e->expanded = expanded || (numbered && number >= 100);
	e->args = l->words + at;
	e->n = l->n_words - at;
}

static void take_map(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	struct list *map = used < l->n_words ? list_of(r, LIST_MAP, l->words[used]) : NULL;
	uint64_t seq;
	(void)row;

	r->at = AT_BLOCK;
	r->block = l;
	if (!map || l->n_words != used + 3 || !frr_number(l->words[used + 2], UINT32_MAX, &seq)) {
		note(&r->f->notes, l, "this is no entry of a route-map");
		return;
	}
	r->entry = entry_at(map, (uint32_t)seq);        /* more of it */
	if (!r->entry)
		r->entry = entry_new(r, map, l, (uint32_t)seq, false);
	if (r->entry)
		r->entry->permit = strcmp(l->words[used + 1], "permit") == 0;
	r->at = r->entry ? AT_MAP : AT_BLOCK;
}

static void take_clause(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	const struct line **grown = frr_grow(r->f, r->entry->says, &r->entry->n_says, sizeof(*grown), FRR_MAX);
	(void)row;
	(void)used;

	if (!grown)
		return;
	r->entry->says = grown;
	grown[r->entry->n_says - 1] = l;
}

static const struct frr_row lists[] = {
	{ .words = "ip prefix-list", .take = take_prefix_list, .what = LIST_PREFIX4 },
	{ .words = "ipv6 prefix-list", .take = take_prefix_list, .what = LIST_PREFIX6 },
	{ .words = "bgp community-list", .take = take_list, .what = LIST_COMMUNITY }, { .words = "ip community-list", .take = take_list, .what = LIST_COMMUNITY },
	{ .words = "bgp large-community-list", .take = take_list, .what = LIST_LARGE },
	{ .words = "ip large-community-list", .take = take_list, .what = LIST_LARGE },
	{ .words = "bgp as-path access-list", .take = take_list, .what = LIST_AS_PATH }, { .words = "ip as-path access-list", .take = take_list, .what = LIST_AS_PATH },
	{ .words = "route-map", .take = take_map },
};
const struct frr_rows list_rows = { lists, ARRAY_LEN(lists) };

static const struct frr_row maps[] = {
	{ .words = "description" }, { .words = "match", .take = take_clause }, { .words = "set", .take = take_clause },
	{ .words = "call", .take = take_clause }, { .words = "continue", .take = take_clause }, { .words = "on-match", .take = take_clause },
};
const struct frr_rows map_rows = { maps, ARRAY_LEN(maps) };
