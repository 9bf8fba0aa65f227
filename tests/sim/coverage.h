/* tests/sim/coverage.h: which states, transitions, messages, kernel errors and faults the seeds have reached, by name. A row is made by the first who
 * counts it:  cover(w, "kernel", "EEXIST route");  one that is to be reached is in coverage_rows.c too, so that it can be missed. */
#ifndef WEFT_SIM_COVERAGE_H
#define WEFT_SIM_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COVER_ROWS 1024                  /* a power of two; what does not fit is lost */
#define COVER_GROUP 16
#define COVER_NAME 80

struct world;
struct node;

struct cover { struct cover_row { char group[COVER_GROUP], name[COVER_NAME]; uint64_t n; } row[COVER_ROWS]; };

void cover(const struct world *w, const char *group, const char *name);
void cover_add(struct cover *c, const char *group, const char *name, uint64_t n);
void cover_sum(struct cover *into, const struct cover *from);
/* How much was reached; the table, and what was not, by name, if that is wanted. */
void cover_print(const struct cover *c, bool table, bool names);

bool cover_has(const struct cover *c, const char *group, const char *name);

/* coverage_rows.c */
unsigned cover_missing(const struct cover *c, bool print);       /* how much of it is not there */
bool cover_fsm_name(unsigned state, unsigned event, char *buf, size_t size);     /* false: nothing happens then, or it is an error of the peer's */

/* coverage_wrap.c: functions of the core that the linker leads through here (--wrap): every step of the FSM, every choice of a path. */
void cover_wrapped(const struct world *w);               /* what this process has called since the last time */

/* coverage_watch.c: states that can be seen from outside. */
void cover_watch(struct world *w);                       /* looks from now on */
void cover_start(const struct node *n);                  /* its process starts */

/* coverage_msg.c: messages in one direction of a TCP connection. */
struct msg_tap {
	uint8_t head[21];                /* of the next one: its header, and code and subcode of a NOTIFICATION */
	unsigned have;
	size_t skip;                     /* the rest of the one before */
	bool lost;                       /* that was no message */
};
void cover_bytes(const struct world *w, struct msg_tap *t, const char *group, const uint8_t *p, size_t n);

#endif
