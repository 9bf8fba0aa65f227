#include "nexthop/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/base/own.h"

#define VALUE_MAX SYSCTL_VALUE_MAX

struct setting {
	const char *file;                /* below root; "%s" is the interface: a folder, so a name with dots is safe */
	const char *value;
};

/* Writing ip_forward resets settings of all interfaces, so it comes first, and is put back last. */
static const struct setting global[] = {
	{ "net/ipv4/ip_forward", "1" },
	{ "net/ipv6/conf/all/forwarding", "1" },
	{ "net/ipv4/fib_multipath_hash_policy", "1" },
	{ "net/ipv6/fib_multipath_hash_policy", "1" },
};

static const struct setting compat = { "net/ipv4/nexthop_compat_mode", "0" };

/* disable_ipv6 comes last: the link-local address that appears with it is then not tried for duplicates. */
static const struct setting per_link[] = {
	{ "net/ipv6/conf/%s/accept_dad", "0" },
	{ "net/ipv6/conf/%s/dad_transmits", "0" },
	{ "net/ipv6/conf/%s/accept_ra", "0" },
	{ "net/ipv6/conf/%s/ignore_routes_with_linkdown", "1" },
	{ "net/ipv4/conf/%s/ignore_routes_with_linkdown", "1" },
	/* Whoever asks on the link for an address of another link would only fill the neighbour table of the whole node. */
	{ "net/ipv4/conf/%s/arp_ignore", "1" },
	/* RFC 5082 3: also of what the kernel says by itself, a RST most of all: a peer with GTSM would not hear a refusal, and wait. */
	{ "net/ipv6/conf/%s/hop_limit", "255" },
	{ "net/ipv6/conf/%s/disable_ipv6", "0" },
};

struct change {
	const struct setting *setting;
	char ifname[IFNAMSIZ];           /* "" for a global one */
	char found[VALUE_MAX];
};

struct sysctls {
	char *root;
	struct change *changes;          /* in the order they were made */
	size_t n, room;
	unsigned generation;             /* of what is found, compat left aside: it comes and goes with every replaced group */
	bool announces;                  /* compat was not as we want it when we came */
};

int sysctls_new(struct sysctls **ret, const char *root)
{
	AUTO_FREE struct sysctls *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->root = strdup(root);
	if (!s->root)
		return -ENOMEM;
	*ret = TAKE(s);
	return 0;
}

void sysctls_free(struct sysctls *s)
{
	if (!s)
		return;
	free(s->changes);
	free(s->root);
	free(s);
}

/* Opens the file of a setting: a descriptor or -errno. */
static int open_setting(const struct sysctls *s, const struct setting *setting, const char *ifname, int mode)
{
	char file[128], path[PATH_MAX];
	int fd;

	if (snprintf(file, sizeof(file), setting->file, ifname) >= (int)sizeof(file) ||
	    snprintf(path, sizeof(path), "%s/%s", s->root, file) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, mode | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int read_value(const struct sysctls *s, const struct setting *setting, const char *ifname, char ret[VALUE_MAX])
{
	int fd = open_setting(s, setting, ifname, O_RDONLY);
	ssize_t n;
	int r;

	if (fd < 0)
		return fd;
	n = read(fd, ret, VALUE_MAX - 1);
	r = n < 0 ? -errno : 0;
	close(fd);
	if (r < 0)
		return r;
	ret[n] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
	return 0;
}

static int write_value(const struct sysctls *s, const struct setting *setting, const char *ifname, const char *value)
{
	int fd = open_setting(s, setting, ifname, O_WRONLY | O_TRUNC);
	size_t len = strlen(value);
	ssize_t n;
	int r;

	if (fd < 0)
		return fd;
	n = write(fd, value, len);
	r = n < 0 ? -errno : n == (ssize_t)len ? 0 : -EIO;
	close(fd);
	return r;
}

static struct change *change_add(struct sysctls *s)
{
	size_t room = s->room ? s->room * 2 : 16;
	struct change *changes;

	if (s->n == s->room) {
		changes = realloc(s->changes, room * sizeof(*changes));
		if (!changes)
			return NULL;
		s->changes = changes;
		s->room = room;
	}
	s->changes[s->n] = (struct change){ 0 };
	return &s->changes[s->n];                /* counts when the caller says so */
}

static struct change *change_find(struct sysctls *s, const struct setting *setting, const char *ifname)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->changes[i].setting == setting && strcmp(s->changes[i].ifname, ifname) == 0)
			return &s->changes[i];
	return NULL;
}

/* Remembers before it writes. A value of ours that is found changed was changed by somebody, or the interface is a new one of that name: then
 * what is found now is what will be put back. */
static int change_make(struct sysctls *s, const struct setting *setting, const char *ifname)
{
	struct change *change = change_find(s, setting, ifname);
	char found[VALUE_MAX];
	int r = read_value(s, setting, ifname, found);

	if (r < 0)
		return r == -ENOENT ? 0 : r;             /* an older kernel, or IPv6 is not there */
	if (strcmp(found, setting->value) == 0)
		return 0;
	if (!change && !change_add(s))
		return -ENOMEM;
	r = write_value(s, setting, ifname, setting->value);
	if (r < 0)
		return r;
	if (!change) {
		change = &s->changes[s->n++];
		*change = (struct change){ .setting = setting };
		snprintf(change->ifname, sizeof(change->ifname), "%s", ifname);
	}
	memcpy(change->found, found, sizeof(found));
	s->generation += setting != &compat;
	return 0;
}

static void change_undo(struct sysctls *s, const struct change *change)
{
	char now[VALUE_MAX];

	if (read_value(s, change->setting, change->ifname, now) == 0 && strcmp(now, change->setting->value) == 0)
		write_value(s, change->setting, change->ifname, change->found);
}

static int change_all(struct sysctls *s, const struct setting *settings, size_t n, const char *ifname)
{
	int failed = 0;

	for (size_t i = 0; i < n; i++)
		if (change_make(s, &settings[i], ifname) < 0)
			failed++;
	return failed;
}

int sysctls_global(struct sysctls *s)
{
	char found[VALUE_MAX];

	if (!change_find(s, &compat, ""))        /* else it is 0 for the moment, by us */
		s->announces = read_value(s, &compat, "", found) == 0 && strcmp(found, "1") == 0;
	return change_all(s, global, ARRAY_LEN(global), "");
}

int sysctls_announce_routes(struct sysctls *s, bool on)
{
	struct change *change;

	if (!on)
		return change_make(s, &compat, "");
	change = change_find(s, &compat, "");
	if (!change)                             /* it was 0 when we came */
		return 0;
	change_undo(s, change);
	memmove(change, change + 1, (size_t)(s->changes + s->n - (change + 1)) * sizeof(*change));
	s->n--;
	return 0;
}

static bool is_link_name(const char *ifname)
{
	/* "all" and "default" are folders too, but of every interface. */
	static const char *const refused[] = { "", ".", "..", "all", "default" };

	if (strlen(ifname) >= IFNAMSIZ || strchr(ifname, '/'))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (strcmp(ifname, refused[i]) == 0)
			return false;
	return true;
}

int sysctls_link(struct sysctls *s, const char *ifname)
{
	if (!is_link_name(ifname))
		return -EINVAL;
	return change_all(s, per_link, ARRAY_LEN(per_link), ifname);
}

void sysctls_link_restore(struct sysctls *s, const char *ifname)
{
	size_t kept = 0;

	if (ifname[0] == '\0')
		return;
	for (size_t i = s->n; i-- > 0;)
		if (strcmp(s->changes[i].ifname, ifname) == 0)
			change_undo(s, &s->changes[i]);
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->changes[i].ifname, ifname) != 0)
			s->changes[kept++] = s->changes[i];
	s->generation += s->n != kept;
	s->n = kept;
}

void sysctls_link_renamed(struct sysctls *s, const char *old_name, const char *new_name)
{
	if (old_name[0] == '\0')
		return;
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->changes[i].ifname, old_name) == 0)
			snprintf(s->changes[i].ifname, sizeof(s->changes[i].ifname), "%s", new_name);
	s->generation++;
}

bool sysctls_found(const struct sysctls *s, size_t *at, struct sysctl_found *ret)
{
	if (*at == 0 && s->announces) {
		++*at;
		*ret = (struct sysctl_found){ compat.file, "", "1" };
		return true;
	}
	for (size_t i = *at ? *at - s->announces : 0; i < s->n; i++) {
		const struct change *c = &s->changes[i];

		*at = i + 1 + s->announces;
		if (c->setting == &compat)
			continue;
		*ret = (struct sysctl_found){ c->setting->file, c->ifname, c->found };
		return true;
	}
	return false;
}

unsigned sysctls_changes(const struct sysctls *s)
{
	return s->generation;
}

static const struct setting *setting_of(const char *file, bool of_link)
{
	const struct setting *list = of_link ? per_link : global;
	size_t n = of_link ? ARRAY_LEN(per_link) : ARRAY_LEN(global);

	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].file, file) == 0)
			return &list[i];
	return !of_link && strcmp(compat.file, file) == 0 ? &compat : NULL;
}

int sysctls_remember(struct sysctls *s, const struct sysctl_found *found)
{
	const struct setting *setting = setting_of(found->file, *found->ifname);
	struct change *change;
	char now[VALUE_MAX];

	if (!setting || (*found->ifname && !is_link_name(found->ifname)) || strlen(found->value) >= VALUE_MAX ||
	    strspn(found->value, "0123456789-") != strlen(found->value))
		return -EINVAL;
	if (change_find(s, setting, found->ifname) || read_value(s, setting, found->ifname, now) < 0 || strcmp(now, setting->value) != 0)
		return 0;
	if (setting == &compat)                  /* killed while groups were replaced */
		return write_value(s, setting, "", found->value);
	change = change_add(s);
	if (!change)
		return -ENOMEM;
	s->n++;
	change->setting = setting;
	snprintf(change->ifname, sizeof(change->ifname), "%s", found->ifname);
	snprintf(change->found, sizeof(change->found), "%s", found->value);
	return 0;
}

void sysctls_restore(struct sysctls *s)
{
	while (s->n > 0)
		change_undo(s, &s->changes[--s->n]);
}
