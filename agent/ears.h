/* agent/ears.h: what the rim hears of the kernel beside links and their addresses, and beside answers, and of lldpd: each ear has a socket and a file of its own;
 * and the one who is told what is heard. */
#ifndef WEFT_EARS_H
#define WEFT_EARS_H

#include <uv.h>

#include "agent/agent.h"
#include "agent/bmp_sock.h"
#include "nexthop/kernel.h"
#include "nexthop/sysctl.h"

struct ears {                            /* zeroed before ears_new, but for the collector */
	struct macs *macs;               /* MACs that the kernel finds */
	struct deeds *deeds;             /* what others do to what is ours */
	struct settings *settings;       /* NULL: none are ours */
	struct carriers *carriers;
	struct lldp *lldp;               /* what lldpd hears of neighbours */
	struct bmp_sock *collector;      /* made before the others, for the core asks for it */
};

/* sysctls NULL: no kernel setting is ours. After a negative errno the ears are to be stopped and freed as ever. */
int  ears_new(struct ears *e, uv_loop_t *loop, struct agent *agent, struct kernel *kernel, struct sysctls *sysctls);
void ears_turn(struct ears *e, const struct agent *agent, mono now);     /* what is to be heard from now on? */
void ears_stop(struct ears *e);          /* the loop has to run once more before ears_free */
void ears_free(struct ears *e);

#endif
