/* agent/base/log_limit.h: of one event on one link at most so many lines in a while; then how many were left out. Pure: time is handed in. */
#ifndef WEFT_BASE_LOG_LIMIT_H
#define WEFT_BASE_LOG_LIMIT_H

#include "agent/base/log.h"
#include "agent/base/mono.h"

#define LOG_LIMIT_MOST 10
#define LOG_LIMIT_MS 10000
#define LOG_LIMIT_KINDS 64               /* events on links at a time; all others share one more */

struct log_limit {                       /* zero is empty */
	struct log_kind {
		enum log_event event;
		char name[INET6_ADDRSTRLEN];
		mono until;
		unsigned n, left;        /* written; left out */
	} kind[LOG_LIMIT_KINDS + 1];
};

/* May the line be written? Those that are no events always may: who says them again and again has a limit of his own. */
bool log_limit_take(struct log_limit *l, const struct log_entry *entry, mono now);
/* Lines were left out, and their while is over: of which kind, one after the other; *ret holds until the next call. False: no more. */
bool log_limit_left(struct log_limit *l, mono now, struct log_kind *ret);

#endif
