/* weftd --flush: what a daemon that is no more has left on this machine goes, and nothing else. A core that wants nothing is told what there is,
 * and ends. */
#include "agent/daemon.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/random.h>

#include "agent/agent.h"
#include "agent/base/log.h"
#include "agent/drains.h"
#include "agent/flush.h"
#include "agent/saved.h"
#include "agent/serve.h"
#include "nexthop/kernel.h"
#include "nexthop/sysctl.h"

#define LOG_TOPIC TOPIC_KERNEL

struct clean {
	struct agent *agent;
	struct kernel *kernel;
	struct flush *flush;
	struct sysctls *sysctls;
	struct saved *saved;
	size_t seen;
};

static void on_link(void *ctx, const struct link_change *change)
{
	(void)ctx;
	(void)change;
}

static void on_seen(void *ctx, const struct fib_seen *seen)
{
	struct clean *c = ctx;

	c->seen += seen->kind != SEEN_FOREIGN_ROUTE && seen->kind != SEEN_FOREIGN_OBJECT;
	agent_fib_seen(c->agent, seen);
}

static void on_acked(void *ctx, uint32_t seq, int error)
{
	agent_fib_acked(((struct clean *)ctx)->agent, seq, error, (mono){ 0 });
}

static int say(const char *what, int r)
{
	log_error("%s: %s", what, strerror(-r));
	return r;
}

static int routes(struct clean *c, struct in_addr on_link)
{
	int r = kernel_dump_own(c->kernel, on_link);
	size_t found = c->seen;

	if (r < 0)
		return say("reading the kernel's routes", r);
	agent_stop(c->agent, (mono){ 0 });
	flush_all(c->flush);
	c->seen = 0;
	r = kernel_dump_own(c->kernel, on_link);
	if (r == 0 && c->seen)
		r = -EBUSY;
	if (r < 0)
		return say("not everything could be removed", r);
	log_notice("%zu routes, next hops, groups and neighbours were removed", found);
	return 0;
}

static int clean(struct clean *c, struct config **cfg, const char *socket)
{
	struct kernel_out kernel_out = { .link = on_link, .seen = on_seen, .acked = on_acked, .ctx = c };
	struct agent_out out = { .ctx = c };
	struct in_addr on_link_addr;
	struct saved_left left;
	int r = serve_clear(socket);

	if (r < 0)
		return say(r == -EADDRINUSE ? "weftd runs: `weft stop --cold` ends it and cleans up" : socket, r);
	if (getrandom(&out.secret, sizeof(out.secret), 0) != sizeof(out.secret))
		return say("random numbers", -errno);
	if ((r = kernel_new(&c->kernel, &kernel_out)) < 0)
		return say("netlink", r);
	if ((r = saved_new(&c->saved, socket)) < 0 || (r = sysctls_new(&c->sysctls, "/proc/sys")) < 0 ||
	    (r = agent_new(&c->agent, *cfg, kernel_groups(c->kernel), &out)) < 0)
		return say("start", r);
	*cfg = NULL;
	on_link_addr = agent_config(c->agent)->ipv4_next_hop;
	if ((r = flush_new(&c->flush, c->agent, c->kernel, NULL)) < 0)
		return say("start", r);
	saved_read(c->saved, c->sysctls, &left);
	r = routes(c, on_link_addr);
	/* After the routes that have it as their source. */
	if (r == 0 && left.loopback.s_addr != INADDR_ANY && (r = kernel_addr_add(c->kernel, if_nametoindex("lo"), left.loopback, false)) < 0)
		say("router_id on the loopback interface", r);
	sysctls_restore(c->sysctls);
	if (r == 0)
		saved_forget(c->saved);
	drains_forget(socket);
	return r;
}

int daemon_flush(struct config *cfg, const char *socket)
{
	struct clean c = { 0 };
	int r = clean(&c, &cfg, socket);

	flush_free(c.flush);
	agent_free(c.agent);
	sysctls_free(c.sysctls);
	saved_free(c.saved);
	kernel_free(c.kernel);
	config_free(cfg);
	return r < 0;
}
