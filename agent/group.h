/* agent/group.h: the groups that may use the control socket. */
#ifndef WEFT_GROUP_H
#define WEFT_GROUP_H

#include <sys/types.h>

#define GROUP_CONTROL "weft"
#define GROUP_VIEW    "weft-view"        /* may look, and change nothing */

/* Of /etc/group alone: system groups are there, and asking further (nsswitch.conf) would load libraries. 0 or -errno; -ENOENT: there is none. */
int group_find(const char *name, gid_t *ret);
/* The owner, its group and this one may read and write the file, or connect to the socket, and nobody else: acl(5). Unlike another group of the file
 * it takes no privilege, and weftd need not be a member. 0 or -errno. */
int group_admit(const char *path, gid_t group);

#endif
