/* agent/config/place.h: where each value of a JSON text stands. jansson forgets that; this reads the text a second time. */
#ifndef WEFT_CONFIG_PLACE_H
#define WEFT_CONFIG_PLACE_H

#include <stddef.h>
#include <stdint.h>

/* One per value, in the order of the text, a container before what it holds: the first child of p is p + 1, the sibling behind it is
 * child + child->span. jansson keeps the order of keys, so both can be walked side by side. */
struct place {
	uint32_t at;                     /* byte offset of the key; of the value where there is no key (list elements, the root) */
	uint32_t span;                   /* number of places from this one to the end of its value */
};

/* text: JSON that jansson has accepted without duplicate keys, less than 4 GB. free() the result. -ENOMEM, or -EINVAL: it is no JSON. */
int place_all(const char *text, size_t n, struct place **ret);

#endif
