#include "agent/bfd/bfd_thread.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "agent/base/bucket.h"
#include "agent/bfd/bfd_sock.h"

#define COMMANDS_MAX 1024                /* on their way to the thread */
#define COMMANDS_PER_TURN 8              /* each makes or ends sockets: hundreds at once would hold up packets */
#define NEWS_MAX 1024                    /* on their way back; what has no room stays with its session */
#define EVENTS 512
#define ROUNDS 32                        /* of EVENTS, that are read before anybody is judged: more than all sessions have sockets */
#define HEAR_US 500                      /* what takes longer is not the present any more */
#define HEAR_TRIES 4
#define NAP_US 1000                      /* between two turns, so that packets are handled by the handful: waking up costs more than they do */
#define RETRY_US 1000                    /* when the lock was taken */
#define RATE 1000                        /* packets a second and link; ten times what the fastest session needs */
#define BURST 512                        /* waiting after a pause of ours */
#define MUTE_MS 20                       /* a link that has more is not listened to for so long: the kernel drops the excess */
#define NICE (-15)

enum command_kind { COMMAND_SET, COMMAND_DEL };
struct command { enum command_kind kind; struct bfd_peer peer; };        /* of the latter the key alone */

struct ends {                            /* of a session's link */
	int hear, speak;                 /* -1: not open */
	unsigned ifindex;
	struct in6_addr local;
	struct bucket rate;
	bool muted;
	mono muted_until;
};

struct bfd_thread {
	pthread_t thread;
	int kick, tell;                  /* eventfds: there is something for the thread, from the thread */
	/* The thread's own. */
	struct bfd *bfd;
	int epoll;
	unsigned first_port;
	struct ends ends[BFD_SESSIONS_MAX + 1];
	unsigned n_muted;
	struct bfd_inbox *inbox;
	struct epoll_event events[EVENTS];
	bool kicked, common;
	mono stats_at;
	/* Shared, under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t room;
	struct command commands[COMMANDS_MAX];
	size_t first_command, n_commands;
	struct bfd_view news[NEWS_MAX];
	size_t first_news, n_news;
	struct bfd_stats stats;
	bool quit;
};

static mono clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (mono){ (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 };
}

/* --- sockets --------------------------------------------------------------------------------------------------------------------- */
static void ends_close(struct bfd_thread *t, struct ends *e)
{
	if (e->hear >= 0)
		close(e->hear);                  /* which takes it out of epoll too */
	if (e->speak >= 0)
		close(e->speak);
	t->n_muted -= e->muted;
	*e = (struct ends){ .hear = -1, .speak = -1 };
}

static int ends_open(struct bfd_thread *t, uint32_t slot, const struct bfd_peer *peer)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = slot };
	struct ends *e = &t->ends[slot];

	e->ifindex = peer->ifindex;
	e->local = peer->local;
	e->hear = bfd_sock_hear(peer);               /* before anything is said: an answer may be there at once */
	if (e->hear < 0)
		return e->hear;
	if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, e->hear, &event) < 0)
		return -errno;
	e->speak = bfd_sock_speak(peer, t->first_port + slot);
	return e->speak < 0 ? e->speak : 0;
}

/* Sockets are made with the first packet, and anew with the next one after a failure: addresses come and go. */
static int on_send(void *ctx, uint32_t slot, const struct bfd_peer *peer, const uint8_t *p, size_t n)
{
	struct bfd_thread *t = ctx;
	struct ends *e = &t->ends[slot];
	int r = 0;

	if (e->speak >= 0 && (e->ifindex != peer->ifindex || memcmp(&e->local, &peer->local, sizeof(e->local)) != 0))
		ends_close(t, e);
	if (e->speak < 0)
		r = ends_open(t, slot, peer);
	if (r >= 0)
		r = bfd_sock_send(e->speak, p, n);
	if (r < 0 && r != -EAGAIN && r != -ENOBUFS)
		ends_close(t, e);
	return r;
}

static void mute(struct bfd_thread *t, struct ends *e, uint32_t slot, bool on, mono now)
{
	struct epoll_event event = { .events = on ? 0 : EPOLLIN, .data.u32 = slot };

	epoll_ctl(t->epoll, EPOLL_CTL_MOD, e->hear, &event);
	e->muted = on;
	e->muted_until = mono_add_ms(now, MUTE_MS);
	t->n_muted += on ? 1 : -1u;
}

static void unmute(struct bfd_thread *t, mono now)
{
	for (uint32_t slot = 1; t->n_muted && slot <= BFD_SESSIONS_MAX; slot++)
		if (t->ends[slot].muted && mono_due(t->ends[slot].muted_until, now))
			mute(t, &t->ends[slot], slot, false, now);
}

/* One read: what is left is there in the next round. */
static void hear_one(struct bfd_thread *t, uint32_t slot, mono now)
{
	struct ends *e = &t->ends[slot];
	const struct bfd_packet *packets;
	bool flood = false;
	int n = bfd_sock_read(e->hear, e->ifindex, t->inbox, &packets);

	for (int i = 0; i < n; i++) {
		flood |= !bucket_take(&e->rate, RATE, BURST, now);
		bfd_input(t->bfd, &packets[i], now);
	}
	if (flood)
		mute(t, e, slot, true, now);
}

static void hear_round(struct bfd_thread *t, mono now)
{
	uint64_t count;
	int n = EVENTS;

	for (int round = 0; round < ROUNDS && n > 0; round++) {
		n = epoll_wait(t->epoll, t->events, EVENTS, 0);
		for (int i = 0; i < n; i++) {
			if (t->events[i].data.u32)
				hear_one(t, t->events[i].data.u32, now);
			else
				t->kicked |= read(t->kick, &count, sizeof(count)) > 0;
		}
	}
}

/* Takes everything that has come by now, and returns that now: nobody is declared dead whose packets wait. We may have been stopped, or late. */
static mono hear_all(struct bfd_thread *t)
{
	mono now = clock_now();

	hear_round(t, now);
	for (int i = 1; i < HEAR_TRIES && clock_now().us - now.us >= HEAR_US; i++) {
		now = clock_now();
		hear_round(t, now);
	}
	return now;
}

/* --- the two lists --------------------------------------------------------------------------------------------------------------- */
static void push_news(struct bfd_thread *t, const struct bfd_view *v)
{
	t->news[(t->first_news + t->n_news++) % NEWS_MAX] = *v;
}

static void obey(struct bfd_thread *t, const struct command *c, mono now)
{
	struct bfd_view failed = { .key = c->peer.key, .serial = c->peer.serial, .state = BFD_DOWN, .remote_state = BFD_DOWN, .since = now };
	uint32_t slot;

	switch (c->kind) {
	case COMMAND_SET:
		failed.error = bfd_set(t->bfd, &c->peer, now);
		if (failed.error < 0 && t->n_news < NEWS_MAX)
			push_news(t, &failed);
		break;
	case COMMAND_DEL:
		slot = bfd_del(t->bfd, c->peer.key);
		if (slot)
			ends_close(t, &t->ends[slot]);
		break;
	}
}

/* Gives and takes. False: the lock was taken, or there was no room, or there is more: again soon. The thread never waits for it: whoever holds it may have been
 * put aside by the kernel. */
static bool exchange(struct bfd_thread *t, mono now, bool *ret_quit)
{
	static const uint64_t one = 1;
	struct bfd_view v;
	bool told, settled;

	if (!t->kicked && !bfd_has_news(t->bfd) && mono_diff_ms(now, t->stats_at) < 1000)
		return true;
	if (pthread_mutex_trylock(&t->lock) != 0)
		return false;
	for (int i = 0; i < COMMANDS_PER_TURN && t->n_commands; i++, t->n_commands--) {
		obey(t, &t->commands[t->first_command], now);
		t->first_command = (t->first_command + 1) % COMMANDS_MAX;
	}
	t->kicked = t->n_commands > 0;
	*ret_quit = t->quit && !t->kicked;
	while (t->n_news < NEWS_MAX && bfd_news(t->bfd, &v))
		push_news(t, &v);
	bfd_stats(t->bfd, &t->stats);
	t->stats.common = t->common;
	t->stats_at = now;
	told = t->n_news > 0;
	settled = !t->kicked && !bfd_has_news(t->bfd);
	pthread_cond_signal(&t->room);
	pthread_mutex_unlock(&t->lock);
	return (!told || write(t->tell, &one, sizeof(one)) > 0) && settled;
}

static struct timespec span(int64_t us)
{
	return us > 0 ? (struct timespec){ us / 1000000, us % 1000000 * 1000 } : (struct timespec){ 0 };
}

static void sleep_until(struct bfd_thread *t, mono at)
{
	int64_t us = at.us - clock_now().us;
	int64_t first = us < 2 * NAP_US ? us : NAP_US;
	struct timespec nap = span(first), rest = span(us - first);
	struct epoll_event event;

	clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL);
	if (us > first)
		epoll_pwait2(t->epoll, &event, 1, mono_is_never(at) ? NULL : &rest, NULL);       /* what it is, hear_all sees */
}

/* Best first, what is allowed: the thread sleeps nearly all the time, and what it has to do cannot wait. setpriority: Linux, of this thread alone. */
static bool take_precedence(void)
{
	struct sched_param param = { .sched_priority = 1 };

	return pthread_setschedparam(pthread_self(), SCHED_FIFO, &param) == 0 || setpriority(PRIO_PROCESS, 0, NICE) == 0;
}

static void *run(void *ctx)
{
	struct bfd_thread *t = ctx;
	bool quit = false;
	mono now, next;

	pthread_setname_np(pthread_self(), "bfd");
	t->common = !take_precedence();
	while (!quit) {
		now = hear_all(t);
		unmute(t, now);
		bfd_step(t->bfd, now);
		next = exchange(t, now, &quit) ? MONO_NEVER : (mono){ now.us + RETRY_US };
		if (t->n_muted)
			next = mono_min(next, mono_add_ms(now, MUTE_MS));
		if (!quit)
			sleep_until(t, mono_min(next, bfd_next(t->bfd)));
	}
	bfd_stop(t->bfd);
	return NULL;
}

/* --- from the main thread -------------------------------------------------------------------------------------------------------- */
static int start(struct bfd_thread *t)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct bfd_out out = { .send = on_send, .ctx = t };
	sigset_t all, before;
	uint64_t seed;
	int r;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return -errno;
	t->first_port = (unsigned)(seed >> 48);
	r = bfd_new(&t->bfd, seed, &out);
	if (r >= 0)
		r = bfd_inbox_new(&t->inbox);
	if (r < 0)
		return r;
	t->epoll = epoll_create1(EPOLL_CLOEXEC);
	t->kick = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	t->tell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (t->epoll < 0 || t->kick < 0 || t->tell < 0 || epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->kick, &event) < 0)
		return -errno;
	sigfillset(&all);                        /* signals are the main thread's */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&t->thread, NULL, run, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

static void clear(struct bfd_thread *t)
{
	for (uint32_t i = 0; i <= BFD_SESSIONS_MAX; i++)
		ends_close(t, &t->ends[i]);
	bfd_free(t->bfd);
	bfd_inbox_free(t->inbox);
	for (int i = 0; i < 3; i++) {
		int fd = i == 0 ? t->epoll : i == 1 ? t->kick : t->tell;

		if (fd >= 0)
			close(fd);
	}
	pthread_cond_destroy(&t->room);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

int bfd_thread_new(struct bfd_thread **ret)
{
	struct bfd_thread *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return -ENOMEM;
	t->epoll = t->kick = t->tell = -1;
	for (uint32_t i = 0; i <= BFD_SESSIONS_MAX; i++)
		t->ends[i].hear = t->ends[i].speak = -1;
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->room, NULL);
	r = start(t);
	if (r < 0) {
		clear(t);
		return r;
	}
	*ret = t;
	return 0;
}

static void kick(struct bfd_thread *t)
{
	static const uint64_t one = 1;

	while (write(t->kick, &one, sizeof(one)) < 0 && errno == EINTR)
		;                                /* EAGAIN: it is kicked already */
}

void bfd_thread_free(struct bfd_thread *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->quit = true;
	pthread_mutex_unlock(&t->lock);
	kick(t);
	pthread_join(t->thread, NULL);
	clear(t);
}

static void command(struct bfd_thread *t, const struct command *c)
{
	pthread_mutex_lock(&t->lock);
	while (t->n_commands == COMMANDS_MAX)
		pthread_cond_wait(&t->room, &t->lock);
	t->commands[(t->first_command + t->n_commands++) % COMMANDS_MAX] = *c;
	pthread_mutex_unlock(&t->lock);
	kick(t);
}

void bfd_thread_set(struct bfd_thread *t, const struct bfd_peer *peer)
{
	command(t, &(struct command){ .kind = COMMAND_SET, .peer = *peer });
}

void bfd_thread_del(struct bfd_thread *t, uint32_t key)
{
	command(t, &(struct command){ .kind = COMMAND_DEL, .peer.key = key });
}

int bfd_thread_fd(const struct bfd_thread *t)
{
	return t->tell;
}

bool bfd_thread_news(struct bfd_thread *t, struct bfd_view *ret)
{
	uint64_t count;
	bool any;

	pthread_mutex_lock(&t->lock);
	any = t->n_news > 0;
	if (any) {
		*ret = t->news[t->first_news];
		t->first_news = (t->first_news + 1) % NEWS_MAX;
		t->n_news--;
	} else if (read(t->tell, &count, sizeof(count)) < 0) {
		any = false;
	}
	pthread_mutex_unlock(&t->lock);
	return any;
}

void bfd_thread_stats(struct bfd_thread *t, struct bfd_stats *ret)
{
	pthread_mutex_lock(&t->lock);
	*ret = t->stats;
	pthread_mutex_unlock(&t->lock);
}
