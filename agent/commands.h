/* agent/commands.h: the commands of the control socket: one table, each row a name and the function that answers it. */
#ifndef WEFT_COMMANDS_H
#define WEFT_COMMANDS_H

#include "agent/agent.h"

/* line: a request without its newline. Returns the answer line (free it), NULL: no memory. */
char *command_run(struct agent *agent, const char *line, size_t n, mono now);

#endif
