/* Samples of fabric links: carrier, discovery, who is there and should not be. */
#include <stdio.h>
#include <string.h>

#include "agent/agent_drain.h"
#include "agent/base/own.h"
#include "agent/metrics_priv.h"
#include "agent/show_priv.h"

static void carrier(struct page *m, const struct metrics_link *l)
{
	page_sample(m, l->labels, NULL, l->link->info.up && l->link->info.running);
}

static void admin_up(struct page *m, const struct metrics_link *l)
{
	page_sample(m, l->labels, NULL, l->link->info.up);
}

static void state(struct page *m, const struct metrics_link *l)
{
	static const char *const states[] = { "down", "no-carrier", "no-address", "held", "discovering", "peer" };
	const char *now = show_link_state(m->agent, l->link);
	char more[32];

	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		snprintf(more, sizeof(more), "state=\"%s\"", states[i]);
		page_sample(m, l->labels, more, strcmp(now, states[i]) == 0);
	}
}

static void drained(struct page *m, const struct metrics_link *l)
{
	page_sample(m, l->labels, NULL, agent_is_drained(m->agent, l->link->info.ifindex));
}

static void refused(struct page *m, const struct metrics_link *l)
{
	page_sample(m, l->labels, NULL, l->port.refused);
}

static void others(struct page *m, const struct metrics_link *l)
{
	page_sample(m, l->labels, NULL, l->heard ? l->ra.n_others : 0);
}

static void conflicts(struct page *m, const struct metrics_link *l)
{
	if (l->heard)
		page_sample(m, l->labels, NULL, l->ra.conflicts);
}

static void ra_sent(struct page *m, const struct metrics_link *l)
{
	if (l->heard)
		page_sample(m, l->labels, NULL, l->ra.sent_ra);
}

static void ra_received(struct page *m, const struct metrics_link *l)
{
	if (l->heard)
		page_sample(m, l->labels, NULL, l->ra.received_ra);
}

static void rs_sent(struct page *m, const struct metrics_link *l)
{
	if (l->heard)
		page_sample(m, l->labels, NULL, l->ra.sent_rs);
}

static void rs_received(struct page *m, const struct metrics_link *l)
{
	if (l->heard)
		page_sample(m, l->labels, NULL, l->ra.received_rs);
}

static void unsent(struct page *m, const struct metrics_link *l)
{
	if (l->heard)
		page_sample(m, l->labels, NULL, l->ra.unsent);
}

static void rejected(struct page *m, const struct metrics_link *l)
{
	static const char *const reasons[RA_N_BAD] = {
		[RA_BAD_TYPE] = "type", [RA_BAD_HOP_LIMIT] = "hop_limit", [RA_BAD_SOURCE] = "source", [RA_BAD_CODE] = "code", [RA_BAD_LENGTH] = "length",
		[RA_BAD_OPTION] = "option", [RA_BAD_RATE] = "rate",
	};
	char more[32];

	for (int i = RA_OK + 1; l->heard && i < RA_N_BAD; i++) {
		snprintf(more, sizeof(more), "reason=\"%s\"", reasons[i]);
		page_sample(m, l->labels, more, l->ra.bad[i]);
	}
}

/* "spine01:swp3" */
static void end_label(char *labels, size_t size, const char *name, const struct cable_end *end)
{
	char text[sizeof(*end) + 2];

	snprintf(text, sizeof(text), "%s%s%s", end->host, *end->port ? ":" : "", end->port);
	page_label(labels, size, name, text);
}

static void cabling(struct page *m, const struct metrics_link *l)
{
	struct agent_cabling_view v;
	char more[METRICS_LABELS] = "";

	if (!agent_cabling(m->agent, l->link->info.ifindex, &v))
		return;
	end_label(more, sizeof(more), "expected", &v.plan);
	end_label(more, sizeof(more), "found", &v.heard);
	page_label(more, sizeof(more), "swapped_with", v.swapped_with);
	page_sample(m, l->labels, more, v.alarm);
}

static const struct metric rows[] = {
	{ "weft_link_up", METRIC_GAUGE, "1: the fabric link is switched on.", .link = admin_up },
	{ "weft_link_carrier", METRIC_GAUGE, "1: the fabric link has a carrier.", .link = carrier },
	{ "weft_link_state", METRIC_GAUGE, "1 for the state that the fabric link is in, 0 for the others.", .link = state },
	{ "weft_link_drained", METRIC_GAUGE, "1: the link is drained, by itself or with the node.", .link = drained },
	{ "weft_link_cabling_mismatch", METRIC_GAUGE, "1: at the other end is another than the cabling plan says.", .link = cabling },
	{ "weft_link_refused_connections_total", METRIC_COUNTER, "TCP connections that were closed at once.", .link = refused },
	{ "weft_link_surplus_routers", METRIC_GAUGE, "Routers that advertise themselves on the link and are not spoken to.", .link = others },
	{ "weft_link_neighbor_conflicts_total", METRIC_COUNTER, "Times that one router too many was found on the link since it came up.", .link = conflicts },
	{ "weft_ra_sent_total", METRIC_COUNTER, "Router Advertisements sent since the link came up.", .link = ra_sent },
	{ "weft_ra_received_total", METRIC_COUNTER, "Valid Router Advertisements of others since the link came up.", .link = ra_received },
	{ "weft_ra_rejected_total", METRIC_COUNTER, "Router Advertisements and Solicitations that were not taken since the link came up.", .link = rejected },
	{ "weft_ra_unsent_total", METRIC_COUNTER, "Router Advertisements and Solicitations that the kernel did not send since the link came up.", .link = unsent },
	{ "weft_rs_sent_total", METRIC_COUNTER, "Router Solicitations sent since the link came up.", .link = rs_sent },
	{ "weft_rs_received_total", METRIC_COUNTER, "Router Solicitations of others since the link came up.", .link = rs_received },
};

const struct metrics_rows metrics_links = { rows, ARRAY_LEN(rows) };
