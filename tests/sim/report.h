/* tests/sim/report.h: what is said of a run: progress while it lasts, failures as they come, a table by shape at the end. */
#ifndef WEFT_SIM_REPORT_H
#define WEFT_SIM_REPORT_H

#include "tests/sim/play.h"

struct report;
struct report *report_new(uint64_t seeds, bool verbose);         /* aborts without memory */
void report_free(struct report *r);
void report_done(struct report *r, const struct sim_config *cfg, const struct outcome *o, const char *complaint);
void report_progress(struct report *r);                  /* on a terminal only */
/* The tables. shrink_it: of failures of different kinds the first few are made small. */
void report_end(struct report *r, bool shrink_it, bool coverage);
uint64_t report_failed(const struct report *r);

#endif
