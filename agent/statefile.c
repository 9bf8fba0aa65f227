#include "agent/statefile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/base/log.h"

#define LOG_TOPIC TOPIC_AGENT
#define PAUSE_FIRST_MS 1000
#define PAUSE_MOST_MS 60000

int statefile_name(struct statefile *f, const char *socket, const char *name)
{
	if (snprintf(f->path, sizeof(f->path), "%s.%s", socket, name) >= (int)sizeof(f->path))
		return -ENAMETOOLONG;
	snprintf(f->beside, sizeof(f->beside), "%s.new", f->path);
	f->again = MONO_NEVER;
	return 0;
}

bool statefile_is(const struct statefile *f)
{
	struct stat st;

	return lstat(f->path, &st) == 0;
}

/* Of whoever runs weftd, or owns the folder and could put anything in its place. */
static bool is_ours(const struct statefile *f, const struct stat *st)
{
	char path[sizeof(f->path)];
	struct stat folder;

	if (st->st_uid == 0 || st->st_uid == geteuid())
		return true;
	memcpy(path, f->path, sizeof(path));
	return stat(dirname(path), &folder) == 0 && st->st_uid == folder.st_uid;
}

json_t *statefile_load(const struct statefile *f)
{
	int fd = open(f->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	json_t *j = NULL;
	json_error_t err;
	struct stat st;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && is_ours(f, &st) && st.st_size <= STATEFILE_BYTES_MAX)
		j = json_loadfd(fd, JSON_REJECT_DUPLICATES, &err);
	close(fd);
	return j;
}

bool statefile_write(const struct statefile *f, json_t *j)
{
	bool good = j && json_dump_file(j, f->beside, JSON_INDENT(1)) == 0 && rename(f->beside, f->path) == 0;

	json_decref(j);
	return good;
}

bool statefile_forget(const struct statefile *f)
{
	return unlink(f->path) == 0 || errno == ENOENT;
}

void statefile_went(struct statefile *f, bool good, const char *so, mono now)
{
	bool before = !mono_is_never(f->again);

	if (good) {
		if (before)
			log_notice("%s is written again", f->path);
		f->again = MONO_NEVER;
		return;
	}
	if (!before)
		log_warning("%s cannot be written: %s", f->path, so);
	f->pause_ms = !before ? PAUSE_FIRST_MS : f->pause_ms * 2 < PAUSE_MOST_MS ? f->pause_ms * 2 : PAUSE_MOST_MS;
	f->again = mono_add_ms(now, f->pause_ms);
}
