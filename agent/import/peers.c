/* Peers on interfaces become `links`. */
#include "agent/import/build.h"

#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

bool build_active(const struct build *b, const struct peer *p, int af)
{
	const struct said *s = peer_said_af(p, af, AF_ACTIVE), *all = &b->f->said[af == V4 ? BGP_NO_IPV4 : BGP_IPV6];

	if (s)
		return !s->no;
	return all->line ? !all->no : af == V4;
}

bool build_external(const struct build *b, const struct peer *p)
{
	const struct said *s = peer_said(p, PEER_REMOTE_AS);
	uint64_t asn;

	if (!s || !s->n || strcmp(s->args[0], "internal") == 0)
		return false;
	return !frr_number(s->args[0], UINT32_MAX, &asn) || asn != b->asn;
}

static bool is_address(const char *s)
{
	struct prefix p;

	return !strchr(s, '/') && prefix_parse(s, &p) == 0;
}

static const char *as_trouble(const struct build *b, const struct peer *p)
{
	const struct said *s = peer_said(p, PEER_REMOTE_AS);
	uint64_t asn;

	if (!s || !s->n)
		return "nobody says its AS: there is no session in FRR either";
	if (p->interface && !build_external(b, p))
		return "links of weft are to other ASes: give every node an AS of its own, or make it a numbered neighbor";
	if (strcmp(s->args[0], "external") == 0 || strcmp(s->args[0], "internal") == 0)
		return NULL;
	if (strcmp(s->args[0], "auto") == 0)
		return p->interface ? NULL : "say its AS, \"external\" or \"internal\"";
	if (!frr_number(s->args[0], UINT32_MAX - 1, &asn) || asn == 0 || asn == 23456 || asn == 65535)
		return "weft takes an AS number from 1 to 4294967294 that is not reserved";
	return NULL;
}

bool build_peer_is(struct build *b, const struct peer *p)
{
	const struct said *down = peer_said(p, PEER_SHUTDOWN);
	const char *why = NULL;

	if (p->group)
		return false;
	if (!p->interface && !is_address(p->name))
		why = "this is neither a port (`interface`), nor an address, nor a peer-group";
	else if (down && !down->no)
		why = "it is shut down, and weft has no peers that are: it is left out";
	else if (p->interface && (strlen(p->name) > 15 || strpbrk(p->name, "*?[]/:")))
		why = "this is no name of an interface";
	else
		why = as_trouble(b, p);
	if (why)
		note(&b->f->notes, p->line, "%s", why);
	return !why;
}

static void link_notes(struct build *b, const struct peer *p)
{
	static const struct { enum said_peer what; const char *why; } rows[] = {
		{ PEER_MULTIHOP, "the peer on a link is one hop away" },
		{ PEER_PASSIVE, "both sides of a link connect" },
		{ PEER_SOURCE, "sessions on links are between link-local addresses" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct said *s = peer_said(p, rows[i].what);

		if (s && !s->no)
			note(&b->f->notes, s->line, "%s", rows[i].why);
	}
}

static json_t *link_of(struct build *b, const struct peer *p)
{
	const struct said *as = peer_said(p, PEER_REMOTE_AS), *ttl = peer_said(p, PEER_TTL);
	json_t *j = json_object();
	uint64_t v;

	link_notes(b, p);
	if (frr_number(as->args[0], UINT32_MAX, &v))
		build_put(b, j, "asn", json_integer((json_int_t)v));
	if (ttl && !ttl->no && ttl->n && strcmp(ttl->args[0], "1") == 0)
		build_put(b, j, "gtsm", json_true());
	else if (ttl && !ttl->no)
		note(&b->f->notes, ttl->line, "the peer on a link is one hop away: `gtsm` demands that");
	build_terms(b, p, j);
	return j;
}

/* One BFD for all if they agree, else each its own. */
static void put_bfd(struct build *b, json_t *links, json_t *bfds)
{
	json_t *first = json_array_get(bfds, 0), *v, *link;
	const char *name;
	bool same = true;
	size_t i;

	json_array_foreach(bfds, i, v)
		same &= json_equal(first, v);
	if (same && first && !json_is_false(first))
		build_put(b, b->config, "bfd", json_incref(first));
	i = 0;
	json_object_foreach(links, name, link) {
		v = json_array_get(bfds, i++);
		if (!same && !json_is_false(v))
			build_put(b, link, "bfd", json_incref(v));
	}
}

static void put_links(struct build *b, json_t *links)
{
	json_t *list = json_array(), *v;
	const char *name;
	bool plain = true;

	json_object_foreach(links, name, v) {
		plain &= json_object_size(v) == 0;
		build_put(b, list, NULL, json_string(name));
	}
	build_put(b, b->config, "links", json_incref(plain ? list : links));
	json_decref(list);
}

static void some_family(struct build *b, const struct peer *p)
{
	b->families |= build_active(b, p, V4) ? ONLY_V4 : 0;
	b->families |= build_active(b, p, V6) ? ONLY_V6 : 0;
	if (!build_active(b, p, V4) && !build_active(b, p, V6))
		note(&b->f->notes, p->line, "it is active in no address family: the session comes up, and nothing is exchanged");
}

void build_peers(struct build *b)
{
	AUTO_FREE const struct peer **peers = calloc(b->f->n_peers + 1, sizeof(*peers)), **links = calloc(b->f->n_peers + 1, sizeof(*links));
	json_t *link = json_object(), *bfds = json_array(), *numbered = json_array();
	size_t n = 0, n_links = 0;

	b->bad |= !peers || !links;
	for (size_t i = 0; !b->bad && i < b->f->n_peers; i++)
		if (build_peer_is(b, &b->f->peers[i])) {
			peers[n++] = &b->f->peers[i];
			some_family(b, peers[n - 1]);
			if (peers[n - 1]->interface)
				links[n_links++] = peers[n - 1];
		}
	b->first_link = n_links ? links[0] : NULL;
	if (n && !(b->families & ONLY_V6))
		build_put(b, b->config, "ipv6", json_false());
	else if (!n)
		b->families = BOTH;
	b->families |= ONLY_V4;
	for (size_t i = 0; !b->bad && i < n; i++) {
		if (peers[i]->interface) {
			build_put(b, link, peers[i]->name, link_of(b, peers[i]));
			build_put(b, bfds, NULL, build_bfd(b, peers[i]));
		} else {
			build_numbered(b, peers[i], numbered);
		}
	}
	if (!b->bad) {
		put_bfd(b, link, bfds);
		put_links(b, link);
		build_all_timers(b, links, n_links);
	}
	if (json_array_size(numbered))
		build_put(b, b->config, "neighbors", json_incref(numbered));
	json_decref(link);
	json_decref(bfds);
	json_decref(numbered);
}
