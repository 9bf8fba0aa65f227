#include "agent/notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MESSAGE_MAX 512

struct notify {
	struct sockaddr_un to;
	socklen_t len;
	int fd;
};

int notify_new(struct notify **ret, const char *to)
{
	struct notify *n;
	int r;

	*ret = NULL;
	if (!to || !*to)
		return 0;
	if ((*to != '/' && *to != '@') || strlen(to) >= sizeof(n->to.sun_path))
		return -EINVAL;
	n = calloc(1, sizeof(*n));
	if (!n)
		return -ENOMEM;
	n->to.sun_family = AF_UNIX;
	memcpy(n->to.sun_path, to, strlen(to));
	if (*to == '@')
		n->to.sun_path[0] = '\0';
	n->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(to) + (*to == '/'));        /* unix(7): all of it is the name of one that is no file */
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (n->fd < 0) {
		r = -errno;
		free(n);
		return r;
	}
	*ret = n;
	return 0;
}

void notify_free(struct notify *n)
{
	if (!n)
		return;
	close(n->fd);
	free(n);
}

bool notify_send(const struct notify *n, const char *fmt, ...)
{
	char message[MESSAGE_MAX];
	va_list ap;
	int len;

	if (!n)
		return true;
	va_start(ap, fmt);
	len = vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return len > 0 && (size_t)len < sizeof(message) &&
	       sendto(n->fd, message, (size_t)len, MSG_NOSIGNAL, (const struct sockaddr *)&n->to, n->len) == len;
}

uint64_t notify_watchdog_ms(const char *usec, const char *pid)
{
	unsigned long long us = usec ? strtoull(usec, NULL, 10) : 0;

	if (!us || us == UINT64_MAX || (pid && *pid && strtoull(pid, NULL, 10) != (unsigned long long)getpid()))       /* it is meant for another process */
		return 0;
	return us < 4000 ? 1 : us / 2000;
}
