#include "agent/cabling.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *cabling_str(enum cabling_verdict verdict)
{
	switch (verdict) {
	case CABLING_UNKNOWN:
		return "unknown";
	case CABLING_PLANNED:
		return "as-planned";
	case CABLING_WRONG_HOST:
		return "wrong-host";
	case CABLING_WRONG_PORT:
		return "wrong-port";
	case CABLING_WRONG_BOTH:
		return "wrong-host-and-port";
	}
	return "";
}

bool cabling_same_host(const char *a, const char *b)
{
	size_t n = strcspn(a, "."), m = strcspn(b, ".");

	if (a[n] && b[m])
		return strcasecmp(a, b) == 0;
	return n == m && strncasecmp(a, b, n) == 0;
}

enum cabling_verdict cabling_judge(const struct cable_end *plan, const struct cable_end *heard)
{
	bool host = cabling_same_host(plan->host, heard->host), port = !*plan->port || strcmp(plan->port, heard->port) == 0;

	if (!*heard->host)
		return CABLING_UNKNOWN;
	if (!*heard->port && *plan->port)        /* of the right node too: it may be any of its ports */
		return host ? CABLING_UNKNOWN : CABLING_WRONG_HOST;
	if (host)
		return port ? CABLING_PLANNED : CABLING_WRONG_PORT;
	return port ? CABLING_WRONG_HOST : CABLING_WRONG_BOTH;
}

static const char *end_text(const struct cable_end *end, char buf[sizeof(*end)])
{
	snprintf(buf, sizeof(*end), "%s%s%s", end->host, *end->port ? " " : "", end->port);
	return buf;
}

void cabling_text(const struct cabling_case *c, const char *who, char *ret, size_t size)
{
	enum cabling_verdict verdict = cabling_judge(c->plan, c->heard);
	char plan[sizeof(*c->plan)], heard[sizeof(*c->heard)];

	end_text(c->plan, plan);
	end_text(c->heard, heard);
	if (cabling_is_wrong(verdict))
		snprintf(ret, size, "%s is connected to %s, the plan says %s%s%s%s", who, heard, plan, *c->swapped ? ": swapped with " : "", c->swapped,
			 *c->swapped ? "?" : "");
	else if (verdict == CABLING_PLANNED)
		snprintf(ret, size, "%s is connected to %s, as planned", who, heard);
	else
		snprintf(ret, size, "%s is to be connected to %s, and its peer does not say %s", who, plan, *c->heard->host ? "which of its ports this is" : "who it is");
}
