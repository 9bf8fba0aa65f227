#include "agent/config/read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/suggest.h"

#define PATH_MAX_LEN 256
#define KEY_SHOWN 64

bool val_first(const struct val *v, struct val *ret)
{
	*ret = (struct val){ .up = v, .place = v->place + 1 };
	if (json_is_array(v->json)) {
		ret->json = json_array_get(v->json, 0);
		return ret->json != NULL;
	}
	ret->iter = json_object_iter(v->json);
	if (!ret->iter)
		return false;
	ret->key = json_object_iter_key(ret->iter);
	ret->json = json_object_iter_value(ret->iter);
	return true;
}

bool val_next(struct val *v)
{
	v->place += v->place->span;
	v->index++;
	if (!v->iter) {
		v->json = json_array_get(v->up->json, v->index);
		return v->json != NULL;
	}
	v->iter = json_object_iter_next(v->up->json, v->iter);
	if (!v->iter)
		return false;
	v->key = json_object_iter_key(v->iter);
	v->json = json_object_iter_value(v->iter);
	return true;
}

bool val_get(const struct val *v, const char *key, struct val *ret)
{
	for (bool more = val_first(v, ret); more; more = val_next(ret))
		if (ret->key && strcmp(ret->key, key) == 0)
			return true;
	return false;
}

/* Keys come from the file: what could move a terminal's cursor is shown as '?'. */
static size_t put_key(char *to, size_t room, const char *key)
{
	size_t n = 0;

	for (; key[n] && n + 1 < room && n < KEY_SHOWN; n++)
		to[n] = key[n] >= 0x20 && key[n] < 0x7f ? key[n] : '?';
	to[n] = 0;
	return n;
}

static size_t put_path(const struct val *v, char *to, size_t room)
{
	size_t n;

	if (!v->up) {
		to[0] = 0;
		return 0;
	}
	n = put_path(v->up, to, room);
	if (n + 24 >= room)                              /* cannot happen: no table nests that deep */
		return n;
	if (!v->key)
		return n + (size_t)snprintf(to + n, room - n, "[%zu]", v->index);
	if (n)
		to[n++] = '.';
	return n + put_key(to + n, room - n, v->key);
}

bool val_bad(struct reading *r, const struct val *v, const char *fmt, ...)
{
	char path[PATH_MAX_LEN], what[1024];
	va_list ap;

	put_path(v, path, sizeof(path));
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	errors_add(r->errors, v->place->at, "%s%s%s", path, path[0] ? ": " : "", what);
	return false;
}

/* What has room of a value's text. (json_dumpb leaves out every piece that does not fit whole.) */
struct cut { char *at, *end; bool full; };

static int cut_take(const char *piece, size_t n, void *ctx)
{
	struct cut *c = ctx;
	size_t room = (size_t)(c->end - c->at);

	c->full |= n > room;
	c->at = mempcpy(c->at, piece, n < room ? n : room);
	return 0;
}

const char *val_shown(const struct val *v, char buf[VAL_SHOWN])
{
	struct cut c = { buf, buf + VAL_SHOWN - 1, false };

	json_dump_callback(v->json, cut_take, &c, JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_COMPACT);
	*c.at = '\0';
	if (c.full)
		memcpy(buf + VAL_SHOWN - 4, "...", 4);
	return buf;
}

enum val_type val_type(const struct val *v)
{
	switch (json_typeof(v->json)) {
	case JSON_OBJECT:  return T_OBJECT;
	case JSON_ARRAY:   return T_LIST;
	case JSON_STRING:  return T_STRING;
	case JSON_INTEGER: return T_NUMBER;
	case JSON_REAL:    return T_REAL;
	case JSON_TRUE:
	case JSON_FALSE:   return T_BOOL;
	case JSON_NULL:    return T_NULL;
	}
	return T_NULL;
}

static const char *type_name(enum val_type t)
{
	switch (t) {
	case T_NUMBER: return "a number";
	case T_STRING: return "a string";
	case T_BOOL:   return "true or false";
	case T_LIST:   return "a list";
	case T_OBJECT: return "an object";
	case T_NULL:   return "null";
	case T_REAL:   return "a number with a fraction";
	}
	return "?";
}

bool val_is(struct reading *r, const struct val *v, unsigned types, const char *allowed)
{
	if (val_type(v) & types)
		return true;
	return val_bad(r, v, "is %s, allowed: %s", type_name(val_type(v)), allowed);
}

void *val_list(struct reading *r, const struct val *v, size_t size)
{
	size_t n = json_is_array(v->json) ? json_array_size(v->json) : json_object_size(v->json);
	void *list;

	if (n == 0)
		return NULL;
	if (n > LIST_MAX) {
		val_bad(r, v, "has %zu entries, allowed: at most %d", n, LIST_MAX);
		return NULL;
	}
	list = calloc(n, size);
	if (!list)
		r->no_memory = true;
	return list;
}

static void unknown_key(struct reading *r, const struct val *v, const struct row *rows, size_t n)
{
	const char *keys[64] = { NULL };
	char all[512];
	const char *near;
	size_t len = 0;

	if (!v->up->up && strcmp(v->key, CONFIG_BY_HAND) == 0) {
		val_bad(r, v, "is what was changed by hand while weftd ran, allowed: leave it out, what is to last belongs into originate and neighbors");
		return;
	}
	for (size_t i = 0; i < n && i < ARRAY_LEN(keys); i++)
		keys[i] = rows[i].key;
	near = suggest(v->key, keys, n);
	if (near) {
		val_bad(r, v, "unknown key, did you mean \"%s\"?", near);
		return;
	}
	for (size_t i = 0; i < n && len < sizeof(all); i++)
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s", i ? ", " : "", keys[i]);
	val_bad(r, v, "unknown key, allowed: %s", all);
}

static const struct row *row_of(const struct row *rows, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].key, key) == 0)
			return &rows[i];
	return NULL;
}

void read_object(struct reading *r, const struct val *v, const struct row *rows, size_t n, void *into)
{
	struct val kid;

	for (bool more = val_first(v, &kid); more; more = val_next(&kid)) {
		const struct row *row = row_of(rows, n, kid.key);

		if (!row)
			unknown_key(r, &kid, rows, n);
		else if (val_is(r, &kid, row->types, row->allowed))
			row->read(r, &kid, row, into);
	}
	for (size_t i = 0; i < n; i++) {
		struct val missing = { .up = v, .key = rows[i].key, .place = v->place };

		if (rows[i].required && !json_object_get(v->json, rows[i].key))
			val_bad(r, &missing, "is missing, allowed: %s", rows[i].allowed);
	}
}

bool read_bool(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	(void)r;
	*(bool *)((char *)into + row->offset) = json_is_true(v->json);
	return true;
}

static bool in_range(struct reading *r, const struct val *v, const struct row *row)
{
	json_int_t n = json_integer_value(v->json);

	return (n >= row->min && n <= row->max) || val_bad(r, v, "is %lld, allowed: %s", (long long)n, row->allowed);
}

bool read_u8(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	if (!in_range(r, v, row))
		return false;
	*(uint8_t *)((char *)into + row->offset) = (uint8_t)json_integer_value(v->json);
	return true;
}

bool read_u16(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	uint16_t n = (uint16_t)json_integer_value(v->json);

	if (!in_range(r, v, row))
		return false;
	memcpy((char *)into + row->offset, &n, sizeof(n));
	return true;
}

bool read_u32(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	uint32_t n = (uint32_t)json_integer_value(v->json);

	if (!in_range(r, v, row))
		return false;
	memcpy((char *)into + row->offset, &n, sizeof(n));
	return true;
}

bool read_off(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	const char *word = json_string_value(v->json);
	(void)into;

	if ((val_type(v) & row->off) && !json_is_true(v->json) && json_array_size(v->json) == 0 && json_object_size(v->json) == 0 &&
	    (!word || strcmp(word, "off") == 0))
		return true;
	/* Nothing is parsed and then ignored: whoever asks for protection must not believe that he has it. The value may be a secret. */
	return val_bad(r, v, "is not supported by this version yet, allowed: %s", row->allowed);
}
