#include "agent/config/diff.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/read.h"

/* Without an answer: nothing that is known of here can do it. */
static unsigned takes_of(const char *key)
{
	unsigned takes = config_takes(key);

	return takes ? takes : TAKES_RESTART;
}

static int note(struct config_diff *d, const char *path, unsigned takes, json_t *from, json_t *to)
{
	struct config_change *grown;

	if (d->n == d->room) {
		d->room = d->room ? 2 * d->room : 16;
		grown = realloc(d->changes, d->room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		d->changes = grown;
	}
	d->changes[d->n] = (struct config_change){ .takes = takes, .from = json_incref(from), .to = json_incref(to) };
	snprintf(d->changes[d->n++].path, sizeof(d->changes->path), "%s", path);
	d->takes |= takes;
	return 0;
}

/* Two values of an entry (a link's or a neighbour's object), member by member: of one in both, then of those only in `to`. */
typedef int (*member_fn)(void *ctx, const char *key, json_t *from, json_t *to);

static int members(json_t *from, json_t *to, member_fn fn, void *ctx)
{
	const char *key;
	json_t *v;
	int r = 0;

	json_object_foreach(from, key, v) {
		if (r >= 0 && !json_equal(v, json_object_get(to, key)))
			r = fn(ctx, key, v, json_object_get(to, key));
	}
	json_object_foreach(to, key, v) {
		if (r >= 0 && !json_object_get(from, key))
			r = fn(ctx, key, NULL, v);
	}
	return r;
}

/* An entry with the place where its members' changes are noted. */
struct entry { struct config_diff *d; const char *path, *key; };

static int note_member(void *ctx, const char *key, json_t *from, json_t *to)
{
	const struct entry *e = ctx;
	char path[96], of[64];

	snprintf(path, sizeof(path), "%s.%s", e->path, key);
	snprintf(of, sizeof(of), "%s.%s", e->key, key);
	return note(e->d, path, takes_of(of), from, to);
}

/* Passwords look the same in both. */
static int note_password(const struct entry *e, const struct config_terms *from, const struct config_terms *to)
{
	json_t *hidden = json_string(CONFIG_HIDDEN);
	int r = hidden ? 0 : -ENOMEM;

	if (r >= 0 && *from->password && *to->password && strcmp(from->password, to->password) != 0)
		r = note_member((void *)e, "password", hidden, hidden);
	json_decref(hidden);
	return r;
}

static const struct config_link *entry_of(const struct config *c, const char *glob)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (strcmp(c->links[i].glob, glob) == 0)         /* named twice: the first wins */
			return &c->links[i];
	return NULL;
}

static int diff_link(struct config_diff *d, const struct config_link *from, const struct config_link *to)
{
	json_t *a = link_json(from), *b = link_json(to);
	int r = a && b ? 0 : -ENOMEM;
	char path[64];
	struct entry e = { d, path, "links.*" };

	snprintf(path, sizeof(path), "links.%s", to->glob);
	if (r >= 0)
		r = members(a, b, note_member, &e);
	if (r >= 0)
		r = note_password(&e, &from->terms, &to->terms);
	json_decref(a);
	json_decref(b);
	return r;
}

static json_t *globs_json(const struct config *c)
{
	json_t *list;

	if (c->links_auto)
		return json_string("auto");
	list = json_array();
	for (size_t i = 0; i < c->n_links; i++)
		json_array_append_new(list, json_string(c->links[i].glob));
	return list;
}

static int diff_links(struct config_diff *d)
{
	json_t *a = globs_json(d->from), *b = globs_json(d->to);
	const struct config_link *from;
	int r = a && b ? 0 : -ENOMEM;

	if (r >= 0 && !json_equal(a, b))
		r = note(d, "links", takes_of("links"), a, b);
	for (size_t i = 0; i < d->to->n_links && r >= 0; i++) {
		const struct config_link *to = &d->to->links[i];

		from = entry_of(d->from, to->glob);
		if (from && entry_of(d->to, to->glob) == to)
			r = diff_link(d, from, to);
	}
	json_decref(a);
	json_decref(b);
	return r;
}

static const struct config_neighbor *neighbor_of(const struct config *c, const struct in6_addr *addr)
{
	for (size_t i = 0; i < c->n_neighbors; i++)
		if (in6_eq(&c->neighbors[i].address, addr))
			return &c->neighbors[i];
	return NULL;
}

/* from or to NULL: it came, or went. */
static int diff_neighbor(struct config_diff *d, const struct config_neighbor *from, const struct config_neighbor *to)
{
	json_t *a = from ? neighbor_json(from) : NULL, *b = to ? neighbor_json(to) : NULL;
	int r = (a || !from) && (b || !to) ? 0 : -ENOMEM;
	char path[64];
	struct entry e = { d, path, "neighbors.*" };

	snprintf(path, sizeof(path), "neighbors.%s", json_string_value(json_object_get(a ? a : b, "address")));
	if (r >= 0 && from && to)
		r = members(a, b, note_member, &e);
	else if (r >= 0)
		r = note(d, path, takes_of("neighbors"), json_object_get(a, "address"), json_object_get(b, "address"));
	if (r >= 0 && from && to)
		r = note_password(&e, &from->terms, &to->terms);
	json_decref(a);
	json_decref(b);
	return r;
}

static int diff_neighbors(struct config_diff *d)
{
	int r = 0;

	for (size_t i = 0; i < d->from->n_neighbors && r >= 0; i++)
		r = diff_neighbor(d, &d->from->neighbors[i], neighbor_of(d->to, &d->from->neighbors[i].address));
	for (size_t i = 0; i < d->to->n_neighbors && r >= 0; i++)
		if (!neighbor_of(d->from, &d->to->neighbors[i].address))
			r = diff_neighbor(d, NULL, &d->to->neighbors[i]);
	return r;
}

static int note_policy(void *ctx, const char *name, json_t *from, json_t *to)
{
	struct config_diff *d = ctx;
	char path[48];

	for (size_t i = 0; i < d->to->n_policies; i++)
		d->policies[i] |= strcmp(d->to->policies[i].name, name) == 0;
	snprintf(path, sizeof(path), "policy.%s", name);
	return note(d, path, takes_of("policy"), from, to);
}

/* A member of the whole: an object whose keys have answers of their own, or a value. */
static int note_key(void *ctx, const char *key, json_t *from, json_t *to)
{
	struct config_diff *d = ctx;
	struct entry e = { d, key, key };

	if (strcmp(key, "links") == 0 || strcmp(key, "neighbors") == 0)  /* see diff_links, diff_neighbors */
		return 0;
	if (strcmp(key, "policy") == 0)
		return members(from, to, note_policy, d);
	if (!config_takes(key) && json_is_object(from) && json_is_object(to))
		return members(from, to, note_member, &e);
	return note(d, key, takes_of(key), from, to);
}

int config_diff_new(struct config_diff **ret, const struct config *from, const struct config *to)
{
	struct config_diff *d = calloc(1, sizeof(*d));
	json_t *a = config_json(from), *b = config_json(to);
	int r = d && a && b ? 0 : -ENOMEM;

	if (r >= 0) {
		d->from = from;
		d->to = to;
		d->policies = calloc(to->n_policies + 1, sizeof(*d->policies));
		r = d->policies ? members(a, b, note_key, d) : -ENOMEM;
	}
	if (r >= 0)
		r = diff_links(d);
	if (r >= 0)
		r = diff_neighbors(d);
	json_decref(a);
	json_decref(b);
	if (r >= 0)
		*ret = TAKE(d);
	config_diff_free(d);
	return r;
}

void config_diff_free(struct config_diff *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++) {
		json_decref(d->changes[i].from);
		json_decref(d->changes[i].to);
	}
	free(d->changes);
	free(d->policies);
	free(d);
}

/* --- one link, one neighbour ----------------------------------------------------------------------------------------------------- */
struct sum { struct config_takes *ret; const char *key; };

static void sum_add(const struct sum *s, const char *why, unsigned takes)
{
	s->ret->takes |= takes;
	if (takes & s->ret->of && !*s->ret->why)
		snprintf(s->ret->why, sizeof(s->ret->why), "%s", why);
}

static int sum_member(void *ctx, const char *key, json_t *from, json_t *to)
{
	const struct sum *s = ctx;
	char of[64];
	(void)from, (void)to;

	snprintf(of, sizeof(of), "%s.%s", s->key, key);
	sum_add(s, key, takes_of(of));
	return 0;
}

static bool policy_differs(const struct config_diff *d, const struct config_filter *f)
{
	for (size_t i = 0; f->kind == FILTER_POLICY && i < d->to->n_policies; i++)
		if (strcmp(d->to->policies[i].name, f->policy) == 0)
			return d->policies[i];
	return false;
}

static void sum_terms(const struct config_diff *d, const struct sum *s, const struct config_terms *from, const struct config_terms *to)
{
	char of[64];

	if (strcmp(from->password, to->password) != 0) {
		snprintf(of, sizeof(of), "%s.password", s->key);
		sum_add(s, "password", takes_of(of));
	}
	if (policy_differs(d, &to->import))
		sum_add(s, "import", TAKES_IMPORT);
	if (policy_differs(d, &to->export))
		sum_add(s, "export", TAKES_EXPORT);
}

/* What holds for a link, said or not: a setting that the whole configuration has a default for is named here. */
static void effective(const struct config *c, const char *ifname, struct config_link *ret)
{
	const struct config_link *link = config_link_for(c, ifname);

	*ret = link ? *link : (struct config_link){ .routers = 1, .bfd = c->bfd, .damping = c->damping };
}

int config_link_takes(const struct config_diff *d, const char *ifname, struct config_takes *ret)
{
	struct sum s = { ret, "links.*" };
	struct config_link from, to;
	json_t *a, *b;
	int r;

	effective(d->from, ifname, &from);
	effective(d->to, ifname, &to);
	a = link_json(&from);
	b = link_json(&to);
	r = a && b ? members(a, b, sum_member, &s) : -ENOMEM;
	if (r >= 0)
		sum_terms(d, &s, &from.terms, &to.terms);
	json_decref(a);
	json_decref(b);
	return r;
}

int config_neighbor_takes(const struct config_diff *d, const struct config_neighbor *from, const struct config_neighbor *to,
			  struct config_takes *ret)
{
	struct sum s = { ret, "neighbors.*" };
	json_t *a = neighbor_json(from), *b = neighbor_json(to);
	int r = a && b ? members(a, b, sum_member, &s) : -ENOMEM;

	if (r >= 0)
		sum_terms(d, &s, &from->terms, &to->terms);
	json_decref(a);
	json_decref(b);
	return r;
}
