#include "tests/sim/shrink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/sim/workers.h"

#define TRACE_LINES 80

struct shrink {
	struct sim_config cfg;           /* the smallest that fails so far */
	struct outcome best;             /* and what came of it */
	char kind[256];
	double until;
	unsigned runs;
};

void failure_kind(const char *failure, char *buf, size_t size)
{
	size_t at = 0;
	const char *end;
	bool named = false, crashed = !strncmp(failure, "crashed", 7);

	*buf = '\0';
	for (const char *word = failure; *word && at + 1 < size; word = *end ? end + 1 : end) {
		end = strchrnul(word, ' ');
		if (at && !crashed && memchr(word, ':', (size_t)(end - word)))   /* what follows is a detail */
			return;
		if (strcspn(word, "0123456789") < (size_t)(end - word) || !strncmp(word, "none", 4)) {
			named = true;
			continue;
		}
		at += (size_t)snprintf(buf + at, size - at, "%s%s%.*s", at ? " " : "", named ? "# " : "", (int)(end - word), word);
		named = false;
	}
	if (!at)
		snprintf(buf, size, "#");
}

char *replay_str(const struct sim_config *cfg, char *buf, size_t size)
{
	char topo[TOPO_STRLEN];
	int at = snprintf(buf, size, "make sim SEED=%llu TOPO=%s SIMARGS='--%s", (unsigned long long)cfg->seed, topo_str(&cfg->topo, topo),
			  cfg->objects ? "objects" : "classic");

	if (cfg->full && at < (int)size)
		at += snprintf(buf + at, size - (size_t)at, " --full %u", cfg->full);
	if (cfg->only.on && at < (int)size) {
		at += snprintf(buf + at, size - (size_t)at, " --only ");
		only_str(&cfg->only, buf + at, size - (size_t)at);
		at = (int)strlen(buf);
	}
	if (at < (int)size)
		snprintf(buf + at, size - (size_t)at, "'");
	return buf;
}

/* Does it fail in the same way with these faults? Then they are the ones from now on. */
static bool still(struct shrink *s, const struct only *only)
{
	struct sim_config cfg = s->cfg;
	struct outcome o;
	char kind[sizeof(s->kind)];

	if (seconds() > s->until)
		return false;
	cfg.only = *only;
	s->runs++;
	if (crew_play(&cfg, -1, &o) < 0 || !*o.failure)
		return false;
	failure_kind(o.failure, kind, sizeof(kind));
	if (strcmp(kind, s->kind) != 0)
		return false;
	s->cfg = cfg;
	s->best = o;
	return true;
}

static struct only those_played(const struct outcome *o)
{
	struct only ret = { .on = true, .n = o->n_played };

	for (unsigned i = 0; i < o->n_played; i++) {
		ret.entry[i].fault = o->played[i].fault;
		ret.entry[i].at_us = o->played[i].at_us;
	}
	return ret;
}

static struct only without(const struct only *o, unsigned first, unsigned n)
{
	struct only ret = *o;

	ret.n = o->n - n;
	for (unsigned i = first; i < ret.n; i++)
		ret.entry[i] = o->entry[i + n];
	return ret;
}

/* Takes out pieces of faults, smaller and smaller ones, as long as that leaves it failing. */
static void fewer(struct shrink *s)
{
	struct only try;

	for (unsigned piece = s->cfg.only.n; piece; piece = piece > 1 ? (piece + 1) / 2 : 0) {
		bool again;

		do {
			again = false;
			for (unsigned first = 0; first < s->cfg.only.n;) {
				unsigned n = s->cfg.only.n - first < piece ? s->cfg.only.n - first : piece;

				try = without(&s->cfg.only, first, n);
				if (still(s, &try))
					again = true;
				else
					first += n;
			}
		} while (again && piece == 1);
	}
}

static int64_t *when(struct only *o, unsigned i)
{
	return i < o->n ? &o->entry[i].at_us : &o->mend_us;
}

/* The wait before each fault, and before the end: nothing, a moment, a second, half of it. */
static void sooner(struct shrink *s)
{
	struct only now = those_played(&s->best);

	now.timed = true;
	now.mend_us = s->best.mend_us ? s->best.mend_us : s->best.at_us;
	if (!still(s, &now))
		return;
	for (unsigned i = 0; i <= s->cfg.only.n; i++) {
		int64_t before = i ? *when(&s->cfg.only, i - 1) : 0, gap = *when(&s->cfg.only, i) - before;
		const int64_t tries[] = { 0, 10000, 1000000, gap / 2 };

		for (unsigned k = 0; k < sizeof(tries) / sizeof(tries[0]); k++) {
			if (tries[k] >= gap)
				continue;
			now = s->cfg.only;
			for (unsigned j = i; j <= now.n; j++)
				*when(&now, j) -= gap - tries[k];
			if (still(s, &now))
				break;
		}
	}
}

/* Is the line about what broke, or about the whole fabric? */
static bool matters(const char *line, const char *failure)
{
	char name[32];
	size_t n = strcspn(line, " :"), k;

	if (strstr(line, "--- ") || strstr(line, "cable") || strstr(line, "process") || strstr(line, "power") || strstr(line, "FAILED"))
		return true;
	for (const char *at = failure; *at; at += k + strspn(at + k, " ,:")) {
		k = strcspn(at, " ,:");
		snprintf(name, sizeof(name), "%.*s", (int)k, at);
		if (k == n && k > 3 && !strncmp(line, name, n))
			return true;
	}
	return false;
}

static void print_trace(FILE *f, const char *failure)
{
	char line[1024], *kept[TRACE_LINES] = { 0 }, *text;
	bool over = false;
	unsigned n = 0;

	rewind(f);
	while (!over && fgets(line, sizeof(line), f)) {
		text = line + strspn(line, " ");         /* behind the time */
		text += strcspn(text, " ");
		over = strstr(text, "FAILED: ") != NULL;
		if (!matters(text + strspn(text, " "), failure))
			continue;
		free(kept[n % TRACE_LINES]);
		kept[n++ % TRACE_LINES] = strdup(line);
	}
	if (n > TRACE_LINES)
		printf("    ... %u lines before these\n", n - TRACE_LINES);
	for (unsigned i = n > TRACE_LINES ? n - TRACE_LINES : 0; i < n; i++)
		printf("    %s", kept[i % TRACE_LINES]);
	for (unsigned i = 0; i < TRACE_LINES; i++)
		free(kept[i]);
}

static void show(struct shrink *s)
{
	struct sim_config cfg = s->cfg;
	char buf[ONLY_STRLEN + 256];
	struct outcome o;
	FILE *f = tmpfile();

	printf("  with %u of %u faults, found in %u runs: at %.6f s: %s\n", s->best.n_played, s->best.n_planned, s->runs, (double)s->best.at_us / 1e6,
	       s->best.failure);
	for (unsigned i = 0; i < s->best.n_played; i++)
		printf("    fault %u: %s at %.6f s\n", s->best.played[i].fault, fault_kind(s->best.played[i].kind)->name,
		       (double)s->best.played[i].at_us / 1e6);
	printf("    mended and quiet from %.6f s\n  replay: %s\n", (double)s->best.mend_us / 1e6, replay_str(&cfg, buf, sizeof(buf)));
	cfg.verbose = true;
	if (f && crew_play(&cfg, fileno(f), &o) >= 0)
		print_trace(f, s->best.failure);
	if (f)
		fclose(f);
}

void shrink(const struct sim_config *cfg, const struct outcome *failed, double most_s)
{
	struct shrink *s = calloc(1, sizeof(*s));
	struct only played;

	if (!s)
		abort();
	s->cfg = *cfg;
	s->cfg.verbose = false;
	s->best = *failed;
	s->until = seconds() + most_s;
	failure_kind(failed->failure, s->kind, sizeof(s->kind));
	played = those_played(failed);           /* later ones had no part in it */
	if (still(s, &played)) {
		fewer(s);
		sooner(s);
		fewer(s);                        /* whose time mattered may not matter now */
	}
	show(s);
	free(s);
}
