#include "agent/damp.h"

bool damp_up(struct damp *d, mono now)
{
	int64_t soon_ms = d->wait_ms * DAMP_SOON_WAITS;

	if (d->state == DAMP_DOWN) {
		d->state = DAMP_WAITS;
		d->until = mono_add_ms(now, d->wait_ms);
	}
	if (d->state == DAMP_WAITS && mono_due(d->until, now)) {
		d->state = DAMP_USED;
		d->until = mono_add_ms(now, soon_ms > DAMP_SOON_S * 1000 ? soon_ms : DAMP_SOON_S * 1000);
	}
	return d->state == DAMP_USED;
}

void damp_down(struct damp *d, const struct config_damping *rule, const char *why, int64_t noticed_ms)
{
	bool counts = d->state == DAMP_USED;
	int64_t ms = d->wait_ms * 2, most = rule->max_s * 1000;

	d->state = DAMP_DOWN;
	if (!counts)
		return;
	d->failures++;
	d->why = why;
	if (!rule->on || (d->failures <= rule->free && !noticed_ms))
		return;
	if (ms < rule->first_ms)
		ms = rule->first_ms;
	if (ms < noticed_ms)
		ms = noticed_ms;
	d->wait_ms = ms < most ? ms : most;
}

mono damp_next(const struct damp *d)
{
	if (d->state == DAMP_WAITS || (d->state == DAMP_USED && d->failures))
		return d->until;
	return MONO_NEVER;
}

static void forget(struct damp *d)
{
	d->failures = 0;
	d->wait_ms = 0;
	d->why = NULL;
}

void damp_step(struct damp *d, mono now)
{
	if (d->state == DAMP_USED && mono_due(d->until, now))
		forget(d);
}

void damp_pardon(struct damp *d, mono now)
{
	forget(d);
	if (d->state == DAMP_WAITS)
		d->until = now;
}
