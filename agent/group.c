#include "agent/group.h"

#include <endian.h>
#include <errno.h>
#include <grp.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#include "agent/base/own.h"

int group_find(const char *name, gid_t *ret)
{
	FILE *f = fopen("/etc/group", "re");
	const struct group *g;
	int r = -ENOENT;

	if (!f)
		return -errno;
	while (r < 0 && (g = fgetgrent(f)))
		if (strcmp(g->gr_name, name) == 0) {
			*ret = g->gr_gid;
			r = 0;
		}
	fclose(f);
	return r;
}

int group_admit(const char *path, gid_t group)
{
	static const struct { uint16_t tag, perm; } rows[] = {
		{ ACL_USER_OBJ, ACL_READ | ACL_WRITE }, { ACL_GROUP_OBJ, ACL_READ | ACL_WRITE }, { ACL_GROUP, ACL_READ | ACL_WRITE },
		{ ACL_MASK, ACL_READ | ACL_WRITE }, { ACL_OTHER, 0 },
	};
	struct { struct posix_acl_xattr_header head; struct posix_acl_xattr_entry e[ARRAY_LEN(rows)]; } acl = { .head.a_version = htole32(POSIX_ACL_XATTR_VERSION) };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		acl.e[i] = (struct posix_acl_xattr_entry){
			htole16(rows[i].tag), htole16(rows[i].perm), htole32(rows[i].tag == ACL_GROUP ? group : (uint32_t)ACL_UNDEFINED_ID),
		};
	return setxattr(path, "system.posix_acl_access", &acl, sizeof(acl), 0) < 0 ? -errno : 0;
}
