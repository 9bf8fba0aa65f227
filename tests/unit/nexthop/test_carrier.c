#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nexthop/carrier.h"

/* The links' flags, as the test says, and how often the thread has looked and called. */
struct links {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int flags[2];
	unsigned looks, wakes;
};

static int flags(void *ctx, const char *name)
{
	struct links *l = ctx;
	int r;

	pthread_mutex_lock(&l->lock);
	r = l->flags[name[3] - '1'];
	l->looks++;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
	return r;
}

static void wake(void *ctx)
{
	struct links *l = ctx;

	pthread_mutex_lock(&l->lock);
	l->wakes++;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
}

static const struct carrier_link two[] = { { 11, "swp1" }, { 12, "swp2" } };

static struct carrier *watch(struct links *l)
{
	struct carrier *c;

	*l = (struct links){ .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .flags = { IFF_UP | IFF_RUNNING, IFF_UP | IFF_RUNNING } };
	cr_assert_eq(carrier_new(&c, &(struct carrier_out){ .flags = flags, .wake = wake, .ctx = l }), 0);
	carrier_watch(c, two, 2);
	return c;
}

static void set(struct links *l, unsigned i, int to)
{
	pthread_mutex_lock(&l->lock);
	l->flags[i] = to;
	pthread_mutex_unlock(&l->lock);
}

static void wait_wakes(struct links *l, unsigned n)
{
	pthread_mutex_lock(&l->lock);
	while (l->wakes < n)
		pthread_cond_wait(&l->changed, &l->lock);
	pthread_mutex_unlock(&l->lock);
}

/* Every link has been looked at since. */
static void wait_looks(struct links *l)
{
	unsigned by;

	pthread_mutex_lock(&l->lock);
	for (by = l->looks + 4; l->looks < by;)
		pthread_cond_wait(&l->changed, &l->lock);
	pthread_mutex_unlock(&l->lock);
}

Test(carrier, a_loss_is_told_once_and_again_when_it_is_the_next_one, .timeout = 60)
{
	struct carrier_link link;
	struct links l;
	struct carrier *c = watch(&l);

	wait_looks(&l);
	cr_expect_not(carrier_lost(c, &link), "both are fine");
	set(&l, 1, IFF_UP);
	wait_wakes(&l, 1);
	cr_assert(carrier_lost(c, &link));
	cr_expect_eq(link.ifindex, 12u);
	cr_expect_str_eq(link.name, "swp2");
	wait_looks(&l);
	cr_expect_not(carrier_lost(c, &link), "once");
	set(&l, 1, IFF_UP | IFF_RUNNING);
	wait_looks(&l);
	set(&l, 1, IFF_UP);
	wait_wakes(&l, 2);
	cr_expect(carrier_lost(c, &link));
	carrier_free(c);
}

Test(carrier, what_came_back_before_anybody_asked_is_no_loss, .timeout = 60)
{
	struct carrier_link link;
	struct links l;
	struct carrier *c = watch(&l);

	set(&l, 0, IFF_UP);
	wait_wakes(&l, 1);
	set(&l, 0, IFF_UP | IFF_RUNNING);
	wait_looks(&l);
	cr_expect_not(carrier_lost(c, &link));
	carrier_free(c);
}

Test(carrier, a_link_that_is_gone_or_not_watched_any_more_is_no_loss, .timeout = 60)
{
	struct carrier_link link;
	struct links l;
	struct carrier *c = watch(&l);

	set(&l, 0, -ENODEV);
	wait_looks(&l);
	cr_expect_not(carrier_lost(c, &link));
	set(&l, 1, IFF_UP);
	wait_wakes(&l, 1);
	carrier_watch(c, two, 1);
	cr_expect_not(carrier_lost(c, &link));
	carrier_watch(c, NULL, 0);
	carrier_free(c);
}

Test(carrier, the_flags_of_a_link_are_read_without_rights)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	cr_assert_geq(fd, 0);
	cr_expect_geq(carrier_flags(fd, "lo"), 0);
	cr_expect_eq(carrier_flags(fd, "no-such-link"), -ENODEV);
	close(fd);
}
