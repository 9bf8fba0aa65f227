#include "agent/carriers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nexthop/carrier.h"

#define ASK_MS 100                       /* the groups change often while a table loads */
#define ALONE_LEAST 4096                 /* routes: then the kernel takes more than a millisecond */

struct carriers {
	struct agent *agent;
	struct carrier *carrier;         /* NULL: there was no such link yet */
	uv_async_t lost;
	int fd;                          /* any socket */
	mono asked;
	struct carrier_link links[CARRIER_LINKS];
	size_t n;
};

static int flags_of(void *ctx, const char *name)
{
	return carrier_flags(((struct carriers *)ctx)->fd, name);
}

static void wake(void *ctx)
{
	uv_async_send(&((struct carriers *)ctx)->lost);
}

/* What is true only now is told: a link that is back has said so, or is about to, in the kernel's own words. */
static void on_lost(uv_async_t *async)
{
	struct carriers *c = async->data;
	struct carrier_link link;
	int flags;

	while (c->carrier && carrier_lost(c->carrier, &link)) {
		flags = carrier_flags(c->fd, link.name);
		if (flags >= 0 && !(flags & IFF_RUNNING))
			agent_carrier_lost(c->agent, link.ifindex, (mono){ (int64_t)(uv_hrtime() / 1000) });
	}
}

int carriers_new(struct carriers **ret, uv_loop_t *loop, struct agent *agent)
{
	struct carriers *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->agent = agent;
	c->fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	r = c->fd < 0 ? -errno : uv_async_init(loop, &c->lost, on_lost);
	if (r < 0) {
		carriers_free(c);
		return r;
	}
	c->lost.data = c;
	*ret = c;
	return 0;
}

static size_t links_alone(const struct carriers *c, struct carrier_link *ret)
{
	uint32_t ifindex[CARRIER_LINKS];
	size_t n = agent_fib(c->agent) ? fib_alone(agent_fib(c->agent), ALONE_LEAST, ifindex, CARRIER_LINKS) : 0, k = 0;
	const struct link *link;

	for (size_t i = 0; i < n; i++) {
		link = links_find(agent_links(c->agent), ifindex[i]);
		if (!link)
			continue;
		ret[k] = (struct carrier_link){ .ifindex = ifindex[i] };
		memcpy(ret[k++].name, link->info.name, sizeof(ret->name));
	}
	return k;
}

void carriers_turn(struct carriers *c, mono now)
{
	struct carrier_link links[CARRIER_LINKS];
	struct carrier_out out = { .flags = flags_of, .wake = wake, .ctx = c };
	size_t n;

	if (mono_diff_ms(now, c->asked) < ASK_MS)
		return;
	c->asked = now;
	n = links_alone(c, links);
	if (n == c->n && memcmp(links, c->links, n * sizeof(*links)) == 0)
		return;
	if (!c->carrier && carrier_new(&c->carrier, &out) < 0)
		return;
	carrier_watch(c->carrier, links, n);
	memcpy(c->links, links, n * sizeof(*links));
	c->n = n;
}

void carriers_stop(struct carriers *c)
{
	if (!c || uv_is_closing((uv_handle_t *)&c->lost))
		return;
	carrier_free(c->carrier);
	c->carrier = NULL;
	uv_close((uv_handle_t *)&c->lost, NULL);
}

void carriers_free(struct carriers *c)
{
	if (!c)
		return;
	if (c->fd >= 0)
		close(c->fd);
	free(c);
}
