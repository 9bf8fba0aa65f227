#include "agent/base/events.h"

#include <stddef.h>
#include <string.h>

#include "agent/base/own.h"

static const struct log_event_row rows[LOG_EVENTS] = {
	[EVENT_NONE] = { "", TOPIC_AGENT, LOG_LVL_DEBUG, "", "" },
	[EVENT_STARTED] = { "started", TOPIC_AGENT, LOG_LVL_NOTICE, "bc7017801a1045bfa5325be5edc6d278",
		"weftd has started" },
	[EVENT_ENDING] = { "ending", TOPIC_AGENT, LOG_LVL_NOTICE, "9aff1a080f914e5e93018b9bb437c8db",
		"weftd ends" },
	[EVENT_RESTART_BEGINS] = { "restart-begins", TOPIC_AGENT, LOG_LVL_NOTICE, "62120a49f72e47bb8ea4c1f4479fe40f",
		"weftd has restarted and uses the routes of the run before" },
	[EVENT_RESTART_LATE] = { "restart-late", TOPIC_AGENT, LOG_LVL_WARNING, "dfac7ba228fe48478ff745227111f5e5",
		"A peer did not tell its routes again in the restart time" },
	[EVENT_RESTART_OVER] = { "restart-over", TOPIC_AGENT, LOG_LVL_NOTICE, "34c8a6245b9745ffa0f67962724ec63a",
		"The restart of weftd is over" },
	[EVENT_HOLD_BEGINS] = { "hold-begins", TOPIC_AGENT, LOG_LVL_NOTICE, "020bd198a862408e82d5b0d81eee208d",
		"This node starts and announces nothing yet" },
	[EVENT_HOLD_LATE] = { "hold-late", TOPIC_AGENT, LOG_LVL_WARNING, "87c561c91cfd4c829b28f74f4041a9de",
		"This node announces its routes before its table is whole" },
	[EVENT_HOLD_OVER] = { "hold-over", TOPIC_AGENT, LOG_LVL_NOTICE, "6b91a02f6b254e8092039001b0974b48",
		"The table is whole, and this node announces its routes" },
	[EVENT_DRAINED] = { "drained", TOPIC_AGENT, LOG_LVL_NOTICE, "ced837d6a5b64b4e86bd0919117b8a46",
		"This node or a link is drained" },
	[EVENT_UNDRAINED] = { "undrained", TOPIC_AGENT, LOG_LVL_NOTICE, "08d3f4434d7846b3a8b33759da5da50e",
		"This node or a link is drained no more" },
	[EVENT_LINK_ADDED] = { "link-added", TOPIC_LINK, LOG_LVL_INFO, "03af6ac7b0a34dc39a567c3ceb828bd6",
		"An interface is a fabric link" },
	[EVENT_LINK_REMOVED] = { "link-removed", TOPIC_LINK, LOG_LVL_INFO, "de8998b9ee9344579e907ea7abef69b7",
		"An interface is no fabric link any more" },
	[EVENT_LINK_UP] = { "link-up", TOPIC_LINK, LOG_LVL_INFO, "838608e89ca34f9096a32830ea47e80d",
		"A link is up" },
	[EVENT_LINK_DOWN] = { "link-down", TOPIC_LINK, LOG_LVL_NOTICE, "84c5f08053d04a9db8362f0d81eb3941",
		"A link is down" },
	[EVENT_LINK_HELD] = { "link-held", TOPIC_LINK, LOG_LVL_NOTICE, "ff03f8228b884ea4b45838825e73f21e",
		"A link that fails again and again is not used for a while" },
	[EVENT_GUARD_FAILED] = { "guard-failed", TOPIC_BGP, LOG_LVL_ERROR, "6ba8255a36444559bb0f255fdfafeca1",
		"A link or neighbor has no session: its password or gtsm cannot be enforced" },
	[EVENT_ROUTER_FOUND] = { "router-found", TOPIC_DISCOVERY, LOG_LVL_INFO, "18faef1df9cb4790aab6432170a998ba",
		"A router is heard on a link" },
	[EVENT_ROUTER_CHANGED] = { "router-changed", TOPIC_DISCOVERY, LOG_LVL_NOTICE, "0e8f78363f17415b9351afa33ceca9c2",
		"The router on a link has another MAC address" },
	[EVENT_ROUTER_CONFLICT] = { "router-conflict", TOPIC_DISCOVERY, LOG_LVL_WARNING, "091505fcaebc4ff1b37e782dd8407dc9",
		"There are more routers on a link than it may have" },
	[EVENT_ROUTER_ADDED] = { "router-added", TOPIC_DISCOVERY, LOG_LVL_INFO, "a856ea0bdfa1405fbcc7b5186a292ee3",
		"A further router is heard on a link" },
	[EVENT_ROUTER_GONE] = { "router-gone", TOPIC_DISCOVERY, LOG_LVL_INFO, "f966ad53b8ac4729a59741f2225e37ce",
		"A further router on a link is gone" },
	[EVENT_CABLING_WRONG] = { "cabling-wrong", TOPIC_LINK, LOG_LVL_WARNING, "26288cbd75274cf382ff2323cee00122",
		"A cable is not where the cabling plan has it" },
	[EVENT_CABLING_RIGHT] = { "cabling-right", TOPIC_LINK, LOG_LVL_NOTICE, "01c44c9368744b609d49fea5ebfe30f8",
		"A cable is where the cabling plan has it again" },
	[EVENT_PEER_STATE] = { "peer-state", TOPIC_BGP, LOG_LVL_DEBUG, "d9634509708b48e592869c76e0fc18a8",
		"The state of a BGP session changed" },
	[EVENT_PEER_UP] = { "peer-up", TOPIC_BGP, LOG_LVL_INFO, "8b1e5641905248ed8508d46a3541b09a",
		"A BGP session is Established" },
	[EVENT_PEER_DOWN] = { "peer-down", TOPIC_BGP, LOG_LVL_NOTICE, "eae29624aa8d4cb7a9b2b67906f81c7f",
		"A BGP session has ended" },
	[EVENT_PEER_FAILS] = { "peer-fails", TOPIC_BGP, LOG_LVL_NOTICE, "ae58ecaac95d4bffbc2244dcab26fde8",
		"A BGP session does not come up" },
	[EVENT_PEER_RESET] = { "peer-reset", TOPIC_BGP, LOG_LVL_WARNING, "10ee5d33ae264912a3416eee1ee129f3",
		"A BGP session is reset by weftd" },
	[EVENT_PEER_RESTARTS] = { "peer-restarts", TOPIC_BGP, LOG_LVL_NOTICE, "3389fa22543c437eb26f662e8894f372",
		"A peer restarts, and its routes are kept" },
	[EVENT_PEER_LATE] = { "peer-late", TOPIC_BGP, LOG_LVL_WARNING, "a6b1b25b595b426e881977725498bbd2",
		"A peer did not come back in its restart time" },
	[EVENT_UPDATE_MALFORMED] = { "update-malformed", TOPIC_BGP, LOG_LVL_WARNING, "757a98d4bd3246e98bbd86eb8eaf84ee",
		"A peer sent an UPDATE that is treated as a withdrawal" },
	[EVENT_PREFIX_LIMIT] = { "prefix-limit", TOPIC_BGP, LOG_LVL_WARNING, "9b6d2fa475b14ec09eb0b4d8eab5b26f",
		"A peer announces nearly as many prefixes as it may, or more" },
	[EVENT_BFD_UP] = { "bfd-up", TOPIC_BFD, LOG_LVL_INFO, "f1b627beab6e48ceafa2f2029cfeda82",
		"A BFD session is Up" },
	[EVENT_BFD_DOWN] = { "bfd-down", TOPIC_BFD, LOG_LVL_WARNING, "446b3874dd0f475287f23331c3331110",
		"BFD says that a link or the peer behind it is dead" },
	[EVENT_BFD_ENDED] = { "bfd-ended", TOPIC_BFD, LOG_LVL_INFO, "0cb54bdca9d3410a919c97811924091c",
		"A peer has ended a BFD session" },
	[EVENT_BFD_FAILS] = { "bfd-fails", TOPIC_BFD, LOG_LVL_ERROR, "414d5c18b0b64fe286b6d0cfb7dcff89",
		"BFD cannot run on a link" },
	[EVENT_PREFIX_ORIGINATED] = { "prefix-originated", TOPIC_ROUTE, LOG_LVL_INFO, "10e227135fa34a99bd9b9f6270391978",
		"This node announces a prefix of its own" },
	[EVENT_PREFIX_ENDED] = { "prefix-ended", TOPIC_ROUTE, LOG_LVL_INFO, "e713d73bcee943a8995403531f4add00",
		"This node announces a prefix of its own no more" },
	[EVENT_ROUTE_CHANGED] = { "route-changed", TOPIC_ROUTE, LOG_LVL_DEBUG, "93221c01e86c4c279bd1f633d3558987",
		"A route has other next hops" },
	[EVENT_KERNEL_PUT_BACK] = { "kernel-put-back", TOPIC_KERNEL, LOG_LVL_WARNING, "e3dba29111eb46d4ad752eea47627182",
		"Somebody else changed routes of weft in the kernel, and they were put back" },
	[EVENT_KERNEL_REFUSES] = { "kernel-refuses", TOPIC_KERNEL, LOG_LVL_ERROR, "0ceac1207914486b83da32328129a406",
		"The kernel refuses routes of weft again and again" },
	[EVENT_KERNEL_ACCEPTS] = { "kernel-accepts", TOPIC_KERNEL, LOG_LVL_NOTICE, "5d9a9326b40349369391034a6534a8cb",
		"The kernel refuses nothing of weft any more" },
	[EVENT_SETTING_PUT_BACK] = { "setting-put-back", TOPIC_KERNEL, LOG_LVL_WARNING, "b09a0886b6774677b0f7dad8d762c7ed",
		"Somebody else changed a kernel setting of weft, and it was put back" },
	[EVENT_KERNEL_RESYNC] = { "kernel-resync", TOPIC_KERNEL, LOG_LVL_NOTICE, "28f1161195204376a0286bc3202fb20b",
		"Notifications of the kernel were lost, and everything was read again" },
	[EVENT_RELOADED] = { "reloaded", TOPIC_CONFIG, LOG_LVL_NOTICE, "1022cfd8d0274eb280266404df8df2df",
		"Another configuration is in effect" },
	[EVENT_RELOAD_REJECTED] = { "reload-rejected", TOPIC_CONFIG, LOG_LVL_ERROR, "54cfcf157f794ed1a7cf3bc318366479",
		"A configuration was rejected" },
	[EVENT_RELOAD_CONFIRMED] = { "reload-confirmed", TOPIC_CONFIG, LOG_LVL_NOTICE, "867ece7202304fdda7daf3427327f3f2",
		"The configuration is confirmed" },
	[EVENT_RELOAD_REVERTED] = { "reload-reverted", TOPIC_CONFIG, LOG_LVL_WARNING, "b5baf708200c4c839616474669fc132e",
		"The configuration was not confirmed in time, and the one before it comes back" },
	[EVENT_RUNTIME_CHANGE] = { "runtime-change", TOPIC_CONFIG, LOG_LVL_NOTICE, "7803c5a1652f4c71a619b59f2fd28349",
		"This node was changed by hand, beside its file" },
	[EVENT_SOFT_RESET] = { "soft-reset", TOPIC_BGP, LOG_LVL_NOTICE, "9a98155fd87f46e28ad757f2e4016204",
		"Routes are told again on a session, as an operator says" },
};

static const char *const topics[LOG_TOPICS] = {
	[TOPIC_AGENT] = "agent", [TOPIC_LINK] = "link", [TOPIC_DISCOVERY] = "discovery", [TOPIC_BGP] = "bgp", [TOPIC_BFD] = "bfd",
	[TOPIC_ROUTE] = "route", [TOPIC_KERNEL] = "kernel", [TOPIC_CONFIG] = "config",
};

static const struct { const char *name; enum log_level level; } levels[] = {
	{ "error", LOG_LVL_ERROR }, { "warning", LOG_LVL_WARNING }, { "notice", LOG_LVL_NOTICE }, { "info", LOG_LVL_INFO },
	{ "debug", LOG_LVL_DEBUG },
};

const struct log_event_row *log_event_row(enum log_event event)
{
	return &rows[event];
}

const char *log_topic_str(enum log_topic topic)
{
	return topics[topic];
}

const char *log_level_str(enum log_level level)
{
	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		if (levels[i].level == level)
			return levels[i].name;
	return "";
}

bool log_topic_of(const char *name, enum log_topic *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(topics); i++)
		if (strcmp(topics[i], name) == 0) {
			*ret = (enum log_topic)i;
			return true;
		}
	return false;
}

bool log_level_of(const char *name, enum log_level *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		if (strcmp(levels[i].name, name) == 0) {
			*ret = levels[i].level;
			return true;
		}
	return false;
}
