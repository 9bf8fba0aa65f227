#include "agent/flush.h"

#include <errno.h>
#include <stdlib.h>
#include <uv.h>

#include "agent/clock.h"

#define OPS_PER_TAKE 1024
#define OPS_PER_TURN (4 * OPS_PER_TAKE)  /* then sockets and timers have a turn */
#define ALL_TURNS 10000                  /* a kernel that does not answer must not keep us from ending */

struct flush {
	struct agent *agent;
	struct kernel *kernel;
	struct sysctls *sysctls;
	struct fib_op ops[OPS_PER_TAKE];
};

int flush_new(struct flush **ret, struct agent *agent, struct kernel *kernel, struct sysctls *sysctls)
{
	struct flush *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->agent = agent;
	f->kernel = kernel;
	f->sysctls = sysctls;
	*ret = f;
	return 0;
}

void flush_free(struct flush *f)
{
	free(f);
}

/* The ops up to the last one that gives a group with routes other members. They are few: groups come before routes. */
static size_t quiet_ones(const struct flush *f, size_t n)
{
	while (n && !(f->ops[n - 1].kind == FIB_GROUP_SET && f->ops[n - 1].has_routes))
		n--;
	return n;
}

/* Groups are replaced without the kernel announcing all their routes. Nothing else is waited for. */
static int send_ops(struct flush *f, size_t n, size_t *ret_sent)
{
	size_t quiet = f->sysctls ? quiet_ones(f, n) : 0, sent;
	int r = 0;

	*ret_sent = 0;
	if (quiet) {
		sysctls_announce_routes(f->sysctls, false);
		r = kernel_send(f->kernel, f->ops, quiet, ret_sent);
		kernel_settle(f->kernel);
		sysctls_announce_routes(f->sysctls, true);
	}
	if (r < 0 || *ret_sent < quiet)
		return r;
	r = kernel_send(f->kernel, f->ops + quiet, n - quiet, &sent);
	*ret_sent += sent;
	return r;
}

bool flush_turn(struct flush *f)
{
	size_t n, sent, room;
	int r;

	for (size_t done = 0; done < OPS_PER_TURN; done += n) {
		room = kernel_room(f->kernel);
		n = agent_fib_take(f->agent, f->ops, room < OPS_PER_TAKE ? room : OPS_PER_TAKE);
		if (!n)
			return !room && !kernel_writing(f->kernel);
		r = send_ops(f, n, &sent);
		for (size_t i = sent; i < n; i++)        /* tried again later, as if the kernel had refused */
			agent_fib_acked(f->agent, f->ops[i].seq, r < 0 ? r : -EAGAIN, now_mono());
		kernel_answers(f->kernel);
	}
	return true;
}

void flush_all(struct flush *f)
{
	for (int i = 0; i < ALL_TURNS && (flush_turn(f) || kernel_writing(f->kernel)); i++) {
		kernel_settle(f->kernel);
		kernel_answers(f->kernel);
	}
}
