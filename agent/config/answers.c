/* The answer to every key: what its change takes while weftd runs. To add a key: a row here. What it takes is done by agent/agent_reload.c, which
 * knows the words of enum takes and no key. "links.*.K" is K of a link, "neighbors.*.K" of a numbered peer; a key's answer holds for all in it. */
#include "agent/config/diff.h"

#include <string.h>

#include "agent/base/own.h"

static const struct { const char *key; unsigned takes; } answers[] = {
	{ "asn", TAKES_RESTART },                                /* every session would end, and every path be another */
	{ "router_id", TAKES_RESTART },                          /* and the source of every route */
	{ "hostname", TAKES_NOTHING },                           /* said in the next OPEN: no reason to end a session */
	{ "links", TAKES_LINKS },                                /* which there are; what holds for one follows */
	{ "links.*.asn", TAKES_ASN },
	{ "links.*.gtsm", TAKES_SESSION },
	{ "links.*.password", TAKES_SESSION },
	{ "links.*.role", TAKES_SESSION },                       /* RFC 9234 4.1: agreed on in the OPEN */
	{ "links.*.role_strict", TAKES_SESSION },
	{ "links.*.bandwidth_mbps", TAKES_BANDWIDTH },
	{ "links.*.max_prefixes", TAKES_LIMIT },
	{ "links.*.import", TAKES_IMPORT },
	{ "links.*.export", TAKES_EXPORT },
	{ "links.*.blackhole", TAKES_FORWARDING },
	{ "links.*.ra_loss", TAKES_NOTHING },
	{ "links.*.routers", TAKES_ROUTERS },
	{ "links.*.bfd", TAKES_BFD },
	{ "links.*.damping", TAKES_DAMPING },
	{ "links.*.expect", TAKES_EXPECT },
	{ "links.*.strict", TAKES_EXPECT },
	{ "originate", TAKES_ORIGINATE },
	{ "loopback", TAKES_RESTART },                           /* the source of every route in the kernel */
	{ "timers.hold", TAKES_OPEN },                           /* RFC 4271 4.2: agreed on in the OPEN */
	{ "timers.keepalive", TAKES_KEEPALIVE },
	{ "timers.connect_retry", TAKES_NOTHING },
	{ "timers.ra_interval", TAKES_RA },
	{ "timers.ra_lifetime", TAKES_RA },
	{ "ipv4_next_hop", TAKES_RESTART },                      /* every next-hop object and neighbour entry in the kernel */
	{ "multipath", TAKES_DECISION },
	{ "resilient", TAKES_RESTART },                          /* the kernel never turns one kind of group into the other */
	{ "graceful_restart.restart_seconds", TAKES_NOTHING },   /* said in the next OPEN; what the node does at its own end is read then */
	{ "graceful_restart.long_lived_seconds", TAKES_DECISION },       /* the time when it is needed; the capability is said in the next OPEN */
	{ "start_hold", TAKES_NOTHING },                         /* asked for while the start lasts; later it is for the next one */
	{ "advertise_installed", TAKES_DECISION },               /* what the kernel has not got is withdrawn, or announced */
	{ "ipv6", TAKES_SESSION | TAKES_ORIGINATE },             /* RFC 4760 8: agreed on in the OPEN */
	{ "software_version", TAKES_NOTHING },                   /* said in the next OPEN */
	{ "bfd", TAKES_NOTHING },                                /* the default of links: each link's own value is compared; as the next */
	{ "damping", TAKES_NOTHING },
	{ "neighbors", TAKES_NEIGHBORS },
	{ "neighbors.*.address", TAKES_NEIGHBORS },              /* who it is: another address is another peer */
	{ "neighbors.*.remote_asn", TAKES_SESSION },
	{ "neighbors.*.local_address", TAKES_SESSION },
	{ "neighbors.*.multihop", TAKES_SESSION },
	{ "neighbors.*.passive", TAKES_NOTHING },
	{ "neighbors.*.route_reflector_client", TAKES_SESSION },
	{ "neighbors.*.next_hop_self", TAKES_EXPORT },
	{ "neighbors.*.hold", TAKES_OPEN },
	{ "neighbors.*.keepalive", TAKES_KEEPALIVE },
	{ "neighbors.*.gtsm", TAKES_SESSION },
	{ "neighbors.*.password", TAKES_SESSION },
	{ "neighbors.*.role", TAKES_SESSION },
	{ "neighbors.*.role_strict", TAKES_SESSION },
	{ "neighbors.*.bandwidth_mbps", TAKES_BANDWIDTH },
	{ "neighbors.*.max_prefixes", TAKES_LIMIT },
	{ "neighbors.*.import", TAKES_IMPORT },
	{ "neighbors.*.export", TAKES_EXPORT },
	{ "neighbors.*.blackhole", TAKES_FORWARDING },
	{ "neighbors.*.bfd", TAKES_RESTART },
	{ "med", TAKES_DECISION },
	{ "policy", TAKES_NOTHING },                             /* of those who use it: as if their import or export were another */
	{ "weighted", TAKES_DECISION | TAKES_ORIGINATE },
	{ "manage_sysctls", TAKES_RESTART },
	{ "metrics", TAKES_METRICS },
	{ "bmp", TAKES_MONITOR },                                /* the collector is told everything anew, or another one is; no peer hears of it */
};

unsigned config_takes(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(answers); i++)
		if (strcmp(answers[i].key, key) == 0)
			return answers[i].takes;
	return 0;
}
