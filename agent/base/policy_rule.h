/* agent/base/policy_rule.h: one rule of a policy as a value: which routes it is about, what it changes, how it ends. The configuration reads
 * it, the RIB compiles it (agent/rib/policy.h). */
#ifndef WEFT_BASE_POLICY_RULE_H
#define WEFT_BASE_POLICY_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/base/community.h"
#include "agent/base/prefix.h"

#define POLICY_PREPEND_MAX 32

enum policy_action { POLICY_NEXT, POLICY_ACCEPT, POLICY_REJECT };        /* next: the changes hold, the next rule is looked at */

struct prefix_range { struct prefix prefix; uint8_t ge, le; };           /* prefixes within it that are ge to le long */

struct community_list { struct community *c; size_t n; };

enum { EDIT_STANDARD, EDIT_LARGE, N_EDITS };     /* COMMUNITIES (RFC 1997), LARGE_COMMUNITY (RFC 8092) */

/* Everything that is given must hold; of a list, one entry. A list that is empty is not given. */
struct policy_match {
	struct prefix_range *prefixes;
	size_t n_prefixes;
	struct community_list communities[N_EDITS];
	char *as_path;                   /* an expression of agent/base/asre.h; NULL: not given */
	char link[16];                   /* glob of the link that it came by or goes to; "": not given */
	uint8_t family;                  /* AF_INET, AF_INET6; 0: not given */
	bool has_origin;
	uint8_t origin;
	bool peer_as_only;               /* nobody but the peer itself is in the AS path */
};

struct community_edit {                  /* in this order */
	bool replace;                    /* by `set`, which may be empty */
	struct community_list set, del, add;
};

struct policy_set {
	bool has_local_pref, has_med;
	uint32_t local_pref, med;
	uint8_t weight, prepend;         /* 0: not given */
	struct community_edit communities[N_EDITS];
};

struct policy_rule {
	struct policy_match match;
	struct policy_set set;
	enum policy_action action;
};

static inline unsigned edit_parts(int i)
{
	return i == EDIT_STANDARD ? COMMUNITY_STANDARD : COMMUNITY_LARGE;
}

#endif
