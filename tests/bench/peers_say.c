#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/clock.h"
#include "tests/bench/peers.h"

/* What is true of all sinks at once, and the times that go with it. */
struct sinks {
	unsigned n, full, empty, told;
	int64_t first, last;             /* first UPDATE at any of them, last at all of them */
	uint64_t updates, nlri;
};

static struct sinks sinks_of(const struct peers *peers)
{
	struct sinks s = { 0 };

	for (unsigned i = 0; i < peers->n; i++) {
		const struct speaker *sp = &peers->peer[i].speaker;

		if (peers->peer[i].inject)
			continue;
		s.n++;
		s.full += sp->seen.have == peers->routes;
		s.empty += sp->seen.have == 0;
		s.told += sp->seen.told == peers->routes;
		if (sp->heard_first && (!s.first || sp->heard_first < s.first))
			s.first = sp->heard_first;
		if (sp->heard_last > s.last)
			s.last = sp->heard_last;
		s.updates += sp->seen.updates;
		s.nlri += sp->seen.nlri;
	}
	return s;
}

static void once(bool now, bool *reported, const char *event, const struct sinks *s)
{
	if (now && !*reported)
		printf("{\"event\":\"%s\",\"first\":%" PRId64 ",\"last\":%" PRId64 ",\"updates\":%" PRIu64 ",\"nlri\":%" PRIu64 "}\n", event,
		       s->first, s->last, s->updates, s->nlri);
	*reported = now;
}

void peers_report(struct peers *peers)
{
	struct sinks s = sinks_of(peers);
	unsigned eor = 0, established = 0;

	for (unsigned i = 0; i < peers->n; i++) {
		struct peer *p = &peers->peer[i];
		bool up = p->speaker.state == SPEAKER_ESTABLISHED;

		if (!p->sent_reported && p->speaker.out_len == 0 && up) {
			p->sent_reported = true;
			printf("{\"event\":\"sent\",\"peer\":%u,\"first\":%" PRId64 ",\"last\":%" PRId64 "}\n", i + 1, p->speaker.out_first,
			       p->speaker.out_last);
		}
		established += up;
		eor += up && p->speaker.heard_eor;
	}
	once(established == peers->n, &peers->up_reported, "all_up", &s);
	once(eor == peers->n, &peers->eor_reported, "all_eor", &s);
	once(s.n && s.full == s.n, &peers->full_reported, "all_full", &s);
	once(s.n && s.empty == s.n, &peers->empty_reported, "all_empty", &s);
	once(s.n && s.told == s.n, &peers->told_reported, "all_told", &s);
	fflush(stdout);
}

void peers_down(const struct peer *peer, int error)
{
	printf("{\"event\":\"down\",\"peer\":\"%s\",\"why\":\"%s\",\"at\":%" PRId64 "}\n", peer->link, strerror(-error), clock_us());
}

static void say(struct peers *peers, struct peer *peer, bool announce)
{
	struct speaker *s = &peer->speaker;

	if (!peer->inject || s->state != SPEAKER_ESTABLISHED || s->out_len > 0) {
		printf("{\"event\":\"error\",\"what\":\"%s cannot say anything now\"}\n", peer->link);
		return;
	}
	speaker_say(s, announce ? peer->routes.announce : peer->routes.withdraw, announce ? peer->routes.announce_len : peer->routes.withdraw_len);
	peer->sent_reported = false;
	peers->full_reported = peers->empty_reported = false;
}

static void mark(struct peers *peers)
{
	for (unsigned i = 0; i < peers->n; i++)
		speaker_mark(&peers->peer[i].speaker);
	peers->full_reported = peers->empty_reported = peers->told_reported = false;
	printf("{\"event\":\"marked\"}\n");
}

static void status(const struct peers *peers)
{
	printf("{\"event\":\"status\",\"peers\":[");
	for (unsigned i = 0; i < peers->n; i++) {
		const struct peer *p = &peers->peer[i];
		const struct seen *seen = &p->speaker.seen;
		int64_t silence = clock_us() - p->speaker.heard_at;      /* it may be going on */

		printf("%s{\"link\":\"%s\",\"state\":%d,\"have\":%" PRIu32 ",\"told\":%" PRIu32 ",\"updates\":%" PRIu64 ",\"nlri\":%" PRIu64 ",\"announce_bytes\":%zu,"
		       "\"announce_updates\":%" PRIu32 ",\"silence\":%" PRId64 "}", i ? "," : "", p->link, (int)p->speaker.state, seen->have, seen->told,
		       seen->updates, seen->nlri, p->routes.announce_len, p->routes.updates,
		       silence > p->speaker.silence ? silence : p->speaker.silence);
	}
	printf("]}\n");
}

void peers_command(struct peers *peers, char *line)
{
	char *verb = strtok(line, " \n"), *arg;

	if (!verb)
		return;
	if (strcmp(verb, "mark") == 0)
		mark(peers);
	else if (strcmp(verb, "status") == 0)
		status(peers);
	while ((arg = strtok(NULL, " \n"))) {
		unsigned i = (unsigned)atoi(arg) - 1;

		if (i >= peers->n) {
			printf("{\"event\":\"error\",\"what\":\"no such peer\"}\n");
		} else if (strcmp(verb, "announce") == 0 || strcmp(verb, "withdraw") == 0) {
			say(peers, &peers->peer[i], *verb == 'a');
		} else if (strcmp(verb, "cut") == 0) {
			int64_t at = clock_us();
			int r = peer_cut(&peers->peer[i]);

			printf("{\"event\":\"cut\",\"at\":%" PRId64 ",\"done\":%" PRId64 ",\"error\":%d}\n", at, clock_us(), r);
		}
	}
}
