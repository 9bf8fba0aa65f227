/* tests/sim/wire.h: what BGP costs: messages, prefixes and bytes by node, counted where they leave a core for a connection. */
#ifndef WEFT_SIM_WIRE_H
#define WEFT_SIM_WIRE_H

#include <stddef.h>
#include <stdint.h>

struct wire_count {
	uint64_t messages[6];            /* by enum bgp_type */
	uint64_t announced, withdrawn;   /* prefixes */
	uint64_t bytes;                  /* of BGP: TCP's and IP's headers come on top */
};
void wire_add(struct wire_count *sum, const struct wire_count *n);
void wire_sub(struct wire_count *from, const struct wire_count *n);

struct node;
/* The first n bytes of the `have` that are queued at p go from one node to another. *left: how many of them belong to a message that has been counted. */
void wire_sent(struct node *from, struct node *to, size_t *left, const uint8_t *p, size_t have, size_t n);

#endif
