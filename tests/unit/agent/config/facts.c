/* What the code says of configurations, for schema.py to compare with templates/schema/config.json: the rows of every object of schema_whole are the
 * keys that it may have. The linker leads read_object through here (-Wl,--wrap). */
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/config/diff.h"
#include "agent/config/read.h"
#include "examples.h"

void __real_read_object(struct reading *r, const struct val *v, const struct row *rows, size_t n, void *into);
void __wrap_read_object(struct reading *r, const struct val *v, const struct row *rows, size_t n, void *into);

static bool rows_wanted;                         /* what is wrapped has no context, and a test is a process of its own */

static json_t *path_json(const struct val *v)
{
	json_t *path = v->up ? path_json(v->up) : json_array();

	if (v->up)
		json_array_append_new(path, v->key ? json_string(v->key) : json_integer((json_int_t)v->index));
	return path;
}

static json_t *types_json(unsigned types)
{
	static const char *const names[] = { "integer", "string", "boolean", "array", "object", "null", "number" };       /* enum val_type */
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (types >> i & 1)
			json_array_append_new(list, json_string(names[i]));
	return list;
}

static json_t *row_json(const struct row *row)
{
	/* read_off takes any type, to say that it is not supported yet */
	return json_pack("{s:s, s:o, s:I, s:I, s:s, s:b}", "key", row->key, "types", types_json(row->off ? row->off : row->types),
			 "min", (json_int_t)row->min, "max", (json_int_t)row->max, "allowed", row->allowed, "required", row->required);
}

void __wrap_read_object(struct reading *r, const struct val *v, const struct row *rows, size_t n, void *into)
{
	json_t *list = json_array();

	for (size_t i = 0; rows_wanted && i < n; i++)
		json_array_append_new(list, row_json(&rows[i]));
	if (rows_wanted)
		facts_tell(json_pack("{s:o, s:O}", "at", path_json(v), "rows", list));
	json_decref(list);
	__real_read_object(r, v, rows, n, into);
}

/* Every object that a configuration may hold, with the least in it: the rest is default. */
#define PREFIX "[{\"prefix\": \"10.0.0.0/8\"}]"
static const char schema_whole[] =
	"{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"originate\": {\"prefixes\": " PREFIX "}, \"timers\": {}, \"bfd\": {}, \"damping\": {},"
	" \"resilient\": {}, \"graceful_restart\": {\"long_lived_seconds\": {}}, \"metrics\": {\"listen\": \"[::1]:9473\"}, \"bmp\": {\"collector\": \"192.0.2.1\"},"
	" \"links\": {\"swp1\": {\"bfd\": {}, \"damping\": {}, \"blackhole\": " PREFIX ", \"import\": {\"host\": " PREFIX "}, \"max_prefixes\": {\"max\": 1}}},"
	" \"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": 65002, \"blackhole\": " PREFIX ", \"import\": {\"host\": " PREFIX "},"
	" \"max_prefixes\": {\"max\": 1}}],"
	" \"policy\": {\"p\": [{\"match\": {\"prefixes\": " PREFIX "}, \"set\": {\"communities\": {}, \"large_communities\": {}}, \"action\": \"accept\"}]}}";

/* What is shown of keys that nobody has set: of each text. Several because a default may depend on what stands beside it. */
static const char *const schema_defaults[] = {
	"{\"asn\": 65001, \"router_id\": \"10.0.254.1\"}",
	"{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"bfd\": {}, \"damping\": {}, \"resilient\": {}, \"bmp\": {\"collector\": \"192.0.2.1\"},"
	" \"originate\": {\"prefixes\": " PREFIX "}}",
	"{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": {\"swp1\": {}}, \"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": 65002}],"
	" \"graceful_restart\": {\"long_lived_seconds\": {\"ipv4\": 1}}, \"policy\": {\"p\": [{\"action\": \"accept\"}]}}",
	"{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": \"internal\"}],"
	" \"graceful_restart\": {\"long_lived_seconds\": {\"ipv6\": 1}}, \"links\": {\"swp1\": {\"max_prefixes\": {\"max\": 1, \"warning\": 1}}}}",
	"{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": {\"swp1\": {\"max_prefixes\": {\"max\": 1, \"restart\": 1}}}}",
};

static struct config *parse(const char *text)
{
	struct config_errors *errors = NULL;
	struct config *c = NULL;

	if (config_parse(text, strlen(text), "f", &c, &errors) < 0)
		cr_assert_fail("%s", config_errors_line(errors, 0));
	return c;
}

static void tell_key(void *ctx, const char *key, bool whole)
{
	(void)ctx;
	if (!whole)
		facts_tell(json_pack("{s:s}", "key", key));
}

Test(config_facts, are_told_to_who_compares_them_with_the_schema)
{
	rows_wanted = true;
	config_free(parse(schema_whole));
	rows_wanted = false;
	for (size_t i = 0; i < ARRAY_LEN(schema_defaults); i++) {
		struct config *c = parse(schema_defaults[i]);

		facts_tell(json_pack("{s:o, s:s}", "shown", config_json(c), "of", schema_defaults[i]));
		config_free(c);
	}
	config_keys(tell_key, NULL);
}
