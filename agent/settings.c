#include "agent/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "agent/base/log.h"
#include "nexthop/nlsock.h"
#include "nexthop/sysctl_watch.h"

#define EVERY_MS 1000
#define LINKS_PER_TICK 8                 /* of each, eight small files are read */
#define SOON_MS 20                       /* one change is told for each interface */
#define READ_MAX 1024                    /* notifications per call */
#define LOG_EVERY_S 10

struct settings {
	uv_poll_t poll, written;
	uv_timer_t tick, soon;
	struct nlsock *nl;
	struct sysctl_watch *watch;      /* NULL: the kernel has no inotify left for us; then they are looked at */
	struct agent *agent;
	struct kernel *kernel;
	struct sysctls *sysctls;
	uint32_t at;                     /* ifindex of the link that was looked at last */
	mono quiet_until;                /* nothing is logged before */
};

/* link: NULL: it is of none. */
static void tell(struct settings *s, const char *link)
{
	mono now = { (int64_t)(uv_hrtime() / 1000) };

	if (now.us < s->quiet_until.us)
		return;
	s->quiet_until = mono_add_s(now, LOG_EVERY_S);
	log_event(EVENT_SETTING_PUT_BACK, (struct log_about){ .name = link ? link : "forwarding", .link = link }, "somebody else changed a kernel setting of ours: set again");
}

static void look(struct settings *s, const char *ifname)
{
	unsigned before = sysctls_changes(s->sysctls), made;

	if (ifname)
		sysctls_link(s->sysctls, ifname);
	else
		sysctls_global(s->sysctls);
	if (s->watch)
		sysctl_watch_link(s->watch, ifname ? ifname : "");
	made = sysctls_changes(s->sysctls) - before;
	agent_counters(s->agent)->settings_put_back += made;
	if (made)
		tell(s, ifname);
}

/* The next of the fabric links, in a ring. */
static void look_at_links(struct settings *s, size_t most)
{
	const struct links *links = agent_links(s->agent);
	const struct link *link = links_find(links, s->at), *first = NULL;

	for (size_t n = 0; n < most;) {
		link = links_after(links, link);
		if (!link && !first)             /* from the beginning, once */
			link = links_after(links, NULL);
		if (!link || link == first)
			break;
		first = first ? first : link;
		if (!agent_is_fabric(s->agent, link->info.ifindex))
			continue;
		s->at = link->info.ifindex;
		look(s, link->info.name);
		n++;
	}
}

static void on_tick(uv_timer_t *timer)
{
	struct settings *s = timer->data;

	look(s, NULL);
	look_at_links(s, LINKS_PER_TICK);
	if (s->watch)
		sysctl_watch_tidy(s->watch);
}

/* Without one there is neither discovery nor session, and the kernel makes none before the link goes down. */
static void give_address(struct settings *s, const struct link_info *link)
{
	struct log_about about = { .name = link->name, .link = link->name };
	struct in6_addr addr;
	int r;

	if (!agent_link_bare(s->agent, link->ifindex, &addr))
		return;
	r = kernel_addr_no_dad(s->kernel, link->ifindex, &addr);
	if (r < 0) {
		log_event(EVENT_SETTING_PUT_BACK, about, "somebody else deleted its link-local address, and it cannot be put back: %s", strerror(-r));
		return;
	}
	agent_counters(s->agent)->settings_put_back++;
	log_event(EVENT_SETTING_PUT_BACK, about, "somebody else deleted its link-local address: put back");
}

static void on_soon(uv_timer_t *timer)
{
	struct settings *s = timer->data;
	const struct link *link = NULL;

	look(s, NULL);
	while ((link = links_after(agent_links(s->agent), link)))
		if (agent_is_fabric(s->agent, link->info.ifindex)) {
			look(s, link->info.name);
			give_address(s, &link->info);
		}
}

/* At most so often, whoever writes and however much. */
static void look_soon(struct settings *s)
{
	if (!uv_is_active((uv_handle_t *)&s->soon))
		uv_timer_start(&s->soon, on_soon, SOON_MS, 0);
}

static void ignore(void *ctx, struct nlmsghdr *nlh)
{
	(void)ctx;
	(void)nlh;
}

/* Whatever it was, everything is looked at: what was lost is no loss. */
static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct settings *s = poll->data;
	int r = 1;

	(void)events;
	for (int i = 0; i < READ_MAX && r != 0; i++)
		r = nlsock_recv(s->nl, ignore, NULL);
	uv_update_time(poll->loop);
	look_soon(s);
	if (status < 0)                          /* libuv stops for that */
		uv_poll_start(poll, UV_READABLE, on_readable);
}

static void on_written(uv_poll_t *poll, int status, int events)
{
	struct settings *s = poll->data;

	(void)events;
	uv_update_time(poll->loop);
	if (sysctl_watch_read(s->watch))
		look_soon(s);
	if (status < 0)
		uv_poll_start(poll, UV_READABLE, on_written);
}

int settings_new(struct settings **ret, uv_loop_t *loop, struct agent *agent, struct kernel *kernel, struct sysctls *sysctls)
{
	static const int groups[] = { RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF, RTNLGRP_IPV6_IFADDR, 0 };
	struct settings *s;
	int r;

	*ret = NULL;
	if (!sysctls)
		return 0;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->agent = agent;
	s->kernel = kernel;
	s->sysctls = sysctls;
	s->poll.data = s->written.data = s->tick.data = s->soon.data = s;
	r = nlsock_new(&s->nl, groups);
	if (r == 0)
		r = uv_poll_init(loop, &s->poll, nlsock_fd(s->nl));
	if (r < 0) {
		settings_free(s);
		return r;
	}
	if (sysctl_watch_new(&s->watch, "/proc/sys") == 0 && uv_poll_init(loop, &s->written, sysctl_watch_fd(s->watch)) < 0) {
		sysctl_watch_free(s->watch);
		s->watch = NULL;
	}
	uv_timer_init(loop, &s->tick);
	uv_timer_init(loop, &s->soon);
	uv_timer_start(&s->tick, on_tick, EVERY_MS, EVERY_MS);
	uv_poll_start(&s->poll, UV_READABLE, on_readable);
	if (s->watch)
		uv_poll_start(&s->written, UV_READABLE, on_written);
	look_soon(s);                            /* all are watched from now on */
	*ret = s;
	return 0;
}

void settings_stop(struct settings *s)
{
	if (!s)
		return;
	uv_close((uv_handle_t *)&s->poll, NULL);
	if (s->watch)
		uv_close((uv_handle_t *)&s->written, NULL);
	uv_close((uv_handle_t *)&s->tick, NULL);
	uv_close((uv_handle_t *)&s->soon, NULL);
}

void settings_free(struct settings *s)
{
	if (!s)
		return;
	nlsock_free(s->nl);
	sysctl_watch_free(s->watch);
	free(s);
}
