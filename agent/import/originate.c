/* `redistribute connected` and `network` become `originate`: interfaces and prefixes, which have to fit both. */
#include "agent/import/build.h"

#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/import/rows.h"

#define PRODUCTS_MAX 256

/* What is announced: the prefixes of an interface (NULL: any) that are in a set. */
struct product { const char *interface; bool every; struct ranges s; const struct line *line; };

struct origin {                          /* of one family */
	struct product p[PRODUCTS_MAX];
	size_t n;
	int af;
};

static struct product *product_add(struct origin *o, const struct line *l)
{
	if (o->n == PRODUCTS_MAX)
		return NULL;
	o->p[o->n] = (struct product){ .line = l };
	return &o->p[o->n++];
}

struct entry_reading { const char *interface; const char *list; const struct line *list_line; bool unknown; };

/* `match` of one entry of the route-map of `redistribute connected`. */
static struct entry_reading read_entry(struct build *b, const struct entry *e, int af)
{
	struct entry_reading r = { 0 };

	for (size_t i = 0; i < e->n_says; i++) {
		const struct line *l = e->says[i];
		char **w = l->words;

		if (l->n_words == 3 && strcmp(w[0], "match") == 0 && strcmp(w[1], "interface") == 0) {
			r.interface = w[2];
		} else if (l->n_words == 5 && strcmp(w[0], "match") == 0 && strcmp(w[1], af == V4 ? "ip" : "ipv6") == 0 &&
			   strcmp(w[2], "address") == 0 && strcmp(w[3], "prefix-list") == 0) {
			r.list = w[4];
			r.list_line = l;
		} else if (strcmp(w[0], "set") == 0) {
			if (e->permit)
				note(&b->f->notes, l, "weft announces its own prefixes as they are: an export policy changes them");
		} else {
			r.unknown = true;
			note(&b->f->notes, l, "`originate` knows interfaces and prefixes alone: what this entry matches, and what comes behind it, is not announced");
		}
	}
	return r;
}

/* false: no more of the map. */
static bool take_entry(struct build *b, const struct entry *e, struct origin *o, struct ranges *denied)
{
	struct entry_reading r = read_entry(b, e, o->af);
	struct product *p;
	struct ranges s = { 0 };
	bool go_on = true;

	if (r.unknown)
		return false;
	if (r.list && !build_prefix_list(b, o->af, r.list, r.list_line, &s))
		return true;
	if (!r.list)
		ranges_all(&s, o->af == V4 ? AF_INET : AF_INET6);
	for (size_t i = 0; i < denied->n && e->permit; i++)
		ranges_minus(&s, &denied->r[i]);
	if (!e->permit && r.interface) {
		note(&b->f->notes, e->line, "`originate` names interfaces that are announced, not those that are not: name them; nothing behind this is announced");
		go_on = false;
	} else if (!e->permit) {
		for (size_t i = 0; i < s.n; i++)
			ranges_add(denied, &s.r[i]);
		go_on = !ranges_is_all(denied, o->af == V4 ? AF_INET : AF_INET6);
	} else if (s.n && (p = product_add(o, e->line))) {
		p->interface = r.interface;
		p->every = !r.list && !denied->n;
		p->s = s;
		s = (struct ranges){ 0 };
	}
	if (s.full || denied->full)
		note(&b->f->notes, e->line, "this is more than the 4096 prefixes of `originate`");
	go_on &= !s.full && !denied->full;
	ranges_free(&s);
	return go_on;
}

static void take_connected(struct build *b, struct origin *o)
{
	const struct said *s = &b->f->connected[o->af];
	const struct list *map = NULL;
	struct ranges denied = { 0 };
	struct product *p;

	if (!s->line)
		return;
	for (unsigned i = 0; i + 1 < s->n; i += 2) {
		if (strcmp(s->args[i], "route-map") != 0) {
			note(&b->f->notes, s->line, "weft announces its own prefixes as they are: an export policy sets `%s`", s->args[i]);
			continue;
		}
		map = frr_list(b->f, LIST_MAP, s->args[i + 1]);
		if (!map) {
			note(&b->f->notes, s->line, "there is no such route-map: nothing is announced");
			return;
		}
	}
	if (!map && (p = product_add(o, s->line))) {
		ranges_all(&p->s, o->af == V4 ? AF_INET : AF_INET6);
		p->every = true;
	}
	for (size_t i = 0; map && i < map->n; i++)
		if (!take_entry(b, &map->entries[i], o, &denied))
			break;
	ranges_free(&denied);
}

/* The interface that the file itself gives an address of the prefix; lo has the router-id. */
static const char *interface_of(const struct build *b, const struct prefix *p)
{
	struct prefix id = prefix4(b->id, 32);

	for (size_t i = 0; i < b->f->n_addresses; i++)
		if (prefix_eq(&b->f->addresses[i].net, p))
			return b->f->addresses[i].interface;
	return prefix_eq(&id, p) ? "lo" : NULL;
}

/* Is it in what is there already? */
static bool covered(const struct origin *o, const char *interface, const struct prefix *p)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct product *q = &o->p[i];

		if (q->interface && (!interface || strcmp(q->interface, interface) != 0))
			continue;
		for (size_t k = 0; k < q->s.n; k++)
			if (prefix_contains(&q->s.r[k].prefix, p) && p->len >= q->s.r[k].ge && p->len <= q->s.r[k].le)
				return true;
	}
	return false;
}

static void take_network(struct build *b, struct origin *o, const struct line *l)
{
	struct prefix p;
	const char *interface;
	struct product *q;

	if (l->n_words < 2 || !frr_prefix(l->words[1], &p) || p.family != (o->af == V4 ? AF_INET : AF_INET6)) {
		note(&b->f->notes, l, "this is no prefix of the family");
		return;
	}
	if (l->n_words > 2)
		note(&b->f->notes, l, "weft announces its own prefixes as they are: `%s` is left out, an export policy changes them", l->words[2]);
	interface = interface_of(b, &p);
	if (!interface)
		note(&b->f->notes, l, "weft announces it while an interface has it; if it is no connected prefix, `weft announce %s` does on the running node", l->words[1]);
	if (covered(o, interface, &p))
		return;
	q = product_add(o, l);
	if (q)
		ranges_add(&q->s, &(struct prefix_range){ p, p.len, p.len });
	else
		note(&b->f->notes, l, "this is one prefix too many");
}

static bool same_ranges(const struct product *a, const struct product *b)
{
	return a->every == b->every && (a->every || (a->s.n == b->s.n && memcmp(a->s.r, b->s.r, a->s.n * sizeof(*a->s.r)) == 0));
}

static void merge_into(struct product *to, struct product *from)
{
	to->every |= from->every;
	for (size_t i = 0; i < from->s.n; i++)
		ranges_add(&to->s, &from->s.r[i]);
	ranges_free(&from->s);
}

static bool same_interface(const struct product *a, const struct product *b)
{
	return a->interface && b->interface ? strcmp(a->interface, b->interface) == 0 : a->interface == b->interface;
}

/* Those of one interface, or of any, become one. */
static void join_interfaces(struct origin *o)
{
	size_t kept = 0, k;

	for (size_t i = 0; i < o->n; i++) {
		for (k = 0; k < kept && !same_interface(&o->p[k], &o->p[i]); k++)
			;
		if (k < kept)
			merge_into(&o->p[k], &o->p[i]);
		else
			o->p[kept++] = o->p[i];
	}
	o->n = kept;
}

/* What is left can be said at once: interfaces, of all of which the same is announced. Everything of any interface is all there is. */
static void merge(struct build *b, struct origin *o)
{
	size_t kept = 0, first = 0;

	join_interfaces(o);
	for (size_t i = 0; i < o->n; i++)
		if (!o->p[i].interface && o->p[i].every)
			first = i;
	for (size_t i = 0; i < o->n; i++) {
		struct product *p = &o->p[i];
		bool whole = !o->p[first].interface && o->p[first].every;

		if (i == first || (!whole && p->interface && o->p[first].interface && same_ranges(p, &o->p[first]))) {
			struct product keep = *p;

			first = i == first ? kept : first;
			o->p[kept++] = keep;
			continue;
		}
		if (!whole)
			note(&b->f->notes, p->line, "weft announces what is both on a named interface and in the list; this cannot be said "
			     "together with what stands before it, and is left out");
		ranges_free(&p->s);
	}
	o->n = kept;
}

static json_t *globs_of(struct build *b, const struct origin *o)
{
	json_t *list = json_array();

	for (size_t i = 0; i < o->n; i++) {
		const char *name = o->p[i].interface ? o->p[i].interface : "*";

		if (strlen(name) > 15 || (o->p[i].interface && strpbrk(name, "*?[]/:")))
			note(&b->f->notes, o->p[i].line, "this is no name of an interface");
		else
			build_put(b, list, NULL, json_string(name));
	}
	return list;
}

static void write_origin(struct build *b, json_t *globs, const struct ranges *prefixes)
{
	json_t *lo = json_pack("[s]", "lo"), *object;

	if (prefixes->full) {
		note(&b->f->notes, b->f->bgp, "what it announces is more than the 4096 prefixes of `originate`: nothing is");
		build_put(b, b->config, "originate", json_array());
		json_decref(globs);
	} else if (prefixes->n) {
		object = json_object();
		build_put(b, object, "interfaces", globs);
		build_put(b, object, "prefixes", build_ranges(b, prefixes));
		build_put(b, b->config, "originate", object);
	} else if (!json_equal(globs, lo)) {
		build_put(b, b->config, "originate", globs);
	} else {
		json_decref(globs);
	}
	json_decref(lo);
}

/* Adds what the family announces. */
static void add_family(const struct origin *o, struct ranges *to)
{
	to->full |= o->n && o->p[0].s.full;
	if (o->n && o->p[0].every)
		ranges_all(to, o->af == V4 ? AF_INET : AF_INET6);
	for (size_t i = 0; o->n && !o->p[0].every && i < o->p[0].s.n; i++)
		ranges_add(to, &o->p[0].s.r[i]);
}

void build_originate(struct build *b)
{
	AUTO_FREE struct origin *o = calloc(N_AF, sizeof(*o));
	struct ranges prefixes = { 0 };
	json_t *globs[N_AF];
	bool every = true, six;

	if (!o) {
		b->bad = true;
		return;
	}
	for (int af = 0; af < N_AF; af++) {
		o[af].af = af;
		if (b->families & (af == V4 ? ONLY_V4 : ONLY_V6)) {
			take_connected(b, &o[af]);
			for (size_t i = 0; i < b->f->n_networks[af]; i++)
				take_network(b, &o[af], b->f->networks[af][i]);
			merge(b, &o[af]);
		}
		globs[af] = globs_of(b, &o[af]);
	}
	six = o[V6].n > 0;
	if (o[V4].n && six && !json_equal(globs[V4], globs[V6])) {
		note(&b->f->notes, o[V6].p[0].line, "weft announces both families from the same interfaces: IPv6 is left out");
		six = false;
	}
	for (int af = 0; af < N_AF; af++)
		if (b->families & (af == V4 ? ONLY_V4 : ONLY_V6))
			every &= o[af].n && o[af].p[0].every && (af == V4 || six);
	if (!every) {
		add_family(&o[V4], &prefixes);
		if (six)
			add_family(&o[V6], &prefixes);
	}
	write_origin(b, json_incref(globs[o[V4].n ? V4 : V6]), &prefixes);
	for (int af = 0; af < N_AF; af++) {
		json_decref(globs[af]);
		for (size_t i = 0; i < o[af].n; i++)
			ranges_free(&o[af].p[i].s);
	}
	ranges_free(&prefixes);
}
