/* nexthop/sysctl.h: the few kernel settings that the job needs, put back on exit. */
#ifndef WEFT_NEXTHOP_SYSCTL_H
#define WEFT_NEXTHOP_SYSCTL_H

#include <stdbool.h>

struct sysctls;                          /* remembers what it found before it changed it */
/* root: "/proc/sys", or a folder for tests. */
int  sysctls_new(struct sysctls **ret, const char *root);
void sysctls_free(struct sysctls *s);            /* does not put anything back */
/* Once per namespace: IPv4 and IPv6 forwarding, multipath hash on layer 4. Missing files are skipped. Returns how many
 * settings could not be made: 0 is good. */
int  sysctls_global(struct sysctls *s);
/* nexthop_compat_mode. At 1, the kernel's default, `ip route` spells out the next hops of a route, and the kernel announces every route of a
 * group that is replaced: 162 ms with 100,000 of them. At 0 it does neither. So it is off while groups are replaced (0.1 ms) and on again
 * afterwards, and people and scripts read routes as they know them. Off for good when it was off before. 0 or -errno. */
int  sysctls_announce_routes(struct sysctls *s, bool on);
/* On a fabric link: IPv6 on, no duplicate address detection, ignore_routes_with_linkdown (both families), accept_ra 0, hop limit 255. As above;
 * -EINVAL: not the name of an interface. Call it again when an interface of that name comes back. */
int  sysctls_link(struct sysctls *s, const char *ifname);
void sysctls_link_restore(struct sysctls *s, const char *ifname);        /* a link is no fabric link any more */
/* What was remembered of an interface goes by its new name: /proc/sys follows a rename, values and all. */
void sysctls_link_renamed(struct sysctls *s, const char *old_name, const char *new_name);
void sysctls_restore(struct sysctls *s);         /* everything, newest first; vanished interfaces are skipped */
#endif
