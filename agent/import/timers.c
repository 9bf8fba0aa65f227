/* Timers, BFD and Router Advertisements. On links weft has one set of timers: that of the first link; others are told. */
#include "agent/import/build.h"

#include <string.h>

struct timers build_timers(struct build *b, const struct peer *p)
{
	const struct said *s = p ? peer_said(p, PEER_TIMERS) : NULL;
	struct timers t = { .hold = b->f->datacenter ? 9 : 180, .keepalive = b->f->datacenter ? 3 : 60 };

	if (!s || s->no)
		s = &b->f->said[BGP_TIMERS];
	if (!s->line || s->no)
		return t;
	t.line = s->line;
	if (s->n != 2 || !frr_number(s->args[0], 65535, &t.keepalive) || !frr_number(s->args[1], 65535, &t.hold) || t.hold == 1 || t.hold == 2) {
		note(&b->f->notes, s->line, "these are no seconds of a keepalive and a hold time");
		return (struct timers){ .hold = 9, .keepalive = 3 };
	}
	if (t.keepalive > t.hold / 3 || (t.keepalive == 0 && t.hold)) {
		t.keepalive = t.hold / 3;
		note(&b->f->notes, s->line, "weft sends keepalives at least every third of the hold time: every %u seconds", (unsigned)t.keepalive);
	}
	return t;
}

static void all_the_same(struct build *b, const struct peer **links, size_t n, const struct timers *first)
{
	for (size_t i = 1; i < n; i++) {
		struct timers t = build_timers(b, links[i]);

		if (t.hold != first->hold || t.keepalive != first->keepalive)
			note(&b->f->notes, t.line ? t.line : links[i]->line, "links of weft have the same timers: %s has hold %u and keepalive %u like the first",
			     links[i]->name, (unsigned)first->hold, (unsigned)first->keepalive);
	}
}

/* `what` of every link has to be the same number of seconds, within 1 to most; 0: nobody says one. */
static uint64_t connect_of(struct build *b, const struct peer **links, size_t n)
{
	uint64_t v, first = 0;

	for (size_t i = 0; i < b->f->n_peers + n; i++) {         /* links first */
		const struct peer *p = i < n ? links[i] : &b->f->peers[i - n];
		const struct said *s = p->group ? NULL : peer_said(p, PEER_CONNECT);

		if (!s || s->no)
			continue;
		if (s->n != 1 || !frr_number(s->args[0], 65535, &v) || v == 0)
			note(&b->f->notes, s->line, "these are no seconds");
		else if (!first)
			first = v;
		else if (v != first)
			note(&b->f->notes, s->line, "all sessions of weft have the same connect_retry: %u", (unsigned)first);
	}
	return first;
}

enum { RA_INTERVAL, RA_LIFETIME };

static uint64_t ra_of(struct build *b, const struct peer **links, size_t n, int which, bool *ret_said)
{
	uint64_t v, first = 0;

	*ret_said = false;
	for (size_t i = 0; i < n; i++) {
		struct interface *f = frr_interface(b->f, links[i]->name, false);
		const struct said *s = !f ? NULL : which == RA_INTERVAL ? &f->ra : &f->ra_lifetime;

		if (!s || !s->line)
			continue;
		if (s->n != 1 || !frr_number(s->args[0], which == RA_INTERVAL ? 1800 : 9000, &v) || (v == 0 && which == RA_INTERVAL))
			note(&b->f->notes, s->line, "weft takes whole seconds");
		else if (!*ret_said)
			first = v;
		else if (v != first)
			note(&b->f->notes, s->line, "all links of weft advertise alike: %u", (unsigned)first);
		*ret_said |= s->n == 1;
	}
	return first;
}

/* Interfaces that advertise and are no links of weft: radvd's work. */
static void other_advertisers(struct build *b, const struct peer **links, size_t n)
{
	for (size_t i = 0; i < b->f->n_interfaces; i++) {
		const struct interface *f = &b->f->interfaces[i];
		bool link = false;

		for (size_t k = 0; k < n && !link; k++)
			link = strcmp(links[k]->name, f->name) == 0;
		if (!link && f->ra_on.line && f->ra_on.no)
			note(&b->f->notes, f->ra_on.line, "weft advertises on its links, and %s is none: advertisements for hosts are radvd's or networkd's", f->name);
		else if (link && f->ra_on.line && !f->ra_on.no)
			note(&b->f->notes, f->ra_on.line, "weft advertises on all of its links: its peers find it by that");
	}
}

void build_all_timers(struct build *b, const struct peer **links, size_t n)
{
	struct timers t = build_timers(b, n ? links[0] : NULL);
	uint64_t connect = connect_of(b, links, n), interval, lifetime;
	json_t *j = json_object();
	bool said;

	all_the_same(b, links, n, &t);
	if (t.hold != 9)
		build_put(b, j, "hold", json_integer((json_int_t)t.hold));
	if (t.keepalive != t.hold / 3)
		build_put(b, j, "keepalive", json_integer((json_int_t)t.keepalive));
	if (connect && connect != 5)
		build_put(b, j, "connect_retry", json_integer((json_int_t)connect));
	interval = ra_of(b, links, n, RA_INTERVAL, &said);
	interval = interval ? interval : 5;
	if (interval != 5)
		build_put(b, j, "ra_interval", json_integer((json_int_t)interval));
	lifetime = ra_of(b, links, n, RA_LIFETIME, &said);
	if (lifetime >= interval)
		build_put(b, j, "ra_lifetime", json_integer((json_int_t)lifetime));
	other_advertisers(b, links, n);
	if (json_object_size(j))
		build_put(b, b->config, "timers", j);
	else
		json_decref(j);
}

/* One number of BFD: as it is said, or FRR's default. */
static uint64_t bfd_number(struct build *b, const struct said *s, uint64_t otherwise, uint64_t most)
{
	uint64_t v;

	if (!s->line)
		return otherwise;
	if (s->n == 1 && frr_number(s->args[0], most, &v) && v > 0)
		return v;
	note(&b->f->notes, s->line, "this is no number that BFD of weft takes: %u is", (unsigned)otherwise);
	return otherwise;
}

static json_t *bfd_json(struct build *b, const struct line *l, const uint64_t v[3])
{
	uint64_t interval = v[1] > v[2] ? v[1] : v[2], multiplier = v[0];

	if (v[1] != v[2])
		note(&b->f->notes, l, "weft sends as often as it wants to hear: every %u ms, the slower of the two", (unsigned)interval);
	if (interval < 10 || interval * multiplier < 30) {
		interval = interval < 10 ? 10 : interval;
		multiplier = interval * multiplier < 30 ? (30 + interval - 1) / interval : multiplier;
		note(&b->f->notes, l, "weft waits 30 ms or more, and sends every 10 ms at most: %u ms times %u", (unsigned)interval, (unsigned)multiplier);
	}
	if (interval == 100 && multiplier == 3)
		return json_true();
	return json_pack("{s:I, s:I}", "interval_ms", (json_int_t)interval, "multiplier", (json_int_t)multiplier);
}

json_t *build_bfd(struct build *b, const struct peer *p)
{
	const struct said *on = peer_said(p, PEER_BFD), *named = peer_said(p, PEER_PROFILE);
	const struct profile *profile = named && !named->no && named->n ? frr_profile(b->f, named->args[0], false) : NULL;
	uint64_t v[3] = { 3, 300, 300 };

	if ((!on && !named) || (on && on->no))
		return json_false();
	if (named && !named->no && !profile)
		note(&b->f->notes, named->line, "there is no such profile: 300 ms times 3");
	for (unsigned i = 0; on && on->n == 3 && i < 3; i++)     /* neighbor PORT bfd 3 100 100 */
		v[i] = bfd_number(b, &(struct said){ on->line, on->args + i, 1, false }, v[i], i ? 60000 : 255);
	if (profile) {
		v[0] = bfd_number(b, &profile->multiplier, 3, 255);
		v[1] = bfd_number(b, &profile->receive, 300, 60000);
		v[2] = bfd_number(b, &profile->transmit, 300, 60000);
	}
	return bfd_json(b, profile && profile->receive.line ? profile->receive.line : named ? named->line : on->line, v);
}
