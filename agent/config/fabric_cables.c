/* Both ends of each cable: what "expect" of one link says of the link at its other end. Findings stand where the plan does. */
#include "agent/config/fabric_priv.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/suggest.h"

static bool split(const char *said, struct fabric_cable *cable)
{
	const char *colon = said ? strrchr(said, ':') : NULL;

	if (!colon || (size_t)(colon - said) >= sizeof(cable->host) || strlen(colon + 1) >= sizeof(cable->peer_port))
		return false;
	memcpy(cable->host, said, (size_t)(colon - said));
	cable->host[colon - said] = '\0';
	strcpy(cable->peer_port, colon + 1);
	return true;
}

static size_t count(const struct fabric *f)
{
	json_t *links, *link;
	const char *key;
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		links = f->nodes[i]->r.c ? json_object_get(f->nodes[i]->json, "links") : NULL;
		json_object_foreach(links, key, link)
			n += json_is_string(json_object_get(link, "expect"));
	}
	return n;
}

static void read_node(struct fabric *f, size_t i)
{
	const struct fabric_node *node = f->nodes[i];
	struct val links = node_val(node, "links"), link;

	if (!links.key || !json_is_object(links.json))
		return;
	for (bool more = val_first(&links, &link); more; more = val_next(&link)) {
		struct fabric_cable *cable = &f->cables[f->n_cables];
		struct val expect;

		if (!val_get(&link, "expect", &expect) || !split(json_string_value(expect.json), cable))
			continue;
		cable->node = i;
		cable->port = link.key;
		cable->peer = fabric_find(f, cable->host);
		cable->links = links;
		cable->link = link;
		cable->expect = expect;
		f->n_cables++;
	}
}

static int by_port(const void *a, const void *b)
{
	const struct fabric_cable *x = a, *y = b;

	return x->node != y->node ? (x->node < y->node ? -1 : 1) : strcmp(x->port, y->port);
}

int fabric_cables_read(struct fabric *f)
{
	f->cables = calloc(count(f) + 1, sizeof(*f->cables));
	if (!f->cables)
		return -ENOMEM;
	for (size_t i = 0; i < f->n; i++)
		if (f->nodes[i]->r.c)
			read_node(f, i);
	qsort(f->cables, f->n_cables, sizeof(*f->cables), by_port);
	for (size_t i = 0; i < f->n_cables; i++) {       /* here they stay: the way up to the root */
		struct fabric_node *node = f->nodes[f->cables[i].node];

		f->cables[i].link.up = &f->cables[i].links;
		f->cables[i].expect.up = &f->cables[i].link;
		if (node->n_cables++ == 0)
			node->first_cable = i;
	}
	return 0;
}

/* Of the node, at the port. */
static const struct fabric_cable *cable_at(const struct fabric *f, size_t node, const char *port)
{
	struct fabric_cable key = { .node = node, .port = port };

	return bsearch(&key, f->cables + f->nodes[node]->first_cable, f->nodes[node]->n_cables, sizeof(key), by_port);
}

static bool leads_to(const struct fabric *f, const struct fabric_cable *from, const struct fabric_cable *to)
{
	return from->peer == to->node && strcmp(from->peer_port, to->port) == 0 && strcmp(from->host, f->nodes[to->node]->name) == 0;
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

static void unknown_node(struct fabric *f, const struct fabric_cable *cable, const char *near)
{
	if (near)
		val_bad(&f->nodes[cable->node]->r, &cable->expect, "there is no node %s, did you mean \"%s:%s\"?", cable->host, near, cable->peer_port);
	else
		val_bad(&f->nodes[cable->node]->r, &cable->expect, "there is no node %s, allowed: one of these files, or one that --outside names", cable->host);
}

/* The port of the other node that does expect this one. */
static const char *port_towards(const struct fabric *f, const struct fabric_cable *cable)
{
	const struct fabric_node *peer = f->nodes[cable->peer];

	for (size_t i = peer->first_cable; i < peer->first_cable + peer->n_cables; i++)
		if (leads_to(f, &f->cables[i], cable))
			return f->cables[i].port;
	return NULL;
}

static void not_mutual(struct fabric *f, const struct fabric_cable *cable, const struct fabric_cable *theirs)
{
	struct fabric_node *node = f->nodes[cable->node], *peer = f->nodes[cable->peer];
	const char *port = port_towards(f, cable);
	struct val v = theirs ? theirs->expect : node_val(peer, "links");
	char at[AT_LEN], what[AT_LEN + 160];

	if (theirs)
		snprintf(what, sizeof(what), "%s expects %s:%s at %s", node_at(peer, &v, at), theirs->host, theirs->peer_port, cable->peer_port);
	else
		snprintf(what, sizeof(what), "%s expects nobody at %s, but does at other links", node_at(peer, &v, at), cable->peer_port);
	if (port)
		val_bad(&node->r, &cable->expect, "%s, did you mean \"%s:%s\"?", what, cable->host, port);
	else
		val_bad(&node->r, &cable->expect, "%s, allowed: \"%s:%s\" there", what, node->name, cable->port);
}

/* The cable's other end, when its node says nothing of a plan there. false: it is no link that could have a session. */
static bool find_end(struct fabric_node *peer, const char *port, struct end *ret)
{
	*ret = (struct end){ .node = peer, .port = port, .link = config_link_for(peer->r.c, port), .links = node_val(peer, "links") };
	if (!ret->link || !val_get(&ret->links, ret->link->glob, &ret->at))
		ret->at = ret->links;
	return ret->link || peer->r.c->links_auto;
}

static void check_cable(struct fabric *f, const struct fabric_cable *cable)
{
	struct fabric_node *node = f->nodes[cable->node], *peer;
	const struct fabric_cable *theirs;
	struct end one = { node, config_link_for(node->r.c, cable->port), cable->port, cable->links, cable->link }, other;
	char at[AT_LEN];

	peer = f->nodes[cable->peer];
	if (cable->peer == cable->node) {
		val_bad(&node->r, &cable->expect, "is this node itself, allowed: another one");
		return;
	}
	if (!peer->r.c)
		return;
	theirs = cable_at(f, cable->peer, cable->peer_port);
	if (peer->n_cables && (!theirs || !leads_to(f, theirs, cable))) {
		not_mutual(f, cable, theirs);
		return;
	}
	if (!find_end(peer, cable->peer_port, &other)) {
		val_bad(&node->r, &cable->expect, "%s is no fabric link of %s, allowed: one that its links name", cable->peer_port, node_at(peer, &other.at, at));
		return;
	}
	if (theirs)
		other.at = theirs->link;
	check_asn(&one, &other);
	if (!theirs)                     /* nobody else looks from there */
		check_asn(&other, &one);
	if (!theirs || cable < theirs) {
		check_role_pair(&one, &other);
		check_password(&one, &other);
	}
}

static int by_target(const void *a, const void *b)
{
	const struct fabric_cable *x = *(const struct fabric_cable *const *)a, *y = *(const struct fabric_cable *const *)b;
	int d = strcmp(x->host, y->host);

	if (d == 0)
		d = strcmp(x->peer_port, y->peer_port);
	return d ? d : x < y ? -1 : x > y;
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
		bool same_host = i > 0 && strcmp(order[i - 1]->host, b->host) == 0;

		if (b->peer == NOBODY && !same_host)
			near = near_name(f, b->host, names);
		if (b->peer == NOBODY && !is_outside(f, b->host))
			unknown_node(f, b, near);
		if (!same_host || strcmp(a->peer_port, b->peer_port) != 0)
			first = i;
		else
			val_bad(&f->nodes[b->node]->r, &b->expect, "%s:%s is what %s of %s expects too, allowed: one cable for each port", b->host, b->peer_port,
				a->port, node_at(f->nodes[a->node], &a->expect, at));
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
