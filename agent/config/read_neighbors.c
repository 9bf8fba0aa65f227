/* `neighbors`: numbered peers. What depends on keys that may stand behind them in the file is settled at the end (neighbors_finish). */
#include "agent/config/read.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

#define ADDRESS_ALLOWED "an IPv4 or IPv6 unicast address such as \"203.0.113.2\" or \"2001:db8::2\""

/* Fabric links are found by themselves: a link-local address has no place here. */
static bool address_usable(const struct in6_addr *a)
{
	uint8_t first = a->s6_addr[12];

	if (IN6_IS_ADDR_V4MAPPED(a))
		return first != 0 && first != 127 && first < 224;
	return !IN6_IS_ADDR_UNSPECIFIED(a) && !IN6_IS_ADDR_LOOPBACK(a) && !IN6_IS_ADDR_MULTICAST(a) && !in6_is_ll(a);
}

/* IPv4 becomes IPv4-mapped; written so, it is none. */
static bool take_address(const char *s, struct in6_addr *ret)
{
	struct in6_addr mapped = { .s6_addr = { [10] = 0xff, 0xff } };

	if (inet_pton(AF_INET, s, mapped.s6_addr + 12) == 1)
		*ret = mapped;
	else if (inet_pton(AF_INET6, s, ret) != 1 || IN6_IS_ADDR_V4MAPPED(ret))
		return false;
	return address_usable(ret);
}

static bool read_address(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	char shown[VAL_SHOWN];
	struct in6_addr a;

	if (!take_address(json_string_value(v->json), &a))
		return val_bad(r, v, "is %s, allowed: %s", val_shown(v, shown), row->allowed);
	memcpy((char *)into + row->offset, &a, sizeof(a));
	return true;
}

static bool read_remote_asn(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_neighbor *n = into;
	const char *s = json_string_value(v->json);

	n->internal = s && strcmp(s, "internal") == 0;
	if (n->internal || (s && strcmp(s, "external") == 0))
		return true;
	return read_asn(r, v, row, into);
}

/* RFC 4271 4.2: zero, or at least three seconds. */
static bool read_own_hold(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_neighbor *n = into;

	n->hold = 0;
	return json_integer_value(v->json) == 0 || read_u16(r, v, row, into);
}

#define AT(name) .offset = offsetof(struct config_neighbor, name)

static const struct row neighbor_rows[] = {
	{ .key = "address", .types = T_STRING, .read = read_address, AT(address), .required = true, .allowed = ADDRESS_ALLOWED },
	{ .key = "remote_asn", .types = T_NUMBER | T_STRING, .read = read_remote_asn, AT(remote_asn), .required = true,
	  .allowed = "an AS number from 1 to 4294967294 that is not reserved, \"external\" or \"internal\"" },
	{ .key = "local_address", .types = T_STRING, .read = read_address, AT(local), .allowed = ADDRESS_ALLOWED },
	{ .key = "multihop", .types = T_NUMBER, .read = read_u8, AT(multihop), .min = 1, .max = 255, .allowed = "1 to 255 hops" },
	{ .key = "passive", .types = T_BOOL, .read = read_bool, AT(passive), .allowed = "true or false" },
	{ .key = "route_reflector_client", .types = T_BOOL, .read = read_bool, AT(rr_client), .allowed = "true or false" },
	{ .key = "next_hop_self", .types = T_BOOL, .read = read_bool, AT(next_hop_self), .allowed = "true or false" },
	{ .key = "hold", .types = T_NUMBER, .read = read_own_hold, AT(hold), .min = 3, .max = 65535, .allowed = "0 or 3 to 65535 seconds" },
	{ .key = "keepalive", .types = T_NUMBER, .read = read_u16, AT(keepalive), .min = 0, .max = 21845,
	  .allowed = "1 to a third of hold, or 0 when hold is 0, seconds" },
	TERMS_ROWS(offsetof(struct config_neighbor, terms)),
	{ .key = "bfd", .types = ~0u, .read = read_off, .off = T_BOOL, .allowed = "false" },
};
const struct rows neighbor_keys = { neighbor_rows, ARRAY_LEN(neighbor_rows) };

bool read_neighbors(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config *c = into;
	size_t before = errors_noted(r->errors);
	struct val kid;
	(void)row;

	c->neighbors = val_list(r, v, sizeof(*c->neighbors));
	for (bool more = c->neighbors && val_first(v, &kid); more; more = val_next(&kid)) {
		struct config_neighbor *n = &c->neighbors[c->n_neighbors++];

		if (val_is(r, &kid, T_OBJECT, "an object such as {\"address\": \"203.0.113.2\", \"remote_asn\": 65002}"))
			read_object(r, &kid, neighbor_rows, ARRAY_LEN(neighbor_rows), n);
		terms_finish(r, &kid, &n->terms);
	}
	return errors_noted(r->errors) == before;
}

static bool bad_at(struct reading *r, const struct val *v, const char *key, const char *what)
{
	struct val at = *v;

	val_get(v, key, &at);
	return val_bad(r, &at, "%s", what);
}

/* The timers that were left out are those of all peers; a hold time of its own brings a keepalive time with it. */
static bool finish_timers(struct reading *r, const struct val *v, struct config_neighbor *n)
{
	struct val at;

	if (!val_get(v, "hold", &at))
		n->hold = r->c->timers.hold;
	if (!val_get(v, "keepalive", &at)) {
		n->keepalive = n->hold == r->c->timers.hold ? r->c->timers.keepalive : (uint16_t)(n->hold / 3);
		return true;
	}
	if (n->keepalive > n->hold / 3)          /* RFC 4271 section 4.4: a third of the hold time */
		return val_bad(r, &at, "is %u, allowed: at most %u, a third of hold %u", n->keepalive, n->hold / 3, n->hold);
	if (n->keepalive == 0 && n->hold > 0)
		return val_bad(r, &at, "is 0 and the session would not live longer than hold %u, allowed: 1 to %u", n->hold, n->hold / 3);
	return true;
}

static bool finish_one(struct reading *r, const struct val *v, struct config_neighbor *n)
{
	const char *internal_only = "is for internal peers, allowed: leave it out";
	struct val at;

	if (n->internal)
		n->remote_asn = r->c->asn;
	n->internal = n->remote_asn == r->c->asn;
	if (!n->internal && n->rr_client)        /* RFC 4456 section 2 */
		return bad_at(r, v, "route_reflector_client", internal_only);
	if (!n->internal && n->next_hop_self)
		return bad_at(r, v, "next_hop_self", internal_only);
	if (n->internal && n->terms.role)        /* RFC 9234 4: between external peers */
		return bad_at(r, v, "role", "is for external peers, allowed: leave it out");
	if (!n->multihop)
		n->multihop = n->internal && !n->terms.gtsm ? 255 : 1;
	if (n->terms.gtsm && n->multihop == 255) /* RFC 5082 section 3: hop limit 1 and more, which is to demand nothing */
		return bad_at(r, v, "gtsm", "demands nothing with multihop 255, allowed: false, or multihop 1 to 254");
	if (!IN6_IS_ADDR_UNSPECIFIED(&n->local) && IN6_IS_ADDR_V4MAPPED(&n->local) != IN6_IS_ADDR_V4MAPPED(&n->address))
		return bad_at(r, v, "local_address", "is of another family than address, allowed: an address of the same family");
	if (in6_eq(&n->local, &n->address))
		return bad_at(r, v, "local_address", "is the peer's, allowed: an address of this node");
	if (val_get(v, "multihop", &at) && n->multihop > 1 && !IN6_IS_ADDR_V4MAPPED(&n->address) && IN6_IS_ADDR_UNSPECIFIED(&n->local))
		return val_bad(r, &at, "needs local_address with IPv6: it becomes the next hop, allowed: 1, or give local_address");
	return finish_timers(r, v, n);
}

void neighbors_finish(struct reading *r, const struct val *root)
{
	struct val list, kid;
	size_t i = 0;

	if (errors_noted(r->errors) > 0 || !val_get(root, "neighbors", &list))
		return;
	for (bool more = val_first(&list, &kid); more && i < r->c->n_neighbors; more = val_next(&kid), i++) {
		struct config_neighbor *n = &r->c->neighbors[i];

		for (size_t k = 0; k < i; k++)
			if (in6_eq(&n->address, &r->c->neighbors[k].address)) {
				bad_at(r, &kid, "address", "is there already, allowed: every peer once");
				break;
			}
		finish_one(r, &kid, n);
	}
}
