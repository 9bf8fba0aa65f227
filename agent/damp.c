#include "agent/damp.h"

int64_t damp_wait_ms(const struct damp *d)
{
	int64_t ms = DAMP_FIRST_MS;

	if (d->failures <= DAMP_FREE)
		return 0;
	for (unsigned i = DAMP_FREE + 1; i < d->failures && ms < DAMP_MAX_MS; i++)
		ms *= 2;
	return ms < DAMP_MAX_MS ? ms : DAMP_MAX_MS;
}

bool damp_up(struct damp *d, mono now)
{
	if (d->state == DAMP_DOWN) {
		d->state = DAMP_WAITS;
		d->until = mono_add_ms(now, damp_wait_ms(d));
	}
	if (d->state == DAMP_WAITS && mono_due(d->until, now)) {
		d->state = DAMP_USED;
		d->until = mono_add_s(now, DAMP_SOON_S);
	}
	return d->state == DAMP_USED;
}

void damp_down(struct damp *d)
{
	d->failures += d->state == DAMP_USED;
	d->state = DAMP_DOWN;
}

mono damp_next(const struct damp *d)
{
	if (d->state == DAMP_WAITS || (d->state == DAMP_USED && d->failures))
		return d->until;
	return MONO_NEVER;
}

void damp_step(struct damp *d, mono now)
{
	if (d->state == DAMP_USED && mono_due(d->until, now))
		d->failures = 0;
}
