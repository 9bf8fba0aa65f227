/* Thousands of random operations, and beside the RIB the plainest model of what must come out. A seed that fails is in the message. */
#include <stdlib.h>

#include "tests/unit/agent/rib/help.h"

enum { SLOTS = 14, PEERS = 8, PREFIXES = 30, VALUES = 40, STEPS = 6000, SEEDS = 20 };

struct model {
	struct rib *rib;
	unsigned seed;
	uint64_t random;
	unsigned multipath;
	struct prefix prefixes[PREFIXES];
	struct slot {                            /* [0]: local */
		bool used, open[2];
		unsigned generation;             /* of the peer under this number */
		struct rib_peer_info info;
		unsigned paths[PREFIXES];        /* a value's number, 0: none */
		unsigned told[PREFIXES];
		unsigned filter;                 /* a number that decides what its filter says; 0: it has none */
	} slots[SLOTS + 2];
	unsigned generations;
	struct {
		unsigned n, via[SLOTS];          /* generations and weights, sorted: what was reported last */
	} forwards[PREFIXES];
	rib_peer exporting;                      /* whom rib_export runs for, and what it said so far */
	bool seen[PREFIXES], announced[2];
};

static unsigned roll(struct model *m, unsigned below)
{
	m->random = m->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(m->random >> 33) % below;
}

/* Value v differs from all others in aggregator_as, so it can be recognised whatever number the table gives it. */
static struct attrs value(unsigned v, struct asns *asns)
{
	static const uint8_t communities[3][4] = { { 0xff, 0xff, 0xff, 2 }, { 0xff, 0xff, 0xff, 1 }, { 0, 1, 0, 2 } };  /* NO_ADVERTISE, NO_EXPORT, 1:2 */
	uint32_t path[9] = { 1 + v % 3, 5, v % 4 == 0 ? 6 : 0 };
	struct attrs a = { .aggregator_as = v, .has = ATTRS_AGGREGATOR, .origin = v % 7 == 0 ? ORIGIN_INCOMPLETE : ORIGIN_IGP };

	if (v % 5 < 2) {
		a.has |= ATTRS_MED;
		a.med = v % 4;
	}
	if (v % 11 == 0) {
		a.has |= ATTRS_LOCAL_PREF;
		a.local_pref = 100 + v % 2;
	}
	if (v % 6 == 0)
		a.weight = (uint8_t)(1 + v % 4);
	if (v % 8 < 3)
		a.communities = (struct span){ communities[v % 8], 4 };
	if (v == VALUES - 1)
		path[1] = OWN_ASN;
	a.as_path = as_seq(asns, path);
	return a;
}

static unsigned index_of(const struct model *m, const struct prefix *p)
{
	for (unsigned i = 0; i < PREFIXES; i++)
		if (prefix_eq(&m->prefixes[i], p))
			return i;
	cr_assert_fail("a prefix that nobody announced");
	return 0;
}

/* The value that c has at one step of RFC 4271 9.1.2.2: lower is better. MED is not here. */
static int64_t at_step(const struct model *m, unsigned slot, unsigned prefix, unsigned step)
{
	struct asns asns;
	struct attrs a = value(m->slots[slot].paths[prefix], &asns);
	int64_t at[] = {
		slot != RIB_LOCAL, -(int64_t)(a.has & ATTRS_LOCAL_PREF ? a.local_pref : 100), asns.bytes[1], a.origin, 0, !m->slots[slot].info.ebgp,
		ntohl(m->slots[slot].info.router_id.s_addr),
	};

	return at[step];
}

static bool beaten_by_med(const struct model *m, unsigned slot, unsigned by, unsigned prefix)
{
	struct asns asns, other;
	struct attrs a = value(m->slots[slot].paths[prefix], &asns), b = value(m->slots[by].paths[prefix], &other);

	return memcmp(asns.bytes + 2, other.bytes + 2, 4) == 0 && b.med < a.med;
}

/* The peers that remain after every step but the tie-breaks, and then in their order. */
static unsigned chosen(const struct model *m, unsigned prefix, unsigned ret[SLOTS])
{
	bool in[SLOTS] = { 0 }, out[SLOTS];
	unsigned n = 0, best;

	for (unsigned s = 0; s < SLOTS; s++)
		in[s] = m->slots[s].used && m->slots[s].paths[prefix];
	for (unsigned step = 0; step <= 5; step++) {
		memset(out, 0, sizeof(out));
		for (unsigned x = 0; x < SLOTS; x++)
			for (unsigned y = 0; y < SLOTS; y++)
				if (in[x] && in[y] && (step == 4 ? beaten_by_med(m, x, y, prefix) : at_step(m, y, prefix, step) < at_step(m, x, prefix, step)))
					out[x] = true;
		for (unsigned x = 0; x < SLOTS; x++)
			in[x] = in[x] && !out[x];
	}
	for (;; in[best] = false) {
		best = SLOTS;
		for (unsigned x = 0; x < SLOTS; x++)
			if (in[x] && (best == SLOTS || at_step(m, x, prefix, 6) < at_step(m, best, prefix, 6)))
				best = x;
		if (best == SLOTS)
			return n;
		ret[n++] = best;
	}
}

static unsigned via_of(const struct model *m, unsigned prefix, unsigned ret[SLOTS])
{
	unsigned n = chosen(m, prefix, ret);

	return n && ret[0] == RIB_LOCAL ? 0 : n < m->multipath ? n : m->multipath;
}

/* A peer in the forwarding set, with its weight, as one number. */
static unsigned member(const struct model *m, unsigned slot, unsigned prefix)
{
	struct attrs a = value(m->slots[slot].paths[prefix], &(struct asns){ 0 });

	return m->slots[slot].generation * 256 + (a.weight ? a.weight : 1);
}

/* What a peer's filter makes of value v: another value, or 0. A third is refused, a third changed, so that different values become equal. */
static unsigned filtered(unsigned filter, unsigned prefix, unsigned v)
{
	unsigned x = (filter * 31 + prefix * 7 + v) % 3;

	return !filter || x == 0 ? v : x == 1 ? 0 : 1000 + filter % 3 + v % 5;
}

static attrs_id filter(void *ctx, const struct prefix *p, attrs_id attrs, bool local);

static int by_number(const void *a, const void *b)
{
	return (int)*(const unsigned *)a - (int)*(const unsigned *)b;
}

static void changed(void *ctx, const struct prefix *p, const struct rib_via *via, size_t n)
{
	struct model *m = ctx;
	unsigned prefix = index_of(m, p), want[SLOTS], set[SLOTS] = { 0 };

	cr_assert_eq(via_of(m, prefix, want), n, "seed %u", m->seed);
	for (size_t i = 0; i < n; i++) {
		cr_assert_eq(via[i].peer, want[i], "seed %u: in the order of decision", m->seed);
		set[i] = member(m, via[i].peer, prefix);
		cr_assert_eq(set[i] % 256, via[i].weight, "seed %u: weight", m->seed);
	}
	qsort(set, n, sizeof(*set), by_number);
	cr_assert(m->forwards[prefix].n != n || memcmp(m->forwards[prefix].via, set, n * sizeof(*set)) != 0, "seed %u: not a change", m->seed);
	m->forwards[prefix].n = (unsigned)n;
	memcpy(m->forwards[prefix].via, set, sizeof(set));
}

static void batch(void *ctx, const struct rib_batch *b)
{
	struct model *m = ctx;
	struct slot *s = &m->slots[m->exporting];
	unsigned family = b->family == AF_INET6;

	cr_assert(s->open[family], "seed %u", m->seed);
	cr_assert(!b->withdraw || !m->announced[family], "seed %u: withdrawals first", m->seed);
	m->announced[family] |= !b->withdraw;
	for (size_t i = 0; i < b->n; i++) {
		unsigned prefix = index_of(m, &b->prefixes[i]);

		cr_assert_not(m->seen[prefix], "seed %u: twice in one window", m->seed);
		m->seen[prefix] = true;
		cr_assert(!b->withdraw || s->told[prefix], "seed %u: a withdrawal of what was not told", m->seed);
		s->told[prefix] = b->withdraw ? 0 : attrs_get(rib_attrs(m->rib), b->attrs)->aggregator_as * 2 + b->local;
	}
}

static attrs_id filter(void *ctx, const struct prefix *p, attrs_id attrs, bool local)
{
	struct model *m = ctx;
	unsigned number = m->slots[m->exporting].filter, v = attrs_get(rib_attrs(m->rib), attrs)->aggregator_as;
	struct attrs a = *attrs_get(rib_attrs(m->rib), attrs);
	attrs_id id;

	cr_assert_neq(number, 0);
	(void)local;
	a.aggregator_as = filtered(number, index_of(m, p), v);
	if (!a.aggregator_as)
		return 0;
	if (a.aggregator_as >= 1000)
		a = (struct attrs){ .aggregator_as = a.aggregator_as, .has = ATTRS_AGGREGATOR };
	cr_assert_eq(attrs_intern(rib_attrs(m->rib), &a, &id), 0);
	return id;
}

static bool export_once(struct model *m, rib_peer peer)
{
	m->exporting = peer;
	memset(m->seen, 0, sizeof(m->seen));
	memset(m->announced, 0, sizeof(m->announced));
	return rib_export(m->rib, peer, batch, m);
}

static rib_peer join(struct model *m, unsigned n)
{
	struct rib_peer_info info = peer_info(n);
	rib_peer peer;

	info.ebgp = n % 4 != 0;
	info.rr_client = n % 8 == 0;
	cr_assert_eq(rib_peer_add(m->rib, &info, &peer), 0);
	cr_assert_lt(peer, SLOTS + 1);
	m->slots[peer] = (struct slot){ .used = true, .generation = ++m->generations, .info = info };
	return peer;
}

/* Two peers never have the same router-id, so that the model needs no further tie-break. */
static unsigned free_identity(struct model *m)
{
	unsigned n = 1 + roll(m, 200), s;

	for (s = 1; s < SLOTS && m->slots[s].info.link != n; s++)
		;
	return s == SLOTS ? n : free_identity(m);
}

/* The numbers of peers that have left may not be free yet. */
static bool may_join(const struct model *m)
{
	unsigned n = 0;

	for (unsigned s = 1; s < SLOTS; s++)
		n += m->slots[s].used;
	return n < PEERS;
}

static void leave(struct model *m, rib_peer peer)
{
	rib_peer_del(m->rib, peer);
	memset(&m->slots[peer], 0, sizeof(m->slots[peer]));
}

static void open_export(struct model *m, rib_peer peer, bool ipv4, bool ipv6)
{
	m->slots[peer].filter = roll(m, 2) ? 0 : 1 + roll(m, 100);
	rib_export_filter(m->rib, peer, m->slots[peer].filter ? filter : NULL, m);
	rib_export_open(m->rib, peer, ipv4, ipv6);
	m->slots[peer].open[0] = ipv4;
	m->slots[peer].open[1] = ipv6;
	memset(m->slots[peer].told, 0, sizeof(m->slots[peer].told));
}

static void update_or_withdraw(struct model *m, rib_peer peer, unsigned prefix)
{
	unsigned *path = &m->slots[peer].paths[prefix], v = 1 + roll(m, VALUES - 1);
	struct asns asns;
	struct attrs a = value(v, &asns);
	attrs_id id;

	if (roll(m, 10) < 3) {
		cr_assert_eq(rib_withdraw(m->rib, peer, &m->prefixes[prefix]), *path != 0, "seed %u", m->seed);
		*path = 0;
		return;
	}
	cr_assert_eq(attrs_intern(rib_attrs(m->rib), &a, &id), 0);
	cr_assert_eq(rib_update(m->rib, peer, &m->prefixes[prefix], id), v == VALUES - 1 ? RIB_AS_LOOP : RIB_ACCEPTED);
	attrs_unref(rib_attrs(m->rib), id);
	*path = v == VALUES - 1 ? 0 : v;
}

static void one_step(struct model *m)
{
	unsigned what = roll(m, 1000);
	rib_peer peer = (rib_peer)roll(m, SLOTS);
	struct slot *s = &m->slots[peer];

	if (!s->used) {
		if (what < 50 && may_join(m))
			join(m, free_identity(m));
	} else if (what < 600) {
		update_or_withdraw(m, peer, roll(m, PREFIXES));
	} else if (what < 800) {
		rib_decide(m->rib, 1 + roll(m, 6));
	} else if (what < 940) {
		if (peer)
			export_once(m, peer);
	} else if (what < 970) {
		if (peer && roll(m, 2))
			open_export(m, peer, roll(m, 8), roll(m, 8));
	} else if (what < 980) {
		rib_export_again(m->rib, peer, roll(m, 2) ? AF_INET : AF_INET6);
	} else if (what < 983) {
		m->multipath = 1 + roll(m, SLOTS);
		rib_set_multipath(m->rib, m->multipath);
	} else if (peer) {
		leave(m, peer);
	}
}

/* RFC 4271 9.2, RFC 4456 section 6. */
static bool hears_of(const struct model *m, rib_peer to, unsigned from)
{
	const struct rib_peer_info *a = &m->slots[from].info, *b = &m->slots[to].info;

	return from != to && (from == RIB_LOCAL || a->ebgp || b->ebgp || a->rr_client || b->rr_client);
}

static unsigned wanted(const struct model *m, rib_peer peer, unsigned prefix)
{
	unsigned order[SLOTS], n = chosen(m, prefix, order), v;
	const struct slot *s = &m->slots[peer];

	if (!n || !hears_of(m, peer, order[0]) || !s->open[m->prefixes[prefix].family == AF_INET6])
		return 0;
	v = m->slots[order[0]].paths[prefix];
	if (order[0] != RIB_LOCAL && (v % 8 == 0 || (v % 8 == 1 && s->info.ebgp)))       /* NO_ADVERTISE, NO_EXPORT */
		return 0;
	v = filtered(s->filter, prefix, v);
	return v ? v * 2 + (order[0] == RIB_LOCAL) : 0;
}

static void compare_peer(struct model *m, rib_peer peer)
{
	struct slot *s = &m->slots[peer];
	struct rib_peer_stats stats;
	uint32_t sent[2] = { 0 }, received[2] = { 0 };
	unsigned want, family;

	while (export_once(m, peer))
		;
	for (unsigned prefix = 0; prefix < PREFIXES; prefix++) {
		family = m->prefixes[prefix].family == AF_INET6;
		want = wanted(m, peer, prefix);
		cr_assert_eq(s->told[prefix], want, "seed %u: told %u, wanted %u", m->seed, s->told[prefix], want);
		sent[family] += want != 0;
		received[family] += s->paths[prefix] != 0;
	}
	rib_peer_stats(m->rib, peer, &stats);
	cr_assert_arr_eq(stats.sent, sent, sizeof(sent), "seed %u", m->seed);
	cr_assert_arr_eq(stats.received, received, sizeof(received), "seed %u", m->seed);
}

static bool compare_view(void *ctx, const struct rib_route_view *view)
{
	struct model *m = ctx;
	unsigned prefix = index_of(m, &view->prefix), order[SLOTS], n = chosen(m, prefix, order), n_via = via_of(m, prefix, (unsigned[SLOTS]){ 0 });

	cr_assert_geq(view->n_paths, n);
	for (unsigned i = 0; i < view->n_paths; i++) {
		cr_assert_eq(view->paths[i].best, i == 0);
		cr_assert_eq(view->paths[i].multipath, i < n_via, "seed %u", m->seed);
		cr_assert(i >= n || view->paths[i].peer == order[i], "seed %u", m->seed);
		cr_assert_eq(attrs_get(rib_attrs(m->rib), view->paths[i].attrs)->aggregator_as, m->slots[view->paths[i].peer].paths[prefix]);
		cr_assert_eq(i == 0, view->paths[i].lost_by == STEP_BEST);
		cr_assert_eq(i >= n, view->paths[i].lost_by >= STEP_LOCAL && view->paths[i].lost_by <= STEP_EBGP, "seed %u", m->seed);
	}
	m->seen[prefix] = true;
	return true;
}

/* Lets everything settle, then nothing may be left to wish for. */
static void compare(struct model *m)
{
	unsigned via[SLOTS], n;
	rib_peer fresh;

	rib_decide(m->rib, 0);
	fresh = join(m, 2000);
	open_export(m, fresh, true, true);
	for (rib_peer peer = 1; peer <= SLOTS; peer++)
		if (m->slots[peer].used)
			compare_peer(m, peer);
	leave(m, fresh);
	cr_assert_eq(rib_decide(m->rib, 0), 0);
	memset(m->seen, 0, sizeof(m->seen));
	rib_walk(m->rib, compare_view, m);
	for (unsigned prefix = 0; prefix < PREFIXES; prefix++) {
		cr_assert_eq(m->seen[prefix], chosen(m, prefix, via) > 0);
		n = via_of(m, prefix, via);
		for (unsigned i = 0; i < n; i++)
			via[i] = member(m, via[i], prefix);
		qsort(via, n, sizeof(*via), by_number);
		cr_assert_eq(m->forwards[prefix].n, n, "seed %u", m->seed);
		cr_assert_arr_eq(m->forwards[prefix].via, via, n * sizeof(*via), "seed %u", m->seed);
	}
}

static void run(unsigned seed)
{
	struct model *m = calloc(1, sizeof(*m));
	struct rib_stats stats;

	m->seed = seed;
	m->random = seed * 7919 + 1;
	m->multipath = 1 + seed % 4;
	for (uint32_t i = 0; i < PREFIXES; i++)
		m->prefixes[i] = i % 4 ? nth4(i) : nth6(i);
	cr_assert_eq(rib_new(&m->rib, &(struct rib_config){ .asn = OWN_ASN, .multipath = m->multipath, .at_once = seed % 3 }, &(struct rib_out){ .changed = changed, .ctx = m }), 0);
	m->slots[RIB_LOCAL].used = true;
	for (unsigned i = 1; i <= STEPS; i++) {
		one_step(m);
		if (i % 300 == 0)
			compare(m);
	}
	for (rib_peer peer = 1; peer < SLOTS; peer++)
		if (m->slots[peer].used)
			leave(m, peer);
	for (unsigned prefix = 0; prefix < PREFIXES; prefix++)
		rib_withdraw(m->rib, RIB_LOCAL, &m->prefixes[prefix]);
	rib_decide(m->rib, 0);
	rib_stats(m->rib, &stats);
	cr_assert_eq(stats.prefixes[0] + stats.prefixes[1] + stats.paths + stats.attrs, 0, "seed %u: something is left", seed);
	rib_free(m->rib);
	free(m);
}

Test(model, random_operations_end_where_the_plain_model_ends)
{
	for (unsigned seed = 0; seed < SEEDS; seed++)
		run(seed);
}
