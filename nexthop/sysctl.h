/* nexthop/sysctl.h: the few kernel settings that the job needs, put back on exit. */
#ifndef WEFT_NEXTHOP_SYSCTL_H
#define WEFT_NEXTHOP_SYSCTL_H

struct sysctls;                          /* remembers what it found before it changed it */
/* root: "/proc/sys", or a folder for tests. */
int  sysctls_new(struct sysctls **ret, const char *root);
void sysctls_free(struct sysctls *s);            /* does not put anything back */
/* Once per namespace: nexthop_compat_mode=0, IPv4 and IPv6 forwarding, multipath hash on layer 4. Missing files are skipped. Returns how many
 * settings could not be made: 0 is good. */
int  sysctls_global(struct sysctls *s);
/* On a fabric link: IPv6 on, no duplicate address detection, ignore_routes_with_linkdown (both families), accept_ra 0. As above;
 * -EINVAL: not the name of an interface. Call it again when an interface of that name comes back. */
int  sysctls_link(struct sysctls *s, const char *ifname);
void sysctls_link_restore(struct sysctls *s, const char *ifname);        /* a link is no fabric link any more */
void sysctls_restore(struct sysctls *s);         /* everything, newest first; vanished interfaces are skipped */
#endif
