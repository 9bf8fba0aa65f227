/* What the kernel has confirmed, as opposed to what it is assumed to hold once everything that was taken is executed. */
#include "nexthop/fib_priv.h"

bool fib_settled(const struct fib *f)
{
	return !f->wishes.first && !f->pending.first && !f->dels.first && !f->replan && !f->scan && !f->work && !f->n_urgent && !f->n_flights &&
	       f->n_installed >= f->routes[0].used + f->routes[1].used;
}
