/* agent/settings.h: the kernel settings that weft has made stay as it made them, whoever changes them, and fabric links keep an address. */
#ifndef WEFT_SETTINGS_H
#define WEFT_SETTINGS_H

#include <uv.h>

#include "agent/agent.h"
#include "nexthop/kernel.h"
#include "nexthop/sysctl.h"

struct settings;

/* The kernel tells of some of them at once (forwarding, those that take an address away); the others are looked at, a few links in a second.
 * sysctls NULL: none are ours, and *ret is NULL. */
int  settings_new(struct settings **ret, uv_loop_t *loop, struct agent *agent, struct kernel *kernel, struct sysctls *sysctls);
void settings_stop(struct settings *s);  /* NULL is fine; the loop has to run once more before settings_free */
void settings_free(struct settings *s);

#endif
