#include "agent/weft_sock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/base/own.h"
#include "agent/ctl/ctl.h"

#define WAIT_S 60                        /* a daemon that is silent for so long is stuck */
#define ANSWER_MAX ((size_t)1 << 30)     /* a full table of millions of routes is some hundred megabytes */

static int dial_at(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const struct timeval wait = { .tv_sec = WAIT_S };
	int fd, r;

	if (strlen(path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	strcpy(to.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
		r = errno == EAGAIN ? -ETIMEDOUT : -errno;
		close(fd);
		return r;
	}
	return fd;
}

/* Who may not talk to weftd may yet look. */
static int dial(const char *path)
{
	char view[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int fd = dial_at(path), second;

	if (fd != -EACCES || (size_t)snprintf(view, sizeof(view), "%s" CTL_VIEW_SUFFIX, path) >= sizeof(view))
		return fd;
	second = dial_at(view);
	return second < 0 ? fd : second;
}

static int say(int fd, const char *line)
{
	size_t left = strlen(line);

	while (left > 0) {
		ssize_t n = send(fd, line, left, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : errno == EPIPE ? -ECONNRESET : -errno;
		line += n;
		left -= (size_t)n;
	}
	return 0;
}

static int hear(int fd, char **ret, size_t *ret_n)
{
	AUTO_FREE char *buf = NULL;
	size_t cap = 0, have = 0;

	for (;;) {
		char *newline;
		ssize_t n;

		if (have == cap) {
			char *more = cap < ANSWER_MAX ? realloc(buf, cap ? cap * 2 : 64 * 1024) : NULL;

			if (!more)
				return cap < ANSWER_MAX ? -ENOMEM : -EMSGSIZE;
			cap = cap ? cap * 2 : 64 * 1024;
			buf = more;
		}
		n = recv(fd, buf + have, cap - have, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		if (n == 0)
			return -ECONNRESET;
		newline = memchr(buf + have, '\n', (size_t)n);
		have += (size_t)n;
		if (newline) {
			*ret_n = (size_t)(newline - buf);
			*ret = TAKE(buf);
			return 0;
		}
	}
}

int sock_ask(const char *path, const char *line, char **ret, size_t *ret_n)
{
	int fd = dial(path), r;

	if (fd < 0)
		return fd;
	r = say(fd, line);
	if (r == 0 || r == -ECONNRESET)                  /* who refuses a request may hang up early, and the reason waits to be read */
		r = hear(fd, ret, ret_n);
	close(fd);
	return r;
}

int sock_pieces(const char *path, const char *line, bool (*fn)(void *ctx, const char *piece, size_t n), void *ctx)
{
	int fd = dial(path), r;
	bool more = true;
	char buf[65536];

	if (fd < 0)
		return fd;
	r = say(fd, line);
	if (r == -ECONNRESET)
		r = 0;
	while (r == 0 && more) {
		ssize_t n = recv(fd, buf, sizeof(buf), 0);
		char *newline = n > 0 ? memchr(buf, '\n', (size_t)n) : NULL;

		if (n == 0)
			r = -ECONNRESET;
		else if (n < 0 && errno != EINTR)
			r = errno == EAGAIN ? -ETIMEDOUT : -errno;
		else if (n > 0)
			more = fn(ctx, buf, newline ? (size_t)(newline - buf) : (size_t)n) && !newline;
	}
	close(fd);
	return r;
}

#define STREAM_LINE_MAX (1 << 20)

/* Hands over all whole lines of buf; returns how many bytes are left of it, or -1: enough. */
static ssize_t whole_lines(char *buf, size_t n, bool (*fn)(void *ctx, const char *line, size_t n), void *ctx)
{
	char *at = buf, *end;

	while ((end = memchr(at, '\n', n))) {
		if (!fn(ctx, at, (size_t)(end - at)))
			return -1;
		n -= (size_t)(end - at) + 1;
		at = end + 1;
	}
	memmove(buf, at, n);
	return (ssize_t)n;
}

int sock_stream(const char *path, const char *line, bool (*fn)(void *ctx, const char *line, size_t n), void *ctx)
{
	const struct timeval for_ever = { 0 };
	AUTO_FREE char *buf = malloc(STREAM_LINE_MAX);
	int fd = buf ? dial(path) : -ENOMEM, r;
	ssize_t left = 0, n = 1;

	if (fd < 0)
		return fd;
	r = setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &for_ever, sizeof(for_ever)) < 0 ? -errno : say(fd, line);
	while (r == 0 && left >= 0 && n > 0) {
		n = recv(fd, buf + left, STREAM_LINE_MAX - (size_t)left, 0);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n < 0)
			r = -errno;
		else
			left = whole_lines(buf, (size_t)(left + n), fn, ctx);
		if (left == STREAM_LINE_MAX)
			r = -EMSGSIZE;
	}
	close(fd);
	return r;
}
