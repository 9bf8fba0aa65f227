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

/* Its value stands in no message. */
static bool read_password(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_link *link = into;
	const char *s = json_string_value(v->json);
	size_t n = s ? strlen(s) : 0;

	if (!s)
		return true;
	if (n == 0 || n >= sizeof(link->password))
		return val_bad(r, v, "has %zu characters, allowed: %s", n, row->allowed);
	for (size_t i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~')
			return val_bad(r, v, "holds a character that is not printable ASCII, allowed: %s", row->allowed);
	if (strcmp(s, CONFIG_HIDDEN) == 0)
		return val_bad(r, v, "is what stands for a hidden password in the output of weft, allowed: %s", row->allowed);
	memcpy(link->password, s, n + 1);
	return true;
}

#define ABSENT "null, or leave it out"

static const struct row link_rows[] = {
	{ .key = "asn", .types = T_NUMBER | T_STRING | T_LIST, .read = read_asn_list,
	  .allowed = "an AS number, a range \"64512-65534\", or a list of these" },
	{ .key = "gtsm", .types = T_BOOL, .read = read_bool, .offset = offsetof(struct config_link, gtsm), .allowed = "true or false" },
	{ .key = "password", .types = T_STRING | T_NULL, .read = read_password,
	  .allowed = "1 to 80 printable characters, or null for none" },
	{ .key = "ra_loss", .types = T_STRING, .read = read_ra_loss, .allowed = "\"ignore\" or \"teardown\"" },
	{ .key = "max_prefixes", .types = T_NUMBER | T_OBJECT, .read = read_max_prefixes, .max = UINT32_MAX,
	  .allowed = "a number from 1 to 4294967295, or 0 for no limit, or an object such as {\"max\": 100, \"warning\": 80}" },
	{ .key = "bfd", .types = ~0u, .read = read_off, .off = T_BOOL, .allowed = "false" },
	{ .key = "expect", .types = ~0u, .read = read_off, .off = T_NULL, .allowed = ABSENT },
	{ .key = "import", .types = T_STRING | T_OBJECT, .read = read_import,
	  .allowed = "the name of a policy, \"all\", \"none\", \"host\", or an object such as {\"host\": [{\"prefix\": \"10.1.0.0/16\", \"ge\": 24}]}" },
	{ .key = "export", .types = T_STRING, .read = read_export, .allowed = "the name of a policy, \"all\" or \"none\"" },
	{ .key = "blackhole", .types = ~0u, .read = read_off, .off = T_BOOL, .allowed = "false" },
};

static bool read_links_object(struct reading *r, const struct val *v)
{
	struct val kid;
	bool good = true;

	r->c->links = val_list(r, v, sizeof(*r->c->links));
	for (bool more = r->c->links && val_first(v, &kid); more; more = val_next(&kid)) {
		struct config_link *link = &r->c->links[r->c->n_links++];

		good &= read_glob(r, &kid, kid.key, link->glob);
		if (val_is(r, &kid, T_OBJECT, "an object of settings, {} for none"))
			read_object(r, &kid, link_rows, ARRAY_LEN(link_rows), link);
		if (link->import.kind == FILTER_HOST && !json_object_get(kid.json, "max_prefixes"))
			link->max_prefixes = HOST_MAX_PREFIXES;
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
	for (size_t i = 0; r->c->links && i < n; i++)
		memcpy(r->c->links[r->c->n_links++].glob, globs[i], sizeof(globs[i]));
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
