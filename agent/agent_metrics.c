/* Where the metrics are read. A node routes whether anybody can read them or not: at the start an address that cannot be had is said and tried again;
 * a reload that wants one is refused. */
#include "agent/agent_priv.h"

#include <stdio.h>
#include <string.h>

#include "agent/base/log.h"

#define LOG_TOPIC TOPIC_AGENT
#define RETRY_S 5

static int try_listen(struct agent *a, const struct config *c)
{
	return a->out.metrics.listen ? a->out.metrics.listen(a->out.metrics.ctx, &c->metrics) : 0;
}

void scrape_begin(struct agent *a)
{
	char where[CONFIG_METRICS_STRLEN];
	int r = try_listen(a, a->cfg);

	if (r < 0)
		log_error("the metrics cannot be read at %s: %s; tried again every %d s", config_metrics_str(&a->cfg->metrics, where), strerror(-r), RETRY_S);
	a->scrape.error = r;
	a->scrape.retry = mono_add_s(a->now, RETRY_S);
}

int scrape_move(struct agent *a, const struct config *to)
{
	char where[CONFIG_METRICS_STRLEN];
	int r = try_listen(a, to);

	if (r >= 0)
		a->scrape.error = 0;
	else
		snprintf(a->scrape.refusal, sizeof(a->scrape.refusal), "metrics: nothing can be read at %s: %s", config_metrics_str(&to->metrics, where),
			 strerror(-r));
	return r;
}

char *scrape_refusal(struct agent *a)
{
	char *why = *a->scrape.refusal ? strdup(a->scrape.refusal) : NULL;

	a->scrape.refusal[0] = '\0';
	return why;
}

void scrape_step(struct agent *a, mono now)
{
	char where[CONFIG_METRICS_STRLEN];

	if (!a->scrape.error || !mono_due(a->scrape.retry, now))
		return;
	a->scrape.retry = mono_add_s(now, RETRY_S);
	a->scrape.error = try_listen(a, a->cfg);
	if (!a->scrape.error)
		log_notice("the metrics can be read at %s now", config_metrics_str(&a->cfg->metrics, where));
}

mono scrape_next(const struct agent *a)
{
	return a->scrape.error ? a->scrape.retry : MONO_NEVER;
}

int agent_metrics_error(const struct agent *a)
{
	return a->scrape.error;
}
