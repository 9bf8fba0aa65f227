#include "tests/sim/right.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define SUBNET_LEN 26                    /* as the servers behind a leaf have */
#define SUBNETS_NET 0x0a400000u          /* 10.64.0.0/10: 512 nodes with 128 subnets */

void right_init(struct right *r, struct world *w, unsigned subnets)
{
	*r = (struct right){ .w = w, .subnets = subnets, .want = calloc((size_t)w->n_nodes * w->n_nodes, sizeof(*r->want)) };
	if (!r->want)
		abort();
}

void right_free(struct right *r)
{
	free(r->want);
}

bool right_prefix(const struct right *r, const struct node *of, unsigned k, struct prefix *ret)
{
	struct in_addr a = of->router_id;

	if (k > (of->tier == TIER_LEAF ? r->subnets : 0))
		return false;
	if (k)
		a.s_addr = htonl(SUBNETS_NET | of->id << 13 | (k - 1) << 6);
	*ret = prefix4(a, k ? SUBNET_LEN : 32);
	return true;
}

static struct portset *want_of(const struct right *r, unsigned from, unsigned to)
{
	return &r->want[(size_t)from * r->w->n_nodes + to];
}

static bool is_right(const struct right *r, const struct node *n, unsigned to)
{
	const struct portset *want = want_of(r, n->id - 1, to);
	struct portset have;
	struct prefix p;

	for (unsigned k = 0; right_prefix(r, &r->w->nodes[to], k, &p); k++)
		if (model_route(n->kernel, &p, &have) == portset_empty(want) || !portset_eq(&have, want))
			return false;
	return true;
}

static bool all_right(struct right *r, const struct node *n)
{
	unsigned *at = &r->wrong_at[n->id - 1], n_nodes = r->w->n_nodes;

	if (!n->agent)
		return true;
	if (model_n_routes(n->kernel) != r->n_routes[n->id - 1])
		return false;
	for (unsigned i = 0; i < n_nodes; i++) {         /* what was wrong before first: it often is so still */
		if (!is_right(r, n, *at))
			return false;
		*at = (*at + 1) % n_nodes;
	}
	return true;
}

void right_look(struct right *r, const struct node *n)
{
	bool *wrong = &r->wrong[n->id - 1];

	r->n_wrong -= *wrong;
	*wrong = !all_right(r, n);
	r->n_wrong += *wrong;
}

void right_want(struct right *r)
{
	struct world *w = r->w;
	struct prefix ignored;
	struct paths paths;

	memset(r->want, 0, (size_t)w->n_nodes * w->n_nodes * sizeof(*r->want));
	memset(r->n_routes, 0, sizeof(r->n_routes));
	graph_look(w);
	for (unsigned to = 0; to < w->n_nodes; to++) {
		graph_paths(w, &w->nodes[to], &paths);
		for (unsigned i = 0; i < w->n_nodes; i++) {
			struct portset *want = want_of(r, i, to);

			for (unsigned p = 0; p < w->nodes[i].n_ports; p++)
				if (graph_uses(&w->nodes[i], p, &paths))
					portset_add(want, p);
			for (unsigned k = 0; !portset_empty(want) && right_prefix(r, &w->nodes[to], k, &ignored); k++)
				r->n_routes[i]++;
		}
	}
	for (unsigned i = 0; i < w->n_nodes; i++)
		right_look(r, &w->nodes[i]);
}

void right_print(const struct right *r, const char *before, FILE *f)
{
	struct portset ports;
	struct prefix p;
	char s[SIM_PORTS * 8];

	for (unsigned i = 0; i < r->w->n_nodes; i++)
		for (unsigned to = 0; to < r->w->n_nodes; to++)
			for (unsigned k = 0; right_prefix(r, &r->w->nodes[to], k, &p); k++)
				if (model_route(r->w->nodes[i].kernel, &p, &ports))
					fprintf(f, "%s\troute\t%s %s %s %s\n", before, r->w->nodes[i].name, r->w->nodes[to].name,
						k ? "subnet" : "loopback", portset_str(&ports, s, sizeof(s)));
}
