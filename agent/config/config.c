#include "agent/config/config.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/errors.h"
#include "agent/config/place.h"
#include "agent/config/read.h"

static int config_new(struct config **ret)       /* the defaults of design.md section 1 */
{
	struct config *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->originate = calloc(1, sizeof(*c->originate));
	if (!c->originate) {
		free(c);
		return -ENOMEM;
	}
	strcpy(c->originate[0], "lo");
	c->n_originate = 1;
	c->links_auto = true;
	c->loopback = true;
	c->timers.hold = 9;
	c->timers.keepalive = 3;
	c->timers.connect_retry = 5;
	c->timers.ra_interval = 5;
	c->multipath = 64;
	c->ipv6 = true;
	c->manage_sysctls = true;
	*ret = c;
	return 0;
}

static void terms_free(struct config_terms *terms)
{
	free(terms->import.prefixes);
	free(terms->export.prefixes);
	free(terms->blackhole.prefixes);
}

void config_free(struct config *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n_links; i++) {
		free(c->links[i].asn);
		terms_free(&c->links[i].terms);
	}
	for (size_t i = 0; i < c->n_neighbors; i++)
		terms_free(&c->neighbors[i].terms);
	policies_free(c);
	free(c->links);
	free(c->neighbors);
	free(c->originate);
	free(c->rules);
	free(c);
}

int config_minimal(uint32_t asn, struct in_addr router_id, struct config **ret)
{
	struct config *c;
	int r;

	if (asn_refused(asn) || router_id_refused(router_id))
		return -EINVAL;
	r = config_new(&c);
	if (r < 0)
		return r;
	c->asn = asn;
	c->router_id = router_id;
	damping_finish(c);
	*ret = c;
	return 0;
}

/* 0 or -ENOMEM; errors are in r->errors. */
static int read_root(struct reading *r, json_t *root, const char *text, size_t n)
{
	AUTO_FREE struct place *places = NULL;
	struct val v = { .json = root };
	int err = place_all(text, n, &places);

	if (err == -ENOMEM)
		return err;
	if (err < 0) {
		errors_add(r->errors, 0, "not valid JSON");
		return 0;
	}
	v.place = places;
	config_read(r, &v);
	return r->no_memory ? -ENOMEM : 0;
}

static void note_json_error(struct config_errors *e, const json_error_t *error)
{
	size_t at = error->position > 0 ? (size_t)error->position - 1 : 0;
	char text[JSON_ERROR_TEXT_LENGTH];

	/* It quotes the file, which may hold anything: one line, nothing that moves a cursor. */
	snprintf(text, sizeof(text), "%s", error->text);
	for (char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	errors_add(e, at, "not valid JSON: %s", text);
}

int config_parse(const char *text, size_t n, const char *file, struct config **ret, struct config_errors **ret_errors)
{
	struct reading r = { 0 };
	json_error_t error;
	json_t *root;
	int err = errors_new(&r.errors, file);

	if (err < 0)
		return err;
	err = config_new(&r.c);
	if (err < 0)
		goto out;
	root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	if (root)
		err = read_root(&r, root, text, n);
	else if (json_error_code(&error) == json_error_out_of_memory)
		err = -ENOMEM;
	else
		note_json_error(r.errors, &error);
	json_decref(root);
	if (err == 0 && errors_noted(r.errors) > 0)
		err = errors_finish(r.errors, text, n) < 0 ? -ENOMEM : -EINVAL;
out:
	if (err == 0)
		*ret = TAKE(r.c);
	if (err == -EINVAL)
		*ret_errors = TAKE(r.errors);
	config_free(r.c);
	config_errors_free(r.errors);
	return err;
}

static bool glob_matches(const char *glob, const char *ifname)
{
	return fnmatch(glob, ifname, FNM_NOESCAPE) == 0;
}

bool config_originates(const struct config *c, const char *ifname)
{
	for (size_t i = 0; i < c->n_originate; i++)
		if (glob_matches(c->originate[i], ifname))
			return true;
	return false;
}

static bool in_ranges(const struct prefix_range *list, size_t n, const struct prefix *p)
{
	for (size_t i = 0; i < n; i++)
		if (prefix_contains(&list[i].prefix, p) && p->len >= list[i].ge && p->len <= list[i].le)
			return true;
	return false;
}

bool config_rule_allows(const struct config *c, const struct prefix *p)
{
	return c->n_rules == 0 || in_ranges(c->rules, c->n_rules, p);
}

bool config_blackhole_allows(const struct config_blackhole *b, const struct prefix *p)
{
	if (!b->on || b->n_prefixes)
		return b->on && in_ranges(b->prefixes, b->n_prefixes, p);
	return p->len == prefix_max(p->family);  /* RFC 7999 3.3: as specific as possible */
}

const struct config_bfd *config_bfd_for(const struct config *c, const char *ifname)
{
	const struct config_link *link = config_link_for(c, ifname);

	return link ? &link->bfd : &c->bfd;
}

const struct config_damping *config_damping_for(const struct config *c, const char *ifname)
{
	const struct config_link *link = config_link_for(c, ifname);

	return link ? &link->damping : &c->damping;
}

const struct config_link *config_link_for(const struct config *c, const char *ifname)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (glob_matches(c->links[i].glob, ifname))
			return &c->links[i];
	return NULL;
}
