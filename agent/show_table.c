/* Long tables bit by bit: what stands between the rib's walk and the rows of show_routes.c and show_adj.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_explain.h"
#include "agent/refused.h"
#include "agent/show_priv.h"

#define PREFIXES_A_STEP 256              /* some milliseconds */

struct show_table {
	struct agent *agent;
	enum show_what what;
	char name[64];
	struct rib_walker *walker;
	/* Of this step: */
	const char *withheld;            /* SHOW_ROUTES */
	rib_peer peer;                   /* SHOW_RECEIVED */
	struct agent_teller *teller;     /* SHOW_ADVERTISED */
	show_row *fn;
	void *ctx;
};

/* The neighbor may be another one by now, or have another number: it is looked for anew in every step. */
static int find(const struct show_table *t, struct peer_view *ret, rib_peer *ret_peer)
{
	const struct peer *peer = NULL;

	while ((peer = peers_after(agent_peers(t->agent), peer))) {
		peer_view(peer, ret);
		if (strcmp(ret->link, t->name) == 0)
			return agent_rib_peer(t->agent, ret->key, ret_peer) && (t->what == SHOW_RECEIVED || ret->state == BGP_ESTABLISHED) ? 0 : -ENOTCONN;
	}
	return links_by_name(agent_links(t->agent), t->name) ? -ENOTCONN : -ENOENT;
}

int show_table_new(struct show_table **ret, struct agent *a, enum show_what what, const char *name)
{
	struct show_table *t = calloc(1, sizeof(*t));
	struct peer_view v;
	rib_peer peer;
	int r = 0;

	if (!t)
		return -ENOMEM;
	t->agent = a;
	t->what = what;
	if (what != SHOW_ROUTES) {
		snprintf(t->name, sizeof(t->name), "%s", name);
		r = find(t, &v, &peer);
	}
	if (r == 0) {
		t->walker = rib_walker_new(agent_rib(a));
		r = t->walker ? 0 : -ENOMEM;
	}
	if (r < 0)
		show_table_free(t);
	else
		*ret = t;
	return r;
}

void show_table_free(struct show_table *t)
{
	if (!t)
		return;
	rib_walker_free(t->walker);
	free(t);
}

static bool row(void *ctx, const struct rib_route_view *view)
{
	const struct show_table *t = ctx;
	json_t *o = NULL;

	switch (t->what) {
	case SHOW_ROUTES:
		o = show_route(t->agent, view, t->withheld);
		break;
	case SHOW_RECEIVED:
		o = show_received(t->agent, view, t->peer);
		break;
	case SHOW_ADVERTISED:
		o = show_advertised(t->teller, view);
		break;
	}
	if (o)
		t->fn(t->ctx, o);
	return true;
}

int show_table_step(struct show_table *t, show_row *fn, void *ctx, mono now)
{
	struct refused_view refused;
	struct peer_view v;
	struct prefix p;
	bool more;
	int r = 0;

	t->fn = fn;
	t->ctx = ctx;
	if (t->what == SHOW_ROUTES)
		t->withheld = show_all_withheld(t->agent);
	else
		r = find(t, &v, &t->peer);
	if (r == 0 && t->what == SHOW_ADVERTISED)
		r = agent_teller_new(&t->teller, t->agent, v.key);
	if (r < 0)
		return r;
	more = rib_walker_step(t->walker, PREFIXES_A_STEP, row, t);
	agent_teller_free(t->teller);
	t->teller = NULL;
	if (!more && t->what == SHOW_RECEIVED)   /* few: what was refused is not kept */
		for (size_t at = 0; refused_of(t->agent, v.key, &at, &p, &refused);)
			fn(ctx, show_refused(&p, refused_str(refused.why), refused.at, now));
	return more;
}
