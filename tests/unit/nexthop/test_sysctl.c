#include "nexthop/sysctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/unit/nexthop/folder.h"

static char root[] = "/tmp/weft-sysctl-XXXXXX";
static struct sysctls *s;

static void write_file(const char *file, const char *value)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, file);
	for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		mkdir(path, 0700);
	}
	f = fopen(path, "w");
	cr_assert_not_null(f, "%s", path);
	fprintf(f, "%s\n", value);
	fclose(f);
}

/* The first line; "" when there is no such file. */
static const char *value_of(const char *file)
{
	static char value[64];
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, file);
	value[0] = '\0';
	f = fopen(path, "r");
	if (!f)
		return value;
	if (!fgets(value, sizeof(value), f))
		value[0] = '\0';
	fclose(f);
	value[strcspn(value, "\n")] = '\0';
	return value;
}

static void start(void)
{
	cr_assert_not_null(mkdtemp(root));
	cr_assert_eq(sysctls_new(&s, root), 0);
}

static void stop(void)
{
	sysctls_free(s);
	folder_remove(root);
}

TestSuite(sysctl, .init = start, .fini = stop);

struct row {
	const char *file, *found, *wanted;
};

static const struct row per_link[] = {
	{ "net/ipv6/conf/swp1.100/disable_ipv6", "1", "0" },
	{ "net/ipv6/conf/swp1.100/accept_dad", "1", "0" },
	{ "net/ipv6/conf/swp1.100/dad_transmits", "1", "0" },
	{ "net/ipv6/conf/swp1.100/accept_ra", "1", "0" },
	{ "net/ipv6/conf/swp1.100/ignore_routes_with_linkdown", "0", "1" },
	{ "net/ipv4/conf/swp1.100/ignore_routes_with_linkdown", "0", "1" },
	{ "net/ipv4/conf/swp1.100/arp_ignore", "0", "1" },
	{ "net/ipv6/conf/swp1.100/hop_limit", "64", "255" },
	{ "net/ipv4/conf/swp1.100/rp_filter", "2", "2" },
};
static const struct row global[] = {
	{ "net/ipv4/nexthop_compat_mode", "1", "1" },
	{ "net/ipv4/ip_forward", "0", "1" },
	{ "net/ipv6/conf/all/forwarding", "0", "1" },
	{ "net/ipv4/fib_multipath_hash_policy", "0", "1" },
	{ "net/ipv6/fib_multipath_hash_policy", "3", "1" },
};
#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static void put_found(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		write_file(rows[i].file, rows[i].found);
}

static void expect(const struct row *rows, size_t n, bool wanted)
{
	for (size_t i = 0; i < n; i++)
		cr_assert_str_eq(value_of(rows[i].file), wanted ? rows[i].wanted : rows[i].found, "%s", rows[i].file);
}

Test(sysctl, sets_what_the_job_needs_and_puts_all_of_it_back)
{
	put_found(global, N(global));
	put_found(per_link, N(per_link));
	cr_assert_eq(sysctls_global(s), 0);
	cr_assert_eq(sysctls_link(s, "swp1.100"), 0);
	expect(global, N(global), true);
	expect(per_link, N(per_link), true);
	cr_assert_eq(sysctls_link(s, "swp1.100"), 0);
	sysctls_restore(s);
	expect(global, N(global), false);
	expect(per_link, N(per_link), false);
}

Test(sysctl, what_somebody_else_changed_is_set_again_and_counted)
{
	unsigned made;

	put_found(global, N(global));
	put_found(per_link, N(per_link));
	sysctls_global(s);
	sysctls_link(s, "swp1.100");
	made = sysctls_changes(s);
	sysctls_announce_routes(s, false);
	sysctls_announce_routes(s, true);
	sysctls_global(s);
	sysctls_link(s, "swp1.100");
	cr_assert_eq(sysctls_changes(s), made, "nothing was changed");
	write_file("net/ipv4/ip_forward", "0");
	write_file("net/ipv6/conf/swp1.100/hop_limit", "64");
	sysctls_global(s);
	sysctls_link(s, "swp1.100");
	cr_assert_eq(sysctls_changes(s), made + 2);
	expect(global, N(global), true);
	expect(per_link, N(per_link), true);
}

Test(sysctl, link_that_is_no_fabric_link_any_more_is_put_back_alone)
{
	put_found(global, N(global));
	put_found(per_link, N(per_link));
	write_file("net/ipv6/conf/swp1/accept_ra", "1");
	sysctls_global(s);
	sysctls_link(s, "swp1.100");
	sysctls_link(s, "swp1");
	sysctls_link_restore(s, "swp1.100");
	expect(per_link, N(per_link), false);
	expect(global, N(global), true);
	cr_assert_str_eq(value_of("net/ipv6/conf/swp1/accept_ra"), "0");
}

Test(sysctl, what_was_right_already_or_changed_since_is_not_put_back)
{
	write_file("net/ipv4/ip_forward", "1");
	write_file("net/ipv6/conf/all/forwarding", "0");
	write_file("net/ipv4/fib_multipath_hash_policy", "0");
	cr_assert_eq(sysctls_global(s), 0);
	write_file("net/ipv4/fib_multipath_hash_policy", "2");
	sysctls_restore(s);
	cr_assert_str_eq(value_of("net/ipv4/ip_forward"), "1");
	cr_assert_str_eq(value_of("net/ipv6/conf/all/forwarding"), "0");
	cr_assert_str_eq(value_of("net/ipv4/fib_multipath_hash_policy"), "2", "somebody wanted it so");
}

Test(sysctl, interface_that_comes_back_is_set_again_and_one_that_is_gone_is_skipped)
{
	char path[128];

	write_file("net/ipv6/conf/swp1/accept_ra", "1");
	sysctls_link(s, "swp1");
	write_file("net/ipv6/conf/swp1/accept_ra", "2");         /* a new interface of that name */
	cr_assert_eq(sysctls_link(s, "swp1"), 0);
	cr_assert_str_eq(value_of("net/ipv6/conf/swp1/accept_ra"), "0");
	sysctls_link_restore(s, "swp1");
	cr_assert_str_eq(value_of("net/ipv6/conf/swp1/accept_ra"), "2");
	sysctls_link(s, "swp1");
	snprintf(path, sizeof(path), "%s/net/ipv6/conf/swp1/accept_ra", root);
	unlink(path);
	sysctls_restore(s);
	cr_assert_str_eq(value_of("net/ipv6/conf/swp1/accept_ra"), "");
}

Test(sysctl, renamed_interface_gets_its_own_values_back)
{
	char old_path[128], new_path[128];

	write_file("net/ipv6/conf/swp1/accept_dad", "1");
	write_file("net/ipv6/conf/swp1/accept_ra", "2");
	cr_assert_eq(sysctls_link(s, "swp1"), 0);
	snprintf(old_path, sizeof(old_path), "%s/net/ipv6/conf/swp1", root);
	snprintf(new_path, sizeof(new_path), "%s/net/ipv6/conf/up1", root);
	cr_assert_eq(rename(old_path, new_path), 0);
	sysctls_link_renamed(s, "swp1", "up1");
	sysctls_link_restore(s, "up1");
	cr_expect_str_eq(value_of("net/ipv6/conf/up1/accept_dad"), "1");
	cr_expect_str_eq(value_of("net/ipv6/conf/up1/accept_ra"), "2");
}

Test(sysctl, missing_files_are_no_error_and_failures_are_counted)
{
	cr_assert_eq(sysctls_global(s), 0);
	cr_assert_eq(sysctls_link(s, "swp1"), 0);
	write_file("net/ipv4/ip_forward/is_a_folder", "0");
	write_file("net/ipv4/fib_multipath_hash_policy/too", "0");
	cr_assert_eq(sysctls_global(s), 2);
}

Test(sysctl, routes_are_not_announced_while_groups_are_replaced)
{
	write_file("net/ipv4/nexthop_compat_mode", "1");
	cr_assert_eq(sysctls_announce_routes(s, false), 0);
	cr_assert_str_eq(value_of("net/ipv4/nexthop_compat_mode"), "0");
	cr_assert_eq(sysctls_announce_routes(s, true), 0);
	cr_assert_str_eq(value_of("net/ipv4/nexthop_compat_mode"), "1");
	write_file("net/ipv4/nexthop_compat_mode", "0");
	sysctls_announce_routes(s, false);
	sysctls_announce_routes(s, true);
	cr_assert_str_eq(value_of("net/ipv4/nexthop_compat_mode"), "0", "the operator wanted it so");
}

Test(sysctl, names_that_are_no_interface_are_refused)
{
	static const char *const names[] = { "", ".", "..", "../../kernel", "a/b", "/etc", "all", "default", "sixteen-chars-xx" };

	write_file("net/ipv6/conf/all/accept_ra", "1");
	for (size_t i = 0; i < N(names); i++)
		cr_assert_eq(sysctls_link(s, names[i]), -EINVAL, "%s", names[i]);
	cr_assert_str_eq(value_of("net/ipv6/conf/all/accept_ra"), "1");
	cr_assert_eq(sysctls_link(s, "fifteen-chars-x"), 0);
}

/* A process that is killed cannot put anything back: the next one can, told what the first one had found. */
Test(sysctl, what_another_process_found_is_put_back)
{
	struct sysctl_found found[32], got;
	char copy[32][3][64];
	struct sysctls *first;
	size_t n = 0;

	put_found(per_link, N(per_link));
	put_found(global, N(global));
	cr_assert_eq(sysctls_new(&first, root), 0);
	cr_assert_eq(sysctls_global(first), 0);
	cr_assert_eq(sysctls_link(first, "swp1.100"), 0);
	sysctls_announce_routes(first, false);           /* killed in the middle of that */
	for (size_t at = 0; sysctls_found(first, &at, &got); n++) {
		cr_assert_lt(n, 32u);
		snprintf(copy[n][0], 64, "%s", got.file);
		snprintf(copy[n][1], 64, "%s", got.ifname);
		snprintf(copy[n][2], 64, "%s", got.value);
		found[n] = (struct sysctl_found){ copy[n][0], copy[n][1], copy[n][2] };
	}
	cr_assert_eq(sysctls_changes(first), n - 1, "but for nexthop_compat_mode");
	sysctls_free(first);
	cr_assert_eq(sysctls_global(s), 0);
	for (size_t i = 0; i < n; i++)
		cr_assert_eq(sysctls_remember(s, &found[i]), 0, "%s", found[i].file);
	cr_assert_str_eq(value_of("net/ipv4/nexthop_compat_mode"), "1", "at once");
	cr_assert_eq(sysctls_link(s, "swp1.100"), 0);
	sysctls_restore(s);
	expect(per_link, N(per_link), false);
	expect(global, N(global), false);
}

Test(sysctl, what_is_no_setting_of_ours_is_not_remembered)
{
	static const struct sysctl_found rows[] = {
		{ "kernel/hostname", "", "1" }, { "net/ipv6/conf/%s/accept_ra", "../..", "1" }, { "net/ipv6/conf/%s/accept_ra", "all", "1" },
		{ "net/ipv4/ip_forward", "swp1", "0" }, { "net/ipv4/ip_forward", "", "0; reboot" }, { "%s", "", "1" },
	};

	put_found(global, N(global));
	for (size_t i = 0; i < N(rows); i++)
		cr_assert_eq(sysctls_remember(s, &rows[i]), -EINVAL, "row %zu", i);
	sysctls_restore(s);
	expect(global, N(global), false);
}
