/* tests/sim/topo.h: the shapes of simulated fabrics, as text: who is there, and which cable joins whom.
 *
 *   clos:SxL        two tiers: S spines, L leaves, a cable between each two
 *   five:PxSxLxU    three tiers, five stages: P pods of S spines and L leaves; spine number i of each pod is joined to the U super-spines of plane i
 *   ring:N          N nodes in a circle
 *   random:N        N nodes, joined at random so that none is alone; some twice
 *   hosts:SxLxH     two tiers, and H servers that route, each joined to two leaves, which take single addresses of them (import "host") */
#ifndef WEFT_SIM_TOPO_H
#define WEFT_SIM_TOPO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOPO_STRLEN 32
#define TOPO_BIG "five:16x4x20x4"        /* 400 nodes */

enum topo_kind { TOPO_CLOS, TOPO_FIVE, TOPO_RING, TOPO_RANDOM, TOPO_HOSTS };
struct topo {
	enum topo_kind kind;
	unsigned n[4];                   /* the numbers of the text */
};

bool topo_parse(const char *text, struct topo *ret);     /* false: none, or too large for the simulation */
unsigned topo_nodes(const struct topo *t);
char *topo_str(const struct topo *t, char buf[TOPO_STRLEN]);
/* The one of a seed when none is wanted: each of these shapes has its share, that of 400 nodes a five-hundredth. */
void topo_of_seed(uint64_t seed, struct topo *ret);
const char *topo_mix(unsigned i);        /* the i-th of them; NULL after the last */

struct world;
void topo_build(struct world *w);        /* nodes and cables of w->cfg.topo */

#endif
