#include "agent/saved.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/log.h"
#include "agent/statefile.h"

#define LOG_TOPIC TOPIC_KERNEL

struct saved {
	struct statefile file;
	unsigned changes;                /* of the settings, as written last */
	struct in_addr loopback;
	bool written;
};

int saved_new(struct saved **ret, const char *socket)
{
	struct saved *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	r = statefile_name(&s->file, socket, "state");
	if (r < 0) {
		free(s);
		return r;
	}
	*ret = s;
	return 0;
}

void saved_free(struct saved *s)
{
	free(s);
}

/* An interface may have another name by now, and its settings went with it. */
static void read_settings(struct sysctls *sysctls, json_t *list)
{
	struct sysctl_found found;
	char name[IFNAMSIZ];
	json_t *one;
	int index;
	size_t i;

	json_array_foreach(list, i, one) {
		index = 0;
		if (json_unpack(one, "{s:s, s:s, s?i, s:s}", "file", &found.file, "link", &found.ifname, "index", &index, "found", &found.value) < 0)
			found.file = found.ifname = found.value = "";
		if (*found.ifname && index > 0 && if_indextoname((unsigned)index, name))
			found.ifname = name;
		if (sysctls_remember(sysctls, &found) < 0)
			log_warning("a kernel setting that an earlier run saved is none of weft's, and stays as it is");
	}
}

static bool read_address(const char *text, struct in_addr *ret)
{
	return !text || inet_pton(AF_INET, text, ret) == 1;
}

int saved_read(struct saved *s, struct sysctls *sysctls, struct saved_left *ret)
{
	const char *loopback = NULL, *router_id = NULL;
	json_t *settings = NULL, *j;
	json_int_t asn = 0;
	int r = 0;

	*ret = (struct saved_left){ 0 };
	if (!statefile_is(&s->file))
		return 0;
	j = statefile_load(&s->file);
	if (json_unpack(j, "{s?I, s?s, s?s, s?o}", "asn", &asn, "router_id", &router_id, "loopback", &loopback, "settings", &settings) < 0 ||
	    asn < 0 || asn > UINT32_MAX || !read_address(loopback, &ret->loopback) || !read_address(router_id, &ret->router_id)) {
		log_warning("%s cannot be read: what an earlier run changed is not known", s->file.path);
		*ret = (struct saved_left){ 0 };
		r = -EBADMSG;
	} else {
		ret->asn = (uint32_t)asn;
		if (sysctls)
			read_settings(sysctls, settings);
	}
	json_decref(j);
	return r;
}

void saved_take(struct saved *s, struct sysctls *sysctls, struct agent *a, struct chores *chores)
{
	const struct config *c = agent_config(a);
	struct saved_left left;

	if (saved_read(s, sysctls, &left) < 0 || (left.asn && (left.asn != c->asn || left.router_id.s_addr != c->router_id.s_addr)))
		agent_claims_nothing(a);
	if (c->loopback && left.loopback.s_addr == c->router_id.s_addr)
		agent_loopback_is_ours(a);
	else if (left.loopback.s_addr != INADDR_ANY)
		chores_loopback(chores, if_nametoindex("lo"), left.loopback, false);
}

static json_t *settings_json(const struct sysctls *sysctls)
{
	json_t *list = json_array();
	struct sysctl_found found;
	char last[IFNAMSIZ] = "";        /* those of one interface mostly come together */
	unsigned index = 0;

	for (size_t at = 0; sysctls && sysctls_found(sysctls, &at, &found);) {
		if (strcmp(last, found.ifname) != 0) {
			snprintf(last, sizeof(last), "%s", found.ifname);
			index = if_nametoindex(last);
		}
		json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:s}", "file", found.file, "link", found.ifname, "index", *last ? (int)index : 0,
						      "found", found.value));
	}
	return list;
}

static bool is_fabric(const struct agent *a, const char *ifname)
{
	const struct link *link = links_by_name(agent_links(a), ifname);

	return link && agent_is_fabric(a, link->info.ifindex);
}

/* Links that an earlier process had, and that are none of ours. */
static void let_go(struct sysctls *sysctls, const struct agent *a)
{
	struct sysctl_found found;
	char name[IFNAMSIZ];

	for (size_t at = 0; sysctls && sysctls_found(sysctls, &at, &found);) {
		if (!*found.ifname || is_fabric(a, found.ifname))
			continue;
		snprintf(name, sizeof(name), "%s", found.ifname);
		sysctls_link_restore(sysctls, name);
		at = 0;                          /* there are fewer now */
	}
}

void saved_turn(struct saved *s, struct sysctls *sysctls, const struct agent *a, mono now)
{
	const struct config *c = agent_config(a);
	struct in_addr loopback = { agent_has_loopback(a) ? c->router_id.s_addr : INADDR_ANY };
	unsigned changes;
	char text[INET_ADDRSTRLEN];
	json_t *j;

	if (!s->written)
		let_go(sysctls, a);
	changes = sysctls ? sysctls_changes(sysctls) : 0;
	if (s->written && s->changes == changes && s->loopback.s_addr == loopback.s_addr && !mono_due(s->file.again, now))
		return;
	j = json_pack("{s:I, s:s, s:o}", "asn", (json_int_t)c->asn, "router_id", inet_ntop(AF_INET, &c->router_id, text, sizeof(text)),
		      "settings", settings_json(sysctls));
	if (j && loopback.s_addr != INADDR_ANY)
		json_object_set_new(j, "loopback", json_string(inet_ntop(AF_INET, &loopback, text, sizeof(text))));
	statefile_went(&s->file, statefile_write(&s->file, j), "should weftd be killed, kernel settings are not put back", now);
	s->written = true;
	s->changes = changes;
	s->loopback = loopback;
}

mono saved_next(const struct saved *s)
{
	return s->file.again;
}

void saved_forget(struct saved *s)
{
	statefile_forget(&s->file);
}
