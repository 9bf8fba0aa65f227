/* sim: [--seeds N] [--seed N] [--topo T] [--classic] [--verbose] */
#include "tests/sim/sim.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/base/log.h"

struct totals { uint64_t seeds, failed, events, faults, kernel_errors, corrupted, stale, long_lived, held, announced, walks, circles; };

static void to_stdout(void *ctx, enum log_level level, const char *line)
{
	const struct world *w = ctx;

	(void)level;
	world_say(w, "  %s", line);
}

static bool run_seed(const struct sim_config *cfg, struct totals *t)
{
	char s[TOPO_STRLEN];
	struct world *w;
	bool ok;

	if (world_new(&w, cfg) < 0)
		abort();
	if (cfg->verbose)
		log_to(to_stdout, w, LOG_LVL_DEBUG);
	for (unsigned i = 0; i < w->n_nodes; i++)
		node_boot(&w->nodes[i]);
	stale_watch(w);
	walk_watch(w);
	faults_play(w);
	world_run(w, mono_add_s(w->now, 85));    /* hold timers, retries of both ends and of the kernel have run out */
	rest_begin(w);
	world_run(w, mono_add_s(w->now, 5));
	ok = !*w->failure && check_quiet(w) && stale_check(w, true) && check_ribs(w) && walk_look(w) && rest_check(w);
	if (!ok)
		printf("\nFAILED seed %llu: %s: at %.3f s: %s\n  replay: make sim SEED=%llu SIMARGS='--topo %s%s --verbose'\n",
		       (unsigned long long)cfg->seed, topo_str(&cfg->topo, s), (double)w->now.us / 1e6, w->failure, (unsigned long long)cfg->seed, s,
		       cfg->objects ? "" : " --classic");
	t->seeds++;
	t->failed += !ok;
	t->events += w->n_events;
	t->faults += w->n_faults;
	t->kernel_errors += w->kernel_errors;
	t->corrupted += w->n_corrupted;
	t->stale += w->n_stale;
	t->long_lived += w->n_long;
	t->walks += w->n_walks;
	t->circles += w->n_circles;
	t->held += w->n_held;
	t->announced += w->n_announced;
	log_to(NULL, NULL, LOG_LVL_ERROR);
	world_free(w);
	return ok;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "seeds", required_argument, NULL, 'n' }, { "seed", required_argument, NULL, 's' }, { "topo", required_argument, NULL, 't' },
		 { "verbose", no_argument, NULL, 'v' }, { "classic", no_argument, NULL, 'c' }, { 0 },
	};
	struct sim_config cfg = { .seed = 1, .objects = true };
	bool one = false;
	struct totals t = { 0 };
	uint64_t first = 1, n = 100;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 'n': n = strtoull(optarg, NULL, 10); break;
		case 's': first = strtoull(optarg, NULL, 10); n = 1; break;
		case 't':
			one = topo_parse(optarg, &cfg.topo);
			if (!one) {
				fprintf(stderr, "sim: %s: no such fabric\n", optarg);
				return 2;
			}
			break;
		case 'v': cfg.verbose = true; break;
		case 'c': cfg.objects = false; break;
		default: return 2;
		}
	}
	for (cfg.seed = first; cfg.seed < first + n; cfg.seed++) {
		if (!one)
			topo_of_seed(cfg.seed, &cfg.topo);
		run_seed(&cfg, &t);
		if (isatty(STDOUT_FILENO))
			printf("\rsim: seed %llu of %llu ", (unsigned long long)(cfg.seed - first + 1), (unsigned long long)n);
		fflush(stdout);
	}
	printf("\rsim: %llu seeds, %llu events, %llu faults, %llu refused kernel operations, %llu corrupt messages\n",
	       (unsigned long long)t.seeds, (unsigned long long)t.events, (unsigned long long)t.faults, (unsigned long long)t.kernel_errors, (unsigned long long)t.corrupted);
	printf("sim: peers away or not done, by second: %llu, of these away for long: %llu\n", (unsigned long long)t.stale,
	       (unsigned long long)t.long_lived);
	printf("sim: turns while announcements were held: %llu, routes announced because the kernel had them: %llu\n", (unsigned long long)t.held,
	       (unsigned long long)t.announced);
	printf("sim: %llu times packets to somebody were followed, %llu times they circled\n", (unsigned long long)t.walks, (unsigned long long)t.circles);
	printf("sim: %llu passed, %llu failed\n", (unsigned long long)(t.seeds - t.failed), (unsigned long long)t.failed);
	return t.failed != 0;
}
