#include "tests/sim/workers.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#define SLOWER 10
#else
#define SLOWER 1
#endif

/* Processor time of a seed; some thousand times what it takes on a machine of today. */
#define CPU_S (60 * SLOWER)
#define CPU_BIG_S (3600 * SLOWER)        /* of hundreds of nodes */
#define BIG 100                          /* nodes */
#define COMPLAINT 4096

struct worker {
	pid_t pid;                       /* 0: idle */
	struct sim_config cfg;
	struct outcome *outcome;
	int err;                         /* a file in memory: its stderr */
};

double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t cpu_limit(const struct topo *t)
{
	return topo_nodes(t) > BIG ? CPU_BIG_S : CPU_S;
}

/* The second time with another heap: memory that nobody has written to holds something else, addresses fall where they rose. */
static void play_again(const struct sim_config *cfg, struct outcome *first)
{
	struct outcome *second = calloc(1, sizeof(*second));

	if (!second)
		abort();
	mallopt(M_PERTURB, 0xa5);
	mallopt(M_MMAP_THRESHOLD, 512);
	play(cfg, second);
	if (!*first->failure && second->trace != first->trace)
		snprintf(first->failure, sizeof(first->failure), "not the same when it is played again: traces 0x%016llx, 0x%016llx",
			 (unsigned long long)first->trace, (unsigned long long)second->trace);
	free(second);
}

static void child(const struct crew *crew, struct worker *k)
{
	struct rlimit cpu = { (rlim_t)cpu_limit(&k->cfg.topo), RLIM_INFINITY }, core = { 0, 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(k->err, STDERR_FILENO);
	if (crew->out >= 0)
		dup2(crew->out, STDOUT_FILENO);
	if (k->cfg.verbose)
		setvbuf(stdout, NULL, _IOLBF, 1 << 16);          /* what was said before a crash is known */
	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &core);
	play(&k->cfg, k->outcome);
	if (crew->twice)
		play_again(&k->cfg, k->outcome);
#ifdef __SANITIZE_ADDRESS__
	if (!*k->outcome->failure && __lsan_do_recoverable_leak_check())
		snprintf(k->outcome->failure, sizeof(k->outcome->failure), "memory is leaked");
#endif
	fflush(stdout);
	_exit(0);
}

/* The line of a sanitizer or an assertion that says what it was. */
static void reason(const char *complaint, char *buf, size_t size)
{
	static const char *const words[] = { "Assertion", "runtime error", "ERROR: " };
	const char *at = NULL, *start;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !at; i++)
		at = strstr(complaint, words[i]);
	for (start = at; start && start > complaint && start[-1] != '\n'; start--)
		;
	snprintf(buf, size, "%s%.*s", start ? ": " : "", start ? (int)strcspn(start, "\n") : 0, start ? start : "");
}

static void judge(struct worker *k, int status, const char *complaint)
{
	struct outcome *o = k->outcome;
	char why[256];

	if (o->finished && WIFEXITED(status) && !WEXITSTATUS(status))
		return;
	o->at_us = o->n_played ? o->played[o->n_played - 1].at_us : 0;         /* at least */
	reason(complaint, why, sizeof(why));
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
		snprintf(o->failure, sizeof(o->failure), "hangs: more than %lld s of processor time", (long long)cpu_limit(&k->cfg.topo));
	else if (WIFSIGNALED(status))
		snprintf(o->failure, sizeof(o->failure), "crashed: SIG%s%s", sigabbrev_np(WTERMSIG(status)), why);
	else
		snprintf(o->failure, sizeof(o->failure), "crashed: exit status %d%s", WEXITSTATUS(status), why);
}

static void start(const struct crew *crew, struct worker *k)
{
	memset(k->outcome, 0, sizeof(*k->outcome));
	if (ftruncate(k->err, 0) < 0 || lseek(k->err, 0, SEEK_SET) < 0)
		abort();
	fflush(stdout);
	k->pid = fork();
	if (!k->pid)
		child(crew, k);
	if (k->pid < 0)
		abort();
}

/* Is it done? */
static bool reap(const struct crew *crew, struct worker *k)
{
	char complaint[COMPLAINT];
	struct rusage use;
	int status;
	ssize_t n;

	if (!k->pid || wait4(k->pid, &status, WNOHANG, &use) != k->pid)
		return false;
	k->pid = 0;
	n = pread(k->err, complaint, sizeof(complaint) - 1, 0);
	complaint[n > 0 ? n : 0] = '\0';
	judge(k, status, complaint);
	k->outcome->cpu_us = (uint64_t)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000 + (uint64_t)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
	crew->done(crew->ctx, &k->cfg, k->outcome, complaint);
	return true;
}

/* Until the next one is done, or it is time for a tick. */
static void wait_for_some(const struct crew *crew, const sigset_t *chld, double *told)
{
	struct timespec t = { .tv_nsec = 200000000 };

	sigtimedwait(chld, NULL, &t);
	if (crew->tick && seconds() - *told > 0.2) {
		crew->tick(crew->ctx);
		*told = seconds();
	}
}

static void run(const struct crew *crew, struct worker *workers, const sigset_t *chld)
{
	unsigned busy = 0;
	double told = seconds();
	bool more = true;

	while (more || busy) {
		for (unsigned i = 0; i < crew->jobs; i++) {
			struct worker *k = &workers[i];

			if (reap(crew, k))
				busy--;
			if (k->pid || !more)
				continue;
			more = crew->next(crew->ctx, &k->cfg);
			if (more) {
				start(crew, k);
				busy++;
			}
		}
		if (busy == crew->jobs || (busy && !more))
			wait_for_some(crew, chld, &told);
	}
}

int crew_run(const struct crew *crew)
{
	struct worker *workers = calloc(crew->jobs, sizeof(*workers));
	struct outcome *outcomes = mmap(NULL, crew->jobs * sizeof(*outcomes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sigset_t chld;
	int r = 0;

	if (!workers || outcomes == MAP_FAILED)
		return -ENOMEM;
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);     /* it waits in sigtimedwait, none is missed */
	for (unsigned i = 0; i < crew->jobs; i++) {
		workers[i].outcome = &outcomes[i];
		workers[i].err = memfd_create("stderr", MFD_CLOEXEC);
		if (workers[i].err < 0)
			r = -errno;
	}
	if (!r)
		run(crew, workers, &chld);
	for (unsigned i = 0; i < crew->jobs; i++)
		close(workers[i].err);
	munmap(outcomes, crew->jobs * sizeof(*outcomes));
	free(workers);
	return r;
}

/* --- a single one -------------------------------------------------------------------------------------------------------------- */
struct single { const struct sim_config *cfg; struct outcome *ret; };

static bool the_one(void *ctx, struct sim_config *ret)
{
	struct single *s = ctx;

	if (!s->cfg)
		return false;
	*ret = *s->cfg;
	s->cfg = NULL;
	return true;
}

static void is_done(void *ctx, const struct sim_config *cfg, const struct outcome *o, const char *complaint)
{
	struct single *s = ctx;

	(void)cfg;
	(void)complaint;
	*s->ret = *o;
}

int crew_play(const struct sim_config *cfg, int out, struct outcome *ret)
{
	struct single s = { .cfg = cfg, .ret = ret };

	return crew_run(&(struct crew){ .jobs = 1, .out = out, .next = the_one, .done = is_done, .ctx = &s });
}
