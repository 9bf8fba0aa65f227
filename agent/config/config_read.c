#include "agent/config/read.h"

#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/diff.h"

static bool read_hostname(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config *c = into;
	const char *s = json_string_value(v->json);
	size_t n = strlen(s);

	if (n == 0 || n >= sizeof(c->hostname))
		return val_bad(r, v, "has %zu characters, allowed: %s", n, row->allowed);
	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~')
			return val_bad(r, v, "holds a space or a character that is not printable ASCII, allowed: %s", row->allowed);
	memcpy(c->hostname, s, n + 1);
	return true;
}

static bool read_hold(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config *c = into;

	if (json_integer_value(v->json) == 0) {
		c->timers.hold = 0;
		return true;
	}
	return read_u16(r, v, row, into);
}

#define TIMER(name, reader, low, high, text) \
	{ .key = #name, .types = T_NUMBER, .read = reader, .offset = offsetof(struct config, timers.name), .min = low, .max = high, \
	  .allowed = text " seconds" }

static const struct row timer_rows[] = {
	TIMER(hold, read_hold, 3, 65535, "0 or 3 to 65535"),             /* RFC 4271 section 4.2: zero, or at least three seconds */
	TIMER(keepalive, read_u16, 0, 21845, "1 to a third of hold, or 0 when hold is 0,"),
	TIMER(connect_retry, read_u16, 1, 65535, "1 to 65535"),
	TIMER(ra_interval, read_u16, 1, 1800, "1 to 1800"),
	TIMER(ra_lifetime, read_u16, 0, 9000, "0, or ra_interval to 9000"),
};

static const struct rows timer_keys = { timer_rows, ARRAY_LEN(timer_rows) };

static bool check_timers(struct reading *r, const struct val *v)
{
	struct val at = *v;
	unsigned third = r->c->timers.hold / 3;

	if (!val_get(v, "keepalive", &at)) {
		if (val_get(v, "hold", &at))
			r->c->timers.keepalive = (uint16_t)third;
	} else if (r->c->timers.keepalive > third) {     /* RFC 4271 section 4.4: a third of the hold time */
		return val_bad(r, &at, "is %u, allowed: at most %u, a third of hold %u", r->c->timers.keepalive, third, r->c->timers.hold);
	} else if (r->c->timers.keepalive == 0 && r->c->timers.hold > 0) {
		return val_bad(r, &at, "is 0 and the session would not live longer than hold %u, allowed: 1 to %u", r->c->timers.hold, third);
	}
	/* RFC 4861 section 6.2.1, AdvDefaultLifetime: zero, or not less than the interval. */
	if (r->c->timers.ra_lifetime && r->c->timers.ra_lifetime < r->c->timers.ra_interval) {
		if (!val_get(v, "ra_lifetime", &at))
			at = *v;
		return val_bad(r, &at, "is %u and would run out before the next RA, allowed: 0, or ra_interval %u to 9000",
		               r->c->timers.ra_lifetime, r->c->timers.ra_interval);
	}
	return true;
}

static bool read_timers(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	size_t before = errors_noted(r->errors);
	(void)row;

	read_object(r, v, timer_rows, ARRAY_LEN(timer_rows), into);
	return errors_noted(r->errors) == before && check_timers(r, v);
}

static bool read_med(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config *c = into;
	const char *s = json_string_value(v->json);
	char shown[VAL_SHOWN];

	if (strcmp(s, "same_as") != 0 && strcmp(s, "always") != 0)
		return val_bad(r, v, "is %s, allowed: %s", val_shown(v, shown), row->allowed);
	c->med_always = *s == 'a';
	return true;
}

/* Tells editors which rules they shall hold the file to. Ours stand here. */
static bool read_for_editors(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	(void)r, (void)v, (void)row, (void)into;
	return true;
}

#define FLAG(name) \
	{ .key = #name, .types = T_BOOL, .read = read_bool, .offset = offsetof(struct config, name), .allowed = "true or false" }

static const struct row config_rows[] = {
	{ .key = "asn", .types = T_NUMBER | T_STRING, .read = read_asn, .offset = offsetof(struct config, asn), .required = true,
	  .allowed = "a number from 1 to 4294967294 that is not reserved" },
	{ .key = "router_id", .types = T_STRING, .read = read_router_id, .required = true,
	  .allowed = "an IPv4 unicast address such as \"10.0.254.1\"" },
	{ .key = "hostname", .types = T_STRING, .read = read_hostname, .allowed = "1 to 64 printable characters without spaces" },
	{ .key = "links", .types = T_STRING | T_LIST | T_OBJECT, .read = read_links, .kids = &link_keys, .each = true,
	  .allowed = "\"auto\", a list of interface globs, or an object glob: settings" },
	{ .key = "originate", .types = T_LIST | T_OBJECT, .read = read_originate,
	  .allowed = "a list of interface globs, or an object of interfaces and prefixes" },
	FLAG(loopback),
	{ .key = "timers", .types = T_OBJECT, .read = read_timers, .kids = &timer_keys, .allowed = "an object such as {\"hold\": 9}" },
	{ .key = "ipv4_next_hop", .types = T_STRING, .read = read_next_hop, .allowed = "an IPv4 unicast or link-local address, or \"inet6\"" },
	{ .key = "multipath", .types = T_NUMBER, .read = read_u16, .offset = offsetof(struct config, multipath), .min = 1, .max = 256,
	  .allowed = "1 to 256 next hops" },
	{ .key = "resilient", .types = T_BOOL | T_OBJECT, .read = read_resilient, .offset = offsetof(struct config, resilient),
	  .allowed = RESILIENT_ALLOWED },
	{ .key = "graceful_restart", .types = T_OBJECT, .read = read_graceful_restart, .kids = &graceful_keys,
	  .allowed = "an object such as {\"long_lived_seconds\": 3600}" },
	{ .key = "start_hold", .types = T_NUMBER, .read = read_u32, .offset = offsetof(struct config, start_hold_s), .max = 600,
	  .allowed = "0 to 600 seconds" },
	FLAG(advertise_installed),
	FLAG(ipv6),
	FLAG(software_version),
	FLAG(manage_sysctls),
	FLAG(weighted),
	{ .key = "bfd", .types = T_BOOL | T_OBJECT, .read = read_bfd, .offset = offsetof(struct config, bfd), .allowed = BFD_ALLOWED },
	{ .key = "damping", .types = T_BOOL | T_OBJECT, .read = read_damping, .offset = offsetof(struct config, damping), .allowed = DAMPING_ALLOWED },
	{ .key = "neighbors", .types = T_LIST, .read = read_neighbors, .kids = &neighbor_keys, .each = true,
	  .allowed = "a list of objects such as {\"address\": \"203.0.113.2\", \"remote_asn\": 65002}" },
	{ .key = "med", .types = T_STRING, .read = read_med, .allowed = "\"same_as\" or \"always\"" },
	{ .key = "policy", .types = T_OBJECT, .read = read_policies, .allowed = "an object name: list of rules" },
	{ .key = "metrics", .types = T_BOOL | T_STRING | T_OBJECT, .read = read_metrics, .offset = offsetof(struct config, metrics), .allowed = METRICS_ALLOWED },
	{ .key = "bmp", .types = T_BOOL | T_OBJECT, .read = read_bmp, .offset = offsetof(struct config, bmp), .allowed = BMP_ALLOWED },
	{ .key = "$schema", .types = T_STRING, .read = read_for_editors, .allowed = "the place of weft's JSON Schema" },
};

void config_read(struct reading *r, const struct val *root)
{
	struct val at;

	if (!val_is(r, root, T_OBJECT, "an object such as {\"asn\": 4210000001, \"router_id\": \"10.0.254.1\"}"))
		return;
	read_object(r, root, config_rows, ARRAY_LEN(config_rows), r->c);
	check_filters(r, root);
	bfd_finish(r);
	damping_finish(r->c);
	resilient_finish(r, root);
	neighbors_finish(r, root);
	/* Both addresses on one node: the kernel would take the peer's for its own. */
	if (r->c->ipv4_next_hop.s_addr && r->c->ipv4_next_hop.s_addr == r->c->router_id.s_addr && val_get(root, "ipv4_next_hop", &at))
		val_bad(r, &at, "is the router_id, allowed: an address that is nobody's");
}

void config_keys(config_key_fn fn, void *ctx)
{
	char key[96];

	for (size_t i = 0; i < ARRAY_LEN(config_rows); i++) {
		const struct row *row = &config_rows[i];

		if (row->read == read_for_editors)               /* no setting: nothing depends on it */
			continue;
		fn(ctx, row->key, row->kids && !row->each);
		for (size_t k = 0; row->kids && k < row->kids->n; k++) {
			snprintf(key, sizeof(key), "%s%s.%s", row->key, row->each ? ".*" : "", row->kids->rows[k].key);
			fn(ctx, key, false);
		}
	}
}
