/* sim: [--seeds N] [--seed N] [--first N] [--regress FILE] [--topo T] [--classic | --objects] [--jobs J] [--verbose] [--only LIST] [--no-shrink]
 *      [--coverage] [--twice] [--full PREFIXES] */
#include "tests/sim/sim.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/sim/regress.h"
#include "tests/sim/report.h"
#include "tests/sim/workers.h"

struct run {
	struct sim_config cfg;           /* what is wanted of each seed */
	bool topo, groups;               /* it is said which shape, and which kind of routes */
	bool shrink, coverage, twice;
	bool one;                        /* --seed */
	unsigned jobs;
	uint64_t at, first, n;
	char *regress;                   /* the text of the file, which is freed at the end */
	const char *regress_at;          /* NULL: there is none */
	struct report *report;
};

static bool next(void *ctx, struct sim_config *ret)
{
	struct run *run = ctx;

	if (run->regress_at && regress_next(run->regress_at, &run->regress_at, ret) > 0) {
		ret->verbose = run->cfg.verbose;
		return true;
	}
	if (run->at == run->n)
		return false;
	*ret = run->cfg;
	ret->seed = run->first + run->at++;
	if (!run->topo)
		topo_of_seed(ret->seed, &ret->topo);
	if (!run->groups)
		ret->objects = !classic_of_seed(ret->seed);
	return true;
}

static void done(void *ctx, const struct sim_config *cfg, const struct outcome *o, const char *complaint)
{
	const struct run *run = ctx;

	report_done(run->report, cfg, o, complaint);
}

static void tick(void *ctx)
{
	const struct run *run = ctx;

	report_progress(run->report);
}

static char *read_file(const char *name)
{
	FILE *f = fopen(name, "r");
	char *text = NULL;
	size_t size = 0;

	if (!f || getdelim(&text, &size, '\0', f) < 0) {
		perror(name);
		exit(2);
	}
	fclose(f);
	return text;
}

/* How many kept cases there are. */
static uint64_t count_regress(const struct run *run)
{
	const char *at = run->regress_at;
	struct sim_config cfg;
	uint64_t n = 0;
	int r;

	while (at && (r = regress_next(at, &at, &cfg)))
		if (r > 0) {
			n++;
		} else {
			fprintf(stderr, "sim: the file of kept cases: what is before this cannot be read: %.40s\n", at);
			exit(2);
		}
	return n;
}

static void wrong(const char *arg, const char *what)
{
	fprintf(stderr, "sim: %s: %s\n", arg, what);
	exit(2);
}

static uint64_t number(const char *arg)
{
	char *end;
	unsigned long long v = strtoull(arg, &end, 10);

	if (*arg < '0' || *arg > '9' || *end)
		wrong(arg, "not a number");
	return v;
}

static void option(struct run *run, int c, const char *arg)
{
	switch (c) {
	case 'n': run->n = number(arg); break;
	case 's': run->first = number(arg); run->n = 1; run->one = true; break;
	case 'f': run->first = number(arg); break;
	case 'j': run->jobs = (unsigned)number(arg); break;
	case 'v': run->cfg.verbose = true; break;
	case 'N': run->shrink = false; break;
	case 'F': run->cfg.full = (unsigned)number(arg); break;
	case 'C': run->coverage = true; break;
	case '2': run->twice = true; break;
	case 'r': run->regress_at = run->regress = read_file(arg); break;
	case 'c':
	case 'o':
		run->groups = true;
		run->cfg.objects = c == 'o';
		break;
	case 't':
		run->topo = true;
		if (!topo_parse(arg, &run->cfg.topo))
			wrong(arg, "no such fabric");
		break;
	case 'O':
		if (!only_parse(arg, &run->cfg.only))
			wrong(arg, "not a list of faults");
		break;
	default: exit(2);
	}
}

static void options(struct run *run, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "seeds", required_argument, NULL, 'n' }, { "seed", required_argument, NULL, 's' }, { "first", required_argument, NULL, 'f' },
		{ "topo", required_argument, NULL, 't' }, { "verbose", no_argument, NULL, 'v' }, { "classic", no_argument, NULL, 'c' },
		{ "objects", no_argument, NULL, 'o' }, { "jobs", required_argument, NULL, 'j' }, { "only", required_argument, NULL, 'O' },
		{ "no-shrink", no_argument, NULL, 'N' }, { "coverage", no_argument, NULL, 'C' }, { "twice", no_argument, NULL, '2' },
		{ "regress", required_argument, NULL, 'r' }, { "full", required_argument, NULL, 'F' }, { 0 },
	};
	int c;

	run->n = UINT64_MAX;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		option(run, c, optarg);
	if (optind < argc)
		wrong(argv[optind], "an option is wanted");
	if (run->n == UINT64_MAX)
		run->n = run->regress ? 0 : 100;
	if (run->cfg.only.on && !run->one)
		wrong("--only", "the faults of one --seed");
	if (!run->jobs)
		wrong("--jobs", "at least one");
}

int main(int argc, char **argv)
{
	struct run run = { .cfg.objects = true, .shrink = true, .first = 1, .jobs = (unsigned)sysconf(_SC_NPROCESSORS_ONLN) };
	bool failed;

	if (argc > 1 && !strcmp(argv[1], "--plan"))
		return plan_main(argc - 1, argv + 1);
	options(&run, argc, argv);
	run.report = report_new(run.n + count_regress(&run), run.cfg.verbose);
	if (crew_run(&(struct crew){ .jobs = run.jobs, .twice = run.twice, .out = -1, .next = next, .done = done, .tick = tick, .ctx = &run }) < 0)
		return 2;
	report_end(run.report, run.shrink && !run.cfg.only.on, run.coverage);
	failed = report_failed(run.report) != 0;
	report_free(run.report);
	free(run.regress);
	return failed;
}
