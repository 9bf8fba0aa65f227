#include "nexthop/carrier.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#define LOOK_NS 1000000

struct watched {
	struct carrier_link link;
	bool running, lost;              /* lost: and not told yet */
};

struct carrier {
	struct carrier_out out;
	pthread_t thread;
	pthread_mutex_t lock;            /* of all that follows */
	pthread_cond_t changed;
	struct watched links[CARRIER_LINKS];
	size_t n;
	bool quit;
};

int carrier_flags(int fd, const char *name)
{
	struct ifreq ifr = { 0 };

	strncpy(ifr.ifr_name, name, sizeof(ifr.ifr_name) - 1);
	return ioctl(fd, SIOCGIFFLAGS, &ifr) < 0 ? -errno : (uint16_t)ifr.ifr_flags;
}

/* Was there a loss? A link that is not there, or has another name by now, is not one: the kernel tells of it. */
static bool look(struct carrier *c, struct watched *w)
{
	int flags = c->out.flags(c->out.ctx, w->link.name);
	bool running = flags < 0 || flags & IFF_RUNNING, lost = w->running && !running;

	w->running = running;
	w->lost = !running && (w->lost || lost);
	return lost;
}

static void *run(void *arg)
{
	static const struct timespec pause = { .tv_nsec = LOOK_NS };
	struct carrier *c = arg;
	bool lost;

	pthread_mutex_lock(&c->lock);
	while (!c->quit) {
		if (!c->n) {
			pthread_cond_wait(&c->changed, &c->lock);
			continue;
		}
		lost = false;
		for (size_t i = 0; i < c->n; i++)
			lost |= look(c, &c->links[i]);
		pthread_mutex_unlock(&c->lock);
		if (lost)
			c->out.wake(c->out.ctx);
		nanosleep(&pause, NULL);
		pthread_mutex_lock(&c->lock);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* Signals are for the main thread. */
static int start(struct carrier *c)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&c->thread, NULL, run, c);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

int carrier_new(struct carrier **ret, const struct carrier_out *out)
{
	struct carrier *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->out = *out;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	r = start(c);
	if (r < 0) {
		free(c);
		return r;
	}
	*ret = c;
	return 0;
}

void carrier_free(struct carrier *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	c->quit = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static const struct watched *watched(const struct carrier *c, uint32_t ifindex)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->links[i].link.ifindex == ifindex)
			return &c->links[i];
	return NULL;
}

void carrier_watch(struct carrier *c, const struct carrier_link *links, size_t n)
{
	struct watched next[CARRIER_LINKS];
	const struct watched *old;

	n = n < CARRIER_LINKS ? n : CARRIER_LINKS;
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < n; i++) {
		old = watched(c, links[i].ifindex);
		next[i] = old ? *old : (struct watched){ .running = true };
		next[i].link = links[i];
	}
	memcpy(c->links, next, n * sizeof(*next));
	c->n = n;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

bool carrier_lost(struct carrier *c, struct carrier_link *ret)
{
	bool found = false;

	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < c->n && !found; i++) {
		found = c->links[i].lost;
		c->links[i].lost = false;
		if (found)
			*ret = c->links[i].link;
	}
	pthread_mutex_unlock(&c->lock);
	return found;
}
