#include "tests/sim/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/base/own.h"
#include "tests/sim/shrink.h"
#include "tests/sim/workers.h"

#define SHAPES 16                        /* lines of the table; further shapes share the last */
#define TOLD 10                          /* failures that are printed; more are counted */
#define SMALL 3                          /* failures that are made small */
#define MANY 100                         /* seeds, of which it is worth saying what they did not reach */
#define SHRINK_S 60.0                    /* each, at most */

struct shape { char name[TOPO_STRLEN]; uint64_t seeds, classic, events, faults, failed, cpu_us, longest_us; };
struct failure { struct sim_config cfg; struct outcome outcome; };

struct report {
	uint64_t seeds;                  /* to come in all */
	bool verbose, bar;
	double start;
	struct shape shape[SHAPES], all;
	uint64_t kernel_errors, corrupted, stale, long_lived, held, announced, walks, circles;
	struct failure failure[TOLD];
	struct cover cover;
};

struct report *report_new(uint64_t seeds, bool verbose)
{
	struct report *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	r->seeds = seeds;
	r->verbose = verbose;
	r->bar = !verbose && isatty(STDOUT_FILENO);
	r->start = seconds();
	snprintf(r->all.name, sizeof(r->all.name), "all");
	return r;
}

void report_free(struct report *r)
{
	free(r);
}

uint64_t report_failed(const struct report *r)
{
	return r->all.failed;
}

static void clear_bar(const struct report *r)
{
	if (r->bar)
		printf("\r\033[K");
}

void report_progress(struct report *r)
{
	double took = seconds() - r->start, rate = (double)r->all.seeds / took;
	unsigned left = rate > 0 ? (unsigned)((double)(r->seeds - r->all.seeds) / rate) : 0, done = r->seeds ? (unsigned)(30 * r->all.seeds / r->seeds) : 0;

	if (!r->bar)
		return;
	printf("\r[%.*s%*s] %llu of %llu seeds, %.1f a second, %llu failed, %u:%02u left \033[K", (int)done, "##############################", (int)(30 - done),
	       "", (unsigned long long)r->all.seeds, (unsigned long long)r->seeds, rate, (unsigned long long)r->all.failed, left / 60, left % 60);
	fflush(stdout);
}

static struct shape *shape_of(struct report *r, const struct topo *t)
{
	char name[TOPO_STRLEN];
	unsigned i;

	topo_str(t, name);
	for (i = 0; i < SHAPES - 1 && *r->shape[i].name; i++)
		if (!strcmp(r->shape[i].name, name))
			return &r->shape[i];
	if (!*r->shape[i].name)
		snprintf(r->shape[i].name, sizeof(r->shape[i].name), "%s", i < SHAPES - 1 ? name : "others");
	return &r->shape[i];
}

static void count(struct shape *s, const struct sim_config *cfg, const struct outcome *o)
{
	s->seeds++;
	s->classic += !cfg->objects;
	s->events += o->events;
	s->faults += o->n_played;
	s->failed += *o->failure != '\0';
	s->cpu_us += o->cpu_us;
	if (o->cpu_us > s->longest_us)
		s->longest_us = o->cpu_us;
}

static void tell_failure(struct report *r, const struct sim_config *cfg, const struct outcome *o, const char *complaint)
{
	char topo[TOPO_STRLEN], buf[ONLY_STRLEN + 256];

	if (r->all.failed > TOLD)
		return;
	r->failure[r->all.failed - 1] = (struct failure){ *cfg, *o };
	printf("FAILED seed %llu: %s: at %.6f s: %s\n%s  trace 0x%016llx, replay: %s\n", (unsigned long long)cfg->seed, topo_str(&cfg->topo, topo),
	       (double)o->at_us / 1e6, o->failure, complaint, (unsigned long long)o->trace, replay_str(cfg, buf, sizeof(buf)));
}

void report_done(struct report *r, const struct sim_config *cfg, const struct outcome *o, const char *complaint)
{
	count(shape_of(r, &cfg->topo), cfg, o);
	count(&r->all, cfg, o);
	r->kernel_errors += o->kernel_errors;
	r->corrupted += o->corrupted;
	r->stale += o->stale;
	r->long_lived += o->long_lived;
	r->walks += o->walks;
	r->circles += o->circles;
	r->held += o->held;
	r->announced += o->announced;
	cover_sum(&r->cover, &o->cover);
	clear_bar(r);
	if (r->verbose)
		printf("seed %llu: %llu events, trace 0x%016llx\n", (unsigned long long)cfg->seed, (unsigned long long)o->events, (unsigned long long)o->trace);
	if (*o->failure)
		tell_failure(r, cfg, o, complaint);
	report_progress(r);
}

static void print_shape(const struct shape *s)
{
	double cpu = (double)s->cpu_us / 1e6;

	printf("%-18s %8llu %8llu %12llu %9llu %10.1f %10.2f %7llu\n", s->name, (unsigned long long)s->seeds, (unsigned long long)s->classic,
	       (unsigned long long)s->events, (unsigned long long)s->faults, cpu > 0 ? (double)s->seeds / cpu : 0, (double)s->longest_us / 1e6,
	       (unsigned long long)s->failed);
}

static void print_tables(const struct report *r, double took)
{
	printf("%-18s %8s %8s %12s %9s %10s %10s %7s\n", "fabric", "seeds", "classic", "events", "faults", "seeds/cpus", "longest/s", "failed");
	for (unsigned i = 0; i < SHAPES && *r->shape[i].name; i++)
		print_shape(&r->shape[i]);
	print_shape(&r->all);
	printf("sim: %llu refused kernel operations, %llu corrupt messages; peers away or not done, by second: %llu, of these away for long: %llu\n",
	       (unsigned long long)r->kernel_errors, (unsigned long long)r->corrupted, (unsigned long long)r->stale, (unsigned long long)r->long_lived);
	printf("sim: turns while announcements were held: %llu, routes announced because the kernel had them: %llu\n", (unsigned long long)r->held,
	       (unsigned long long)r->announced);
	printf("sim: %llu times packets to somebody were followed, %llu times they circled\n", (unsigned long long)r->walks, (unsigned long long)r->circles);
	printf("sim: %llu passed, %llu failed, in %.1f s, %.1f seeds a second\n", (unsigned long long)(r->all.seeds - r->all.failed),
	       (unsigned long long)r->all.failed, took, (double)r->all.seeds / took);
}

static bool is_first_of_kind(const struct report *r, uint64_t i)
{
	char kind[256], other[256];

	failure_kind(r->failure[i].outcome.failure, kind, sizeof(kind));
	for (uint64_t k = 0; k < i; k++) {
		failure_kind(r->failure[k].outcome.failure, other, sizeof(other));
		if (!strcmp(kind, other))
			return false;
	}
	return true;
}

static void make_small(const struct report *r)
{
	unsigned n = 0;

	for (uint64_t i = 0; i < r->all.failed && i < TOLD && n < SMALL; i++) {
		if (!is_first_of_kind(r, i))
			continue;
		printf("SHRUNK seed %llu:\n", (unsigned long long)r->failure[i].cfg.seed);
		shrink(&r->failure[i].cfg, &r->failure[i].outcome, SHRINK_S);
		n++;
	}
}

void report_end(struct report *r, bool shrink_it, bool coverage)
{
	double took = seconds() - r->start;

	clear_bar(r);
	if (shrink_it)
		make_small(r);
	print_tables(r, took);
	cover_print(&r->cover, coverage, coverage || r->all.seeds >= MANY);
}
