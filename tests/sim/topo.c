/* The shapes of simulated fabrics, and the names, AS numbers and addresses of those who are in them. */
#include "tests/sim/sim.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

#define BIG_SHARE 1000                   /* one seed of so many */

static const struct { const char *name; unsigned n; } kinds[] = {
	[TOPO_CLOS] = { "clos", 2 }, [TOPO_FIVE] = { "five", 4 }, [TOPO_RING] = { "ring", 1 }, [TOPO_RANDOM] = { "random", 1 }, [TOPO_HOSTS] = { "hosts", 3 },
};

static const struct { const char *text; unsigned weight; } mix[] = {
	{ "clos:4x8", 30 }, { "clos:2x4", 20 }, { "five:3x2x3x2", 20 }, { "ring:7", 10 }, { "random:12", 15 }, { "hosts:2x4x4", 15 }, { TOPO_BIG, 0 },
};

const char *topo_mix(unsigned i)
{
	return i < ARRAY_LEN(mix) ? mix[i].text : NULL;
}

/* The nodes, and the most ports that one of them has. */
static unsigned size_of(const struct topo *t, unsigned *ret_ports)
{
	const unsigned *n = t->n;

	switch (t->kind) {
	case TOPO_CLOS:
		*ret_ports = n[0] > n[1] ? n[0] : n[1];
		return n[0] + n[1];
	case TOPO_FIVE:
		*ret_ports = n[2] + n[3] > n[0] ? n[2] + n[3] : n[0];
		return n[0] * (n[1] + n[2]) + n[1] * n[3];
	case TOPO_RING:
		*ret_ports = 2;
		return n[0];
	case TOPO_RANDOM:
		*ret_ports = 2 * n[0];
		return n[0];
	case TOPO_HOSTS:
		*ret_ports = n[0] + 2 * n[2] > n[1] ? n[0] + 2 * n[2] : n[1];
		return n[0] + n[1] + n[2];
	}
	return 0;
}

unsigned topo_nodes(const struct topo *t)
{
	unsigned ports;

	return size_of(t, &ports);
}

bool topo_parse(const char *text, struct topo *ret)
{
	unsigned ports;
	char *end;

	for (unsigned k = 0; k < ARRAY_LEN(kinds); k++) {
		size_t len = strlen(kinds[k].name);

		if (strncmp(text, kinds[k].name, len) != 0 || text[len] != ':')
			continue;
		*ret = (struct topo){ .kind = (enum topo_kind)k };
		text += len + 1;
		for (unsigned i = 0; i < kinds[k].n; i++) {
			unsigned long v = strtoul(text, &end, 10);

			if (end == text || v < 1 || v > SIM_NODES || *end != (i + 1 < kinds[k].n ? 'x' : '\0'))
				return false;
			ret->n[i] = (unsigned)v;
			text = end + 1;
		}
		if ((ret->kind == TOPO_RING && ret->n[0] < 3) || (ret->kind == TOPO_HOSTS && ret->n[1] < 2))
			return false;
		return size_of(ret, &ports) <= SIM_NODES && ports <= SIM_PORTS && (ret->kind != TOPO_FIVE || ret->n[0] < 63);
	}
	return false;
}

char *topo_str(const struct topo *t, char buf[TOPO_STRLEN])
{
	int at = snprintf(buf, TOPO_STRLEN, "%s", kinds[t->kind].name);

	for (unsigned i = 0; i < kinds[t->kind].n; i++)
		at += snprintf(buf + at, TOPO_STRLEN - (size_t)at, "%c%u", i ? 'x' : ':', t->n[i]);
	return buf;
}

void topo_of_seed(uint64_t seed, struct topo *ret)
{
	struct rng r = { .s = seed ^ 0x746f706full };
	unsigned sum = 0, at;

	for (unsigned i = 0; i < ARRAY_LEN(mix); i++)
		sum += mix[i].weight;
	at = rng_below(&r, sum);
	for (unsigned i = 0; i < ARRAY_LEN(mix); i++) {
		if (seed % BIG_SHARE ? at < mix[i].weight : !strcmp(mix[i].text, TOPO_BIG)) {
			topo_parse(mix[i].text, ret);
			return;
		}
		at -= seed % BIG_SHARE ? mix[i].weight : 0;
	}
}

/* --- building ------------------------------------------------------------------------------------------------------------------ */
static struct node *add(struct world *w, enum tier tier, unsigned group, const char *name)
{
	struct node *n = &w->nodes[w->n_nodes++];
	char id[32];

	n->world = w;
	n->id = w->n_nodes;
	n->tier = tier;
	n->powered = true;
	snprintf(n->name, sizeof(n->name), "%s", name);
	n->asn = 4210000000u + n->id;
	if (group && w->shared_asn) {            /* as fabrics do (RFC 7938 5.2.1): the spines of a pod, all super-spines have one AS */
		n->asn = 4200000000u + group;
		n->group = 1ull << group;
	}
	snprintf(id, sizeof(id), "10.%u.%u.%u", tier, n->id >> 8, n->id & 255);
	inet_pton(AF_INET, id, &n->router_id);
	lo_first(n);
	if (model_new(&n->kernel, n) < 0)
		abort();
	return n;
}

static void plug_in(struct node *n, struct cable *c, int end)
{
	struct sim_port *p = &n->ports[n->n_ports];

	p->cable = c;
	p->end = end;
	p->admin_up = true;
	memcpy(p->mac, (uint8_t[]){ 2, 0, (uint8_t)(n->id >> 8), (uint8_t)n->id, 0, (uint8_t)n->n_ports }, 6);
	p->ll = (struct in6_addr){ .s6_addr = { 0xfe, 0x80, [12] = (uint8_t)(n->id >> 8), (uint8_t)n->id, [15] = 1 } };       /* the same on every port of a node */
	c->node[end] = n;
	c->port[end] = n->n_ports++;
}

static void join(struct world *w, struct node *a, struct node *b)
{
	struct cable *c = &w->cables[w->n_cables];

	c->plugged = true;
	c->mbps = (a->n_ports + b->n_ports) % 3 ? 10000 : 4000;
	w->n_cables++;
	plug_in(a, c, 0);
	plug_in(b, c, 1);
}

static void two_tiers(struct world *w, unsigned spines, unsigned leaves)
{
	char name[32];

	for (unsigned s = 0; s < spines; s++) {
		snprintf(name, sizeof(name), "spine%02u", s + 1);
		add(w, TIER_SPINE, 1, name);
	}
	for (unsigned l = 0; l < leaves; l++) {
		snprintf(name, sizeof(name), "leaf%02u", l + 1);
		add(w, TIER_LEAF, 0, name);
		for (unsigned s = 0; s < spines; s++)
			join(w, &w->nodes[s], &w->nodes[spines + l]);
	}
}

static void five_stages(struct world *w, const unsigned *n)
{
	struct node *spine;
	char name[32];

	for (unsigned u = 0; u < n[1] * n[3]; u++) {
		snprintf(name, sizeof(name), "super%02u", u + 1);
		add(w, TIER_SUPER, 63, name);
	}
	for (unsigned p = 0; p < n[0]; p++) {
		unsigned first = w->n_nodes;

		for (unsigned s = 0; s < n[1]; s++) {
			snprintf(name, sizeof(name), "p%02uspine%02u", p + 1, s + 1);
			spine = add(w, TIER_SPINE, p + 1, name);
			for (unsigned u = 0; u < n[3]; u++)
				join(w, &w->nodes[s * n[3] + u], spine);
		}
		for (unsigned l = 0; l < n[2]; l++) {
			snprintf(name, sizeof(name), "p%02uleaf%02u", p + 1, l + 1);
			add(w, TIER_LEAF, 0, name);
			for (unsigned s = 0; s < n[1]; s++)
				join(w, &w->nodes[first + s], &w->nodes[first + n[1] + l]);
		}
	}
}

/* Every node after the first is joined to one before it, and half as many cables more between any two; also in a ring there is no tier. */
static void graph(struct world *w, unsigned n, bool ring)
{
	unsigned a, b;
	char name[32];

	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "node%02u", i + 1);
		add(w, TIER_NONE, 0, name);
		if (i)
			join(w, &w->nodes[ring ? i - 1 : rng_below(&w->rng, i)], &w->nodes[i]);
	}
	if (ring)
		join(w, &w->nodes[n - 1], &w->nodes[0]);
	for (unsigned i = 0; !ring && i < n / 2; i++) {
		a = rng_below(&w->rng, n);
		b = rng_below(&w->rng, n - 1);
		join(w, &w->nodes[a], &w->nodes[b + (b >= a)]);
	}
}

static void servers(struct world *w, unsigned spines, unsigned leaves, unsigned hosts)
{
	char name[32];

	for (unsigned h = 0; h < hosts; h++) {
		struct node *n;

		snprintf(name, sizeof(name), "host%02u", h + 1);
		n = add(w, TIER_HOST, 0, name);
		for (unsigned i = 0; i < 2; i++)
			join(w, &w->nodes[spines + (h + i) % leaves], n);
	}
}

void topo_build(struct world *w)
{
	const struct topo *t = &w->cfg.topo;
	unsigned ports, n = size_of(t, &ports);

	w->nodes = calloc(n, sizeof(*w->nodes));
	w->cables = calloc((size_t)n * ports, sizeof(*w->cables));
	if (!w->nodes || !w->cables)
		abort();
	w->valley_free = w->shared_asn && t->kind != TOPO_RING && t->kind != TOPO_RANDOM;
	switch (t->kind) {
	case TOPO_CLOS:
		two_tiers(w, t->n[0], t->n[1]);
		break;
	case TOPO_FIVE:
		five_stages(w, t->n);
		break;
	case TOPO_RING:
	case TOPO_RANDOM:
		graph(w, n, t->kind == TOPO_RING);
		break;
	case TOPO_HOSTS:
		two_tiers(w, t->n[0], t->n[1]);
		servers(w, t->n[0], t->n[1], t->n[2]);
		break;
	}
}
