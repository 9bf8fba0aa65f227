#include "nexthop/writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct batch {
	_Alignas(struct nlmsghdr) uint8_t bytes[WRITER_BYTES];
	size_t n;
	uint32_t last;
	int error;
};

/* put, done and reaped count batches; batch k is at ring[k % WRITER_BATCHES]. The lock guards these three and `quit`; a batch is the thread's
 * alone from put to done. */
struct writer {
	struct nlsock *sock;
	void (*wake)(void *ctx);
	void *ctx;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint32_t put, done, reaped;
	bool quit;
	struct batch ring[WRITER_BATCHES];
};

static void *run(void *arg)
{
	struct writer *w = arg;
	struct batch *b;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (w->put == w->done && !w->quit)
			pthread_cond_wait(&w->changed, &w->lock);
		if (w->put == w->done)
			break;
		b = &w->ring[w->done % WRITER_BATCHES];
		pthread_mutex_unlock(&w->lock);
		b->error = nlsock_send(w->sock, b->bytes, b->n);
		pthread_mutex_lock(&w->lock);
		w->done++;
		pthread_cond_broadcast(&w->changed);
		pthread_mutex_unlock(&w->lock);
		w->wake(w->ctx);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* Signals are for the main thread. */
static int start(struct writer *w)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

int writer_new(struct writer **ret, struct nlsock *sock, void (*wake)(void *ctx), void *ctx)
{
	struct writer *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	w->sock = sock;
	w->wake = wake;
	w->ctx = ctx;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	r = start(w);
	if (r < 0) {
		free(w);
		return r;
	}
	*ret = w;
	return 0;
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->quit = true;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

size_t writer_room(struct writer *w)
{
	return WRITER_BATCHES - (w->put - w->reaped);    /* both are written by the caller's thread alone */
}

int writer_put(struct writer *w, const void *p, size_t n, uint32_t last)
{
	struct batch *b = &w->ring[w->put % WRITER_BATCHES];

	if (!writer_room(w) || n > WRITER_BYTES)
		return -ENOBUFS;
	memcpy(b->bytes, p, n);
	b->n = n;
	b->last = last;
	pthread_mutex_lock(&w->lock);
	w->put++;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	return 0;
}

bool writer_reap(struct writer *w, uint32_t *ret_last, int *ret_error)
{
	const struct batch *b = &w->ring[w->reaped % WRITER_BATCHES];
	bool any;

	pthread_mutex_lock(&w->lock);
	any = w->reaped != w->done;
	pthread_mutex_unlock(&w->lock);
	if (!any)
		return false;
	*ret_last = b->last;
	*ret_error = b->error;
	w->reaped++;
	return true;
}

bool writer_idle(struct writer *w)
{
	return w->put == w->reaped;
}

void writer_wait(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	while (w->put != w->done)
		pthread_cond_wait(&w->changed, &w->lock);
	pthread_mutex_unlock(&w->lock);
}
