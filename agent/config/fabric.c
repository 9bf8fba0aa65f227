#include "agent/config/fabric_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

int fabric_new(struct fabric **ret, const char *const *outside, size_t n)
{
	struct fabric *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->outside = outside;
	f->n_outside = n;
	*ret = f;
	return 0;
}

static void node_free(struct fabric_node *node)
{
	if (!node)
		return;
	config_errors_free(node->r.errors);
	config_free(node->r.c);
	json_decref(node->json);
	free(node->places);
	free(node->file);
	free(node->text);
	free(node->name);
	free(node);
}

void fabric_free(struct fabric *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		node_free(f->nodes[i]);
	free(f->nodes);
	free(f->by_name);
	free(f->cables);
	free(f);
}

/* /etc/nodes/leaf01.json and leaf01/weft.json are leaf01. */
static char *name_of_file(const char *file)
{
	const char *end = file + strlen(file), *at;
	char *name;

	if (end - file > 5 && strcmp(end - 5, ".json") == 0)
		end -= 5;
	at = memrchr(file, '/', (size_t)(end - file));
	if (at && at > file && end - at == 5 && strncmp(at, "/weft", 5) == 0) {
		end = at;
		at = memrchr(file, '/', (size_t)(end - file));
	}
	at = at ? at + 1 : file;
	name = strndup(at, (size_t)(end - at));
	for (char *p = name; p && *p; p++)               /* it is shown: nothing that moves a cursor */
		if (*p <= ' ' || *p > '~')
			*p = '?';
	return name;
}

static int node_new(struct fabric *f, const char *file, struct fabric_node **ret)
{
	struct fabric_node *node = calloc(1, sizeof(*node)), **grown = f->nodes;

	if (node && f->n == f->room) {
		f->room = f->room ? 2 * f->room : 64;
		grown = realloc(f->nodes, f->room * sizeof(*grown));
	}
	if (!node || !grown) {
		free(node);
		return -ENOMEM;
	}
	f->nodes = grown;
	f->nodes[f->n++] = node;
	node->file = strdup(file);
	node->name = name_of_file(file);
	*ret = node;
	return node->file && node->name ? 0 : -ENOMEM;
}

/* The tree and its places once more: config_parse keeps neither, and only here they are asked for afterwards. */
static int keep_tree(struct fabric_node *node)
{
	const char *said;
	int r;

	node->json = json_loadb(node->text, node->n, JSON_REJECT_DUPLICATES, NULL);
	if (!node->json)
		return node->r.c ? -ENOMEM : 0;
	r = place_all(node->text, node->n, &node->places);
	if (r < 0)
		return r;
	node->root = (struct val){ .json = node->json, .place = node->places };
	said = json_string_value(json_object_get(node->json, "hostname"));
	if (node->r.c ? *node->r.c->hostname != 0 : said != NULL) {
		free(node->name);
		node->name = strdup(node->r.c ? node->r.c->hostname : said);
	}
	return node->name ? 0 : -ENOMEM;
}

int fabric_add(struct fabric *f, const char *file, char *text, size_t n)
{
	AUTO_FREE char *mine = text;
	struct fabric_node *node;
	int r = node_new(f, file, &node);

	if (r < 0)
		return r;
	node->text = TAKE(mine);
	node->n = n;
	r = config_parse(text, n, node->file, &node->r.c, &node->r.errors);
	if (r == 0)
		r = errors_new(&node->r.errors, node->file);
	if (r < 0 && r != -EINVAL)
		return r;
	return keep_tree(node);
}

int fabric_refuse(struct fabric *f, const char *file, const char *why)
{
	struct fabric_node *node;
	int r = node_new(f, file, &node);

	if (r == 0)
		r = errors_new(&node->r.errors, node->file);
	if (r < 0)
		return r;
	errors_add(node->r.errors, ERRORS_NO_PLACE, "%s", why);
	return errors_finish(node->r.errors, NULL, 0);
}

size_t fabric_count(const struct fabric *f)
{
	return f->n;
}

const char *fabric_file(const struct fabric *f, size_t i)
{
	return f->nodes[i]->file;
}

const char *fabric_name(const struct fabric *f, size_t i)
{
	return f->nodes[i]->name;
}

const struct config_errors *fabric_errors(const struct fabric *f, size_t i)
{
	return f->nodes[i]->r.errors;
}

struct val node_val(const struct fabric_node *node, const char *key)
{
	struct val v;

	return val_get(&node->root, key, &v) ? v : node->root;
}

const char *node_at(const struct fabric_node *node, const struct val *v, char buf[AT_LEN])
{
	struct spot spot = SPOT_START;

	spot_go(&spot, node->text, node->n, v->place->at);
	snprintf(buf, AT_LEN, "%.80s (%.500s:%zu:%zu)", node->name, node->file, spot.line, spot.column);
	return buf;
}

/* --- names and router-ids -------------------------------------------------------------------------------------------------------- */
static int cmp_label(const char *a, const char *b)
{
	size_t n = strcspn(a, "."), m = strcspn(b, ".");
	int d = strncasecmp(a, b, n < m ? n : m);

	return d ? d : n < m ? -1 : n > m;
}

/* leaf1, leaf1.a, leaf1.b, leaf10 */
static int by_name(const void *a, const void *b, void *ctx)
{
	const struct fabric *f = ctx;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int d = cmp_label(f->nodes[x]->name, f->nodes[y]->name);

	if (d == 0)
		d = strcasecmp(f->nodes[x]->name, f->nodes[y]->name);
	return d ? d : x < y ? -1 : x > y;
}

static int by_router_id(const void *a, const void *b, void *ctx)
{
	const struct fabric *f = ctx;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	uint32_t p = ntohl(f->nodes[x]->r.c->router_id.s_addr), q = ntohl(f->nodes[y]->r.c->router_id.s_addr);

	return p != q ? (p < q ? -1 : 1) : x < y ? -1 : x > y;
}

size_t fabric_find(const struct fabric *f, const char *name)
{
	size_t low = 0, high = f->n_names;

	while (low < high) {                     /* the first one with that label */
		size_t mid = (low + high) / 2;

		if (cmp_label(f->nodes[f->by_name[mid]]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < f->n_names; low++) {
		const char *other = f->nodes[f->by_name[low]]->name;

		if (cmp_label(other, name) != 0)
			break;
		if (!strchr(name, '.') || !strchr(other, '.') || strcasecmp(name, other) == 0)
			return f->by_name[low];
	}
	return NOBODY;
}

static void same_name(struct fabric *f, size_t first, size_t second)
{
	struct fabric_node *a = f->nodes[first], *b = f->nodes[second];
	struct val va = node_val(a, "hostname"), vb = node_val(b, "hostname");
	char at[AT_LEN];

	if (!a->json)
		val_bad(&b->r, &vb, "the name %s is that of %.500s too, allowed: a hostname of its own", b->name, a->file);
	else
		val_bad(&b->r, &vb, "the name is that of %s too, allowed: a hostname of its own", node_at(a, &va, at));
}

static int check_names(struct fabric *f)
{
	f->by_name = calloc(f->n + 1, sizeof(*f->by_name));
	if (!f->by_name)
		return -ENOMEM;
	for (size_t i = 0; i < f->n; i++)
		f->by_name[i] = i;
	qsort_r(f->by_name, f->n, sizeof(*f->by_name), by_name, f);
	for (size_t i = 0; i < f->n; i++) {
		size_t node = f->by_name[i], *last = f->n_names ? &f->by_name[f->n_names - 1] : NULL;

		if (!last || strcasecmp(f->nodes[*last]->name, f->nodes[node]->name) != 0)
			f->by_name[f->n_names++] = node;
		else if (f->nodes[node]->r.c)
			same_name(f, *last, node);
	}
	return 0;
}

static int check_router_ids(struct fabric *f)
{
	AUTO_FREE size_t *order = calloc(f->n + 1, sizeof(*order));
	size_t n = 0, first = 0;
	char at[AT_LEN];

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < f->n; i++)
		if (f->nodes[i]->r.c)
			order[n++] = i;
	qsort_r(order, n, sizeof(*order), by_router_id, f);
	for (size_t i = 1; i < n; i++) {
		struct fabric_node *a = f->nodes[order[first]], *b = f->nodes[order[i]];
		struct val va = node_val(a, "router_id"), vb = node_val(b, "router_id");

		if (a->r.c->router_id.s_addr != b->r.c->router_id.s_addr)
			first = i;
		else
			val_bad(&b->r, &vb, "is that of %s too, allowed: an address of its own", node_at(a, &va, at));
	}
	return 0;
}

int fabric_check(struct fabric *f)
{
	int r = check_names(f);

	if (r == 0)
		r = check_router_ids(f);
	if (r == 0)
		r = fabric_cables_read(f);
	if (r == 0)
		r = fabric_cables_check(f);
	if (r == 0)
		r = fabric_asn_check(f);
	if (r == 0)
		r = fabric_numbered_check(f);
	for (size_t i = 0; i < f->n && r == 0; i++)
		if (f->nodes[i]->r.c)
			r = errors_finish(f->nodes[i]->r.errors, f->nodes[i]->text, f->nodes[i]->n);
	return r;
}
