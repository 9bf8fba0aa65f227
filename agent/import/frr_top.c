/* What stands at the top of an FRR configuration, in `interface` and in `bfd`. */
#include "agent/import/rows.h"

#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

#define BGP_ALONE "weft speaks BGP and BFD alone: let FRR go on with this beside it, without bgpd, or do without"
#define STATIC_ROUTES "weft has no routes of its own: give it to the system (networkd, ifupdown); `weft announce` announces a prefix"
#define ONE_TABLE "weft works on one table: run a weftd in a network namespace, or in a VRF of the system, of its own"

static void take_version(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	unsigned long major, minor = 0;
	char *end;
	(void)row;

	if (used == l->n_words)
		return;
	major = strtoul(l->words[used], &end, 10);
	if (*end == '.')
		minor = strtoul(end + 1, NULL, 10);
	r->f->old = major > 0 && (major < 7 || (major == 7 && minor < 4));
}

static void take_defaults(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	(void)row;
	r->f->datacenter = used < l->n_words && strcmp(l->words[used], "datacenter") == 0;
}

static void take_hostname(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	(void)row;
	r->f->hostname = row_said(l, used);
}

static void take_id(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	(void)row;
	r->f->id = row_said(l, used);
}

/* Left out, with all that is in it. */
static void take_block(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	static const char *const why[] = { BGP_ALONE, ONE_TABLE, "weft has nothing like it" };
	(void)used;

	note(&r->f->notes, l, "%s", why[row->what]);
	r->at = AT_BLOCK;
	r->block = l;
}

static void take_bgp(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	struct frr *f = r->f;
	bool again = f->bgp && used < l->n_words && strcmp(f->asn, l->words[used]) == 0;
	(void)row;

	if (l->n_words != used + 1 || (f->bgp && !again)) {
		note(&f->notes, l, "%s", l->n_words > used + 1 ? ONE_TABLE : "weft has one AS, that of the first `router bgp`");
		r->at = AT_BLOCK;
		r->block = l;
		return;
	}
	r->at = AT_BGP;
	r->family = V4;
	if (again)
		return;
	f->bgp = l;
	f->asn = l->words[used];
}

static void take_interface(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	(void)row;
	r->interface = used < l->n_words ? frr_interface(r->f, l->words[used], true) : NULL;
	r->at = AT_INTERFACE;
	if (r->interface && l->n_words == used + 1)
		return;
	note(&r->f->notes, l, "%s", r->interface ? ONE_TABLE : "this is no interface, or one too many");
	r->at = AT_BLOCK;
	r->block = l;
}

static void take_address(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	struct frr *f = r->f;
	struct address *grown, *a;
	struct prefix net;
	(void)row;

	if (used == l->n_words || !frr_prefix(l->words[used], &net) || strcspn(l->words[used], "/") >= sizeof(a->addr)) {
		note(&f->notes, l, "weft sets no addresses: give it to the system (networkd, ifupdown)");
		return;
	}
	grown = frr_grow(f, f->addresses, &f->n_addresses, sizeof(*grown), FRR_MAX);
	if (!grown)
		return;
	f->addresses = grown;
	a = &grown[f->n_addresses - 1];
	*a = (struct address){ .interface = r->interface->name, .line = l, .net = net };
	memcpy(a->addr, l->words[used], strcspn(l->words[used], "/"));
}

enum { RA_INTERVAL, RA_LIFETIME, RA_ON };

static void take_ra(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	struct said *to = row->what == RA_INTERVAL ? &r->interface->ra : row->what == RA_LIFETIME ? &r->interface->ra_lifetime : &r->interface->ra_on;

	*to = row_said(l, used);
}

static void take_bfd(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	(void)l;
	(void)row;
	(void)used;
	r->at = AT_BFD;
}

static void take_profile(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	(void)row;
	r->profile = used < l->n_words ? frr_profile(r->f, l->words[used], true) : NULL;
	r->at = r->profile ? AT_PROFILE : AT_BFD;
}

static void take_bfd_peer(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	(void)row;
	(void)used;
	note(&r->f->notes, l, "BFD of weft is a link's, not an address's: `bfd` of the link, or of all");
	r->at = AT_PROFILE;
	r->profile = NULL;
}

enum { MULTIPLIER, RECEIVE, TRANSMIT };

static void take_interval(struct reader *r, const struct line *l, const struct frr_row *row, unsigned used)
{
	struct profile *p = r->profile;

	if (!p)
		note(&r->f->notes, l, "part of a `peer`, which is left out");
	else
		*(row->what == MULTIPLIER ? &p->multiplier : row->what == RECEIVE ? &p->receive : &p->transmit) = row_said(l, used);
}

#define FORWARDS "weft forwards: its node is there for that; `manage_sysctls` false leaves the kernel's settings alone"

static const struct frr_row tops[] = {
	{ .words = "frr version", .take = take_version }, { .words = "frr defaults", .take = take_defaults },
	{ .words = "hostname", .take = take_hostname }, { .words = "ip router-id", .take = take_id }, { .words = "router-id", .take = take_id },
	{ .words = "domainname" }, { .words = "log" }, { .words = "service" }, { .words = "line" }, { .words = "password" }, { .words = "enable" },
	{ .words = "username" }, { .words = "banner" }, { .words = "agentx" }, { .words = "debug" }, { .words = "vtysh" }, { .words = "configure" },
	{ .words = "ip forwarding", .no_why = FORWARDS }, { .words = "ipv6 forwarding", .no_why = FORWARDS },
	{ .words = "interface", .take = take_interface }, { .words = "router bgp", .take = take_bgp },
	{ .words = "router", .take = take_block, .what = 0 }, { .words = "vrf", .take = take_block, .what = 1 },
	{ .words = "rpki", .take = take_block, .what = 2 }, { .words = "pbr-map", .take = take_block, .what = 2 },
	{ .words = "key chain", .take = take_block, .what = 0 }, { .words = "segment-routing", .take = take_block, .what = 2 },
	{ .words = "nexthop-group", .take = take_block, .what = 2 }, { .words = "mpls", .take = take_block, .what = 0 },
	{ .words = "evpn", .take = take_block, .what = 2 },
	{ .words = "bfd", .take = take_bfd },
	{ .words = "ip route", .why = STATIC_ROUTES }, { .words = "ipv6 route", .why = STATIC_ROUTES },
	{ .words = "access-list", .why = "say it with a prefix list: weft matches these" },
	{ .words = "ip access-list", .why = "say it with a prefix list: weft matches these" },
	{ .words = "ipv6 access-list", .why = "say it with a prefix list: weft matches these" },
	{ .words = "bgp extcommunity-list", .why = "weft matches communities and large communities" },
	{ .words = "ip extcommunity-list", .why = "weft matches communities and large communities" },
	{ .words = "ip protocol", .why = "weft's IPv4 routes have the router-id as their source; they are not filtered on their way into the kernel" },
	{ .words = "ipv6 protocol", .why = "weft's routes are not filtered on their way into the kernel" },
	{ .words = "ip nht", .why = "next hops of weft are on connected networks; of internal and multihop peers within routes other than the default" },
	{ .words = "ipv6 nht", .why = "next hops of weft are on connected networks; of internal and multihop peers within routes other than the default" },
};
const struct frr_rows top_rows = { tops, ARRAY_LEN(tops) };

static const struct frr_row interfaces[] = {
	{ .words = "description" }, { .words = "link-detect" },
	{ .words = "ip address", .take = take_address }, { .words = "ipv6 address", .take = take_address },
	{ .words = "ipv6 nd ra-interval", .take = take_ra, .what = RA_INTERVAL },
	{ .words = "ipv6 nd ra-lifetime", .take = take_ra, .what = RA_LIFETIME },
	{ .words = "ipv6 nd suppress-ra", .take = take_ra, .what = RA_ON, .no = true },
	{ .words = "ipv6 nd", .why = "weft advertises that it is there and nothing else: advertisements for hosts are radvd's or networkd's" },
	{ .words = "shutdown", .why = "weft uses every link of its own that is up: take it down in the system (networkd, ifupdown)" },
	{ .words = "bandwidth", .why = "weft asks the kernel; `bandwidth_mbps` of the link says something else" },
};
const struct frr_rows interface_rows = { interfaces, ARRAY_LEN(interfaces) };

static const struct frr_row bfds[] = {
	{ .words = "profile", .take = take_profile }, { .words = "peer", .take = take_bfd_peer },
};
const struct frr_rows bfd_rows = { bfds, ARRAY_LEN(bfds) };

static const struct frr_row profiles[] = {
	{ .words = "detect-multiplier", .take = take_interval, .what = MULTIPLIER },
	{ .words = "receive-interval", .take = take_interval, .what = RECEIVE },
	{ .words = "transmit-interval", .take = take_interval, .what = TRANSMIT },
	{ .words = "shutdown", .why = "take `bfd` away from the link, or set it to false there" },
	{ .words = "echo-mode", .why = "BFD of weft has no echo packets" },
};
const struct frr_rows profile_rows = { profiles, ARRAY_LEN(profiles) };
