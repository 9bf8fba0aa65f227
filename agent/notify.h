/* agent/notify.h: what the service manager is told: the datagrams of sd_notify(3), by their documented protocol. */
#ifndef WEFT_NOTIFY_H
#define WEFT_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct notify;
/* to: $NOTIFY_SOCKET, a path, or a name that begins with '@' and is no file. *ret is NULL when there is none: nobody wants to know, and every call
 * with NULL does nothing. */
int  notify_new(struct notify **ret, const char *to);
void notify_free(struct notify *n);
/* Lines like "READY=1\nSTATUS=...". Does not wait; false: it was not taken, try again later. */
bool notify_send(const struct notify *n, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* How often it wants to hear WATCHDOG=1, half of $WATCHDOG_USEC, as milliseconds; 0: never. pid: $WATCHDOG_PID. */
uint64_t notify_watchdog_ms(const char *usec, const char *pid);

#endif
