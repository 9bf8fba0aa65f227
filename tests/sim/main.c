/* sim: [--seeds N] [--seed N] [--spines S] [--leaves L] [--verbose] */
#include "tests/sim/sim.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/base/log.h"

struct totals { uint64_t seeds, failed, events, faults, kernel_errors, corrupted, stale, long_lived, held, announced; };

static void to_stdout(void *ctx, enum log_level level, const char *line)
{
	const struct world *w = ctx;

	(void)level;
	world_say(w, "  %s", line);
}

static bool run_seed(const struct sim_config *cfg, struct totals *t)
{
	struct world *w;
	bool ok;

	if (world_new(&w, cfg) < 0)
		abort();
	if (cfg->verbose)
		log_to(to_stdout, w, LOG_LVL_DEBUG);
	for (unsigned i = 0; i < w->n_nodes; i++)
		node_boot(&w->nodes[i]);
	stale_watch(w);
	world_run(w, (mono){ rng_chance(&w->rng, 50) ? 30000000 : 10000 });
	faults_schedule(w);
	world_run(w, mono_add_s(w->now, 90));    /* hold timers, retries of both ends and of the kernel have run out */
	ok = !*w->failure && check_quiet(w) && stale_check(w, true);
	if (!ok)
		printf("\nFAILED seed %llu: at %.3f s: %s\n  replay: make sim SEED=%llu SIMARGS='--spines %u --leaves %u%s --verbose'\n",
		       (unsigned long long)cfg->seed, (double)w->now.us / 1e6, w->failure, (unsigned long long)cfg->seed, cfg->spines,
		       cfg->leaves, cfg->objects ? "" : " --classic");
	t->seeds++;
	t->failed += !ok;
	t->events += w->n_events;
	t->faults += w->n_faults;
	t->kernel_errors += w->kernel_errors;
	t->corrupted += w->n_corrupted;
	t->stale += w->n_stale;
	t->long_lived += w->n_long;
	t->held += w->n_held;
	t->announced += w->n_announced;
	log_to(NULL, NULL, LOG_LVL_ERROR);
	world_free(w);
	return ok;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "seeds", required_argument, NULL, 'n' }, { "seed", required_argument, NULL, 's' }, { "spines", required_argument, NULL, 'S' },
		{ "leaves", required_argument, NULL, 'L' }, { "verbose", no_argument, NULL, 'v' }, { "classic", no_argument, NULL, 'c' }, { 0 },
	};
	struct sim_config cfg = { .spines = 4, .leaves = 8, .seed = 1, .objects = true };
	struct totals t = { 0 };
	uint64_t first = 1, n = 100;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 'n': n = strtoull(optarg, NULL, 10); break;
		case 's': first = strtoull(optarg, NULL, 10); n = 1; break;
		case 'S': cfg.spines = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'L': cfg.leaves = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'v': cfg.verbose = true; break;
		case 'c': cfg.objects = false; break;
		default: return 2;
		}
	}
	if (!cfg.spines || !cfg.leaves || cfg.spines > SIM_PORTS || cfg.leaves > SIM_PORTS) {
		fprintf(stderr, "sim: 1 to %d spines and leaves\n", SIM_PORTS);
		return 2;
	}
	for (cfg.seed = first; cfg.seed < first + n; cfg.seed++) {
		run_seed(&cfg, &t);
		if (isatty(STDOUT_FILENO))
			printf("\rsim %u x %u: seed %llu of %llu ", cfg.spines, cfg.leaves, (unsigned long long)(cfg.seed - first + 1),
			       (unsigned long long)n);
		fflush(stdout);
	}
	printf("\rsim %u x %u: %llu seeds, %llu events, %llu faults, %llu refused kernel operations, %llu corrupt messages\n", cfg.spines, cfg.leaves,
	       (unsigned long long)t.seeds, (unsigned long long)t.events, (unsigned long long)t.faults, (unsigned long long)t.kernel_errors, (unsigned long long)t.corrupted);
	printf("sim: peers away or not done, by second: %llu, of these away for long: %llu\n", (unsigned long long)t.stale,
	       (unsigned long long)t.long_lived);
	printf("sim: turns while announcements were held: %llu, routes announced because the kernel had them: %llu\n", (unsigned long long)t.held,
	       (unsigned long long)t.announced);
	printf("sim: %llu passed, %llu failed\n", (unsigned long long)(t.seeds - t.failed), (unsigned long long)t.failed);
	return t.failed != 0;
}
