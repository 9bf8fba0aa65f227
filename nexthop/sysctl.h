/* nexthop/sysctl.h: the few kernel settings that the job needs, put back on exit. */
#ifndef WEFT_NEXTHOP_SYSCTL_H
#define WEFT_NEXTHOP_SYSCTL_H

#include <stdbool.h>
#include <stddef.h>

struct sysctls;                          /* remembers what it found before it changed it */
#define SYSCTL_VALUE_MAX 32
struct sysctl_found { const char *file, *ifname, *value; };      /* "net/ipv4/ip_forward" or "net/ipv4/conf/%s/...", "" or the interface, as it was found */
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
/* What would be put back, one after the other, for whoever is to put it back should this process not live to do it: *at is 0 to begin with.
 * sysctls_changes: another number when it is something else; with each setting that was not as it is to be, and was set, one more. */
bool sysctls_found(const struct sysctls *s, size_t *at, struct sysctl_found *ret);
unsigned sysctls_changes(const struct sysctls *s);
/* That of an earlier process. What has another value by now than weft gives it is forgotten. -EINVAL: it is none of weft's settings. */
int  sysctls_remember(struct sysctls *s, const struct sysctl_found *found);
void sysctls_restore(struct sysctls *s);         /* everything, newest first; vanished interfaces are skipped */
#endif
