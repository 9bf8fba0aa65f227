/* Every check: its name, how bad it is, what is to be done; and what was found. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/ctl/ctl.h"
#include "agent/doctor_priv.h"

enum severity { ERROR, WARNING, NOTE };          /* does not forward as it should; will not, one day; it is good to know */
static const char *const severities[] = { "error", "warning", "note" };

#define MANAGED " (or leave it to weftd: \"manage_sysctls\": true)"

static const struct row {
	const char *name;
	enum severity severity;
	const char *remedy;
} rows[CHECKS] = {
	[CHECK_FORWARDING] = { "forwarding", ERROR, "sysctl -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1" MANAGED },
	[CHECK_HASH] = { "multipath-hash", WARNING, "sysctl -w net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1" MANAGED },
	[CHECK_COMPAT_MODE] = { "nexthop-compat-mode", WARNING, "sysctl -w net.ipv4.nexthop_compat_mode=0" MANAGED },
	[CHECK_CAPABILITY] = { "capability", ERROR, "start weftd by its unit, or as root: it needs CAP_NET_ADMIN, CAP_NET_RAW and CAP_NET_BIND_SERVICE" },
	[CHECK_NETWORKD] = { "networkd", ERROR, "put ManageForeignRoutes=no and ManageForeignRoutingPolicyRules=no below [Network] in a file in"
						" /etc/systemd/networkd.conf.d, then restart systemd-networkd" },
	[CHECK_LO_DOWN] = { "lo-down", ERROR, "ip link set lo up" },
	[CHECK_ROUTER_ID] = { "router-id-address", ERROR, "leave \"loopback\" at true, or put router_id/32 on an interface" },
	[CHECK_NO_OBJECTS] = { "no-nexthop-objects", WARNING, "run Linux 5.3 or newer: then a link that fails is one change for all its routes" },
	[CHECK_ON_LINK_ADDRESS] = { "on-link-address", ERROR, "take the address from that interface, or set \"ipv4_next_hop\" to another one on all nodes" },
	[CHECK_NO_FABRIC_LINK] = { "no-fabric-link", ERROR, "see `weft show links`; \"links\" in the configuration says which interfaces are fabric links" },
	[CHECK_KERNEL_REFUSES] = { "kernel-refuses", ERROR, "`weft show routes` has the kernel's reason beside each route; it is tried again by itself" },
	[CHECK_RELOAD] = { "reload-rejected", WARNING, "mend the file, then `weft reload`; `weft check FILE` says all that is wrong with it" },
	[CHECK_UNCONFIRMED] = { "unconfirmed", NOTE, "`weft confirm`, if it may stay" },
	[CHECK_DRAINED] = { "drained", NOTE, "`weft undrain`, when the work is done" },
	[CHECK_METRICS] = { "no-metrics", WARNING, "free that port, or set another one in \"metrics\"; it is tried again every 5 s. Is libmicrohttpd12 installed?" },
	[CHECK_COLLECTOR] = { "bmp-collector", WARNING, "does it run, is there a route to it, does a filter drop its port? `weft show bmp` counts; it is tried again by itself" },
	[CHECK_BFD_PRIORITY] = { "bfd-priority", NOTE, "LimitRTPRIO=1 in the unit; a container that is to grant it needs CAP_SYS_RESOURCE. Or a longer \"interval_ms\"" },
	[CHECK_IPV6_OFF] = { "ipv6-off", ERROR, "sysctl -w net.ipv6.conf.LINK.disable_ipv6=0" MANAGED },
	[CHECK_NO_LINK_LOCAL] = { "no-link-local", ERROR, "ip link set LINK addrgenmode eui64, then take the link down and up; or ip address add fe80::N/64 dev LINK" },
	[CHECK_RP_FILTER] = { "rp-filter", ERROR, "sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.LINK.rp_filter=0, or 2" },
	[CHECK_LINKDOWN_ROUTES] = { "linkdown-routes", WARNING, "sysctl -w net.ipv4.conf.LINK.ignore_routes_with_linkdown=1"
								" net.ipv6.conf.LINK.ignore_routes_with_linkdown=1" MANAGED },
	[CHECK_PORT_DOWN] = { "port-down", NOTE, "ip link set LINK up, if it is to be used" },
	[CHECK_NO_CARRIER] = { "no-carrier", WARNING, "look at the cable, the module and the port at the other end; ip link set LINK down, if nothing is to be there" },
	[CHECK_NOBODY_HEARD] = { "nobody-heard", ERROR, "does weftd (or FRR, without suppress-ra) run at the other end, and is this port one of its fabric links?"
							" Does a filter drop ICMPv6?" },
	[CHECK_UNSENT] = { "ra-unsent", WARNING, "a firewall, or a full neighbour table (net.ipv6.neigh.default.gc_thresh3); `weft show links` counts on" },
	[CHECK_SECOND_ROUTER] = { "second-router", WARNING, "a link between two switches has two ends: look for a bridge, a hub, or a third cable;"
							      " or allow them: \"routers\" of the link" },
	[CHECK_OUR_ADDRESS] = { "our-address", ERROR, "no session can work: give one of the two another MAC or link-local address" },
	[CHECK_DAMPED] = { "damped", WARNING, "look for a bad cable or module; `weft reset LINK` uses it at once" },
	[CHECK_NO_LISTENER] = { "no-listener", ERROR, "what the kernel said stands in `weft show links`; it is tried again with the peer's next advertisement" },
	[CHECK_BANDWIDTH] = { "no-bandwidth", WARNING, "set \"bandwidth_mbps\" of the link" },
	[CHECK_CABLING] = { "cabling", ERROR, "put the cable where the plan says, or mend \"expect\" of LINK in the configuration, then `weft reload`" },
	[CHECK_LLDP_REFUSED] = { "lldp-refused", WARNING, "put weft into the group of /run/lldpd.socket (Debian: _lldpd): `systemctl edit weftd`, [Service],"
							  " SupplementaryGroups=_lldpd; then restart weftd" },
	[CHECK_NO_LLDP] = { "no-lldp", NOTE, "run lldpd at both ends, with liblldpctl here; or leave the port out of \"expect\" where the peer does not say its own" },
	[CHECK_REFUSED] = { "refused", ERROR, "is BGP configured there for this port, and does it run? FRR: neighbor PORT interface remote-as external" },
	[CHECK_FILTERED] = { "filtered", ERROR, "a filter at one of the ends drops TCP port 179, or the two do not have the same password (and gtsm)" },
	[CHECK_CLOSED] = { "closed", ERROR, "the peer does not know us: see its log. FRR: its neighbor statement names another port, or has to be entered again"
					   " (shutdown, no shutdown of its interface)" },
	[CHECK_NO_SESSION] = { "no-session", ERROR, "see what it says, and the peer's log" },
	[CHECK_SAME_ASN] = { "same-asn", ERROR, "each leaf has an AS number of its own, and all spines of a tier another one: give one end of the cable another `asn`" },
	[CHECK_OPEN_REJECTED] = { "open-rejected", ERROR, "the words say what the one who refused does not accept: compare the two configurations" },
	[CHECK_PASSWORD] = { "password", ERROR, "set the same \"password\" at both ends of the link, or at neither" },
	[CHECK_NO_NEXT_HOP] = { "no-extended-next-hop", ERROR, "switch on RFC 8950 there. FRR: neighbor PORT capability extended-nexthop; BIRD: extended next hop on" },
	[CHECK_HOLD_TIMER] = { "hold-timer", WARNING, "packets are lost on the way, or the peer was too busy: see the errors of both ports (ip -s link), and \"bfd\"" },
	[CHECK_BFD] = { "bfd", ERROR, "`weft show neighbors LINK` has its state and its losses" },
	[CHECK_MAX_PREFIXES] = { "max-prefixes", WARNING, "does it announce what it should? Otherwise a larger \"max_prefixes\"" },
	[CHECK_STALE] = { "stale-routes", WARNING, "the peer's process is away while it forwards on: look there" },
	[CHECK_RESTART_UNTOLD] = { "restart-untold", WARNING, "`weft reset LINK`, one after the other, before weftd is restarted" },
	[CHECK_ROUTER_ID_TWICE] = { "duplicate-router-id", ERROR, "give one of them another `router_id`" },
	[CHECK_HOSTNAME_TWICE] = { "duplicate-hostname", WARNING, "give one of them another hostname" },
	[CHECK_LOOPBACK_TWICE] = { "router-id-elsewhere", ERROR, "somebody else has our `router_id`, or announces it: find the first AS of that path" },
};

const char *doctor_check(size_t i)
{
	return i < CHECKS ? rows[i].name : NULL;
}

/* LINK in a remedy is the link's name. */
static json_t *remedy(const char *text, const char *link)
{
	char buf[512];
	size_t at = 0;

	for (const char *p = text; *p && at + 32 < sizeof(buf);)
		if (link && strncmp(p, "LINK", 4) == 0) {
			at += (size_t)snprintf(buf + at, sizeof(buf) - at, "%.20s", link);
			p += 4;
		} else {
			buf[at++] = *p++;
		}
	return json_stringn(buf, at);
}

void found(struct doctor *d, enum doctor_check check, const char *link, const char *fmt, ...)
{
	const struct row *row = &rows[check];
	char text[768];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_array_append_new(d->found, json_pack("{s:s, s:s, s:s?, s:s, s:o}", "check", row->name, "severity", severities[row->severity], "link", link,
						  "what", text, "do", remedy(row->remedy, link)));
}

int setting(const struct doctor *d, const char *fmt, ...)
{
	char path[128] = "/proc/sys/", value[32];
	va_list ap;
	int n;

	va_start(ap, fmt);
	vsnprintf(path + strlen(path), sizeof(path) - strlen(path), fmt, ap);
	va_end(ap);
	n = d->host->read ? d->host->read(d->host->ctx, path, value, sizeof(value) - 1) : -1;
	if (n <= 0)
		return -1;
	value[n] = '\0';
	return atoi(value);
}

/* Steals found: errors first, in the order in which they were found. */
json_t *doctor_verdict(json_t *found)
{
	json_t *sorted = json_array(), *one;
	size_t count[ARRAY_LEN(severities)] = { 0 }, k;

	for (size_t i = 0; i < ARRAY_LEN(severities); i++)
		json_array_foreach(found, k, one)
			if (strcmp(json_string_value(json_object_get(one, "severity")), severities[i]) == 0) {
				json_array_append(sorted, one);
				count[i]++;
			}
	json_decref(found);
	return json_pack("{s:i, s:b, s:i, s:i, s:o}", "json_version", CTL_JSON_VERSION, "ok", !count[ERROR] && !count[WARNING], "errors",
			 (int)count[ERROR], "warnings", (int)count[WARNING], "findings", sorted);
}

json_t *doctor_host_alone(const struct agent_host_out *host)
{
	struct doctor d = { .host = host, .ipv6 = true, .found = json_array() };

	doctor_host(&d);
	return doctor_verdict(d.found);
}
