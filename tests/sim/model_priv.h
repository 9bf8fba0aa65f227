/* tests/sim/model_priv.h: one node's kernel, for those who work inside of it: model.c what it does, model_tables.c where things are, model_view.c
 * what it holds, others.c what other programs do to it. */
#ifndef WEFT_SIM_MODEL_PRIV_H
#define WEFT_SIM_MODEL_PRIV_H

#include "agent/base/idx.h"
#include "tests/sim/sim.h"

#define GROUP_MAX 64

/* Places in arrays; who leaves one leaves a hole. What points at others names their ids, as in the kernel. */
struct object {
	uint32_t id;                     /* 0: a hole */
	uint8_t family;
	bool group;
	bool foreign, told;              /* somebody else's; the process knows of it */
	bool misled;                     /* it is ours, and somebody else says what is in it */
	uint32_t ifindex;                /* of a hop, */
	struct in6_addr via;
	uint16_t buckets, n;             /* of a group */
	struct fib_member *members;
	struct portset ports;            /* of a group: of its members */
};

struct route {
	struct prefix prefix;            /* family 0: a hole */
	bool foreign, told;              /* somebody else's, of our metric; the process knows of it */
	bool took_place;                 /* of ours, which may come back */
	bool misled;                     /* it is ours, and somebody else says where it leads */
	uint32_t id;                     /* of its group; 0: hops of its own */
	struct in_addr src;
	uint16_t n;
	struct hop *hops;
};

struct neigh { uint32_t ifindex; struct in6_addr addr; uint8_t mac[6]; };        /* ifindex 0: a hole; addr ::, the on-link address */

struct places {
	void *at;                        /* of the struct above */
	size_t size, high, used;
	uint32_t *holes;
	size_t n_holes;
	struct idx by_key;               /* number + 1 */
};

struct model {
	bool objects;                    /* it has next-hop objects */
	size_t foreign_routes, foreign_objects;          /* among those below */
	unsigned misled;                 /* routes and groups that others lead astray */
	uint32_t highest;                /* id that an operation has named */
	const struct node *node;
	struct places object, route, neigh;
};

void m_tables_init(struct model *m);
void m_tables_free(struct model *m);
/* Walks: NULL starts and ends. */
struct object *m_object_after(const struct model *m, const struct object *o);
struct route *m_route_after(const struct model *m, const struct route *r);
struct neigh *m_neigh_after(const struct model *m, const struct neigh *e);
struct object *m_object_find(const struct model *m, uint32_t id);          /* NULL: none */
struct route *m_route_find(const struct model *m, const struct prefix *p);
struct neigh *m_neigh_find(const struct model *m, uint32_t ifindex, const struct in6_addr *addr);
/* What is put takes the place of the one with its key; what it points at is the table's. */
void m_object_put(struct model *m, const struct object *o);
void m_route_put(struct model *m, const struct route *r);
void m_neigh_put(struct model *m, const struct neigh *e);
void m_object_forget(struct model *m, struct object *o);
void m_route_forget(struct model *m, struct route *r);
void m_neigh_forget(struct model *m, struct neigh *e);

/* model.c: as the kernel does, with everything that depends on it */
void m_group_look(const struct model *m, struct object *g);       /* its members are others now */
/* The process has heard. Not of a route that it has nothing to do with, it is told so when it makes one; nor of the number of a group that it has not
 * made yet. */
void m_told(const struct model *m, const struct fib_deed *deed);
void m_refused(const struct model *m, const struct prefix *p);   /* it has heard that a route could not be made, there is one */
void m_object_drop(struct model *m, uint32_t id);

#endif
