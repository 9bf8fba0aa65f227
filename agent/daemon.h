/* agent/daemon.h: the thin rim: sockets, netlink, clock and event loop around one struct agent. */
#ifndef WEFT_DAEMON_H
#define WEFT_DAEMON_H

#include "agent/config/config.h"
#include "agent/logger.h"

/* Runs until it is told to end: SIGTERM leaves the kernel as it is for the next one, SIGINT cleans up. Takes over cfg. file: where it is from, for a
 * reload; NULL: from no file. socket: path of the control socket. Returns the exit status. */
int daemon_run(struct config *cfg, const char *file, const char *socket, struct logger *logger);
/* Removes everything that a daemon has left, when none runs. Takes over cfg. */
int daemon_flush(struct config *cfg, const char *socket);

#endif
