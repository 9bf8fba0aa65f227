/* agent/base/journal.h: a log line as a message for the journal's socket, with a field for each thing that is known of it. Pure.
 * The format is documented at systemd.io/JOURNAL_NATIVE_PROTOCOL. */
#ifndef WEFT_BASE_JOURNAL_H
#define WEFT_BASE_JOURNAL_H

#include "agent/base/log.h"

#define JOURNAL_MESSAGE_MAX 4096         /* every message fits */

/* Returns its length. */
size_t journal_encode(const struct log_entry *entry, char ret[JOURNAL_MESSAGE_MAX]);

#endif
