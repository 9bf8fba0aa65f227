/* Both ends of each cable: what "expect" of one link says of the link at its other end. Findings stand where the plan does. */
#include "agent/config/fabric_priv.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/suggest.h"

static size_t count(const struct fabric *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; f->nodes[i]->r.c && k < f->nodes[i]->r.c->n_links; k++)
			n += *f->nodes[i]->r.c->links[k].expect.host != 0;
	return n;
}

static void read_node(struct fabric *f, size_t i)
{
	const struct fabric_node *node = f->nodes[i];
	struct val links = node_val(node, "links"), link;
	size_t k = 0;

	if (!links.key || !json_is_object(links.json))
		return;
	for (bool more = val_first(&links, &link); more; more = val_next(&link), k++) {
		const struct config_link *entry = &node->r.c->links[k];  /* in the order of the file */
		struct fabric_cable *cable = &f->cables[f->n_cables];
		struct val expect;

		if (!*entry->expect.host || !val_get(&link, "expect", &expect))
			continue;
		*cable = (struct fabric_cable){ i, entry, fabric_find(f, entry->expect.host), links, link, expect };
		f->n_cables++;
	}
}

static int by_entry(const void *a, const void *b)
{
	const struct fabric_cable *x = a, *y = b;

	return x->node != y->node ? (x->node < y->node ? -1 : 1) : strcmp(x->entry->glob, y->entry->glob);
}

int fabric_cables_read(struct fabric *f)
{
	f->cables = calloc(count(f) + 1, sizeof(*f->cables));
	if (!f->cables)
		return -ENOMEM;
	for (size_t i = 0; i < f->n; i++)
		if (f->nodes[i]->r.c)
			read_node(f, i);
	qsort(f->cables, f->n_cables, sizeof(*f->cables), by_entry);
	for (size_t i = 0; i < f->n_cables; i++) {       /* here they stay: the way up to the root */
		struct fabric_node *node = f->nodes[f->cables[i].node];

		f->cables[i].link.up = &f->cables[i].links;
		f->cables[i].expect.up = &f->cables[i].link;
		if (node->n_cables++ == 0)
			node->first_cable = i;
	}
	return 0;
}

/* What the node expects at that port: by the entry that holds for it. */
static const struct fabric_cable *cable_at(const struct fabric *f, size_t node, const char *port)
{
	struct fabric_cable key = { .node = node, .entry = config_link_for(f->nodes[node]->r.c, port) };

	return key.entry ? bsearch(&key, f->cables + f->nodes[node]->first_cable, f->nodes[node]->n_cables, sizeof(key), by_entry) : NULL;
}

/* Does the one mean the other? An entry may be for several ports, and a plan need not name one. */
static bool leads_to(const struct fabric_cable *from, const struct fabric_cable *to)
{
	const char *port = from->entry->expect.port;

	return from->peer == to->node && (!*port || fnmatch(to->entry->glob, port, FNM_NOESCAPE) == 0);
}

/* The cable as the other node sees it; NULL: not, or not so. */
static const struct fabric_cable *other_way(const struct fabric *f, const struct fabric_cable *cable)
{
	const struct fabric_node *peer = f->nodes[cable->peer];
	const struct fabric_cable *theirs;

	if (*cable->entry->expect.port) {
		theirs = cable_at(f, cable->peer, cable->entry->expect.port);
		return theirs && leads_to(theirs, cable) ? theirs : NULL;
	}
	for (size_t i = 0; i < peer->n_cables; i++) {
		theirs = &f->cables[peer->first_cable + i];
		if (leads_to(theirs, cable))
			return theirs;
	}
	return NULL;
}

/* --- what the two ends say of each other ------------------------------------------------------------------------------------------- */
struct end {
	struct fabric_node *node;
	const struct config_link *link;  /* NULL: nothing is said of it */
	const char *port;
	struct val links, at;            /* at: its entry, or all links */
};

static struct val key_of(const struct end *e, const char *key)
{
	struct val v;

	return val_get(&e->at, key, &v) ? v : e->at;
}

static bool allows(const struct config_link *link, uint32_t asn)
{
	for (size_t i = 0; link && i < link->n_asn; i++)
		if (asn >= link->asn[i].first && asn <= link->asn[i].last)
			return true;
	return !link || link->n_asn == 0;
}

static void check_asn(const struct end *one, const struct end *other)
{
	struct val v = key_of(one, "asn"), asn = node_val(other->node, "asn");
	char at[AT_LEN];

	if (!allows(one->link, other->node->r.c->asn))
		val_bad(&one->node->r, &v, "does not allow %u, the AS of %s, which %s is connected to, allowed: a list that has it", other->node->r.c->asn,
			node_at(other->node, &asn, at), one->port);
}

static const char *role_shown(enum role role)
{
	return role ? role_str(role) : "none";
}

static void check_role_pair(const struct end *one, const struct end *other)
{
	enum role a = one->link ? one->link->terms.role : ROLE_NONE, b = other->link ? other->link->terms.role : ROLE_NONE;
	bool strict = (a && !b && one->link->terms.role_strict) || (b && !a && other->link->terms.role_strict);
	struct val v = key_of(one, "role"), theirs = key_of(other, "role");
	char at[AT_LEN];

	if ((a && b && !role_pair_ok(a, b)) || strict)   /* RFC 9234 4.2 */
		val_bad(&one->node->r, &v, "the role here is %s, at the other end of the cable, %s of %s, %s, allowed: the two of a pair, such as provider and customer",
			role_shown(a), other->port, node_at(other->node, &theirs, at), role_shown(b));
}

/* The values stand in no message. */
static void check_password(const struct end *one, const struct end *other)
{
	const char *a = one->link ? one->link->terms.password : "", *b = other->link ? other->link->terms.password : "";
	struct val v = key_of(one, "password"), theirs = key_of(other, "password");
	char at[AT_LEN];

	if (strcmp(a, b) != 0)
		val_bad(&one->node->r, &v, "%s the other end of the cable, %s of %s, has %s, allowed: the same password at both ends",
			*a ? "there is a password, and" : "there is no password, and", other->port, node_at(other->node, &theirs, at),
			!*b ? "none" : *a ? "another one" : "one");
}

/* --- the plan itself --------------------------------------------------------------------------------------------------------------- */
static bool is_outside(const struct fabric *f, const char *host)
{
	for (size_t i = 0; i < f->n_outside; i++)
		if (fnmatch(f->outside[i], host, 0) == 0)
			return true;
	return false;
}

/* What is looked for among all names once for a name, however many links expect it. */
static const char *near_name(const struct fabric *f, const char *host, const char **names)
{
	for (size_t i = 0; i < f->n_names; i++)
		names[i] = f->nodes[f->by_name[i]]->name;
	return suggest(host, names, f->n_names);
}

static const char *colon_of(const struct fabric_cable *cable)
{
	return *cable->entry->expect.port ? ":" : "";
}

static void unknown_node(struct fabric *f, const struct fabric_cable *cable, const char *near)
{
	const struct cable_end *end = &cable->entry->expect;

	if (near)
		val_bad(&f->nodes[cable->node]->r, &cable->expect, "there is no node %s, did you mean \"%s%s%s\"?", end->host, near, colon_of(cable), end->port);
	else
		val_bad(&f->nodes[cable->node]->r, &cable->expect, "there is no node %s, allowed: one of these files, or one that --outside names", end->host);
}

/* The other node's port that does mean this one. */
static const char *port_towards(const struct fabric *f, const struct fabric_cable *cable)
{
	const struct fabric_node *peer = f->nodes[cable->peer];

	for (size_t i = peer->first_cable; i < peer->first_cable + peer->n_cables; i++)
		if (leads_to(&f->cables[i], cable) && !strpbrk(f->cables[i].entry->glob, "*?["))
			return f->cables[i].entry->glob;
	return NULL;
}

static void not_mutual(struct fabric *f, const struct fabric_cable *cable)
{
	struct fabric_node *node = f->nodes[cable->node], *peer = f->nodes[cable->peer];
	const char *at_port = cable->entry->expect.port, *port = port_towards(f, cable), *glob = cable->entry->glob;
	const struct fabric_cable *theirs = *at_port ? cable_at(f, cable->peer, at_port) : NULL;
	struct val v = theirs ? theirs->expect : node_val(peer, "links");
	bool several = strpbrk(glob, "*?[");
	char at[AT_LEN], what[AT_LEN + 400];

	if (theirs)
		snprintf(what, sizeof(what), "%s expects %s%s%s at %s", node_at(peer, &v, at), theirs->entry->expect.host, colon_of(theirs),
			 theirs->entry->expect.port, at_port);
	else
		snprintf(what, sizeof(what), "%s expects %s at %s", node_at(peer, &v, at), *at_port ? "nobody" : node->name,
			 *at_port ? at_port : "none of its links");
	if (port && *at_port)
		val_bad(&node->r, &cable->expect, "%s, did you mean \"%s:%s\"?", what, cable->entry->expect.host, port);
	else
		val_bad(&node->r, &cable->expect, "%s, allowed: \"%s%s%s\" there", what, node->name, several ? "" : ":", several ? "" : glob);
}

/* The cable's other end, when its node says nothing of a plan there. false: it is no link that could have a session. */
static bool find_end(struct end *end)
{
	end->link = config_link_for(end->node->r.c, end->port);
	end->links = node_val(end->node, "links");
	if (!end->link || !val_get(&end->links, end->link->glob, &end->at))
		end->at = end->links;
	return end->link || end->node->r.c->links_auto;
}

static void check_cable(struct fabric *f, const struct fabric_cable *cable)
{
	struct fabric_node *node = f->nodes[cable->node], *peer = f->nodes[cable->peer];
	const struct fabric_cable *theirs;
	const char *port = cable->entry->expect.port;
	struct end one = { node, cable->entry, cable->entry->glob, cable->links, cable->link }, other = { .node = peer, .port = port };
	char at[AT_LEN];

	if (peer == node) {
		val_bad(&node->r, &cable->expect, "is this node itself, allowed: another one");
		return;
	}
	if (!peer->r.c)
		return;
	theirs = other_way(f, cable);
	if (!theirs && peer->n_cables) {
		not_mutual(f, cable);
		return;
	}
	if (theirs) {
		other = (struct end){ peer, theirs->entry, theirs->entry->glob, theirs->links, theirs->link };
	} else if (*port && !find_end(&other)) {
		val_bad(&node->r, &cable->expect, "%s is no fabric link of %s, allowed: one that its links name", port, node_at(peer, &other.at, at));
		return;
	}
	check_asn(&one, &other);
	if (!theirs && *port)            /* nobody else looks from there */
		check_asn(&other, &one);
	if (theirs ? cable < theirs : *port != 0) {
		check_role_pair(&one, &other);
		check_password(&one, &other);
	}
}

/* Whoever is not known comes last, name by name. */
static int by_target(const void *a, const void *b)
{
	const struct fabric_cable *x = *(const struct fabric_cable *const *)a, *y = *(const struct fabric_cable *const *)b;
	int d = x->peer != y->peer ? (x->peer < y->peer ? -1 : 1) : x->peer == NOBODY ? strcasecmp(x->entry->expect.host, y->entry->expect.host) : 0;

	if (d == 0)
		d = strcmp(x->entry->expect.port, y->entry->expect.port);
	return d ? d : x < y ? -1 : x > y;
}

static bool same_target(const struct fabric_cable *a, const struct fabric_cable *b)
{
	return a->peer == b->peer && (a->peer != NOBODY || strcasecmp(a->entry->expect.host, b->entry->expect.host) == 0);
}

/* What is to be asked of each name, or port, that is expected, in their order. */
static int check_targets(struct fabric *f)
{
	AUTO_FREE const struct fabric_cable **order = calloc(f->n_cables + 1, sizeof(*order));
	AUTO_FREE const char **names = calloc(f->n_names + 1, sizeof(*names));
	const char *near = NULL;
	size_t first = 0;
	char at[AT_LEN];

	if (!order || !names)
		return -ENOMEM;
	for (size_t i = 0; i < f->n_cables; i++)
		order[i] = &f->cables[i];
	qsort(order, f->n_cables, sizeof(*order), by_target);
	for (size_t i = 0; i < f->n_cables; i++) {
		const struct fabric_cable *a = order[first], *b = order[i];
		bool same = i > 0 && same_target(order[i - 1], b);

		if (b->peer == NOBODY && !same)
			near = near_name(f, b->entry->expect.host, names);
		if (b->peer == NOBODY && !is_outside(f, b->entry->expect.host))
			unknown_node(f, b, near);
		if (!same || strcmp(a->entry->expect.port, b->entry->expect.port) != 0)
			first = i;
		else if (*b->entry->expect.port)
			val_bad(&f->nodes[b->node]->r, &b->expect, "%s:%s is what %s of %s expects too, allowed: one cable for each port", b->entry->expect.host,
				b->entry->expect.port, a->entry->glob, node_at(f->nodes[a->node], &a->expect, at));
	}
	return 0;
}

int fabric_cables_check(struct fabric *f)
{
	int r = check_targets(f);

	for (size_t i = 0; i < f->n_cables && r == 0; i++)
		if (f->cables[i].peer != NOBODY)
			check_cable(f, &f->cables[i]);
	return r;
}
