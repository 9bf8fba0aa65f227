/* Peers with addresses become `neighbors`; and what they share with links. */
#include "agent/import/build.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

static bool usable(const char *s, int *ret_family)
{
	struct in6_addr a = { 0 };

	*ret_family = strchr(s, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(*ret_family, s, *ret_family == AF_INET ? a.s6_addr + 12 : a.s6_addr) != 1)
		return false;
	if (*ret_family == AF_INET)
		return a.s6_addr[12] != 0 && a.s6_addr[12] != 127 && a.s6_addr[12] < 224;
	return !IN6_IS_ADDR_UNSPECIFIED(&a) && !IN6_IS_ADDR_LOOPBACK(&a) && !IN6_IS_ADDR_MULTICAST(&a) && !in6_is_ll(&a) && !IN6_IS_ADDR_V4MAPPED(&a);
}

static bool same_address(const char *x, const char *y)
{
	struct prefix a, b;

	return prefix_parse(x, &a) == 0 && prefix_parse(y, &b) == 0 && prefix_eq(&a, &b);
}

/* update-source ADDRESS|INTERFACE */
static const char *source_of(struct build *b, const struct peer *p, int family)
{
	const struct said *s = peer_said(p, PEER_SOURCE);
	const char *found = NULL;
	int is;

	if (!s || s->no || !s->n)
		return NULL;
	if (usable(s->args[0], &is) && is == family)
		found = s->args[0];
	for (size_t i = 0; !found && i < b->f->n_addresses; i++)
		if (strcmp(b->f->addresses[i].interface, s->args[0]) == 0 && usable(b->f->addresses[i].addr, &is) && is == family)
			found = b->f->addresses[i].addr;
	if (!found && strcmp(s->args[0], "lo") == 0 && family == AF_INET) {
		AUTO_FREE char *id = malloc(INET_ADDRSTRLEN);

		note(&b->f->notes, s->line, "weft takes an address: that of lo is not in this file; if it is the router-id, it is \"local_address\": \"%s\"",
		     id && inet_ntop(AF_INET, &b->id, id, INET_ADDRSTRLEN) ? id : "");
		return NULL;
	}
	if (!found || same_address(found, p->name)) {
		note(&b->f->notes, s->line, "weft takes an address of the peer's family: say it as local_address");
		return NULL;
	}
	return found;
}

static void put_distance(struct build *b, const struct peer *p, bool has_source, int family, json_t *j)
{
	const struct said *ttl = peer_said(p, PEER_TTL), *hops = peer_said(p, PEER_MULTIHOP);
	const struct said *says = ttl && !ttl->no ? ttl : hops && !hops->no && build_external(b, p) ? hops : NULL;
	uint64_t n = 255;

	if (!says)
		return;
	if ((says->n && (!frr_number(says->args[0], 255, &n) || n == 0)) || (says == ttl && n > 254)) {
		note(&b->f->notes, says->line, "this is no number of hops that weft takes");
		return;
	}
	if (n > 1 && family == AF_INET6 && !has_source) {
		note(&b->f->notes, says->line, "over IPv6 `multihop` needs `local_address`, which becomes the next hop: say both");
		return;
	}
	if (says == ttl)
		build_put(b, j, "gtsm", json_true());
	if (n > 1)
		build_put(b, j, "multihop", json_integer((json_int_t)n));
}

static void put_internal(struct build *b, const struct peer *p, json_t *j)
{
	static const struct { enum said_af what; const char *key; } rows[] = { { AF_CLIENT, "route_reflector_client" }, { AF_SELF, "next_hop_self" } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct said *four = peer_said_af(p, V4, rows[i].what), *six = peer_said_af(p, V6, rows[i].what);
		const struct said *s = four ? four : six;

		if (!s || s->no)
			continue;
		if (build_external(b, p)) {
			if (rows[i].what == AF_CLIENT)
				note(&b->f->notes, s->line, "it is an external peer: those have no reflector");
			continue;                        /* they are told our next hop anyway */
		}
		if (s->n)
			note(&b->f->notes, s->line, "weft leaves the next hop of reflected routes as it is");
		if (b->families == BOTH && !four != !six && build_active(b, p, V4) && build_active(b, p, V6))
			note(&b->f->notes, s->line, "weft does it for both families");
		build_put(b, j, rows[i].key, json_true());
	}
}

static void put_timers(struct build *b, const struct peer *p, json_t *j)
{
	struct timers all = build_timers(b, b->first_link), own = build_timers(b, p);

	if (own.hold == all.hold && own.keepalive == all.keepalive)
		return;
	build_put(b, j, "hold", json_integer((json_int_t)own.hold));
	build_put(b, j, "keepalive", json_integer((json_int_t)own.keepalive));
}

static bool told_before(const struct peer *p, const json_t *list)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (same_address(p->name, json_string_value(json_object_get(v, "address"))))
			return true;
	return false;
}

void build_numbered(struct build *b, const struct peer *p, json_t *list)
{
	const struct said *as = peer_said(p, PEER_REMOTE_AS), *passive = peer_said(p, PEER_PASSIVE), *bfd = peer_said(p, PEER_BFD);
	const struct said *next_hop = peer_said(p, PEER_NEXT_HOP);
	const char *source;
	uint64_t asn;
	json_t *j;
	int family;

	if (!usable(p->name, &family) || told_before(p, list)) {
		note(&b->f->notes, p->line, "weft takes every unicast address once; a link-local one is found by itself on its link");
		return;
	}
	j = json_object();
	source = source_of(b, p, family);
	build_put(b, j, "address", json_string(p->name));
	build_put(b, j, "remote_asn", frr_number(as->args[0], UINT32_MAX, &asn) ? json_integer((json_int_t)asn) : json_string(as->args[0]));
	if (source)
		build_put(b, j, "local_address", json_string(source));
	put_distance(b, p, source, family, j);
	if (passive && !passive->no)
		build_put(b, j, "passive", json_true());
	put_internal(b, p, j);
	put_timers(b, p, j);
	if (!bfd || bfd->no)
		bfd = peer_said(p, PEER_PROFILE);
	if (bfd && !bfd->no)
		note(&b->f->notes, bfd->line, "BFD of weft is on links: the session with %s lives by its timers, or its interface", p->name);
	if (next_hop && !next_hop->no && family == AF_INET6 && build_active(b, p, V4))
		note(&b->f->notes, next_hop->line, "IPv4 routes have an IPv6 next hop with %s if the interface to it has no IPv4 address; with one, that is the next hop", p->name);
	build_terms(b, p, j);
	build_put(b, list, NULL, j);
}

static json_t *limit_of(struct build *b, const struct said *s)
{
	uint64_t max, percent = 75, minutes = 0;
	unsigned at = 1;
	json_t *j;

	if (!s->n || !frr_number(s->args[0], UINT32_MAX, &max) || max == 0) {
		note(&b->f->notes, s->line, "this is no number of prefixes");
		return NULL;
	}
	if (at < s->n && frr_number(s->args[at], 100, &percent))
		at++;
	if (at < s->n && strcmp(s->args[at], "warning-only") == 0) {
		note(&b->f->notes, s->line, "weft has no limit that only warns: it ends the session, or refuses what is too much (`teardown` false)");
		return NULL;
	}
	if (at + 1 < s->n && strcmp(s->args[at], "restart") == 0 && frr_number(s->args[at + 1], 65535, &minutes))
		at += 2;
	if (at < s->n)
		note(&b->f->notes, s->line, "weft counts what the import policy accepts: `%s` is left out", s->args[at]);
	if (minutes == 0 || minutes > 1440) {
		note(&b->f->notes, s->line, "weft tries again after a day at the latest%s", minutes ? "" : "; FRR waits for `clear bgp`");
		minutes = 1440;
	}
	j = json_pack("{s:I, s:I, s:I}", "max", (json_int_t)max, "warning", (json_int_t)percent, "restart", (json_int_t)minutes * 60);
	if (percent == 0)
		json_object_del(j, "warning");
	return j;
}

json_t *build_limit(struct build *b, const struct peer *p)
{
	const struct said *four = peer_said_af(p, V4, AF_LIMIT), *six = peer_said_af(p, V6, AF_LIMIT);

	four = four && !four->no && build_active(b, p, V4) ? four : NULL;
	six = six && !six->no && build_active(b, p, V6) ? six : NULL;
	if (four && six) {
		note(&b->f->notes, six->line, "weft counts both families together: add this number to the limit of IPv4");
		return limit_of(b, four);
	}
	if ((four || six) && build_active(b, p, V4) && build_active(b, p, V6))
		note(&b->f->notes, (four ? four : six)->line, "weft counts both families together: there has to be room for the other one");
	return four ? limit_of(b, four) : six ? limit_of(b, six) : NULL;
}

static void put_role(struct build *b, const struct peer *p, json_t *to)
{
	static const char *const words[] = { "provider", "customer", "peer", "rs-server", "rs-client" };
	const struct said *s = peer_said(p, PEER_ROLE);

	for (size_t i = 0; s && !s->no && s->n && i < ARRAY_LEN(words); i++)
		if (strcmp(words[i], s->args[0]) == 0 && build_external(b, p)) {
			build_put(b, to, "role", json_string(words[i]));
			if (s->n > 1 && strcmp(s->args[1], "strict-mode") == 0)
				build_put(b, to, "role_strict", json_true());
			return;
		}
	if (s && !s->no)
		note(&b->f->notes, s->line, "weft has no such role of an external peer");
}

void build_terms(struct build *b, const struct peer *p, json_t *to)
{
	const struct said *password = peer_said(p, PEER_PASSWORD);
	json_t *limit = build_limit(b, p), *in = build_filter(b, p, false), *out = build_filter(b, p, true);

	put_role(b, p, to);
	if (password && !password->no && password->n == 1 && strlen(password->args[0]) <= 80)
		build_put(b, to, "password", json_string(password->args[0]));
	else if (password && !password->no)
		note(&b->f->notes, password->line, "weft takes 1 to 80 characters: write it into the result yourself, with its spaces");
	if (limit)
		build_put(b, to, "max_prefixes", limit);
	if (in)
		build_put(b, to, "import", in);
	if (out)
		build_put(b, to, "export", out);
}
