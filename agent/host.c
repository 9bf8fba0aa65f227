#include "agent/host.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "agent/base/own.h"

static int read_file(void *ctx, const char *path, char *ret, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t r = 1;

	(void)ctx;
	if (fd < 0)
		return -errno;
	while (n < room && (r = read(fd, ret + n, room - n)) > 0)
		n += (size_t)r;
	r = r < 0 ? -errno : (ssize_t)n;
	close(fd);
	return (int)r;
}

/* networkd.conf(5): yes unless said otherwise; the last word is the one that counts. */
static bool manages_foreign(const char *path, bool before)
{
	char line[256], *value;
	FILE *f = fopen(path, "re");

	if (!f)
		return before;
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, "ManageForeignRoutes", strlen("ManageForeignRoutes")) != 0 || !(value = strchr(line, '=')))
			continue;
		value += 1 + strspn(value + 1, " \t");
		value[strcspn(value, " \t\r\n")] = '\0';
		before = !*value || strcasecmp(value, "yes") == 0 || strcasecmp(value, "true") == 0 || strcasecmp(value, "on") == 0 || strcmp(value, "1") == 0;
	}
	fclose(f);
	return before;
}

static bool networkd(void *ctx)
{
	/* Drop-ins come after the main file, in the order of their names; those in /etc are the usual ones, and /run is for this boot. */
	static const char *const places[] = { "/usr/lib/systemd/networkd.conf.d/*.conf", "/usr/local/lib/systemd/networkd.conf.d/*.conf",
					      "/run/systemd/networkd.conf.d/*.conf", "/etc/systemd/networkd.conf.d/*.conf" };
	bool manages = manages_foreign("/etc/systemd/networkd.conf", true);
	glob_t found;

	(void)ctx;
	if (access("/run/systemd/netif/state", F_OK) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (glob(places[i], 0, NULL, &found) != 0)
			continue;
		for (size_t k = 0; k < found.gl_pathc; k++)
			manages = manages_foreign(found.gl_pathv[k], manages);
		globfree(&found);
	}
	return manages;
}

void host_out(struct agent_host_out *ret)
{
	*ret = (struct agent_host_out){ .read = read_file, .networkd = networkd };
}
