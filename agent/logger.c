#include "agent/logger.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "agent/base/journal.h"
#include "agent/base/log_limit.h"

#define LOG_TOPIC TOPIC_AGENT
#define JOURNAL_SOCKET "/run/systemd/journal/socket"

struct logger {
	struct log_limit limit;
	int journal;                     /* -1: standard error is a terminal, a file, a pipe */
	unsigned long dropped;           /* that nobody took, and nobody was told of */
	uint64_t lost, limited;          /* logger_dropped */
	log_sink watch;
	void *watch_ctx;
};

/* systemd sets JOURNAL_STREAM to device:inode of the stream it reads (systemd.exec(5)). */
static bool stderr_is_journal(void)
{
	const char *s = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return s && sscanf(s, "%llu:%llu", &dev, &ino) == 2 && fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

static mono now_mono(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (mono){ (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 };
}

/* A pipe that is ready takes a line whole; a file and a terminal that is not stopped always are. */
static int to_stderr(const struct logger *l, const struct log_entry *entry)
{
	char line[LOG_TEXT_MAX + INET6_ADDRSTRLEN + 2], out[sizeof(line) + 8];
	struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };
	int n;

	log_text(entry, line, sizeof(line));
	if (l->journal >= 0)
		n = snprintf(out, sizeof(out), "<%d>%s\n", entry->level, line);
	else
		n = snprintf(out, sizeof(out), "%s\n", line);
	if (poll(&ready, 1, 0) != 1 || !(ready.revents & POLLOUT))
		return -EAGAIN;
	return write(STDERR_FILENO, out, (size_t)n) < 0 ? -errno : 0;
}

static int to_journal(const struct logger *l, const struct log_entry *entry)
{
	static const struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET };
	char message[JOURNAL_MESSAGE_MAX];
	size_t n = journal_encode(entry, message);

	if (sendto(l->journal, message, n, MSG_NOSIGNAL, (const struct sockaddr *)&to, sizeof(to)) >= 0)
		return 0;
	return errno == EAGAIN || errno == EWOULDBLOCK ? -EAGAIN : to_stderr(l, entry);        /* it has no such socket: its stream, then */
}

static void put(struct logger *l, const struct log_entry *entry)
{
	if ((l->journal >= 0 ? to_journal(l, entry) : to_stderr(l, entry)) < 0)
		l->dropped++, l->lost++;
}

static void sink(void *ctx, const struct log_entry *entry)
{
	struct logger *l = ctx;

	if (entry->level <= log_level(entry->topic)) {
		if (log_limit_take(&l->limit, entry, now_mono()))
			put(l, entry);
		else
			l->limited++;
	}
	if (l->watch)
		l->watch(l->watch_ctx, entry);
}

void logger_watch(struct logger *l, log_sink fn, void *ctx)
{
	l->watch = fn;
	l->watch_ctx = ctx;
	log_watched(fn != NULL);
}

void logger_turn(struct logger *l)
{
	unsigned long dropped = l->dropped;
	struct log_kind left;
	mono now = now_mono();

	while (log_limit_left(&l->limit, now, &left))
		log_warning_of(((struct log_about){ .name = *left.name ? left.name : NULL }), "%u more lines were left out: %s", left.left,
			       left.event == EVENT_NONE ? "of many kinds" : log_event_row(left.event)->subject);
	if (!dropped)
		return;
	l->dropped = 0;
	log_warning("%lu lines were lost: whoever takes the log was too slow", dropped);
	if (l->dropped)                  /* this one too */
		l->dropped = dropped;
}

void logger_dropped(const struct logger *l, uint64_t *ret_lost, uint64_t *ret_limited)
{
	*ret_lost = l->lost;
	*ret_limited = l->limited;
}

int logger_new(struct logger **ret, enum log_level most)
{
	struct logger *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->journal = stderr_is_journal() ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
	log_to(sink, l, most);
	*ret = l;
	return 0;
}

void logger_free(struct logger *l)
{
	if (!l)
		return;
	log_to(NULL, NULL, LOG_LVL_ERROR);
	if (l->journal >= 0)
		close(l->journal);
	free(l);
}
