#include "agent/resync.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct resync {
	struct link_change *said;
	size_t n, room;
	bool on, short_of_memory;
};

int resync_new(struct resync **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

void resync_free(struct resync *r)
{
	if (!r)
		return;
	free(r->said);
	free(r);
}

void resync_begin(struct resync *r)
{
	r->n = 0;
	r->on = true;
	r->short_of_memory = false;
}

void resync_mention(struct resync *r, const struct link_change *change)
{
	struct link_change *grown;

	if (!r->on || (change->kind != LINK_NEW && change->kind != ADDR_NEW))
		return;
	if (r->n == r->room) {
		r->room = r->room ? r->room * 2 : 64;
		grown = realloc(r->said, r->room * sizeof(*grown));
		if (!grown) {
			r->short_of_memory = true;
			r->room = r->n;
			return;
		}
		r->said = grown;
	}
	r->said[r->n++] = *change;
}

static bool link_said(const struct resync *r, uint32_t ifindex)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->said[i].kind == LINK_NEW && r->said[i].link.ifindex == ifindex)
			return true;
	return false;
}

static bool addr_said(const struct resync *r, const struct link_addr *addr)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct link_addr *s = &r->said[i].addr;

		if (r->said[i].kind == ADDR_NEW && s->ifindex == addr->ifindex && s->family == addr->family && s->len == addr->len &&
		    !memcmp(s->addr, addr->addr, sizeof(s->addr)))
			return true;
	}
	return false;
}

/* The first thing in the table that was not said, as a deletion; each is told to the agent, which changes the table, so start over. */
static bool find_gone(const struct resync *r, const struct links *links, struct link_change *ret)
{
	const struct link *link = NULL;

	while ((link = links_after(links, link))) {
		if (!link_said(r, link->info.ifindex)) {
			*ret = (struct link_change){ .kind = LINK_DEL, .link = link->info };
			return true;
		}
		for (size_t i = 0; i < link->n_addrs; i++)
			if (!addr_said(r, &link->addrs[i])) {
				*ret = (struct link_change){ .kind = ADDR_DEL, .addr = link->addrs[i] };
				return true;
			}
	}
	return false;
}

void resync_end(struct resync *r, struct agent *agent, mono now)
{
	struct link_change gone;

	while (r->on && !r->short_of_memory && find_gone(r, agent_links(agent), &gone))
		agent_link_change(agent, &gone, now);
	r->on = false;
}
