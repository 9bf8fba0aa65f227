/* agent/config/fabric_priv.h: a fabric as its own files see it. */
#ifndef WEFT_CONFIG_FABRIC_PRIV_H
#define WEFT_CONFIG_FABRIC_PRIV_H

#include "agent/config/fabric.h"
#include "agent/config/read.h"

struct fabric_node {
	char *file, *text, *name;
	size_t n;                        /* bytes of text */
	struct reading r;                /* r.c: NULL: the file is bad, nothing but its name is known */
	json_t *json;
	struct place *places;
	struct val root;
	size_t first_cable, n_cables;    /* its own ones */
	bool asn_told;                   /* its AS number has been found fault with: once is enough */
};

struct fabric_cable {                    /* "expect" of one link, as its node sees it */
	size_t node;
	const struct config_link *entry; /* that says it */
	size_t peer;                     /* the node that it names; NOBODY: none of these */
	struct val links, link, expect;  /* up to the node's root */
};
#define NOBODY ((size_t)-1)

struct fabric {
	struct fabric_node **nodes;
	size_t n, room;
	const char *const *outside;
	size_t n_outside;
	size_t *by_name;                 /* the nodes in order of their names; of two with the same name the first */
	size_t n_names;
	struct fabric_cable *cables;     /* in order of node and port */
	size_t n_cables;
};

/* As names are compared in a plan: without regard to case, and one without a domain is the first part of one with. NOBODY: none. */
size_t fabric_find(const struct fabric *f, const char *name);
/* The value of a top-level key, or the whole. */
struct val node_val(const struct fabric_node *node, const char *key);
/* "leaf01 (leaf01.json:2:3)" */
#define AT_LEN 640
const char *node_at(const struct fabric_node *node, const struct val *v, char buf[AT_LEN]);

int fabric_cables_read(struct fabric *f);        /* -ENOMEM; as all of these */
int fabric_cables_check(struct fabric *f);
int fabric_asn_check(struct fabric *f);
int fabric_numbered_check(struct fabric *f);

#endif
