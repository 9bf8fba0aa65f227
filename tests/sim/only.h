/* tests/sim/only.h: which faults of a seed's plan are played, and when: what the shrinker leaves of a schedule. As text:
 *
 *   3,17                       these; the time of the others passes all the same
 *   3@1.5,17@2.25,mend@9       these at these seconds, and mended and quiet from then on
 *   none                       not one */
#ifndef WEFT_SIM_ONLY_H
#define WEFT_SIM_ONLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_FAULTS 128                   /* most of one seed */
#define ONLY_STRLEN (SIM_FAULTS * 24)

struct only {
	bool on;                         /* else all are played */
	bool timed;                      /* at_us and mend_us count */
	unsigned n;
	struct { unsigned fault; int64_t at_us; } entry[SIM_FAULTS];
	int64_t mend_us;
};

bool only_parse(const char *text, struct only *ret);
char *only_str(const struct only *o, char *buf, size_t size);
bool only_has(const struct only *o, unsigned fault);

#endif
