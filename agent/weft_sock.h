/* agent/weft_sock.h: the command's side of the control socket: one line out, one line in. */
#ifndef WEFT_SOCK_H
#define WEFT_SOCK_H

#include <stdbool.h>
#include <stddef.h>

/* line: with its newline. 0 with *ret (free() it; without newline). -ENOENT, -ECONNREFUSED: nobody listens; -ENAMETOOLONG; -ETIMEDOUT; -EACCES: neither there nor at the
 * socket beside it, where one may look (CTL_VIEW_SUFFIX); -ECONNRESET: closed before the answer was whole; others as the system says. */
int sock_ask(const char *path, const char *line, char **ret, size_t *ret_n);

/* Calls fn for each line that comes (without its newline), until it returns false or the other end closes: 0 in both cases. -errno as above; a line that is
 * longer than a megabyte: -EMSGSIZE. There is no limit to how long it waits for the next one. */
int sock_stream(const char *path, const char *line, bool (*fn)(void *ctx, const char *line, size_t n), void *ctx);

/* The answer as it comes, without its newline: a long one is never whole in memory. fn: false to end it. 0: the line was whole, or fn has ended it; -errno. */
int sock_pieces(const char *path, const char *line, bool (*fn)(void *ctx, const char *piece, size_t n), void *ctx);

#endif
