#include "agent/statefile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int statefile_name(struct statefile *f, const char *socket, const char *name)
{
	if (snprintf(f->path, sizeof(f->path), "%s.%s", socket, name) >= (int)sizeof(f->path))
		return -ENAMETOOLONG;
	snprintf(f->beside, sizeof(f->beside), "%s.new", f->path);
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
