/* agent/doctor_priv.h: how the parts of doctor say what they find. */
#ifndef WEFT_DOCTOR_PRIV_H
#define WEFT_DOCTOR_PRIV_H

#include "agent/doctor.h"

enum doctor_check {
	/* doctor_host.c, doctor_node.c */
	CHECK_FORWARDING, CHECK_HASH, CHECK_COMPAT_MODE, CHECK_CAPABILITY, CHECK_NETWORKD, CHECK_LO_DOWN, CHECK_ROUTER_ID, CHECK_NO_OBJECTS,
	CHECK_ON_LINK_ADDRESS, CHECK_NO_FABRIC_LINK, CHECK_KERNEL_REFUSES, CHECK_RELOAD, CHECK_UNCONFIRMED, CHECK_DRAINED, CHECK_COLLECTOR, CHECK_METRICS, CHECK_BFD_PRIORITY,
	/* doctor_links.c */
	CHECK_IPV6_OFF, CHECK_NO_LINK_LOCAL, CHECK_RP_FILTER, CHECK_LINKDOWN_ROUTES, CHECK_PORT_DOWN, CHECK_NO_CARRIER, CHECK_NOBODY_HEARD,
	CHECK_UNSENT, CHECK_SECOND_ROUTER, CHECK_OUR_ADDRESS, CHECK_DAMPED, CHECK_NO_LISTENER, CHECK_BANDWIDTH, CHECK_CABLING,
	CHECK_LLDP_REFUSED, CHECK_NO_LLDP,
	/* doctor_peers.c */
	CHECK_REFUSED, CHECK_FILTERED, CHECK_CLOSED, CHECK_NO_SESSION, CHECK_SAME_ASN, CHECK_OPEN_REJECTED, CHECK_PASSWORD, CHECK_NO_NEXT_HOP,
	CHECK_HOLD_TIMER, CHECK_BFD, CHECK_MAX_PREFIXES, CHECK_STALE, CHECK_RESTART_UNTOLD, CHECK_ROUTER_ID_TWICE, CHECK_HOSTNAME_TWICE, CHECK_LOOPBACK_TWICE,
	CHECKS
};

struct doctor {
	const struct agent *a;           /* NULL: no weftd runs */
	bool ipv6, manages;              /* by its configuration: "ipv6", "manage_sysctls" */
	const struct agent_host_out *host;
	mono now;
	json_t *found;
};

/* link: NULL: the node. The sentence has no end mark of its own but inside; what is to be done stands in the table. */
void found(struct doctor *d, enum doctor_check check, const char *link, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* A setting below /proc/sys as a number; -1: not known. */
int setting(const struct doctor *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

json_t *doctor_verdict(json_t *found);                   /* steals found */

int64_t doctor_patience_s(const struct doctor *d);       /* for so long nobody need be heard */
void doctor_host(struct doctor *d);
void doctor_node(struct doctor *d);
void doctor_links(struct doctor *d);
void doctor_peers(struct doctor *d);

#endif
