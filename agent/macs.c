#include "agent/macs.h"

#include <errno.h>
#include <stdlib.h>

#include "nexthop/neigh_sock.h"

struct macs {
	uv_poll_t poll;
	struct neigh_sock *sock;
	struct agent *agent;
	bool listens;
};

static void on_heard(void *ctx, const struct link_change *change)
{
	agent_link_change(((struct macs *)ctx)->agent, change, (mono){ (int64_t)(uv_hrtime() / 1000) });
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct macs *m = poll->data;

	(void)events;
	if (neigh_sock_read(m->sock))
		agent_neigh_unsure(m->agent);
	if (status < 0)                          /* notifications were lost; libuv stops for that */
		uv_poll_start(poll, UV_READABLE, on_readable);
}

/* Who does not read loses what does not fit, and hears that it was so when it reads again. */
void macs_listen(struct macs *m, bool wanted)
{
	if (m->listens == wanted)
		return;
	m->listens = wanted;
	if (wanted)
		uv_poll_start(&m->poll, UV_READABLE, on_readable);
	else
		uv_poll_stop(&m->poll);
}

int macs_new(struct macs **ret, uv_loop_t *loop, struct agent *agent)
{
	struct macs *m = calloc(1, sizeof(*m));
	int r;

	if (!m)
		return -ENOMEM;
	m->agent = agent;
	m->poll.data = m;
	r = neigh_sock_new(&m->sock, on_heard, m);
	if (r == 0)
		r = uv_poll_init(loop, &m->poll, neigh_sock_fd(m->sock));
	if (r < 0) {
		macs_free(m);
		return r;
	}
	*ret = m;
	return 0;
}

void macs_stop(struct macs *m)
{
	if (m)
		uv_close((uv_handle_t *)&m->poll, NULL);
}

void macs_free(struct macs *m)
{
	if (!m)
		return;
	neigh_sock_free(m->sock);
	free(m);
}
