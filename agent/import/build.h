/* agent/import/build.h: from what FRR was told to what weft is to be told. */
#ifndef WEFT_IMPORT_BUILD_H
#define WEFT_IMPORT_BUILD_H

#include <jansson.h>

#include "agent/import/frr.h"
#include "agent/import/ranges.h"

enum { ONLY_V4 = 1, ONLY_V6 = 2, BOTH = 3 };

struct build {
	struct frr *f;
	json_t *config;
	json_t *policies;                /* name: rules */
	unsigned families;               /* that any peer exchanges: a mask; weft always exchanges IPv4 */
	const struct peer *first_link;   /* whose timers are those of all; NULL: there are no links */
	uint32_t asn;
	struct in_addr id;
	bool bad;                        /* no memory */
};

/* of is an object or a list (key NULL); value NULL is no memory. */
void build_put(struct build *b, json_t *of, const char *key, json_t *value);
json_t *build_ranges(struct build *b, const struct ranges *s);

bool build_peer_is(struct build *b, const struct peer *p);       /* has it a session? Says why not */
bool build_external(const struct build *b, const struct peer *p);
bool build_active(const struct build *b, const struct peer *p, int af);
void build_peers(struct build *b);
void build_numbered(struct build *b, const struct peer *p, json_t *list);
void build_terms(struct build *b, const struct peer *p, json_t *to);     /* what links and numbered peers say alike */
json_t *build_limit(struct build *b, const struct peer *p);              /* NULL: none */

struct timers { uint64_t hold, keepalive; const struct line *line; };
struct timers build_timers(struct build *b, const struct peer *p);       /* p NULL: of all */
void build_all_timers(struct build *b, const struct peer **links, size_t n);
json_t *build_bfd(struct build *b, const struct peer *p);

/* The permitted prefixes of a list; false: there is no such list, and the line was told. */
bool build_prefix_list(struct build *b, int af, const char *name, const struct line *l, struct ranges *ret);
void build_originate(struct build *b);
json_t *build_filter(struct build *b, const struct peer *p, bool out);   /* NULL: everything passes */
/* Adds a route-map's rules, for these families; within: for these prefixes alone, or NULL. */
void build_rules(struct build *b, const struct list *map, unsigned families, bool out, const struct ranges *within, json_t *rules);

#define EXPRESSION_MAX 256
/* FRR's regular expression as one of weft, whose letters are whole AS numbers: NULL, or why not. */
const char *as_path_expression(const char *from, char ret[EXPRESSION_MAX]);
/* A community or, from a list, a pattern with *. NULL, or why not. */
const char *community_word(const char *from, unsigned parts, char ret[COMMUNITY_STRLEN]);
const char *community_expression(const char *from, unsigned parts, char ret[COMMUNITY_STRLEN]);

#endif
