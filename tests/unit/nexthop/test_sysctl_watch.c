#include "nexthop/sysctl_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/unit/nexthop/folder.h"

static char root[] = "/tmp/weft-sysctl-watch-XXXXXX";
static struct sysctl_watch *w;

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

static void put(const char *name)
{
	const char *path = path_of(name);
	FILE *f = fopen(path, "r+");

	f = f ? f : fopen(path, "w");
	cr_assert_not_null(f, "%s", path);
	fputs("1\n", f);
	fclose(f);
}

static void make_folder(const char *name)
{
	cr_assert_eq(mkdir(path_of(name), 0700), 0, "%s", name);
}

static void make_link(const char *name)
{
	char folder[64];

	for (unsigned i = 0; i < 2; i++) {
		snprintf(folder, sizeof(folder), "net/ipv%c/conf/%s", "46"[i], name);
		make_folder(folder);
	}
}

static void start(void)
{
	static const char *const folders[] = { "net", "net/ipv4", "net/ipv6", "net/ipv4/conf", "net/ipv6/conf", "net/ipv6/conf/all" };

	cr_assert_not_null(mkdtemp(root));
	for (unsigned i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		make_folder(folders[i]);
	make_link("swp1");
	make_link("swp2");
	cr_assert_eq(sysctl_watch_new(&w, root), 0);
	sysctl_watch_link(w, "");
	sysctl_watch_link(w, "swp1");
}

static void stop(void)
{
	sysctl_watch_free(w);
	folder_remove(root);
}

TestSuite(sysctl_watch, .init = start, .fini = stop);

/* What a loop that polls the descriptor finds out. */
static bool heard(void)
{
	struct pollfd p = { .fd = sysctl_watch_fd(w), .events = POLLIN };

	return poll(&p, 1, 0) == 1 && sysctl_watch_read(w);
}

Test(sysctl_watch, who_writes_a_setting_is_heard_at_once)
{
	static const struct { const char *file; bool heard; } rows[] = {
		{ "net/ipv6/conf/swp1/hop_limit", true },
		{ "net/ipv4/conf/swp1/arp_ignore", true },
		{ "net/ipv4/ip_forward", true },
		{ "net/ipv6/fib_multipath_hash_policy", true },
		{ "net/ipv6/conf/all/forwarding", true },
		{ "net/ipv6/conf/swp2/hop_limit", false },               /* not asked for */
		{ "net/ipv4/nexthop_compat_mode", false },               /* weft's own, whenever it replaces a group */
	};

	cr_assert(!heard(), "before anybody wrote");
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put(rows[i].file);
		cr_assert_eq(heard(), rows[i].heard, "%s", rows[i].file);
		cr_assert(!heard(), "%s: twice", rows[i].file);
	}
	put("net/ipv4/nexthop_compat_mode");
	put("net/ipv4/ip_forward");
	cr_assert(heard(), "beside what is weft's own");
}

Test(sysctl_watch, a_link_is_watched_once_it_is_asked_for)
{
	sysctl_watch_link(w, "swp2");
	sysctl_watch_link(w, "swp2");
	put("net/ipv6/conf/swp2/hop_limit");
	cr_assert(heard());
	sysctl_watch_link(w, "swp9");            /* there is none yet */
	make_link("swp9");
	put("net/ipv6/conf/swp9/hop_limit");
	cr_assert(!heard());
	sysctl_watch_link(w, "swp9");
	put("net/ipv6/conf/swp9/hop_limit");
	cr_assert(heard());
}

static void away(const char *name)
{
	char folder[64];

	for (unsigned i = 0; i < 2; i++) {
		snprintf(folder, sizeof(folder), "net/ipv%c/conf/%s", "46"[i], name);
		cr_assert_eq(folder_remove(path_of(folder)), 0);
	}
}

Test(sysctl_watch, another_interface_of_the_same_name_is_watched_in_its_place)
{
	away("swp1");
	make_link("swp1");
	heard();
	put("net/ipv6/conf/swp1/hop_limit");
	cr_assert(!heard(), "it is another folder");
	sysctl_watch_link(w, "swp1");
	put("net/ipv6/conf/swp1/hop_limit");
	cr_assert(heard());
}

static unsigned descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 4096; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

Test(sysctl_watch, interfaces_that_are_gone_are_forgotten)
{
	unsigned before = descriptors();

	away("swp1");
	sysctl_watch_tidy(w);
	cr_assert_eq(descriptors(), before - 2);
	sysctl_watch_tidy(w);
	cr_assert_eq(descriptors(), before - 2);
}

Test(sysctl_watch, no_more_than_so_many_folders_are_watched)
{
	unsigned before = descriptors();
	char name[16];

	for (unsigned i = 0; i < 600; i++) {
		snprintf(name, sizeof(name), "swp%u", 10 + i);
		make_link(name);
		sysctl_watch_link(w, name);
	}
	cr_assert_leq(descriptors(), before + SYSCTL_WATCH_FOLDERS_MAX);
	put("net/ipv6/conf/swp1/hop_limit");
	cr_assert(heard(), "those that were there first");
}
