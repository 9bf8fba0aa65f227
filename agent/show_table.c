/* Long tables bit by bit: what stands between the rib's walk and the rows of show_routes.c and show_adj.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_explain.h"
#include "agent/mrt.h"
#include "agent/refused.h"
#include "agent/show_priv.h"

#define PREFIXES_A_STEP 256              /* some milliseconds */

struct show_table {
	struct agent *agent;
	enum show_what what;
	char name[64];
	struct rib_walker *walker;
	struct mrt *mrt;                 /* SHOW_DUMP */
	bool begun;                      /* the same: the peers are told */
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

static int dump_new(struct show_table *t, const char *time_s)
{
	char *end;
	unsigned long s = strtoul(time_s, &end, 10);

	if (*end || *time_s < '0' || *time_s > '9' || s > UINT32_MAX)
		return -EINVAL;
	return mrt_new(&t->mrt, t->agent, (uint32_t)s);
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
	if (what == SHOW_DUMP) {
		r = dump_new(t, name);
	} else if (what != SHOW_ROUTES) {
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
	mrt_free(t->mrt);
	free(t);
}

/* In hex: a string of JSON holds no bytes. */
static void record(void *ctx, const uint8_t *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const struct show_table *t = ctx;
	char *hex = malloc(2 * n + 1);
	json_t *o = NULL;

	for (size_t i = 0; hex && i < n; i++) {
		hex[2 * i] = digits[p[i] >> 4];
		hex[2 * i + 1] = digits[p[i] & 15];
	}
	if (hex)
		o = json_stringn_nocheck(hex, 2 * n);
	free(hex);
	t->fn(t->ctx, o);                        /* NULL: there is no answer then (ctl_list_add) */
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
	case SHOW_DUMP:
		mrt_route(t->mrt, view, record, ctx);
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
	else if (t->what != SHOW_DUMP)
		r = find(t, &v, &t->peer);
	if (t->what == SHOW_DUMP && !t->begun) {
		t->begun = true;
		mrt_peers(t->mrt, record, t);
	}
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
