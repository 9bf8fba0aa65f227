/* Samples of the node as a whole: tables, kernel, pace, configuration; and of the process. */
#include <arpa/inet.h>
#include <stdio.h>

#include "agent/agent_drain.h"
#include "agent/agent_hold.h"
#include "agent/agent_pace.h"
#include "agent/base/own.h"
#include "agent/metrics_priv.h"

static struct fib_stats counts(const struct page *m)
{
	struct fib_stats s = { 0 };

	if (agent_fib(m->agent))
		fib_counts(agent_fib(m->agent), &s);
	return s;
}

static struct agent_reload_view reloads(const struct page *m)
{
	struct agent_reload_view v;

	agent_reloads(m->agent, &v);
	return v;
}

static void build_info(struct page *m)
{
	char more[64] = "";

	page_label(more, sizeof(more), "version", WEFT_VERSION);
	page_sample(m, "", more, 1);
}

static void node_info(struct page *m)
{
	const struct config *c = agent_config(m->agent);
	char more[256] = "", text[INET_ADDRSTRLEN];

	page_label(more, sizeof(more), "hostname", c->hostname);
	page_label(more, sizeof(more), "router_id", inet_ntop(AF_INET, &c->router_id, text, sizeof(text)));
	snprintf(text, sizeof(text), "%u", c->asn);
	page_label(more, sizeof(more), "asn", text);
	page_sample(m, "", more, 1);
}

static void drained(struct page *m)
{
	struct agent_drain_view v;

	page_sample(m, "", NULL, agent_drain_view(m->agent, DRAIN_NODE, &v, m->now) && v.on);
}

static void restarting(struct page *m)
{
	struct agent_restart_view v;

	page_sample(m, "", NULL, agent_restart(m->agent, &v, m->now));
}

static void holding(struct page *m)
{
	struct agent_hold_view v;

	page_sample(m, "", NULL, agent_hold(m->agent, &v));
}

/* --- tables ---------------------------------------------------------------------------------------------------------------------- */
static void rib_prefixes(struct page *m)
{
	struct rib_stats s;

	rib_stats(agent_rib(m->agent), &s);
	page_sample(m, "", "family=\"ipv4\"", s.prefixes[0]);
	page_sample(m, "", "family=\"ipv6\"", s.prefixes[1]);
}

static void rib_paths(struct page *m)
{
	struct rib_stats s;

	rib_stats(agent_rib(m->agent), &s);
	page_sample(m, "", NULL, s.paths);
}

static void rib_bytes(struct page *m)
{
	struct rib_stats s;

	rib_stats(agent_rib(m->agent), &s);
	page_sample(m, "", NULL, s.bytes);
}

static void undecided(struct page *m)
{
	page_sample(m, "", NULL, rib_undecided(agent_rib(m->agent)));
}

static void fib_routes(struct page *m)
{
	struct fib_stats s = counts(m);

	page_sample(m, "", "state=\"wanted\"", s.routes);
	page_sample(m, "", "state=\"installed\"", s.installed);
	page_sample(m, "", "state=\"refused\"", s.refused);
}

static void fib_groups_now(struct page *m)
{
	page_sample(m, "", NULL, counts(m).groups);
}

static void fib_hops(struct page *m)
{
	page_sample(m, "", NULL, counts(m).hops);
}

static void fib_neighbors(struct page *m)
{
	page_sample(m, "", NULL, counts(m).neighbours);
}

static void fib_operations(struct page *m)
{
	struct fib_stats s = counts(m);
	char more[40];

	for (int i = FIB_HOP_SET; i <= FIB_NEIGH_DEL; i++) {
		snprintf(more, sizeof(more), "operation=\"%s\"", fib_op_str((enum fib_op_kind)i));
		page_sample(m, "", more, s.ops[i]);
	}
}

static void fib_errors(struct page *m)
{
	page_sample(m, "", NULL, counts(m).errors);
}

static void fib_retries(struct page *m)
{
	page_sample(m, "", NULL, counts(m).retries);
}

static void fib_mismatches(struct page *m)
{
	page_sample(m, "", NULL, counts(m).put_back);
}

static void fib_evened(struct page *m)
{
	page_sample(m, "", NULL, counts(m).evened);
}

static void overruns(struct page *m)
{
	page_sample(m, "", "of=\"links\"", agent_counted(m->agent)->notifications_lost);
	page_sample(m, "", "of=\"neighbors\"", agent_counted(m->agent)->neighbors_lost);
}

static void settings(struct page *m)
{
	page_sample(m, "", NULL, agent_counted(m->agent)->settings_put_back);
}

static void unsendable(struct page *m)
{
	page_sample(m, "", NULL, agent_counted(m->agent)->unsendable);
}

static void bad_requests(struct page *m)
{
	page_sample(m, "", NULL, agent_counted(m->agent)->bad_requests);
}

/* --- pace ------------------------------------------------------------------------------------------------------------------------ */
static void install(struct page *m)
{
	page_histo(m, &agent_pace(m->agent)->install);
}

static void change(struct page *m)
{
	page_histo(m, &agent_pace(m->agent)->change);
}

static void established(struct page *m)
{
	page_histo(m, &agent_pace(m->agent)->established);
}

/* --- configuration --------------------------------------------------------------------------------------------------------------- */
static void generation(struct page *m)
{
	page_sample(m, "", NULL, reloads(m).generation);
}

static void reload_results(struct page *m)
{
	struct agent_reload_view v = reloads(m);

	page_sample(m, "", "result=\"accepted\"", v.accepted);
	page_sample(m, "", "result=\"rejected\"", v.rejected);
}

static void reload_good(struct page *m)
{
	page_sample(m, "", NULL, !reloads(m).failed);
}

/* Of the start, when there was none. */
static void reload_time(struct page *m)
{
	struct agent_reload_view v = reloads(m);
	mono at = v.any ? v.at : agent_started(m->agent);

	page_real(m, "", NULL, m->rim->mono_epoch + (double)at.us / 1000000);
}

static void unconfirmed(struct page *m)
{
	page_sample(m, "", NULL, reloads(m).unconfirmed);
}

static const struct metric rows[] = {
	{ "weft_build_info", METRIC_GAUGE, "Which weftd runs; always 1.", .node = build_info },
	{ "weft_node_info", METRIC_GAUGE, "Who this node is; always 1.", .node = node_info },
	{ "weft_drained", METRIC_GAUGE, "1: this node is drained.", .node = drained },
	{ "weft_restarting", METRIC_GAUGE, "1: this node restarts, and what it left in the kernel is not told again yet.", .node = restarting },
	{ "weft_start_hold", METRIC_GAUGE, "1: this node starts, and announces nothing yet.", .node = holding },
	{ "weft_rib_prefixes", METRIC_GAUGE, "Prefixes with a path.", .node = rib_prefixes },
	{ "weft_rib_paths", METRIC_GAUGE, "Paths of all peers.", .node = rib_paths },
	{ "weft_rib_bytes", METRIC_GAUGE, "Memory of the RIB.", .node = rib_bytes },
	{ "weft_rib_undecided_prefixes", METRIC_GAUGE, "Prefixes that are yet to be decided.", .node = undecided },
	{ "weft_fib_routes", METRIC_GAUGE, "Routes that the kernel should have, those that it has confirmed, and those that it refused.", .node = fib_routes },
	{ "weft_fib_groups", METRIC_GAUGE, "Next-hop groups.", .node = fib_groups_now },
	{ "weft_fib_next_hops", METRIC_GAUGE, "Next hops.", .node = fib_hops },
	{ "weft_fib_neighbors", METRIC_GAUGE, "Permanent neighbour entries of weft in the kernel.", .node = fib_neighbors },
	{ "weft_fib_operations_total", METRIC_COUNTER, "Changes handed to the kernel.", .node = fib_operations },
	{ "weft_fib_errors_total", METRIC_COUNTER, "Changes that the kernel refused.", .node = fib_errors },
	{ "weft_fib_retries_total", METRIC_COUNTER, "Changes that were tried again.", .node = fib_retries },
	{ "weft_fib_mismatches_total", METRIC_COUNTER, "Objects of weft in the kernel that somebody else changed or deleted, and that were put back.", .node = fib_mismatches },
	{ "weft_fib_evened_total", METRIC_COUNTER, "Routes that lost their weights, for there were too many different ones.", .node = fib_evened },
	{ "weft_netlink_overruns_total", METRIC_COUNTER, "Times that notifications of the kernel were lost, and all was read again.", .node = overruns },
	{ "weft_settings_put_back_total", METRIC_COUNTER, "Kernel settings of weft that somebody else changed, and that were set again.", .node = settings },
	{ "weft_unsendable_prefixes_total", METRIC_COUNTER, "Prefixes whose attributes fit into no message.", .node = unsendable },
	{ "weft_control_bad_requests_total", METRIC_COUNTER, "Requests on the control socket that were none.", .node = bad_requests },
	{ "weft_fib_install_seconds", METRIC_HISTOGRAM, "From handing a change to the kernel to its answer.", .node = install },
	{ "weft_change_to_kernel_seconds", METRIC_HISTOGRAM, "From routes that changed to the kernel's last answer to what came of it.", .node = change },
	{ "weft_carrier_to_established_seconds", METRIC_HISTOGRAM, "From a link's carrier to its first session.", .node = established },
	{ "weft_config_generation", METRIC_GAUGE, "Number of the configuration in effect: 1 at the start.", .node = generation },
	{ "weft_config_reloads_total", METRIC_COUNTER, "Reloads.", .node = reload_results },
	{ "weft_config_last_reload_successful", METRIC_GAUGE, "0: the last reload was rejected, or taken back.", .node = reload_good },
	{ "weft_config_last_reload_timestamp_seconds", METRIC_GAUGE, "When the last reload was; without one, when weftd started.", .node = reload_time },
	{ "weft_config_unconfirmed", METRIC_GAUGE, "1: the configuration before this one comes back unless somebody confirms.", .node = unconfirmed },
};

const struct metrics_rows metrics_node = { rows, ARRAY_LEN(rows) };
