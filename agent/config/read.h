/* agent/config/read.h: tables of rows (key, type, reader) turn JSON into struct config and note every error on the way. */
#ifndef WEFT_CONFIG_READ_H
#define WEFT_CONFIG_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/config/config.h"
#include "agent/config/errors.h"
#include "agent/config/place.h"

#define LIST_MAX 4096                    /* entries of any list of the configuration */

enum val_type { T_NUMBER = 1, T_STRING = 2, T_BOOL = 4, T_LIST = 8, T_OBJECT = 16, T_NULL = 32, T_REAL = 64 };

struct reading {
	struct config *c;
	struct config_errors *errors;
	bool no_memory;
};

struct val {                             /* one JSON value with its way from the root */
	const struct val *up;            /* NULL: the root */
	const char *key;                 /* NULL: element `index` of a list */
	size_t index;
	json_t *json;                    /* borrowed */
	const struct place *place;
	void *iter;
};

/* The members of an object or the elements of a list, in the order of the text. */
bool val_first(const struct val *v, struct val *ret);
bool val_next(struct val *v);
bool val_get(const struct val *v, const char *key, struct val *ret);
/* Notes "path.to.key: <message>"; returns false, so that a reader can end with it. */
bool val_bad(struct reading *r, const struct val *v, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The value as JSON on one line, cut to fit; for messages. */
#define VAL_SHOWN 48
const char *val_shown(const struct val *v, char buf[VAL_SHOWN]);
enum val_type val_type(const struct val *v);
/* Notes it when v is none of types. */
bool val_is(struct reading *r, const struct val *v, unsigned types, const char *allowed);
/* Zeroed memory for v's entries; NULL: none, or too many (noted), or no memory. */
void *val_list(struct reading *r, const struct val *v, size_t size);

struct row {
	const char *key;
	unsigned types;                  /* of enum val_type */
	/* false: an error was noted. into: what the row's object is read into. */
	bool (*read)(struct reading *r, const struct val *v, const struct row *row, void *into);
	size_t offset;                   /* of the member within into */
	int64_t min, max;                /* for numbers */
	const char *allowed;             /* "what is allowed", behind every error */
	bool required;
	unsigned off;                    /* for read_off: the types that have a value that means "off" */
	const struct rows *kids;         /* of an object, or of each entry of a list or map: its own rows, where each is a setting for itself */
	bool each;                       /* the latter */
};

struct rows { const struct row *rows; size_t n; };
extern const struct rows link_keys, neighbor_keys, graceful_keys;

/* Every member of v goes to the row of its key; unknown keys and missing required ones are noted. */
void read_object(struct reading *r, const struct val *v, const struct row *rows, size_t n, void *into);
bool read_bool(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_u16(struct reading *r, const struct val *v, const struct row *row, void *into);        /* min..max */
bool read_u32(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_u8(struct reading *r, const struct val *v, const struct row *row, void *into);
/* A setting of the design that this version does not have: only the value that means "off" passes (false, null, "off", [] or {}). */
bool read_off(struct reading *r, const struct val *v, const struct row *row, void *into);

/* One interface glob of at most 15 characters (read_glob.c). */
bool read_glob(struct reading *r, const struct val *v, const char *text, char ret[16]);
bool read_globs(struct reading *r, const struct val *v, char (**ret)[16], size_t *ret_n);
/* NULL, or why nobody may use the number (read_asn.c). */
const char *asn_refused(int64_t asn);
/* NULL, or why it cannot be an address of one node (read_address.c). */
const char *router_id_refused(struct in_addr a);

/* {"prefix": P, "ge": N, "le": N}, and a list of these (read_prefix.c). */
bool read_prefix_range(struct reading *r, const struct val *v, struct prefix_range *ret);
bool read_prefix_ranges(struct reading *r, const struct val *v, struct prefix_range **ret, size_t *ret_n);
/* Which of the words it is; -1: none, noted (read_match.c). */
int  read_word(struct reading *r, const struct val *v, const char *const *words, size_t n, const char *allowed);
/* A list of communities, at most COMMUNITIES_MAX; stars: with * for parts (read_match.c). */
#define COMMUNITIES_MAX 64
bool read_communities(struct reading *r, const struct val *v, unsigned parts, bool stars, struct community_list *ret);
/* Parts of a rule (read_match.c, read_set.c). */
bool read_match(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_set(struct reading *r, const struct val *v, const struct row *row, void *into);
/* After all of the file was read: is every policy that a link or a neighbour names there? */
void check_filters(struct reading *r, const struct val *root);

/* What links and neighbours say alike (read_terms.c): the rows of both. at: of struct config_terms in what their object is read into. */
#define TERMS_ROWS(at) \
	{ .key = "gtsm", .types = T_BOOL, .read = read_bool, .offset = (at) + offsetof(struct config_terms, gtsm), .allowed = "true or false" }, \
	{ .key = "password", .types = T_STRING | T_NULL, .read = read_password, .offset = (at), \
	  .allowed = "1 to 80 printable characters, or null for none" }, \
	{ .key = "role", .types = T_STRING | T_NULL, .read = read_role, .offset = (at) + offsetof(struct config_terms, role), .allowed = ROLE_ALLOWED }, \
	{ .key = "role_strict", .types = T_BOOL, .read = read_bool, .offset = (at) + offsetof(struct config_terms, role_strict), \
	  .allowed = "true or false" }, \
	{ .key = "bandwidth_mbps", .types = T_NUMBER, .read = read_u32, .offset = (at) + offsetof(struct config_terms, bandwidth_mbps), \
	  .max = UINT32_MAX, .allowed = "1 to 4294967295 Mbit/s, or 0 for what the kernel says" }, \
	{ .key = "blackhole", .types = T_BOOL | T_LIST, .read = read_blackhole, .offset = (at) + offsetof(struct config_terms, blackhole), \
	  .allowed = BLACKHOLE_ALLOWED }, \
	{ .key = "max_prefixes", .types = T_NUMBER | T_OBJECT, .read = read_max_prefixes, .offset = (at) + offsetof(struct config_terms, limit), \
	  .max = UINT32_MAX, \
	  .allowed = "a number from 1 to 4294967295, or 0 for no limit, or an object such as {\"max\": 100, \"warning\": 80}" }, \
	{ .key = "import", .types = T_STRING | T_OBJECT, .read = read_import, .offset = (at), \
	  .allowed = "the name of a policy, \"all\", \"none\", \"host\", or an object such as {\"host\": [{\"prefix\": \"10.1.0.0/16\", \"ge\": 24}]}" }, \
	{ .key = "export", .types = T_STRING, .read = read_export, .offset = (at), .allowed = "the name of a policy, \"all\" or \"none\"" }
/* What was left out; v: the object. */
void terms_finish(struct reading *r, const struct val *v, struct config_terms *terms);
void policies_free(struct config *c);            /* read_policy.c */

/* config_json.c: one entry of `links`, of `neighbors`; NULL: no memory */
json_t *link_json(const struct config_link *link);
json_t *expect_json(const struct cable_end *end);
json_t *neighbor_json(const struct config_neighbor *n);

/* policy_json.c; NULL: no memory */
json_t *policies_json(const struct config *c);
json_t *filter_json(const struct config_filter *f);
json_t *blackhole_json(const struct config_blackhole *b);
json_t *prefix_ranges_json(const struct prefix_range *list, size_t n);

/* The readers of one kind, a file each. */
bool read_blackhole(struct reading *r, const struct val *v, const struct row *row, void *into);
#define BLACKHOLE_ALLOWED "true, false, or a list of objects such as {\"prefix\": \"10.1.0.0/16\", \"ge\": 32}"
bool read_role(struct reading *r, const struct val *v, const struct row *row, void *into);
#define ROLE_ALLOWED "\"provider\", \"customer\", \"peer\", \"rs-server\", \"rs-client\", or null for none"
/* v: what has the keys. false, and noted: there is no role to be strict about. */
bool check_role(struct reading *r, const struct val *v, enum role role, bool strict);
bool read_asn(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_router_id(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_next_hop(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_asn_list(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_links(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_policies(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_import(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_export(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_password(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_max_prefixes(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_graceful_restart(struct reading *r, const struct val *v, const struct row *row, void *into);
#define BFD_ALLOWED "true, false, or an object such as {\"interval_ms\": 100, \"multiplier\": 3}"
bool read_bfd(struct reading *r, const struct val *v, const struct row *row, void *into);
#define BMP_ALLOWED "false, or an object such as {\"collector\": \"192.0.2.1\", \"port\": 1790}"
bool read_bmp(struct reading *r, const struct val *v, const struct row *row, void *into);
json_t *bmp_json(const struct config_bmp *bmp);
#define RESILIENT_ALLOWED "true, false, or an object such as {\"buckets\": 128, \"idle_timer_seconds\": 120}"
bool read_resilient(struct reading *r, const struct val *v, const struct row *row, void *into);
void resilient_finish(struct reading *r, const struct val *root);        /* after all other keys */
void bfd_finish(struct reading *r);                                      /* after all other keys */
#define DAMPING_ALLOWED "true, false, or an object such as {\"free\": 2, \"first_ms\": 150, \"max_seconds\": 60}"
/* "HOST" or "HOST:PORT" (read_expect.c). check_expect: v is the object of the link; what does not go with it. */
#define EXPECT_ALLOWED "\"HOST:PORT\" or \"HOST\", of printable characters without spaces, or null for none"
bool read_expect(struct reading *r, const struct val *v, const struct row *row, void *into);
void check_expect(struct reading *r, const struct val *v, const struct config_link *link);
bool read_damping(struct reading *r, const struct val *v, const struct row *row, void *into);
void damping_finish(struct config *c);                                   /* after all other keys, or without a file */
#define METRICS_ALLOWED "false, \"off\", or an object such as {\"listen\": \"[::1]:9473\"}"
bool read_metrics(struct reading *r, const struct val *v, const struct row *row, void *into);
bool read_neighbors(struct reading *r, const struct val *v, const struct row *row, void *into);
void neighbors_finish(struct reading *r, const struct val *root);        /* after all other keys */
bool read_originate(struct reading *r, const struct val *v, const struct row *row, void *into);

/* Reads the whole: root is an object or an error is noted. */
void config_read(struct reading *r, const struct val *root);

#endif
