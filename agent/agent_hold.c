/* Start without a black hole: nothing is announced, not even what is our own, before everybody has told us everything and the kernel has it.
 * Unlike in a graceful restart (agent_restart.c), routes are decided and installed at once: there is nothing in the kernel that could be kept.
 * Two nodes that both hold do not wait for each other: both say the R bit. */
#include "agent/agent_hold.h"

#include <stdio.h>
#include <string.h>

#include "agent/agent_priv.h"
#include "agent/base/log.h"

#define CHECK_MS 50                      /* between two looks whether the kernel has it all */

static const bool forwards_nothing[2];

static mono until(const struct agent *a)
{
	return mono_add_s(a->since, a->cfg->start_hold_s);
}

void hold_begin(struct agent *a)
{
	if (!a->cfg->start_hold_s || a->restart.on)
		return;
	a->hold = true;
	peers_restarting(a->peers, true, forwards_nothing);      /* RFC 4724 3: nobody is to wait for our End-of-RIB. F: nothing outlived the start */
	log_event(EVENT_HOLD_BEGINS, LOG_ABOUT_NOTHING, "start_hold: nothing is announced before the peers have told their routes and the kernel has them, for %u s at most",
		  a->cfg->start_hold_s);
}

const char *agent_hold_waits_for(const struct agent *a, size_t *at, mono now)
{
	const struct port *port = *at == SIZE_MAX ? NULL : whole_lacks(a, at, now);

	if (port)
		return port->name;
	if (*at == SIZE_MAX)
		return NULL;
	*at = SIZE_MAX;
	if (!port_at(a, 0))                      /* none yet: as links without a carrier */
		return mono_due(whole_discovered(a), now) ? NULL : "any link";
	return whole_in_kernel(a) ? NULL : WHOLE_KERNEL;
}

/* "swp1, swp2, the kernel"; n: of text. */
static void all_names(const struct agent *a, char *text, size_t n, mono now)
{
	size_t used = 0;
	const char *who;

	*text = '\0';
	for (size_t at = 0; used + 1 < n && (who = agent_hold_waits_for(a, &at, now)); used = strlen(text))
		snprintf(text + used, n - used, "%s%s", used ? ", " : "", who);
}

void hold_step(struct agent *a, mono now)
{
	size_t at = 0;
	char missed[256];
	struct port *port;
	bool whole;

	if (!a->hold)
		return;
	whole = !agent_hold_waits_for(a, &at, now);
	if (!whole && !mono_due(until(a), now))
		return;
	all_names(a, missed, sizeof(missed), now);
	if (whole)
		log_event(EVENT_HOLD_OVER, LOG_ABOUT_NOTHING, "start_hold: the table is whole after %lld ms, announcements begin", (long long)mono_diff_ms(now, a->since));
	else
		log_event(EVENT_HOLD_LATE, LOG_ABOUT_NOTHING, "start_hold: its time is over, announcements begin, though these are not done: %s", missed);
	a->hold = false;
	peers_restarting(a->peers, false, forwards_nothing);
	for (size_t i = 0; (port = port_at(a, i)); i++)          /* End-of-RIB follows on what is known now */
		eor_begin(port);
}

mono hold_next(const struct agent *a)
{
	mono next = MONO_NEVER;
	const struct port *port;
	bool owes = false;

	if (!a->hold)
		return MONO_NEVER;
	for (size_t at = 0; (port = whole_lacks(a, &at, a->now)); owes = true)
		if (port->in_rib)
			next = mono_min(next, port_told_by(port));
	if (!owes && port_at(a, 0))              /* the kernel alone */
		next = mono_add_ms(a->now, CHECK_MS);
	else if (!mono_due(whole_discovered(a), a->now))
		next = mono_min(next, whole_discovered(a));
	return mono_min(next, until(a));
}

bool agent_hold(const struct agent *a, struct agent_hold_view *ret)
{
	*ret = (struct agent_hold_view){ a->since, until(a) };
	return a->hold;
}
