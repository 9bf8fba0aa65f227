/* What `weft announce` has said. links_originate (agent_originate.c) puts it together with what interfaces have; here is only the list. */
#include "agent/agent_announce.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_priv.h"
#include "agent/base/log.h"

void announced_add(struct announced *to, const struct community *c, unsigned parts)
{
	size_t size = community_size(parts);
	uint8_t *list = parts == COMMUNITY_STANDARD ? to->standard : to->large, *n = parts == COMMUNITY_STANDARD ? &to->n_standard : &to->n_large;
	uint8_t bytes[12];

	community_put(c, parts, bytes);
	for (size_t i = 0; i < *n; i++)          /* RFC 8092 5: none twice */
		if (memcmp(list + i * size, bytes, size) == 0)
			return;
	if (to->n_standard + to->n_large < ANNOUNCED_COMMUNITIES)
		memcpy(list + (*n)++ * size, bytes, size);
}

/* Where it is in the list, or would be. */
static size_t place_of(const struct agent *a, const struct prefix *p)
{
	size_t lo = 0, hi = a->announced.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (prefix_cmp(&a->announced.list[mid].prefix, p) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct announced *agent_announced_at(const struct agent *a, size_t i)
{
	return i < a->announced.n ? &a->announced.list[i] : NULL;
}

const struct announced *agent_announced(const struct agent *a, const struct prefix *p)
{
	const struct announced *at = agent_announced_at(a, place_of(a, p));

	return at && prefix_eq(&at->prefix, p) ? at : NULL;
}

bool announced_attrs(const struct agent *a, const struct prefix *p, struct attrs *attrs)
{
	const struct announced *at = agent_announced(a, p);

	if (!at)
		return false;
	attrs->communities = (struct span){ at->standard, (uint16_t)(at->n_standard * 4) };
	attrs->large_communities = (struct span){ at->large, (uint16_t)(at->n_large * 12) };
	return true;
}

static bool announced_eq(const struct announced *a, const struct announced *b)
{
	return a->n_standard == b->n_standard && a->n_large == b->n_large && memcmp(a->standard, b->standard, a->n_standard * 4u) == 0 &&
	       memcmp(a->large, b->large, a->n_large * 12u) == 0;
}

static int insert(struct agent *a, size_t i, const struct announced *what)
{
	struct announced *grown;

	if (a->announced.n == ANNOUNCED_MAX)
		return -ENOSPC;
	if (a->announced.n == a->announced.room) {
		size_t room = a->announced.room ? 2 * a->announced.room : 4;

		grown = realloc(a->announced.list, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		a->announced.list = grown;
		a->announced.room = room;
	}
	memmove(a->announced.list + i + 1, a->announced.list + i, (a->announced.n++ - i) * sizeof(*what));
	a->announced.list[i] = *what;
	return 0;
}

int agent_announce(struct agent *a, const struct announced *what)
{
	struct log_about about = { .prefix = &what->prefix };
	size_t i = place_of(a, &what->prefix);
	bool there = agent_announced(a, &what->prefix);
	char s[PREFIX_STRLEN];
	int r;

	if (prefix_is_martian(&what->prefix))
		return -EINVAL;
	if (what->prefix.family == AF_INET6 && !a->cfg->ipv6)
		return -EAFNOSUPPORT;
	if (there && announced_eq(&a->announced.list[i], what))
		return 0;
	r = there ? 0 : insert(a, i, what);
	if (r < 0)
		return r;
	a->announced.list[i] = *what;
	a->originate_dirty = true;
	log_event(EVENT_RUNTIME_CHANGE, about, "%s is announced%s, as the operator says, with %u communities", prefix_str(&what->prefix, s),
		  there ? " otherwise" : "", what->n_standard + what->n_large);
	return 1;
}

int agent_withdraw(struct agent *a, const struct prefix *p)
{
	size_t i = place_of(a, p);
	char s[PREFIX_STRLEN];

	if (!agent_announced(a, p))
		return -ENOENT;
	a->announced.n--;
	memmove(a->announced.list + i, a->announced.list + i + 1, (a->announced.n - i) * sizeof(struct announced));
	a->originate_dirty = true;
	log_event(EVENT_RUNTIME_CHANGE, (struct log_about){ .prefix = p }, "%s is announced no more, as the operator says", prefix_str(p, s));
	return 0;
}
