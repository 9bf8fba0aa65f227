#include "agent/metrics.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/base/own.h"
#include "agent/metrics_priv.h"

static const struct metrics_rows *const parts[] = { &metrics_node, &metrics_peers, &metrics_links, &metrics_process };

const char *metrics_name(size_t i, enum metric_type *ret_type, const char **ret_help)
{
	for (size_t k = 0; k < ARRAY_LEN(parts); i -= parts[k]->n, k++)
		if (i < parts[k]->n) {
			*ret_type = parts[k]->rows[i].type;
			*ret_help = parts[k]->rows[i].help;
			return parts[k]->rows[i].name;
		}
	return NULL;
}

/* What it says now; what is not known now is as it was said last. */
static void see_peer(const struct agent *a, struct metrics_peer *p)
{
	const struct peer *peer = peers_find(agent_peers(a), p->met.key);
	uint32_t asn = p->met.met->asn;
	const char *hostname = p->met.met->hostname;
	char number[16] = "";
	rib_peer rib;

	p->there = peer != NULL;
	if (peer)
		peer_view(peer, &p->v);
	if (peer && p->v.remote_asn)
		asn = p->v.remote_asn;
	if (peer && *p->v.hostname)
		hostname = p->v.hostname;
	if (asn)
		snprintf(number, sizeof(number), "%u", asn);
	if (agent_rib_peer(a, p->met.key, &rib))
		rib_peer_stats(agent_rib(a), rib, &p->rib);
	page_label(p->labels, sizeof(p->labels), "link", p->met.link);
	page_label(p->labels, sizeof(p->labels), "peer", p->met.name);
	page_label(p->labels, sizeof(p->labels), "peer_hostname", hostname);
	page_label(p->labels, sizeof(p->labels), "asn", number);
}

/* A link on which nobody was ever met has no peer to speak of. */
static bool is_peer(const struct agent *a, const struct agent_met_view *met)
{
	return met->met->any || met->numbered || peers_find(agent_peers(a), met->key);
}

static int see_peers(const struct agent *a, struct metrics_peer **ret, size_t *ret_n)
{
	struct agent_met_view met;
	struct metrics_peer *list;
	size_t n = 0;

	for (size_t i = 0; agent_met(a, i, &met); i++)
		n += is_peer(a, &met);
	list = calloc(n ? n : 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	*ret_n = n;
	n = 0;
	for (size_t i = 0; agent_met(a, i, &met); i++)
		if (is_peer(a, &met)) {
			list[n].met = met;
			see_peer(a, &list[n++]);
		}
	*ret = list;
	return 0;
}

static void each_link(struct page *m, const struct metric *row)
{
	const struct link *link = NULL;
	struct metrics_link l;

	while ((link = links_after(agent_links(m->agent), link))) {
		if (!agent_is_fabric(m->agent, link->info.ifindex))
			continue;
		l = (struct metrics_link){ .link = link };
		agent_link_view(m->agent, link->info.ifindex, &l.port);
		l.heard = ra_view(agent_ra(m->agent), link->info.ifindex, &l.ra);
		page_label(l.labels, sizeof(l.labels), "link", link->info.name);
		row->link(m, &l);
	}
}

int metrics_render(const struct agent *a, const struct metrics_rim *rim, mono now, char **ret, size_t *ret_n)
{
	struct page m = { .agent = a, .rim = rim, .now = now };
	AUTO_FREE struct metrics_peer *peers = NULL;
	size_t n = 0;
	int r = see_peers(a, &peers, &n);

	if (r < 0)
		return r;
	for (size_t k = 0; k < ARRAY_LEN(parts); k++)
		for (const struct metric *row = parts[k]->rows; row < parts[k]->rows + parts[k]->n; row++) {
			page_head(&m, row);
			for (size_t i = 0; row->peer && i < n; i++)
				row->peer(&m, &peers[i]);
			if (row->link)
				each_link(&m, row);
			if (row->node)
				row->node(&m);
		}
	if (m.bad) {
		free(m.p);
		return -ENOMEM;
	}
	*ret = m.p;
	*ret_n = m.n;
	return 0;
}
