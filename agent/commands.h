/* agent/commands.h: the commands of the control socket: one table, each row a name and the function that answers it. */
#ifndef WEFT_COMMANDS_H
#define WEFT_COMMANDS_H

#include "agent/agent.h"
#include "agent/ctl/ctl.h"

/* line: a request without its newline. Returns the answer line (free it), NULL: no memory. With *ret_more that was only its beginning. ret_more NULL:
 * all of it, however long it takes. */
struct command_more;
char *command_run(struct agent *agent, const char *line, size_t n, mono now, struct command_more **ret_more);
/* The next piece of it (free it); a few milliseconds' work, so the rim turns in between. NULL: it ends unfinished, and whoever waits for the rest is to
 * be told by the end of the connection. *ret_end: that was the last. */
char *command_more(struct command_more *m, mono now, bool *ret_end);
void command_more_free(struct command_more *m);

bool command_looks(const struct ctl_request *q);         /* it changes nothing: anybody may ask who may look */
const char *command_name(size_t i);                      /* of all that there are; NULL ends */

#endif
