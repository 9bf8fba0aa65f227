#include "agent/import/import.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/config.h"
#include "agent/import/build.h"

void build_put(struct build *b, json_t *of, const char *key, json_t *value)
{
	b->bad |= (key ? json_object_set_new(of, key, value) : json_array_append_new(of, value)) < 0;
}

json_t *build_ranges(struct build *b, const struct ranges *s)
{
	json_t *list = json_array();
	char text[PREFIX_STRLEN];

	for (size_t i = 0; i < s->n; i++) {
		const struct prefix_range *r = &s->r[i];
		unsigned len = r->prefix.len, max = prefix_max(r->prefix.family);
		json_t *j = json_pack("{s:s}", "prefix", prefix_str(&r->prefix, text));

		if (r->ge != len)
			build_put(b, j, "ge", json_integer(r->ge));
		if (r->ge != len ? r->le != max : r->le != len)  /* with ge it is up to the longest, alone that one length */
			build_put(b, j, "le", json_integer(r->le));
		build_put(b, list, NULL, j);
	}
	return list;
}

/* The router-id: said, or what FRR would take. */
static bool find_id(struct build *b)
{
	struct frr *f = b->f;
	const struct said *s = f->said[BGP_ROUTER_ID].line ? &f->said[BGP_ROUTER_ID] : &f->id;

	if (s->line)
		return s->n == 1 && inet_pton(AF_INET, s->args[0], &b->id) == 1;
	for (size_t i = 0; i < f->n_addresses; i++)
		if (strcmp(f->addresses[i].interface, "lo") == 0 && inet_pton(AF_INET, f->addresses[i].addr, &b->id) == 1) {
			note(&f->notes, f->bgp, "nobody says its router-id: it is that of lo, as FRR takes it");
			return true;
		}
	return false;
}

/* Who this is: false, and im->why. */
static bool find_self(struct build *b, struct import *im)
{
	struct config *c = NULL;
	uint64_t asn = 0;

	if (!b->f->bgp)
		snprintf(im->why, sizeof(im->why), "there is no `router bgp` that weft could take over");
	else if (!frr_number(b->f->asn, UINT32_MAX, &asn))
		snprintf(im->why, sizeof(im->why), "line %zu: this is no AS number: write it as one number", b->f->bgp->number);
	else if (!find_id(b))
		snprintf(im->why, sizeof(im->why), "line %zu: nobody says its router-id: add `bgp router-id`", b->f->bgp->number);
	else if (config_minimal((uint32_t)asn, b->id, &c) < 0)
		snprintf(im->why, sizeof(im->why), "line %zu: its AS number or its router-id is none that weft takes", b->f->bgp->number);
	b->asn = (uint32_t)asn;
	config_free(c);
	return !im->why[0];
}

static void put_self(struct build *b)
{
	const struct said *name = &b->f->hostname;
	char id[INET_ADDRSTRLEN];

	build_put(b, b->config, "asn", json_integer(b->asn));
	build_put(b, b->config, "router_id", json_string(inet_ntop(AF_INET, &b->id, id, sizeof(id))));
	if (name->line && name->n == 1 && strlen(name->args[0]) <= 64)
		build_put(b, b->config, "hostname", json_string(name->args[0]));
	else if (name->line)
		note(&b->f->notes, name->line, "weft takes a name of 1 to 64 characters without spaces");
}

static void put_multipath(struct build *b)
{
	const struct frr *f = b->f;
	uint64_t v, first = 0;

	for (int af = 0; af < N_AF; af++) {
		if (!(b->families & (af == V4 ? ONLY_V4 : ONLY_V6)))
			continue;
		for (int internal = 0; internal < 2; internal++) {
			const struct said *s = internal ? &f->multipath_internal[af] : &f->multipath[af];

			if (!s->line)
				continue;
			if (!s->n || !frr_number(s->args[0], 256, &v) || v == 0)
				note(&b->f->notes, s->line, "weft takes 1 to 256 next hops");
			else if (!first)
				first = v;
			else if (v != first)
				note(&b->f->notes, s->line, "weft has one number for all routes: %u", (unsigned)first);
			else if (internal)
				continue;
		}
	}
	if (first && first != 64)
		build_put(b, b->config, "multipath", json_integer((json_int_t)first));
	if (first != 1 && (!f->said[BGP_RELAX].line || f->said[BGP_RELAX].no))
		note(&b->f->notes, f->said[BGP_RELAX].line ? f->said[BGP_RELAX].line : f->bgp,
		     "FRR shares the traffic of a route between equal AS paths alone (no `bestpath as-path multipath-relax`); weft between all that are as long");
}

static void put_rest(struct build *b)
{
	const struct said *said = b->f->said, *time = &said[BGP_RESTART_TIME];
	uint64_t seconds = 120;

	if (said[BGP_MED].line && !said[BGP_MED].no)
		build_put(b, b->config, "med", json_string("always"));
	if (time->line && (time->n != 1 || !frr_number(time->args[0], 4095, &seconds))) {
		note(&b->f->notes, time->line, "this is no number of seconds up to 4095");
		seconds = 120;
	}
	if (said[BGP_RESTART].line && !said[BGP_RESTART].no && seconds)
		build_put(b, b->config, "graceful_restart", json_pack("{s:I}", "restart_seconds", (json_int_t)seconds));
	else if (time->line && !said[BGP_RESTART].line)
		note(&b->f->notes, time->line, "without `bgp graceful-restart` FRR keeps nothing over a restart: weft does with `graceful_restart`");
	if (said[BGP_PENDING].line && !said[BGP_PENDING].no)
		build_put(b, b->config, "advertise_installed", json_true());
}

/* weft sets no addresses but one. */
static void note_addresses(struct build *b)
{
	struct prefix id = prefix4(b->id, 32);

	for (size_t i = 0; i < b->f->n_addresses; i++) {
		const struct address *a = &b->f->addresses[i];

		if (strcmp(a->interface, "lo") != 0 || !prefix_eq(&a->net, &id))
			note(&b->f->notes, a->line, "weft sets no address but the router-id's: give it to the system (networkd, ifupdown), where weft finds it");
	}
}

static void build_all(struct build *b)
{
	put_self(b);
	build_peers(b);
	build_originate(b);
	put_multipath(b);
	put_rest(b);
	note_addresses(b);
	if (json_object_size(b->policies))
		build_put(b, b->config, "policy", json_incref(b->policies));
}

/* In the order in which people read them. */
static json_t *in_order(struct build *b)
{
	static const char *const keys[] = { "asn", "router_id", "hostname", "links", "originate", "timers", "multipath", "bfd", "ipv6", "med",
					    "graceful_restart", "advertise_installed", "neighbors", "policy" };
	json_t *j = json_object();

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (json_object_get(b->config, keys[i]))
			build_put(b, j, keys[i], json_incref(json_object_get(b->config, keys[i])));
	return j;
}

/* What nobody may ever get is a file that weftd refuses. */
static int check(struct import *im)
{
	AUTO_FREE char *text = json_dumps(im->config, 0);
	struct config_errors *errors = NULL;
	struct config *c = NULL;
	int r = text ? config_parse(text, strlen(text), "result", &c, &errors) : -ENOMEM;

	if (r == -EINVAL) {
		snprintf(im->why, sizeof(im->why), "%s%s", IMPORT_REFUSED, config_errors_line(errors, 0));
		json_decref(im->config);
		im->config = NULL;
		r = 0;
	}
	config_errors_free(errors);
	config_free(c);
	return r;
}

static int import_all(struct frr *f, struct import *im)
{
	struct build b = { .f = f, .config = json_object(), .policies = json_object() };
	int r = frr_read(f);

	b.bad |= r < 0 || !b.config || !b.policies;
	if (!b.bad && find_self(&b, im)) {
		build_all(&b);
		im->config = in_order(&b);
	}
	json_decref(b.config);
	json_decref(b.policies);
	if (b.bad || f->no_memory || f->notes.no_memory)
		return -ENOMEM;
	notes_sort(&f->notes);
	im->notes = TAKE(f->notes.n);
	im->n_notes = f->notes.count;
	f->notes.count = 0;
	return im->config ? check(im) : 0;
}

int import_frr(const char *text, size_t n, struct import **ret)
{
	struct frr f = { 0 };
	struct import *im;
	int r;

	if (n > IMPORT_MAX)
		return -EFBIG;
	im = calloc(1, sizeof(*im));
	r = im ? lines_new(text, n, &f.lines) : -ENOMEM;
	if (r == 0)
		r = import_all(&f, im);
	frr_free(&f);
	if (r == 0)
		*ret = TAKE(im);
	import_free(im);
	return r;
}

void import_free(struct import *im)
{
	if (!im)
		return;
	for (size_t i = 0; i < im->n_notes; i++) {
		free(im->notes[i].text);
		free(im->notes[i].why);
	}
	free(im->notes);
	json_decref(im->config);
	free(im);
}
