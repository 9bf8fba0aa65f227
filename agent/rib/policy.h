/* agent/rib/policy.h: rules over routes: does this one pass, and with which attributes? Pure, and without allocation per route.
 *
 * Rules are looked at in order. One that matches makes its changes, which later rules see, and accepts, rejects, or hands on. The end of the
 * list rejects. */
#ifndef WEFT_RIB_POLICY_H
#define WEFT_RIB_POLICY_H

#include "agent/base/policy_rule.h"
#include "agent/rib/attrs.h"

struct policy;
struct policy_scratch;                   /* where changed attributes live; one is enough for all */

/* The rules are borrowed: they have to stay. -EINVAL: an as_path that does not compile; -ENOMEM. */
int  policy_new(struct policy **ret, const struct policy_rule *rules, size_t n);
void policy_free(struct policy *p);

int  policy_scratch_new(struct policy_scratch **ret);
void policy_scratch_free(struct policy_scratch *s);

struct policy_route {
	const struct prefix *prefix;
	const char *link;                /* that it came by, or goes to */
	uint32_t peer_asn;               /* for peer_as_only */
	uint32_t prepend;                /* the AS that a prepend repeats; 0: none, a prepend does nothing */
};

enum policy_verdict { POLICY_REFUSED, POLICY_PASSED, POLICY_CHANGED };

/* POLICY_CHANGED: *attrs is another value now, whose spans may point into s, until the next call with it. What cannot be written down any
 * more (64 KB of communities, of AS path) is refused. */
enum policy_verdict policy_apply(const struct policy *p, const struct policy_route *route, struct attrs *attrs, struct policy_scratch *s);

#endif
