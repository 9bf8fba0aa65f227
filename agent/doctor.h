/* agent/doctor.h: what is wrong with this node and its links, each in a sentence, with what to do about it. Pure: what only the host knows is asked
 * through struct agent_host_out. Without one (the simulation) nothing is said of the host. */
#ifndef WEFT_DOCTOR_H
#define WEFT_DOCTOR_H

#include <jansson.h>

#include "agent/agent.h"

/* {"ok", "errors", "warnings", "findings": [{"check", "severity": "error" | "warning" | "note", "link": "swp1" | null, "what", "do"}]}, errors first.
 * ok: nothing but notes. A new reference; NULL: no memory. */
json_t *doctor(const struct agent *a, mono now);
/* The host's part of it, for when no weftd runs: its settings and capabilities are of whoever asks. */
json_t *doctor_host_alone(const struct agent_host_out *host);

const char *doctor_check(size_t i);      /* the name of the i-th, in the order of the table in agent/README.md; NULL at the end */

#endif
