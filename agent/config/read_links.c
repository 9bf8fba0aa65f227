#include "agent/config/read.h"

#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

static bool read_ra_loss(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_link *link = into;
	const char *s = json_string_value(v->json);
	char shown[VAL_SHOWN];

	if (strcmp(s, "ignore") != 0 && strcmp(s, "teardown") != 0)
		return val_bad(r, v, "is %s, allowed: %s", val_shown(v, shown), row->allowed);
	link->ra_loss_teardown = *s == 't';
	return true;
}

static const struct row link_rows[] = {
	{ .key = "asn", .types = T_NUMBER | T_STRING | T_LIST, .read = read_asn_list,
	  .allowed = "an AS number, a range \"64512-65534\", or a list of these" },
	TERMS_ROWS(offsetof(struct config_link, terms)),
	{ .key = "ra_loss", .types = T_STRING, .read = read_ra_loss, .allowed = "\"ignore\" or \"teardown\"" },
	{ .key = "routers", .types = T_NUMBER, .read = read_u8, .offset = offsetof(struct config_link, routers), .min = 1, .max = ROUTERS_MAX,
	  .allowed = "1 to 16" },
	{ .key = "bfd", .types = T_BOOL | T_OBJECT, .read = read_bfd, .offset = offsetof(struct config_link, bfd), .allowed = BFD_ALLOWED },
	{ .key = "damping", .types = T_BOOL | T_OBJECT, .read = read_damping, .offset = offsetof(struct config_link, damping),
	  .allowed = DAMPING_ALLOWED },
	{ .key = "expect", .types = T_STRING | T_NULL, .read = read_expect, .offset = offsetof(struct config_link, expect), .allowed = EXPECT_ALLOWED },
	{ .key = "strict", .types = T_BOOL, .read = read_bool, .offset = offsetof(struct config_link, strict), .allowed = "true or false" },
};
const struct rows link_keys = { link_rows, ARRAY_LEN(link_rows) };

static bool read_links_object(struct reading *r, const struct val *v)
{
	struct val kid;
	bool good = true;

	r->c->links = val_list(r, v, sizeof(*r->c->links));
	for (bool more = r->c->links && val_first(v, &kid); more; more = val_next(&kid)) {
		struct config_link *link = &r->c->links[r->c->n_links++];

		link->routers = 1;
		good &= read_glob(r, &kid, kid.key, link->glob);
		if (val_is(r, &kid, T_OBJECT, "an object of settings, {} for none"))
			read_object(r, &kid, link_rows, ARRAY_LEN(link_rows), link);
		terms_finish(r, &kid, &link->terms);
		check_expect(r, &kid, link);
	}
	return good;
}

static bool read_links_list(struct reading *r, const struct val *v)
{
	char (*globs)[16] = NULL;
	size_t n = 0;
	bool good = read_globs(r, v, &globs, &n);

	if (n > 0)
		r->c->links = calloc(n, sizeof(*r->c->links));
	r->no_memory |= n > 0 && !r->c->links;
	for (size_t i = 0; r->c->links && i < n; i++) {
		r->c->links[i].routers = 1;
		memcpy(r->c->links[r->c->n_links++].glob, globs[i], sizeof(globs[i]));
	}
	free(globs);
	return good;
}

bool read_links(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	const char *word = json_string_value(v->json);
	char shown[VAL_SHOWN];
	(void)into;

	if (word && strcmp(word, "auto") != 0)
		return val_bad(r, v, "is %s, allowed: %s", val_shown(v, shown), row->allowed);
	r->c->links_auto = word != NULL;
	if (json_is_array(v->json))
		return read_links_list(r, v);
	return word || read_links_object(r, v);
}
