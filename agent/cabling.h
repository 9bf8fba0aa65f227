/* agent/cabling.h: the cabling plan against what is heard at the other end of a link: a verdict, and a sentence. Pure. */
#ifndef WEFT_CABLING_H
#define WEFT_CABLING_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/base/cable_end.h"

enum cabling_verdict {
	CABLING_UNKNOWN,                 /* too little is heard to say so: nothing, or no port where the plan has one */
	CABLING_PLANNED,
	CABLING_WRONG_HOST, CABLING_WRONG_PORT, CABLING_WRONG_BOTH,
};
const char *cabling_str(enum cabling_verdict verdict);   /* "wrong-host" */

static inline bool cabling_is_wrong(enum cabling_verdict verdict)
{
	return verdict >= CABLING_WRONG_HOST;
}

/* Names of nodes: without regard to case, and a name without a domain is the first part of one with. */
bool cabling_same_host(const char *a, const char *b);
/* What the plan does not say (port "") may be anything. */
enum cabling_verdict cabling_judge(const struct cable_end *plan, const struct cable_end *heard);

/* "swp1 is connected to spine02 swp4, the plan says spine01 swp4: swapped with swp2?" who: what it begins with; swapped: "" no idea. */
#define CABLING_TEXT 512
struct cabling_case { const struct cable_end *plan, *heard; const char *swapped; };
void cabling_text(const struct cabling_case *c, const char *who, char *ret, size_t size);

#endif
