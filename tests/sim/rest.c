/* In the end nothing goes on any more: no UPDATE, no operation of a kernel. Two nodes that change their minds in turn do so for ever, and each picture of
 * their tables may be right. */
#include "tests/sim/sim.h"

static uint64_t updates(const struct world *w)
{
	struct peer_view v;
	uint64_t sum = 0;

	for (unsigned i = 0; i < w->n_nodes; i++) {
		struct peer *peer = NULL;

		while (w->nodes[i].agent && (peer = peers_after(agent_peers(w->nodes[i].agent), peer))) {
			peer_view(peer, &v);
			sum += v.sent[BGP_UPDATE];
		}
	}
	return sum;
}

void rest_begin(struct world *w)
{
	w->rest_updates = updates(w);
	w->rest_ops = w->kernel_ops;
}

bool rest_check(struct world *w)
{
	if (updates(w) != w->rest_updates)
		return sim_fail(w, "no rest: %llu UPDATEs when everything should be known", (unsigned long long)(updates(w) - w->rest_updates));
	if (w->kernel_ops != w->rest_ops)
		return sim_fail(w, "no rest: %llu operations of kernels when everything should be done", (unsigned long long)(w->kernel_ops - w->rest_ops));
	return true;
}
