#include "agent/service.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_reload.h"
#include "agent/base/log.h"
#include "agent/base/own.h"
#include "agent/clock.h"
#include "agent/notify.h"

#define LOG_TOPIC TOPIC_AGENT

#define STATUS_MS 5000

struct service {
	uv_timer_t timer;
	uv_signal_t signals[3];
	struct agent *agent;
	struct notify *notify;           /* NULL: nobody wants to know */
	bool watched;                    /* whoever wants to know takes us for dead when he hears nothing */
	bool ready, told;                /* READY=1 is to be told; was told */
	enum agent_end end;
};

/* The timer is the event loop's: one that is stuck says nothing, which is what the watchdog is for. */
static void tell(struct service *s)
{
	const struct config *c = agent_config(s->agent);
	bool ready = s->ready && !s->told;
	unsigned peers = 0, up = 0;
	struct peer *peer = NULL;
	struct peer_view v;

	while ((peer = peers_after(agent_peers(s->agent), peer))) {
		peer_view(peer, &v);
		peers++;
		up += v.state == BGP_ESTABLISHED;
	}
	if (notify_send(s->notify, "%s%sSTATUS=AS %u, %u of %u sessions Established", ready ? "READY=1\n" : "", s->watched ? "WATCHDOG=1\n" : "", c->asn, up, peers))
		s->told = s->ready;
}

static void on_timer(uv_timer_t *timer)
{
	tell(timer->data);
}

static void on_signal(uv_signal_t *signal, int number)
{
	struct service *s = signal->data;

	if (number == SIGHUP) {
		notify_send(s->notify, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)now_mono().us);
		agent_hup(s->agent, now_mono());
		s->told = false;
		tell(s);
		return;
	}
	/* SIGINT comes from a terminal, where nobody is to start another one. */
	s->end = number == SIGTERM && agent_config(s->agent)->restart_s ? AGENT_LEAVES : AGENT_STOPS;
}

int service_new(struct service **ret, uv_loop_t *loop, struct agent *agent)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
	struct service *s = calloc(1, sizeof(*s));
	uint64_t every = notify_watchdog_ms(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"));
	int r;

	if (!s)
		return -ENOMEM;
	s->agent = agent;
	r = notify_new(&s->notify, getenv("NOTIFY_SOCKET"));
	if (r < 0)
		log_warning("NOTIFY_SOCKET is nothing that weftd could write to: %s", strerror(-r));
	s->watched = s->notify && every;
	*ret = s;
	uv_timer_init(loop, &s->timer);
	s->timer.data = s;
	every = every && every < STATUS_MS ? every : STATUS_MS;
	r = s->notify ? uv_timer_start(&s->timer, on_timer, every, every) : 0;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		uv_signal_init(loop, &s->signals[i]);
		s->signals[i].data = s;
		r = r < 0 ? r : uv_signal_start(&s->signals[i], on_signal, numbers[i]);
	}
	return r;
}

void service_ready(struct service *s)
{
	s->ready = true;
	tell(s);
}

enum agent_end service_asked(const struct service *s)
{
	return agent_end_asked(s->agent) != AGENT_RUNS ? agent_end_asked(s->agent) : s->end;
}

void service_ending(struct service *s)
{
	notify_send(s->notify, "STOPPING=1\nSTATUS=ending");
}

void service_stop(struct service *s)
{
	if (!s)
		return;
	uv_close((uv_handle_t *)&s->timer, NULL);
	for (size_t i = 0; i < ARRAY_LEN(s->signals); i++)
		uv_close((uv_handle_t *)&s->signals[i], NULL);
}

void service_free(struct service *s)
{
	if (!s)
		return;
	notify_free(s->notify);
	free(s);
}
