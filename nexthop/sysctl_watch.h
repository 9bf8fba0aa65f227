/* nexthop/sysctl_watch.h: hears at once when somebody writes a kernel setting of a link, or one of all links. The kernel has no message for most of
 * them, but inotify(7) tells of a write to a file of /proc/sys as of any other. What is written through another mount of /proc (a container's) it does
 * not tell: whoever must know looks as well, now and then. */
#ifndef WEFT_NEXTHOP_SYSCTL_WATCH_H
#define WEFT_NEXTHOP_SYSCTL_WATCH_H

#include <stdbool.h>

struct sysctl_watch;

#define SYSCTL_WATCH_FOLDERS_MAX 1024    /* two for a link; what is beyond is not heard of */

/* root: as of sysctls_new. -errno: there is no inotify. */
int  sysctl_watch_new(struct sysctl_watch **ret, const char *root);
void sysctl_watch_free(struct sysctl_watch *w);
int  sysctl_watch_fd(const struct sysctl_watch *w);      /* readable: something was written */
/* Reads all there is. True when somebody wrote a setting, were it weft itself; but not for nexthop_compat_mode, which weft writes all the time. */
bool sysctl_watch_read(struct sysctl_watch *w);
/* Listens to the settings of a link, "" to those of all. When it does already nothing happens, unless an interface of that name is another one
 * now. Call it again now and then: what it was not there for, or had no room for, is watched later. */
void sysctl_watch_link(struct sysctl_watch *w, const char *ifname);
void sysctl_watch_tidy(struct sysctl_watch *w);          /* forgets interfaces that are gone */

#endif
