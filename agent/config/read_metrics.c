/* `metrics`: where they are to be read, if anywhere. */
#include "agent/config/read.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

#define LISTEN_ALLOWED "an address of this node and a port, such as \"[::1]:9473\", \"127.0.0.1:9473\", or \"[::]:9473\" for all addresses"

static bool read_port(const char *s, uint16_t *ret)
{
	size_t n = strspn(s, "0123456789");
	long port = n && n <= 5 && !s[n] ? strtol(s, NULL, 10) : 0;

	if (port < 1 || port > 65535)
		return false;
	*ret = (uint16_t)port;
	return true;
}

/* "[::1]", "127.0.0.1" */
static bool read_host(const char *s, size_t n, struct in6_addr *ret)
{
	bool six = n > 2 && s[0] == '[' && s[n - 1] == ']';
	char text[INET6_ADDRSTRLEN];
	struct in_addr four;

	if (n >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)(six ? n - 2 : n), six ? s + 1 : s);
	if (six)
		return inet_pton(AF_INET6, text, ret) == 1;
	if (inet_pton(AF_INET, text, &four) != 1)
		return false;
	*ret = (struct in6_addr){ .s6_addr = { [10] = 0xff, [11] = 0xff } };
	memcpy(&ret->s6_addr[12], &four, sizeof(four));
	return true;
}

/* A link-local address would need a link, a group is nobody's. */
static bool can_listen(const struct in6_addr *a)
{
	bool four = IN6_IS_ADDR_V4MAPPED(a);

	return !IN6_IS_ADDR_LINKLOCAL(a) && !IN6_IS_ADDR_MULTICAST(a) && !(four && a->s6_addr[12] >= 224);
}

static bool read_listen(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_metrics *m = into;
	const char *s = json_string_value(v->json), *colon = strrchr(s, ':');
	char shown[VAL_SHOWN];
	uint16_t alone;

	val_shown(v, shown);
	if (read_port(*s == ':' ? s + 1 : s, &alone))
		return val_bad(r, v, "%s says a port, and not on which address, allowed: %s", shown, row->allowed);
	if (!colon || !read_port(colon + 1, &m->port) || !read_host(s, (size_t)(colon - s), &m->address))
		return val_bad(r, v, "%s is no address with a port, allowed: %s", shown, row->allowed);
	if (!can_listen(&m->address))
		return val_bad(r, v, "%s cannot be listened on, allowed: %s", shown, row->allowed);
	return true;
}

static const struct row metrics_rows[] = {
	{ .key = "listen", .types = T_STRING, .read = read_listen, .required = true, .allowed = LISTEN_ALLOWED },
};

bool read_metrics(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_metrics *m = (struct config_metrics *)((char *)into + row->offset);
	size_t before = errors_noted(r->errors);
	const char *word = json_string_value(v->json);
	char shown[VAL_SHOWN];

	if (json_is_false(v->json) || (word && strcmp(word, "off") == 0))
		return true;
	if (!json_is_object(v->json))
		return val_bad(r, v, "is %s, allowed: %s", val_shown(v, shown), row->allowed);
	read_object(r, v, metrics_rows, ARRAY_LEN(metrics_rows), m);
	m->on = errors_noted(r->errors) == before;
	return m->on;
}

const char *config_metrics_str(const struct config_metrics *m, char ret[CONFIG_METRICS_STRLEN])
{
	bool four = IN6_IS_ADDR_V4MAPPED(&m->address);
	char host[INET6_ADDRSTRLEN];

	inet_ntop(four ? AF_INET : AF_INET6, four ? &m->address.s6_addr[12] : m->address.s6_addr, host, sizeof(host));
	snprintf(ret, CONFIG_METRICS_STRLEN, four ? "%s:%u" : "[%s]:%u", host, m->port);
	return ret;
}
