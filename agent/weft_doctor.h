/* agent/weft_doctor.h: `weft doctor`: what is wrong, as text. */
#ifndef WEFT_WEFT_DOCTOR_H
#define WEFT_WEFT_DOCTOR_H

#include <jansson.h>

#include "agent/ctl/ctl.h"
#include "agent/weft_show.h"

text_fn text_doctor;
/* CTL_FOUND when something is wrong: of the daemon's answer, or of the one below. */
enum ctl_exit doctor_exit(const json_t *result);
/* No weftd runs: the host as this process sees it. A new reference; NULL: no memory. */
json_t *doctor_here(void);

#endif
