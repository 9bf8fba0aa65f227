/* tests/fuzz/fuzz_rib.c: UPDATEs of four peers into the RIB, policies, the decision, and what each peer is told of it: as bytes, read again as
 * that peer would. At the end every peer knows what the RIB has chosen for it and nothing else; and when all are gone nothing is left.
 *
 * Input: steps: what is done (low 2 bits: which peer), then for an UPDATE: bytes of withdrawn routes, bytes of NLRI, and a 16-bit length (its
 * low 12 bits) of both with the attributes between them, and as many bytes. */
#include <stddef.h>

#include "agent/base/community.h"
#include "agent/base/own.h"
#include "agent/rib/bandwidth.h"
#include "agent/rib/policy.h"
#include "agent/rib/rib.h"
#include "tests/fuzz/roundtrip.h"

#define OUR_AS 4210000001u
#define STEPS_MAX 64
#define TOLD_MAX 2048

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FABRIC, OLD, CLIENT, INTERNAL, N_PEERS };         /* OLD: 2-octet ASNs. The last two are internal */
enum { DO_UPDATE, DO_UPDATE2, DO_UPDATE3, DO_DECIDE, DO_EXPORT, DO_STALE, DO_AGAIN, DO_BOUNCE, N_DO };

static const struct bgp_ctx ctxs[N_PEERS] = {
	[FABRIC] = { .as4 = true, .mp = { true, true }, .ext_nh_v4 = true, .local_asn = OUR_AS, .remote_asn = 4200000000 },
	[OLD] = { .mp = { true, true }, .local_asn = OUR_AS, .remote_asn = 65002 },
	[CLIENT] = { .as4 = true, .mp = { true, true }, .local_asn = OUR_AS, .remote_asn = OUR_AS },
	[INTERNAL] = { .as4 = true, .mp = { true, false }, .extended = true, .local_asn = OUR_AS, .remote_asn = OUR_AS },
};

struct told { struct prefix prefix; attrs_id attrs; };

struct fuzz {
	struct rib *rib;
	struct policy *import, *export;  /* of OLD, to FABRIC */
	struct policy_scratch *scratch;
	rib_peer id[N_PEERS];
	struct told told[N_PEERS][TOLD_MAX];
	size_t n_told[N_PEERS];
	unsigned to;                     /* the peer that is being told */
};

/* --- policies: every kind of match and change ------------------------------------------------------------------------------------- */
static struct community any_of_65002 = { { 65002, 0 }, 1 << 1 }, ours = { { 65001, 7 }, 0 }, more = { { 65535, 65535 }, 0 };
static struct community large_any = { { 0, 0, 0 }, 7 }, large_one = { { 1, 0, 0 }, 6 }, large_ours = { { OUR_AS, 2, 3 }, 0 };
static struct prefix_range ten = { { AF_INET, 8, { 10 } }, 9, 30 }, six = { { AF_INET6, 16, { 0x20, 0x01 } }, 32, 128 };

static const struct policy_rule import_rules[] = {
	{ .match = { .communities = { { &any_of_65002, 1 } } },
	  .set = { .has_local_pref = true, .local_pref = 200, .communities = { { .del = { &any_of_65002, 1 }, .add = { &ours, 1 } } } } },
	{ .match = { .as_path = "^65002+ .* [1-9 70000-4294967295]$" }, .set = { .prepend = 3, .weight = 9 } },
	{ .match = { .communities = { [EDIT_LARGE] = { &large_any, 1 } } },
	  .set = { .communities = { { .replace = true, .set = { &more, 1 } }, { .del = { &large_one, 1 }, .add = { &large_ours, 1 } } } } },
	{ .match = { .prefixes = &ten, .n_prefixes = 1 }, .set = { .has_med = true, .med = 5 }, .action = POLICY_ACCEPT },
	{ .match = { .family = AF_INET6, .has_origin = true, .origin = ORIGIN_INCOMPLETE }, .action = POLICY_REJECT },
	{ .match = { .link = "swp[1-3]", .peer_as_only = true }, .set = { .prepend = 32 }, .action = POLICY_ACCEPT },
	{ .action = POLICY_ACCEPT },
};
static const struct policy_rule export_rules[] = {
	{ .match = { .prefixes = &six, .n_prefixes = 1 }, .set = { .prepend = 2, .communities = { { .replace = true } } }, .action = POLICY_ACCEPT },
	{ .match = { .as_path = "(4200000000|65002 65002) .?$" }, .set = { .has_med = true, .communities = { { .add = { &more, 1 } } } } },
	{ .match = { .has_origin = true, .origin = ORIGIN_EGP }, .action = POLICY_REJECT },
	{ .action = POLICY_ACCEPT },
};

static enum policy_verdict apply(struct fuzz *f, const struct policy *policy, unsigned peer, const struct prefix *p, struct attrs *attrs)
{
	const struct policy_route route = { .prefix = p, .link = "swp2", .peer_asn = ctxs[peer].remote_asn,
					    .prepend = policy == f->import ? ctxs[peer].remote_asn : OUR_AS };
	struct attrs before = *attrs;
	enum policy_verdict v = policy_apply(policy, &route, attrs, f->scratch);

	must(v == POLICY_REFUSED || (v == POLICY_CHANGED) == !attrs_eq(&before, attrs), "a policy that does not know what it did");
	return v;
}

/* As agent_policy.c has it: what only counts within this AS goes first. */
static attrs_id export_filter(void *ctx, const struct prefix *p, attrs_id attrs, bool local)
{
	struct fuzz *f = ctx;
	struct attrs value = *attrs_get(rib_attrs(f->rib), attrs);
	attrs_id id;

	must(!local, "nothing is originated here");
	value.weight = 0;
	value.has &= (uint8_t)~(ATTRS_MED | ATTRS_LOCAL_PREF);
	value.med = value.local_pref = 0;
	if (apply(f, f->export, FABRIC, p, &value) == POLICY_REFUSED)
		return 0;
	value.weight = 0;
	must(attrs_intern(rib_attrs(f->rib), &value, &id) == 0, "no memory");
	return id;
}

/* --- in: as agent_bgp.c has it ---------------------------------------------------------------------------------------------------- */
static void withdraw(struct fuzz *f, unsigned peer, struct span nlri, uint8_t family)
{
	struct rd r = rd_of(nlri.p, nlri.n);
	struct prefix p;

	while (nlri_next(&r, family, &p)) {
		rib_withdraw(f->rib, f->id[peer], &p);
		must(!rib_withdraw(f->rib, f->id[peer], &p), "withdrawn twice");
	}
}

static void announce_one(struct fuzz *f, unsigned peer, const struct prefix *p, const struct attrs *attrs)
{
	struct attrs value = *attrs;
	attrs_id id;

	if (peer == OLD && apply(f, f->import, peer, p, &value) == POLICY_REFUSED) {
		rib_withdraw(f->rib, f->id[peer], p);
		return;
	}
	must(attrs_intern(rib_attrs(f->rib), &value, &id) == 0, "no memory");
	must(attrs_eq(attrs_get(rib_attrs(f->rib), id), &value), "interned as something else");
	must(rib_update(f->rib, f->id[peer], p, id) >= 0, "no memory");
	attrs_unref(rib_attrs(f->rib), id);
}

static void announce(struct fuzz *f, unsigned peer, struct span nlri, uint8_t family, const struct attrs *attrs)
{
	struct rd r = rd_of(nlri.p, nlri.n);
	struct prefix p;

	while (nlri_next(&r, family, &p))
		announce_one(f, peer, &p, attrs);
}

static void update(struct fuzz *f, unsigned peer, struct rd body, size_t n_withdrawn, size_t n_nlri)
{
	static uint8_t buf[BGP_MAX_LEN];
	static struct bgp_msg m;
	struct wr w = wr_of(buf, sizeof(buf));
	struct bgp_update *u = &m.update;
	struct bgp_err err;
	size_t n = rd_left(&body);

	n_withdrawn = n_withdrawn < n ? n_withdrawn : n;
	n_nlri = n_nlri < n - n_withdrawn ? n_nlri : n - n_withdrawn;
	for (int i = 0; i < 16; i++)
		wr_u8(&w, 0xff);
	wr_u16(&w, (uint16_t)(BGP_HEADER_LEN + 4 + n));
	wr_u8(&w, BGP_UPDATE);
	wr_u16(&w, (uint16_t)n_withdrawn);
	wr_bytes(&w, rd_take(&body, n_withdrawn), n_withdrawn);
	wr_u16(&w, (uint16_t)(n - n_withdrawn - n_nlri));
	wr_bytes(&w, rd_take(&body, n - n_withdrawn), n - n_withdrawn);
	if (w.bad || bgp_decode(rd_of(buf, wr_len(&w)), &ctxs[peer], &m, &err) < 0)
		return;
	withdraw(f, peer, u->withdrawn, AF_INET);
	withdraw(f, peer, u->mp_unreach, u->mp_unreach_family);
	if (u->treat_as_withdraw) {
		withdraw(f, peer, u->nlri, AF_INET);
		withdraw(f, peer, u->mp_reach, u->mp_reach_family);
		return;
	}
	if (attrs_has_community(&u->attrs, COMMUNITY_GRACEFUL_SHUTDOWN)) {
		u->attrs.local_pref = 0;
		u->attrs.has |= ATTRS_LOCAL_PREF;
	}
	announce(f, peer, u->nlri, AF_INET, &u->attrs);
	announce(f, peer, u->mp_reach, u->mp_reach_family, &u->attrs);
}

/* --- out -------------------------------------------------------------------------------------------------------------------------- */
static void note(struct fuzz *f, const struct prefix *p, attrs_id attrs)
{
	struct told *t = f->told[f->to];
	size_t *n = &f->n_told[f->to], i = 0;

	while (i < *n && !prefix_eq(&t[i].prefix, p))
		i++;
	if (attrs) {
		attrs_ref(rib_attrs(f->rib), attrs);
		if (i < *n)
			attrs_unref(rib_attrs(f->rib), t[i].attrs);
		must(i < TOLD_MAX, "more prefixes than an input can have");
		*n += i == *n;
		t[i] = (struct told){ *p, attrs };
	} else {
		must(i < *n, "a withdrawal of what was never told");
		attrs_unref(rib_attrs(f->rib), t[i].attrs);
		t[i] = t[--*n];
	}
}

static struct bgp_egress egress_to(unsigned peer, rib_peer from, const struct fuzz *f)
{
	struct bgp_egress e = { .next_hop_ll.s6_addr = { 0xfe, 0x80, [15] = 1 }, .own_med = peer == FABRIC };

	if (!ctxs[peer].ext_nh_v4)
		e.next_hop_v4.s_addr = htonl(0xcb007101);
	if (peer < CLIENT) {
		e.prepend = OUR_AS;
	} else {
		e.reflect = from == f->id[CLIENT] || from == f->id[INTERNAL];
		e.originator_id.s_addr = htonl(0x0a000000u + from);
		e.cluster_id.s_addr = htonl(0x0a000002);
	}
	return e;
}

static void on_batch(void *ctx, const struct rib_batch *b)
{
	static struct bgp_msg m;
	static uint8_t buf[BGP_EXT_LEN];
	struct fuzz *f = ctx;
	const struct bgp_ctx *near = &ctxs[f->to];
	struct bgp_ctx far = *near;
	const struct attrs *attrs = b->withdraw ? NULL : attrs_get(rib_attrs(f->rib), b->attrs);
	struct bgp_egress egress = egress_to(f->to, b->from, f);
	bool classic = b->family == AF_INET && !near->ext_nh_v4;
	struct bgp_err err;
	int took = 0;

	far.local_asn = near->remote_asn;
	far.remote_asn = near->local_asn;
	must(b->n > 0 && b->n <= RIB_EXPORT_WINDOW && b->from != f->id[f->to], "a batch that makes no sense");
	for (size_t i = 0; i < b->n; i++)
		note(f, &b->prefixes[i], b->attrs);
	for (size_t at = 0; at < b->n; at += (size_t)took) {
		struct wr w = wr_of(buf, sizeof(buf));
		struct span nlri;

		if (b->withdraw)
			took = bgp_put_unreach(&w, near, b->prefixes + at, b->n - at);
		else
			took = bgp_put_reach(&w, near, attrs, &egress, b->prefixes + at, b->n - at);
		if (took < 0)                            /* attributes that fill a message leave no room for our own AS */
			return;
		must(bgp_decode(rd_of(buf, wr_len(&w)), &far, &m, &err) == 0, "our own UPDATE is refused");
		must(!m.update.treat_as_withdraw && !m.update.discarded, "our own UPDATE is malformed");
		must(b->withdraw || passed_on(attrs, &m.update.attrs, &far, &egress), "attributes changed");
		if (b->withdraw)
			nlri = classic ? m.update.withdrawn : m.update.mp_unreach;
		else
			nlri = classic ? m.update.nlri : m.update.mp_reach;
		expect_same(nlri, b->family, b->prefixes + at, (size_t)took);
	}
}

static void tell(struct fuzz *f, unsigned peer)
{
	f->to = peer;
	while (rib_export(f->rib, f->id[peer], on_batch, f))
		;
}

/* --- what has to hold ------------------------------------------------------------------------------------------------------------- */
static void on_changed(void *ctx, const struct prefix *p, const struct rib_via *via, size_t n)
{
	const struct fuzz *f = ctx;

	must(n <= 2 && !prefix_is_martian(p), "more ways than multipath allows, or a martian");
	for (size_t i = 0; i < n; i++)
		must(via[i].weight > 0 && via[i].attrs && via[i].peer != RIB_LOCAL && (i == 0 || via[i].peer != via[0].peer), "a way to nowhere");
	(void)f;
}

/* RFC 4271 9.2, RFC 4456 6, RFC 1997, RFC 7999 3.2, RFC 9494 4.3, in this test's own words. */
static bool is_for(const struct fuzz *f, unsigned to, rib_peer from, const struct attrs *a)
{
	bool internal = from == f->id[CLIENT] || from == f->id[INTERNAL];

	if (from == f->id[to] || attrs_has_community(a, COMMUNITY_NO_ADVERTISE))
		return false;
	if ((to == OLD || to == INTERNAL) && attrs_has_community(a, COMMUNITY_LLGR_STALE))       /* RFC 9494 4.3 */
		return false;
	if (to >= CLIENT)
		return !internal || to == CLIENT || from == f->id[CLIENT];
	return !attrs_has_community(a, COMMUNITY_NO_EXPORT) && !attrs_has_community(a, COMMUNITY_NO_EXPORT_SUBCONFED) &&
	       !attrs_has_community(a, COMMUNITY_BLACKHOLE);
}

static bool is_long_stale(const struct fuzz *f, const struct rib_path_view *path)
{
	return attrs_has_community(attrs_get(rib_attrs(f->rib), path->attrs), COMMUNITY_LLGR_STALE);
}

/* As the best path, but for one bandwidth that is ours in the place of those that were said. */
static void check_announced(const struct fuzz *f, const struct rib_path_view *best, attrs_id announced)
{
	const struct attrs *was = attrs_get(rib_attrs(f->rib), best->attrs), *is = attrs_get(rib_attrs(f->rib), announced);
	struct bandwidth said = bandwidth_get(is->ext_communities);
	struct attrs same = *is;

	same.ext_communities = was->ext_communities;
	must(attrs_eq(&same, was), "announced with other attributes than the best path's");
	if (best->peer == f->id[CLIENT] || best->peer == f->id[INTERNAL])
		must(announced == best->attrs, "what an internal peer said was changed");
	else
		must(said.n <= 1 && !said.bad && is->ext_communities.n <= was->ext_communities.n, "announced with more than our own bandwidth");
}

struct check { struct fuzz *f; unsigned to; size_t n; };

static bool check_route(void *ctx, const struct rib_route_view *v)
{
	struct check *c = ctx;
	struct fuzz *f = c->f;
	const struct rib_path_view *best = &v->paths[0];
	attrs_id want = v->announced;
	size_t i = 0;

	must(v->n_paths > 0 && best->best && best->lost_by == STEP_BEST, "no best path");
	for (size_t k = 1; k < v->n_paths; k++)
		must(!is_long_stale(f, best) || is_long_stale(f, &v->paths[k]), "a long-lived stale path won over a fresh one");
	check_announced(f, best, want);
	for (size_t k = 1; k < v->n_paths; k++)
		must(v->paths[k].lost_by != STEP_BEST && !v->paths[k].best, "two best paths, or one that lost for no reason");
	if ((v->prefix.family == AF_INET6 && !ctxs[c->to].mp[1]) || !is_for(f, c->to, best->peer, attrs_get(rib_attrs(f->rib), want)))
		return true;
	if (c->to == FABRIC && !(want = export_filter(f, &v->prefix, want, false)))
		return true;
	c->n++;
	while (i < f->n_told[c->to] && !prefix_eq(&f->told[c->to][i].prefix, &v->prefix))
		i++;
	must(i < f->n_told[c->to] && f->told[c->to][i].attrs == want, "a peer was told something else than what was chosen");
	if (c->to == FABRIC)
		attrs_unref(rib_attrs(f->rib), want);
	return true;
}

static void check_told(struct fuzz *f, unsigned peer)
{
	struct check c = { f, peer, 0 };
	struct rib_peer_stats stats;

	rib_peer_stats(f->rib, f->id[peer], &stats);
	rib_walk(f->rib, check_route, &c);
	must(c.n == f->n_told[peer] && c.n == stats.sent[0] + stats.sent[1], "a peer knows what it should not know any more");
}

/* --- steps ------------------------------------------------------------------------------------------------------------------------ */
static void enter(struct fuzz *f, unsigned i)
{
	struct rib_peer_info info = {
		.asn = ctxs[i].remote_asn, .router_id.s_addr = htonl(0x0a000000u + i), .ebgp = i < CLIENT, .rr_client = i == CLIENT,
		.address.s6_addr = { 0xfe, 0x80, [15] = (uint8_t)(9 - i) }, .link = i + 1,
	};

	must(rib_peer_add(f->rib, &info, &f->id[i]) == 0, "no memory");
	rib_peer_bandwidth(f->rib, f->id[i], 1e9f * (float)i);
	rib_export_long_lived(f->rib, f->id[i], i == FABRIC || i == CLIENT);
	rib_export_open(f->rib, f->id[i], ctxs[i].mp[0], ctxs[i].mp[1]);
	if (i == FABRIC)
		rib_export_filter(f->rib, f->id[i], export_filter, f);
}

static void leave(struct fuzz *f, unsigned i)
{
	rib_peer_del(f->rib, f->id[i]);
	for (size_t k = 0; k < f->n_told[i]; k++)
		attrs_unref(rib_attrs(f->rib), f->told[i][k].attrs);
	f->n_told[i] = 0;
}

static void step(struct fuzz *f, uint8_t what, struct rd *r)
{
	unsigned peer = what & 3;
	uint8_t n_withdrawn, n_nlri;
	size_t n;

	switch (what >> 2 & 7) {
	case DO_UPDATE:
	case DO_UPDATE2:
	case DO_UPDATE3:
		n_withdrawn = rd_u8(r);
		n_nlri = rd_u8(r);
		n = rd_u16(r) & 0xfff;
		if (!r->bad)
			update(f, peer, rd_sub(r, n < rd_left(r) ? n : rd_left(r)), n_withdrawn, n_nlri);
		break;
	case DO_DECIDE:
		rib_decide(f->rib, what >> 5);
		break;
	case DO_EXPORT:
		tell(f, peer);
		break;
	case DO_STALE:
		rib_peer_stale(f->rib, f->id[peer], what & 0x20 ? AF_INET6 : AF_INET);
		if (what & 0x40)
			rib_peer_sweep(f->rib, f->id[peer], what & 0x80 ? AF_INET6 : AF_INET);
		else if (what & 0x80)
			rib_peer_long_lived(f->rib, f->id[peer], what & 0x20 ? AF_INET6 : AF_INET);
		break;
	case DO_AGAIN:
		rib_export_again(f->rib, f->id[peer], what & 0x20 ? AF_INET6 : AF_INET);
		break;
	case DO_BOUNCE:
		leave(f, peer);
		enter(f, peer);
		break;
	}
}

static struct fuzz *start(void)
{
	static struct fuzz *f;                   /* made once: every run has to leave it empty */
	struct rib_config cfg = { .asn = OUR_AS, .router_id.s_addr = htonl(0x0a00fe01), .multipath = 2, .long_lived = true, .weighted = true };
	struct rib_out out = { .changed = on_changed };

	if (f)
		return f;
	f = calloc(1, sizeof(*f));
	must(f != NULL, "no memory");
	out.ctx = f;
	must(rib_new(&f->rib, &cfg, &out) == 0 && policy_scratch_new(&f->scratch) == 0, "no memory");
	must(policy_new(&f->import, import_rules, ARRAY_LEN(import_rules)) == 0, "import");
	must(policy_new(&f->export, export_rules, ARRAY_LEN(export_rules)) == 0, "export");
	return f;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz *f = start();
	struct rd r = rd_of(data, size);
	struct rib_stats left;

	for (unsigned i = 0; i < N_PEERS; i++)
		enter(f, i);
	for (int i = 0; i < STEPS_MAX && rd_left(&r) > 0; i++)
		step(f, rd_u8(&r), &r);
	must(rib_decide(f->rib, 0) == 0, "undecided");
	for (unsigned i = 0; i < N_PEERS; i++) {
		tell(f, i);
		check_told(f, i);
	}
	for (unsigned i = 0; i < N_PEERS; i++)
		leave(f, i);
	rib_decide(f->rib, 0);
	rib_stats(f->rib, &left);
	must(left.prefixes[0] + left.prefixes[1] + left.paths + left.attrs == 0, "something is left of peers that are gone");
	return 0;
}
