/* What is to be reached by many seeds. A row: the group and the name that cover() is given. Every kind of fault and of nonsense, every step of the
 * FSM that does something, and every NOTIFICATION of ours are among them by themselves. */
#include "tests/sim/coverage.h"

#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/bgp/fsm.h"
#include "agent/bgp/notify.h"
#include "tests/sim/sim.h"

struct row { const char *group, *name; };

static const struct row rows[] = {
	{ "said", "OPEN" }, { "said", "UPDATE" }, { "said", "KEEPALIVE" }, { "said", "ROUTE-REFRESH" }, { "said", "UPDATE, End-of-RIB of IPv4" },
	{ "heard", "OPEN" }, { "heard", "UPDATE" }, { "heard", "KEEPALIVE" }, { "heard", "ROUTE-REFRESH" }, { "heard", "UPDATE, End-of-RIB of IPv4" },
	{ "heard", "an unknown type" }, { "heard", "a NOTIFICATION that weft does not say" },
	{ "decision", "best path" }, { "decision", "long-lived stale, a fresh path exists" }, { "decision", "not originated here" },
	{ "decision", "its link is drained" }, { "decision", "lower local preference" }, { "decision", "longer AS path" }, { "decision", "worse origin" },
	{ "decision", "higher router-id" }, { "decision", "higher link index" },
	{ "restart", "decisions deferred" }, { "restart", "decided, routes of the earlier run stay" }, { "restart", "waits for somebody" },
	{ "restart", "routes adopted" }, { "restart", "routes that cannot be adopted" }, { "restart", "announcements held" },
	{ "stale", "restarting" }, { "stale", "long_lived" }, { "stale", "resyncing" }, { "stale", "refreshing" },
	{ "drain", "a node" }, { "drain", "a link" }, { "drain", "comes back" }, { "drain", "comes back, waits for somebody" },
	{ "drain", "came back for its time was over" },
	{ "replaced", "a MAC" }, { "replaced", "a MAC, no process sees it" }, { "replaced", "an address" }, { "replaced", "a machine" },
	{ "replaced", "a machine, and who it is" }, { "replaced", "cables" },
	{ "older", "leaves" }, { "older", "stops" }, { "older", "drained from the start" }, { "older", "routes of another speaker" },
	{ "older", "routes of nobody knows whom" },
	{ "beside", "a session stays" }, { "beside", "a connection is refused" }, { "beside", "a connection is let in" }, { "beside", "connected to, and gone" },
	{ "beside", "connected to, and refuses" }, { "beside", "connected to, and says nothing" }, { "beside", "connected to, and has our AS" },
	{ "beside", "connected to, and talks nonsense" },
	{ "full", "networks go" }, { "full", "networks come" },
	{ "damping", "carrier" }, { "damping", "hold timer" }, { "damping", "BFD" }, { "damping", "packets are lost" },
	{ "damping", "full-size packets are lost (MTU?)" },
	{ "bfd", "Up" }, { "bfd", "Control Detection Time Expired" }, { "bfd", "Neighbor Signaled Session Down" }, { "bfd", "packets are lost" },
	{ "bfd", "no more packets are lost" },
	{ "grey", "packet lost" }, { "grey", "dark link, looked at the kernels" }, { "grey", "nothing of what is sent arrives" },
	{ "kernel", "next hop: ENOMEM" }, { "kernel", "next hop: ENETDOWN" }, { "kernel", "no next hop: ENOENT" }, { "kernel", "no next hop: ENOMEM" },
	{ "kernel", "group: ENOMEM" }, { "kernel", "group: EINVAL" }, { "kernel", "group: ENOENT" }, { "kernel", "no group: ENOENT" }, { "kernel", "no group: ENOMEM" },
	{ "kernel", "route: ENOMEM" }, { "kernel", "route: EINVAL" }, { "kernel", "route: EEXIST" }, { "kernel", "route: ENETDOWN" }, { "kernel", "route: EPERM" }, { "kernel", "route: ENOBUFS" }, { "kernel", "route: ESRCH" },
	{ "kernel", "route: ENOSPC" }, { "kernel", "group: EPERM" }, { "kernel", "group: ENOBUFS" }, { "kernel", "next hop: ENODEV" }, { "kernel", "next hop: EPERM" },
	{ "kernel", "no route: EPERM" }, { "kernel", "no group: EPERM" }, { "kernel", "no next hop: EPERM" }, { "kernel", "no neighbour: EPERM" },
	{ "news", "others did something to ours" }, { "news", "what others did was lost" }, { "news", "links were lost and read again" },
	{ "others", "deletes a route" }, { "others", "deletes a group" }, { "others", "deletes a next hop" }, { "others", "deletes a neighbour" },
	{ "others", "puts a route of ours on another group" }, { "others", "gives a group another member" }, { "others", "gives a neighbour another MAC" },
	{ "others", "flushes all next-hop objects" }, { "others", "flushes all routes of ours" }, { "others", "takes routes of his own away" },
	{ "others", "puts a route in the place of one" }, { "others", "puts a route where there was none" }, { "others", "takes a number of our range" },
	{ "others", "takes the router-id from lo" }, { "others", "takes a link-local address away" },
	{ "others", "makes notifications about links get lost" }, { "others", "makes notifications about routes get lost" },
	{ "kernel", "no route: ESRCH" }, { "kernel", "no route: ENOMEM" },
	{ "kernel", "neighbour: ENOMEM" }, { "kernel", "no neighbour: ENOENT" }, { "kernel", "no neighbour: ENOMEM" },
};

/* What the table of the FSM, or the list of NOTIFICATIONs, has and no seed can reach, and why. */
static const struct row not_here[] = {
	{ "fsm", "Active, TCP failed -> Active" },                      /* there is no connection: the session ignores it before it asks */
	/* The hold time is agreed on, OpenConfirm lasts no longer than that, and the send hold time (RFC 9687) is at least twice that; none without a hold time. */
	{ "fsm", "OpenConfirm, send hold timer -> Idle" },
	{ "fsm", "Established, collision -> Idle" },                    /* it is the other connection that goes (RFC 4271 6.8), by peer.c */
	{ "said", "Cease/Out of Resources" },                           /* 8 MB for one peer */
	{ "heard", "Cease/Out of Resources" },
};

static bool is_reachable(const char *group, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(not_here); i++)
		if (!strcmp(not_here[i].group, group) && !strcmp(not_here[i].name, name))
			return false;
	return true;
}

bool cover_fsm_name(unsigned state, unsigned event, char *buf, size_t size)
{
	struct bgp_step step = fsm_step(state, event);

	snprintf(buf, size, "%s, %s -> %s", bgp_state_str(state), bgp_event_str(event), bgp_state_str(step.next));
	return !(step.act & (ACT_IGNORE | ACT_NOTIFY_FSM));
}

struct missed { unsigned n; bool print; const char *group; };    /* group: of the line that is being printed; "" none */

static void missing(const struct cover *c, const char *group, const char *name, struct missed *m)
{
	if (!is_reachable(group, name) || cover_has(c, group, name))
		return;
	m->n++;
	if (!m->print)
		return;
	if (strcmp(m->group, group) != 0)
		printf("%ssim: not reached: %s: %s", *m->group ? "\n" : "", group, name);
	else
		printf("; %s", name);
	m->group = group;
}

static void missing_notifications(const struct cover *c, const char *group, struct missed *m)
{
	char name[COVER_NAME];

	for (unsigned code = 0; code < 256; code++)
		for (unsigned sub = 0; sub < 256; sub++)
			if (notify_is_ours((uint8_t)code, (uint8_t)sub))
				missing(c, group, bgp_notification_str((uint8_t)code, (uint8_t)sub, name, sizeof(name)), m);
}

unsigned cover_missing(const struct cover *c, bool print)
{
	char name[COVER_NAME];
	struct missed missed = { .print = print, .group = "" };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		missing(c, rows[i].group, rows[i].name, &missed);
	for (unsigned i = 0; fault_kind(i); i++)
		missing(c, "fault", fault_kind(i)->name, &missed);
	for (unsigned s = 0; s < BGP_N_STATES; s++)
		for (unsigned e = 0; e < BGP_N_EVENTS; e++)
			if (cover_fsm_name(s, e, name, sizeof(name)))
				missing(c, "fsm", name, &missed);
	for (unsigned i = 0; nonsense_name(i); i++)
		missing(c, "nonsense", nonsense_name(i), &missed);
	for (unsigned i = 0; opens_name(i); i++)
		missing(c, "opens", opens_name(i), &missed);
	missing_notifications(c, "said", &missed);
	missing_notifications(c, "heard", &missed);
	if (*missed.group)
		printf("\n");
	return missed.n;
}
