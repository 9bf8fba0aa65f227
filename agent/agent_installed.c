/* `advertise_installed`: a learned route is announced when the kernel has confirmed it, and no longer than the kernel has it.
 *
 * The RIB asks about each prefix that it decides, after it has told the fib its wish; the fib says when the answer is another one, and the prefix
 * is decided again. Nothing is kept for that but bits in the fib. */
#include "agent/agent_priv.h"

static void news(void *ctx, const struct prefix *p)
{
	struct agent *a = ctx;

	rib_recheck(a->rib, p);
}

void installed_watch(struct agent *a)
{
	if (a->fib)
		fib_on_news(a->fib, a->cfg->advertise_installed ? news : NULL, a);
}

enum rib_installed installed_ask(void *ctx, const struct prefix *p)
{
	struct agent *a = ctx;

	switch (a->fib ? fib_standing(a->fib, p) : FIB_MISSING) {
	case FIB_STANDS:
		return RIB_INSTALLED;
	case FIB_COMES:
		return RIB_INSTALLING;
	case FIB_MISSING:
		return RIB_NOT_INSTALLED;
	}
	return RIB_NOT_INSTALLED;
}

void eor_begin(struct port *port)
{
	rib_mark(port->agent->rib, &port->eor_by);
	port->eor_phase = EOR_DECIDES;
}

/* What is not announced by the End-of-RIB a peer may take for withdrawn (RFC 4724 4.2): a restarted node's routes that the kernel is still busy
 * with come before it. */
bool eor_may_go(struct port *port)
{
	struct agent *a = port->agent;

	if (!rib_passed(a->rib, &port->eor_by))
		return false;
	if (port->eor_phase == EOR_DECIDES && a->fib && a->cfg->advertise_installed) {
		port->eor_installed_by = fib_await_mark(a->fib);
		port->eor_phase = EOR_INSTALLS;
	}
	if (port->eor_phase != EOR_INSTALLS)
		return true;
	if (!fib_await_passed(a->fib, port->eor_installed_by))
		return false;
	port->eor_phase = EOR_MAY_GO;
	rib_mark(a->rib, &port->eor_by);         /* and what it said is decided */
	return rib_passed(a->rib, &port->eor_by);
}

bool eor_waits(const struct port *port)
{
	return port->eor_phase == EOR_INSTALLS;
}
