#include "nexthop/sysctl_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/base/own.h"

/* A folder's descriptor keeps its place in the kernel's memory; without it the next who looks for the file may be given another one, which nobody
 * watches. */
struct folder { char name[40]; int fd, mark; };

struct sysctl_watch {
	char *root;
	int fd;
	struct folder *folders;
	size_t n, room;
};

static const char *const of_link[] = { "net/ipv6/conf/%s", "net/ipv4/conf/%s" };
static const char *const of_all[] = { "net/ipv4", "net/ipv6", "net/ipv6/conf/all" };

int sysctl_watch_new(struct sysctl_watch **ret, const char *root)
{
	AUTO_FREE struct sysctl_watch *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0)
		return -errno;
	w->root = strdup(root);
	if (!w->root) {
		close(w->fd);
		return -ENOMEM;
	}
	*ret = TAKE(w);
	return 0;
}

static void leave(struct sysctl_watch *w, size_t i)
{
	inotify_rm_watch(w->fd, w->folders[i].mark);
	close(w->folders[i].fd);
	w->folders[i] = w->folders[--w->n];
}

void sysctl_watch_free(struct sysctl_watch *w)
{
	if (!w)
		return;
	while (w->n)
		leave(w, w->n - 1);
	close(w->fd);
	free(w->folders);
	free(w->root);
	free(w);
}

int sysctl_watch_fd(const struct sysctl_watch *w)
{
	return w->fd;
}

/* What weft itself writes again and again, whenever it replaces a group (sysctls_announce_routes). */
static bool is_own(const struct inotify_event *e)
{
	return e->len && strcmp(e->name, "nexthop_compat_mode") == 0;
}

bool sysctl_watch_read(struct sysctl_watch *w)
{
	_Alignas(struct inotify_event) char buf[4096];
	const struct inotify_event *e;
	bool written = false;
	ssize_t n;

	while ((n = read(w->fd, buf, sizeof(buf))) > 0)
		for (const char *at = buf; at < buf + n; at += sizeof(*e) + e->len) {
			e = (const struct inotify_event *)at;
			written |= e->mask & (IN_MODIFY | IN_Q_OVERFLOW) && !is_own(e);
		}
	return written;
}

static bool path_of(const struct sysctl_watch *w, const char *name, char ret[PATH_MAX])
{
	return snprintf(ret, PATH_MAX, "%s/%s", w->root, name) < PATH_MAX;
}

/* Is that still the folder of this name? An interface that was renamed or deleted takes its folder along. */
static bool is_there(const struct sysctl_watch *w, const struct folder *f)
{
	char path[PATH_MAX];
	struct stat held, there;

	return path_of(w, f->name, path) && fstat(f->fd, &held) == 0 && stat(path, &there) == 0 && held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

static void watch(struct sysctl_watch *w, const char *name)
{
	size_t room = w->room ? 2 * w->room : 16;
	struct folder *grown, *f;
	char path[PATH_MAX];

	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->folders[i].name, name) == 0) {
			if (is_there(w, &w->folders[i]))
				return;
			leave(w, i);
			break;
		}
	if (w->n == SYSCTL_WATCH_FOLDERS_MAX || !path_of(w, name, path))
		return;
	if (w->n == w->room) {
		grown = realloc(w->folders, room * sizeof(*grown));
		if (!grown)
			return;
		w->folders = grown;
		w->room = room;
	}
	f = &w->folders[w->n];
	snprintf(f->name, sizeof(f->name), "%s", name);
	f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->fd < 0)
		return;
	f->mark = inotify_add_watch(w->fd, path, IN_MODIFY);
	if (f->mark < 0)
		close(f->fd);
	else
		w->n++;
}

void sysctl_watch_link(struct sysctl_watch *w, const char *ifname)
{
	char name[40];

	for (size_t i = 0; !*ifname && i < ARRAY_LEN(of_all); i++)
		watch(w, of_all[i]);
	for (size_t i = 0; *ifname && strlen(ifname) < IFNAMSIZ && i < ARRAY_LEN(of_link); i++) {
		snprintf(name, sizeof(name), of_link[i], ifname);
		watch(w, name);
	}
}

void sysctl_watch_tidy(struct sysctl_watch *w)
{
	for (size_t i = w->n; i-- > 0;)
		if (!is_there(w, &w->folders[i]))
			leave(w, i);
}
