#include "agent/chores.h"

#include <stdlib.h>
#include <string.h>

#include "agent/base/log.h"

#define LOG_TOPIC TOPIC_KERNEL

struct chore { enum { CHORE_LOOPBACK, CHORE_LOOPBACK_OFF, CHORE_NO_DAD } kind; unsigned ifindex; struct in_addr addr4; struct in6_addr addr6; };

static void later(struct chores *c, struct chore chore)
{
	struct chore *grown;

	if (c->n == c->room) {
		grown = realloc(c->list, (c->room + 16) * sizeof(*grown));
		if (!grown) {
			log_error("out of memory: an address is not set");
			return;
		}
		c->list = grown;
		c->room += 16;
	}
	c->list[c->n++] = chore;
}

void chores_loopback(struct chores *c, unsigned ifindex, struct in_addr addr, bool on)
{
	later(c, (struct chore){ .kind = on ? CHORE_LOOPBACK : CHORE_LOOPBACK_OFF, .ifindex = ifindex, .addr4 = addr });
}

void chores_no_dad(struct chores *c, unsigned ifindex, const struct in6_addr *addr)
{
	later(c, (struct chore){ .kind = CHORE_NO_DAD, .ifindex = ifindex, .addr6 = *addr });
}

static int do_one(struct kernel *kernel, const struct chore *c)
{
	int r = 0;

	switch (c->kind) {
	case CHORE_LOOPBACK:
		r = kernel_link_up(kernel, c->ifindex);
		return r < 0 ? r : kernel_addr_add(kernel, c->ifindex, c->addr4, true);
	case CHORE_LOOPBACK_OFF:
		return kernel_addr_add(kernel, c->ifindex, c->addr4, false);
	case CHORE_NO_DAD:
		return kernel_addr_no_dad(kernel, c->ifindex, &c->addr6);
	}
	return r;
}

void chores_do(struct chores *c, struct kernel *kernel)
{
	int r;

	for (size_t i = 0; i < c->n; i++) {
		r = do_one(kernel, &c->list[i]);
		if (r < 0)
			log_error("%s: %s", c->list[i].kind == CHORE_NO_DAD ? "link-local address" : "router_id on the loopback interface",
				  strerror(-r));
	}
	c->n = 0;
}

void chores_free(struct chores *c)
{
	free(c->list);
	*c = (struct chores){ 0 };
}
