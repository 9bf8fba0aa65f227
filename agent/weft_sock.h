/* agent/weft_sock.h: the command's side of the control socket: one line out, one line in. */
#ifndef WEFT_SOCK_H
#define WEFT_SOCK_H

#include <stddef.h>

/* line: with its newline. 0 with *ret (free() it; without newline). -ENOENT, -ECONNREFUSED: nobody listens; -ENAMETOOLONG; -ETIMEDOUT;
 * -ECONNRESET: closed before the answer was whole; others as the system says. */
int sock_ask(const char *path, const char *line, char **ret, size_t *ret_n);

#endif
