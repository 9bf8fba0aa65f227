#include "agent/commands_runtime.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agent/agent_announce.h"
#include "agent/agent_runtime.h"
#include "agent/base/own.h"
#include "agent/base/text.h"
#include "agent/show_priv.h"

_Static_assert(ANNOUNCED_COMMUNITIES == CTL_ARGS_MAX - 1, "a prefix and its communities are one request");

#define NO_MEMORY "the daemon is out of memory: nothing has changed"

static enum ctl_exit refuse(char **ret_error, enum ctl_exit exit, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static enum ctl_exit refuse(char **ret_error, enum ctl_exit exit, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(ret_error, fmt, ap) < 0)
		*ret_error = NULL;
	va_end(ap);
	return exit;
}

static enum ctl_exit say(json_t **ret_result, bool changed, const char *sentence)
{
	*ret_result = json_pack("{s:i, s:b, s:s}", "json_version", CTL_JSON_VERSION, "changed", changed, "sentence", sentence);
	return CTL_DONE;
}

static bool is_prefix(const char *s, struct prefix *ret, char **ret_error)
{
	if (prefix_parse(s, ret) == 0)
		return true;
	refuse(ret_error, CTL_USAGE, "%s is no prefix; a prefix reads like 10.9.0.0/24 or 2001:db8::/32, without host bits", s);
	return false;
}

/* Of the other paths of a prefix that is announced here none is used. */
static bool count_others(void *ctx, const struct rib_route_view *view)
{
	for (size_t i = 0; i < view->n_paths; i++)
		*(size_t *)ctx += view->paths[i].peer != RIB_LOCAL;
	return true;
}

static void say_announced(const struct agent *a, const struct announced *what, const struct ctl_request *q, char *to, size_t size)
{
	const char *withheld = show_all_withheld(a);
	size_t others = 0;
	char s[PREFIX_STRLEN];

	text_add(to, size, "%s is announced", prefix_str(&what->prefix, s));
	for (size_t i = 1; i < q->n_args; i++)
		text_add(to, size, "%s%s", i == 1 ? " with " : ", ", q->args[i]);
	text_add(to, size, ", until `weft withdraw %s` or weftd ends", s);
	if (withheld)
		text_add(to, size, "; but %s", withheld);
	rib_find(agent_rib(a), &what->prefix, count_others, &others);
	if (others)
		text_add(to, size, "; neighbors announce it too, and this node uses none of their %zu paths meanwhile", others);
}

enum ctl_exit runtime_announce(struct agent *a, const struct ctl_request *q, mono now, json_t **ret_result, char **ret_error)
{
	struct announced what = { 0 };
	struct community c;
	char sentence[1024] = "";
	int r;

	(void)now;
	if (!is_prefix(q->args[0], &what.prefix, ret_error))
		return CTL_USAGE;
	for (size_t i = 1; i < q->n_args; i++) {
		if (community_parse(q->args[i], COMMUNITY_STANDARD, false, &c) == 0)
			announced_add(&what, &c, COMMUNITY_STANDARD);
		else if (community_parse(q->args[i], COMMUNITY_LARGE, false, &c) == 0)
			announced_add(&what, &c, COMMUNITY_LARGE);
		else
			return refuse(ret_error, CTL_USAGE, "%s is no community; one reads like 65001:100, 4200000000:1:2 or no_export", q->args[i]);
	}
	r = agent_announce(a, &what);
	if (r == -EINVAL)
		return refuse(ret_error, CTL_FAILED, "%s is nothing that a fabric can route, and every weft refuses it (martian)", q->args[0]);
	if (r == -EAFNOSUPPORT)
		return refuse(ret_error, CTL_FAILED, "\"ipv6\" is false in the configuration, so no session carries IPv6: set it to true, then `weft reload`");
	if (r == -ENOSPC)
		return refuse(ret_error, CTL_FAILED, "%u prefixes are announced by hand, which is the most: withdraw some, or put them on an interface that `originate` names",
			      ANNOUNCED_MAX);
	if (r < 0)
		return refuse(ret_error, CTL_FAILED, NO_MEMORY);
	say_announced(a, &what, q, sentence, sizeof(sentence));
	return say(ret_result, r, sentence);
}

enum ctl_exit runtime_withdraw(struct agent *a, const struct ctl_request *q, mono now, json_t **ret_result, char **ret_error)
{
	char sentence[256] = "", s[PREFIX_STRLEN];
	bool on_interface;
	struct prefix p;

	(void)now;
	if (!is_prefix(q->args[0], &p, ret_error))
		return CTL_USAGE;
	prefix_str(&p, s);
	on_interface = agent_on_interface(a, &p);
	if (agent_withdraw(a, &p) < 0)
		return on_interface ? refuse(ret_error, CTL_FAILED, "%s is announced because an interface that `originate` names has it, not by hand: change "
					     "`originate` in the file, then `weft reload`", s)
				    : refuse(ret_error, CTL_FAILED, "%s is not announced by hand; `weft show config` lists what is, as \"runtime\"", s);
	text_add(sentence, sizeof(sentence), "%s is not announced by hand any more%s", s,
		 on_interface ? ", but an interface that `originate` names has it: it goes on without those communities" : "");
	return say(ret_result, true, sentence);
}

/* r: of what was to be done with a neighbor, and was not. */
static enum ctl_exit refuse_neighbor(const struct by_hand *n, int r, char **ret_error)
{
	if (r == -EINVAL)
		return refuse(ret_error, CTL_USAGE, "%s", n->error);
	if (r == -EEXIST)
		return refuse(ret_error, CTL_FAILED, "%s is a neighbor of the file: change `neighbors` there, then `weft reload`", n->name);
	if (r == -ENOENT)
		return refuse(ret_error, CTL_FAILED, "%s is no neighbor by hand; `weft show config` lists them, as \"runtime\"", n->name);
	if (r == -EBUSY)
		return refuse(ret_error, CTL_FAILED, "%s is a neighbor by hand already, with another AS: `weft neighbor del %s` first", n->name, n->name);
	if (r == -ENOSPC)
		return refuse(ret_error, CTL_FAILED, "%u neighbors were added by hand, which is the most: put them into `neighbors` of the file, then `weft reload`",
			      BY_HAND_MAX);
	return r == -ENOMEM ? refuse(ret_error, CTL_FAILED, NO_MEMORY) : refuse(ret_error, CTL_FAILED, "nothing has changed: %s", strerror(-r));
}

static void say_touched(const struct by_hand *n, char *to, size_t size)
{
	if (*n->touched)
		text_add(to, size, "; because of it these sessions have ended: %s", n->touched);
}

enum ctl_exit runtime_neighbor_add(struct agent *a, const struct ctl_request *q, mono now, json_t **ret_result, char **ret_error)
{
	char sentence[1024] = "";
	struct by_hand n;
	int r = agent_neighbor_add(a, q->args[0], q->args[1], now, &n);

	if (r < 0)
		return refuse_neighbor(&n, r, ret_error);
	text_add(sentence, sizeof(sentence), "%s is a neighbor, AS %s, until `weft neighbor del %s` or weftd ends", n.name, q->args[1], n.name);
	if (r && !n.usable)
		text_add(sentence, sizeof(sentence), "; but no interface leads there: `weft show neighbors %s` says what is missing", n.name);
	say_touched(&n, sentence, sizeof(sentence));
	return say(ret_result, r, sentence);
}

enum ctl_exit runtime_neighbor_del(struct agent *a, const struct ctl_request *q, mono now, json_t **ret_result, char **ret_error)
{
	char sentence[1024] = "";
	struct by_hand n;
	int r = agent_neighbor_del(a, q->args[0], now, &n);

	if (r < 0)
		return refuse_neighbor(&n, r, ret_error);
	text_add(sentence, sizeof(sentence), "%s is no neighbor any more", n.name);
	say_touched(&n, sentence, sizeof(sentence));
	return say(ret_result, true, sentence);
}

enum ctl_exit runtime_soft_reset(struct agent *a, const struct ctl_request *q, mono now, json_t **ret_result, char **ret_error)
{
	bool in = strcmp(q->args[1], "in") == 0;
	char sentence[512] = "";
	int r;

	(void)now;
	if (!in && strcmp(q->args[1], "out") != 0)
		return refuse(ret_error, CTL_USAGE, "--soft is \"in\" or \"out\", not %s", q->args[1]);
	r = agent_soft_reset(a, q->args[0], in);
	if (r == -ENOENT)
		return refuse(ret_error, CTL_FAILED, "there is no peer on that link; `weft show neighbors` lists them");
	if (r == -ENOTCONN)
		return refuse(ret_error, CTL_FAILED, "there is no session on %s, so there is nothing to tell again; `weft show neighbors` says why", q->args[0]);
	if (r < 0)
		return refuse(ret_error, CTL_FAILED, "the peer on %s does not know route refresh (RFC 2918): without --soft its session starts over, and it tells everything",
			      q->args[0]);
	text_add(sentence, sizeof(sentence), "%s: %s; the session goes on", q->args[0], in ? "the peer is asked for its routes again" : "the peer is told our routes again");
	return say(ret_result, true, sentence);
}
