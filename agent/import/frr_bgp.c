/* What stands in `router bgp` and its address families, but for `neighbor`. */
#include "agent/import/rows.h"

#include <string.h>

#include "agent/base/own.h"

#define ORIGINATE "weft announces connected prefixes (`originate`) and what `weft announce` says: routes of other protocols it does not"

static void take_said(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	r->f->said[row->what] = row_said(l, used);
}

static void take_family(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	const char *second = used < l->n_words ? l->words[used] : "unicast";

	if (row->what < N_AF && strcmp(second, "unicast") == 0) {
		r->at = AT_FAMILY;
		r->family = row->what;
		return;
	}
	note(&r->f->notes, l, "weft exchanges IPv4 and IPv6 unicast routes alone");
	r->at = AT_FAMILY_BLOCK;
	r->block = l;
}

static void take_multipath(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	(row->what ? r->f->multipath_internal : r->f->multipath)[r->family] = row_said(l, used);
}

static void take_connected(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	(void)row;
	r->f->connected[r->family] = row_said(l, used);
}

static void take_network(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	const struct line **grown = frr_grow(r->f, r->f->networks[r->family], &r->f->n_networks[r->family], sizeof(*grown), FRR_MAX);
	(void)row;
	(void)used;

	if (!grown) {
		note(&r->f->notes, l, "there are too many of these");
		return;
	}
	r->f->networks[r->family] = grown;
	grown[r->f->n_networks[r->family] - 1] = l;
}

static const struct frr_row bgps[] = {
	{ .words = "neighbor", .take = peer_line, .no = true },
	{ .words = "address-family ipv4", .take = take_family, .what = V4 }, { .words = "address-family ipv6", .take = take_family, .what = V6 },
	{ .words = "address-family", .take = take_family, .what = N_AF },
	{ .words = "bgp router-id", .take = take_said, .what = BGP_ROUTER_ID }, { .words = "timers bgp", .take = take_said, .what = BGP_TIMERS },
	{ .words = "bgp bestpath as-path multipath-relax", .take = take_said, .what = BGP_RELAX, .no = true },
	{ .words = "bgp always-compare-med", .take = take_said, .what = BGP_MED, .no = true },
	{ .words = "bgp default ipv4-unicast", .take = take_said, .what = BGP_NO_IPV4, .no = true },
	{ .words = "bgp default ipv6-unicast", .take = take_said, .what = BGP_IPV6, .no = true },
	{ .words = "bgp ebgp-requires-policy", .take = take_said, .what = BGP_POLICY, .no = true },
	{ .words = "bgp graceful-restart", .take = take_said, .what = BGP_RESTART, .no = true },
	{ .words = "bgp graceful-restart restart-time", .take = take_said, .what = BGP_RESTART_TIME },
	{ .words = "bgp graceful-restart preserve-fw-state" },
	{ .words = "bgp graceful-restart stalepath-time", .why = "weft keeps the routes of a peer that restarts for the time that it announced, 300 seconds at most" },
	{ .words = "bgp graceful-restart select-defer-time", .why = "weft decides when all peers have told their routes, or restart_seconds are over" },
	{ .words = "bgp graceful-restart-disable", .why = "weft itself says nothing of the kind without `graceful_restart`; peers that do are kept for" },
	{ .words = "bgp suppress-fib-pending", .take = take_said, .what = BGP_PENDING, .no = true },
	{ .words = "bgp log-neighbor-changes" }, { .words = "bgp deterministic-med" }, { .words = "bgp bestpath compare-routerid" },
	{ .words = "bgp default show-hostname" }, { .words = "bgp default show-nexthop-hostname" }, { .words = "bgp network import-check" },
	{ .words = "coalesce-time" }, { .words = "read-quanta" }, { .words = "write-quanta" },
	{ .words = "bgp fast-external-failover", .no_why = "a session of weft ends with its link" },
	{ .words = "bgp graceful-shutdown", .why = "`weft drain` does that, on the running node" },
	{ .words = "bgp listen", .why = "weft waits for no unknown numbered peer: name each under `neighbors`, or let it be found on its link" },
	{ .words = "bgp update-delay", .why = "`start_hold` keeps a node that starts from announcing before its table is whole" },
	{ .words = "bgp bestpath bandwidth", .why = "`weighted` shares the traffic by the bandwidth behind each route" },
	{ .words = "bgp cluster-id", .why = "the cluster identifier of weft is the router-id" },
	{ .words = "bgp", .why = "weft has no such setting of BGP" },
};
const struct frr_rows bgp_rows = { bgps, ARRAY_LEN(bgps) };

static const struct frr_row families[] = {
	{ .words = "neighbor", .take = peer_line, .no = true },
	{ .words = "maximum-paths", .take = take_multipath, .what = 0 }, { .words = "maximum-paths ibgp", .take = take_multipath, .what = 1 },
	{ .words = "redistribute connected", .take = take_connected }, { .words = "redistribute", .why = ORIGINATE },
	{ .words = "network", .take = take_network },
	{ .words = "aggregate-address", .why = "weft announces no aggregate by itself: `weft announce` does, on the running node" },
	{ .words = "table-map", .why = "weft's routes are not filtered on their way into the kernel" },
	{ .words = "distance", .why = "weft's routes have metric 20; it compares itself with no other protocol" },
};
const struct frr_rows family_rows = { families, ARRAY_LEN(families) };
