/* News of the kernel. Notifications about what others did wait in a queue that is bounded; who has heard of something of ours does not listen for 50 ms
 * (agent/deeds.c). Where answers are late, operations take effect when they are sent and are answered after a moment, as with nexthop/writer.c. */
#include "tests/sim/kernel_news.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/resync.h"
#include "tests/sim/coverage.h"
#include "tests/sim/model_priv.h"

#define DELAY_US 50
#define PAUSE_US 50000
#define DEEDS_MAX 128                    /* of the real queue: a thousand */

struct answer { uint32_t seq; int error; struct prefix prefix; mono at; };

struct news {
	struct fib_deed deeds[DEEDS_MAX];
	unsigned n;
	bool lost, due;                  /* more than these; somebody is to read them */
	bool deaf;
	unsigned age;                    /* of the queue of link notifications */
	mono paused;                     /* nobody reads deeds until then */
	struct answer *answers;          /* on their way */
	size_t n_answers, room;
	struct resync *resync;
};


static struct news *news_of(struct node *n)
{
	if (!n->news && !(n->news = calloc(1, sizeof(*n->news))))
		abort();
	return n->news;
}

void news_begin(struct node *n)
{
	unsigned age = news_age(n);

	news_free(n);
	news_of(n)->age = age + 1;
	if (resync_new(&n->news->resync) < 0)
		abort();
}

void news_free(struct node *n)
{
	if (!n->news)
		return;
	resync_free(n->news->resync);
	free(n->news->answers);
	free(n->news);
	n->news = NULL;
}

unsigned news_age(const struct node *n)
{
	return n->news ? n->news->age : 0;
}

bool news_deaf(const struct node *n)
{
	return n->news && n->news->deaf;
}

static void on_deeds(struct world *w, struct event *e)
{
	struct node *n = e->node;
	struct news *news = n->news;
	unsigned ours = 0;

	if (!n->agent || e->n != n->incarnation)
		return;
	news->due = false;
	for (unsigned i = 0; i < news->n; i++) {
		ours += agent_fib_deed(n->agent, &news->deeds[i]);
		m_told(n->kernel, &news->deeds[i]);
	}
	n->told += news->n + news->lost;
	if (news->lost) {
		cover(w, "news", "what others did was lost");
		agent_counters(n->agent)->notifications_lost++;
		agent_kernel_unsure(n->agent);
	}
	if (ours)
		cover(w, "news", "others did something to ours");
	if (ours || news->lost)
		news->paused.us = w->now.us + PAUSE_US;
	news->n = 0;
	news->lost = false;
	node_turn(n);
}

static void read_soon(struct node *n)
{
	int64_t in_us = n->news->paused.us - n->world->now.us;

	if (n->news->due)
		return;
	n->news->due = true;
	world_at(n->world, in_us > DELAY_US ? in_us : DELAY_US, on_deeds, n)->n = n->incarnation;
}

void news_deed(struct node *n, const struct fib_deed *deed)
{
	struct news *news = n->news;

	if (!n->agent)
		return;
	if (news->lost || news->n == DEEDS_MAX) {
		news_deeds_lost(n);
		return;
	}
	news->deeds[news->n++] = *deed;
	n->untold++;
	read_soon(n);
}

void news_deeds_lost(struct node *n)
{
	if (!n->agent)
		return;
	n->untold += !n->news->lost;
	n->news->lost = true;
	read_soon(n);
}

static void on_found_out(struct world *w, struct event *e)
{
	struct node *n = e->node;
	struct news *news = n->news;

	if (!n->agent || e->n != n->incarnation)
		return;
	cover(w, "news", "links were lost and read again");
	world_say(w, "%s: notifications were lost: every link is read again", n->name);
	agent_counters(n->agent)->notifications_lost++;
	resync_begin(news->resync);
	news->age++;                             /* what is still in the queue is older than what comes now */
	news->deaf = false;
	n->told++;
	n->untold = news->n + news->lost + n->told;
	n->telling = news->resync;
	node_tell_links(n);
	n->telling = NULL;
	resync_end(news->resync, n->agent, node_now(n));
	agent_kernel_unsure(n->agent);
	if (agent_wants_macs(n->agent))
		agent_neigh_unsure(n->agent);
	node_turn(n);
}

void news_deafen(struct node *n, int64_t us)
{
	if (!n->agent || n->news->deaf)
		return;
	n->news->deaf = true;
	n->untold++;
	world_at(n->world, us, on_found_out, n)->n = n->incarnation;
}

static void answer(struct node *n, const struct answer *a)
{
	agent_fib_acked(n->agent, a->seq, a->error, node_now(n));
	if (a->error == -EEXIST)
		m_refused(n->kernel, &a->prefix);
}

/* Those that are there by then, in order. */
static void hear_answers(struct node *n, mono until)
{
	struct news *news = n->news;
	size_t k = 0;

	while (k < news->n_answers && news->answers[k].at.us <= until.us)
		answer(n, &news->answers[k++]);
	news->n_answers -= k;
	memmove(news->answers, news->answers + k, news->n_answers * sizeof(*news->answers));
}

static void on_answers(struct world *w, struct event *e)
{
	if (!e->node->agent || e->n != e->node->incarnation)
		return;
	hear_answers(e->node, w->now);
	node_turn(e->node);
}

void news_settle(struct node *n)
{
	if (n->news->n_answers)
		hear_answers(n, MONO_NEVER);
}

static void later(struct node *n, const struct answer *a)
{
	struct news *news = n->news;

	if (news->n_answers == news->room) {
		news->room = news->room ? 2 * news->room : 64;
		news->answers = realloc(news->answers, news->room * sizeof(*news->answers));
		if (!news->answers)
			abort();
	}
	news->answers[news->n_answers++] = *a;
}

void news_answers(struct node *n, const struct fib_op *ops, const int *errors, size_t k)
{
	struct world *w = n->world;
	mono at = w->now;

	if (w->late_answers)
		at.us += (int64_t)k + 20 + rng_below(&w->rng, rng_chance(&w->rng, 5) ? 50000 : 300);
	if (n->news->n_answers && at.us < n->news->answers[n->news->n_answers - 1].at.us)        /* none overtakes another one */
		at = n->news->answers[n->news->n_answers - 1].at;
	for (size_t i = 0; i < k; i++) {
		const struct answer a = { ops[i].seq, errors[i], ops[i].prefix, at };

		if (w->late_answers)
			later(n, &a);
		else
			answer(n, &a);
	}
	if (w->late_answers)
		world_at(w, at.us - w->now.us, on_answers, n)->n = n->incarnation;
}
