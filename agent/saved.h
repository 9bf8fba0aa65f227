/* agent/saved.h: what weft has changed on this machine beside routes, in a small file next to the control socket, so that it can be put back by
 * another process than the one that changed it: kernel settings as they were found, router_id on lo; and which speaker the routes are of. Gone
 * after a reboot, as the changes are. */
#ifndef WEFT_SAVED_H
#define WEFT_SAVED_H

#include <netinet/in.h>

#include "agent/agent.h"
#include "agent/chores.h"
#include "nexthop/sysctl.h"

struct saved;

int  saved_new(struct saved **ret, const char *socket);
void saved_free(struct saved *saved);
/* What an earlier process left; all zero if there was none. asn 0: it did not say who it was; loopback 0.0.0.0: it put no address on lo. */
struct saved_left { uint32_t asn; struct in_addr router_id, loopback; };
/* sysctls: gets the settings, may be NULL. -EBADMSG: there is something in the place of the file that cannot be read, or is not ours; it is as
 * none, which is said in the log. */
int  saved_read(struct saved *saved, struct sysctls *sysctls, struct saved_left *ret);
/* The same at the start of a daemon: an address that is the one on lo by now stays as the agent's, another one goes. Of routes that another speaker
 * left, or nobody knows who, the peers are told nothing. */
void saved_take(struct saved *saved, struct sysctls *sysctls, struct agent *agent, struct chores *chores);
/* Writes it anew if something has changed since, or it could not be written. The first time it also puts back what is of links that are no fabric links
 * any more. */
void saved_turn(struct saved *saved, struct sysctls *sysctls, const struct agent *agent, mono now);
mono saved_next(const struct saved *saved);              /* when it is to be called though nothing has changed */
void saved_forget(struct saved *saved);                  /* everything was put back */

#endif
