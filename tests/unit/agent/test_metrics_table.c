/* templates/metrics.md has every name that there is, with its type, and no other; what uses them (dashboard, rules) uses no other either. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/metrics.h"

static char *whole(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t n = 0, size = 0;
	FILE *to = open_memstream(&text, &size);
	char buf[4096];

	cr_assert(f && to, "%s", path);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		fwrite(buf, 1, n, to);
	fclose(f);
	fclose(to);
	return text;
}

static bool known(const char *name, size_t n, enum metric_type *ret)
{
	const char *help, *is;

	for (size_t i = 0; (is = metrics_name(i, ret, &help)); i++)
		if (strlen(is) == n && strncmp(is, name, n) == 0)
			return true;
	return false;
}

Test(metrics_table, every_metric_has_a_row_with_its_type)
{
	static const char *const types[] = { "counter", "gauge", "histogram" };
	AUTO_FREE char *text = whole("templates/metrics.md");
	const char *name, *help;
	enum metric_type type;
	char row[128];

	for (size_t i = 0; (name = metrics_name(i, &type, &help)); i++) {
		snprintf(row, sizeof(row), "\n| `%s` | %s |", name, types[type]);
		cr_expect_not_null(strstr(text, row), "templates/metrics.md has no row:%s", row);
	}
}

Test(metrics_table, every_row_is_a_metric_and_its_alerts_are_in_the_rules)
{
	AUTO_FREE char *text = whole("templates/metrics.md"), *rules = whole("templates/weft.rules.yml");
	enum metric_type type;
	char alert[64];

	for (const char *p = text; (p = strstr(p, "\n| `")); p += 4)
		cr_expect(known(p + 4, strcspn(p + 4, "`"), &type), "no such metric: %.60s", p + 4);
	for (const char *p = text; (p = strstr(p, "Weft")); p += 4) {
		snprintf(alert, sizeof(alert), "alert: %.*s\n", (int)strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"), p);
		cr_expect_not_null(strstr(rules, alert), "templates/weft.rules.yml has no %s", alert);
	}
}

/* A histogram is used by its parts. */
static bool can_be_used(const char *name, size_t n)
{
	static const char *const parts[] = { "_bucket", "_sum", "_count" };
	enum metric_type type;

	if (known(name, n, &type))
		return type != METRIC_HISTOGRAM;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		size_t k = strlen(parts[i]);

		if (n > k && strncmp(name + n - k, parts[i], k) == 0 && known(name, n - k, &type))
			return type == METRIC_HISTOGRAM;
	}
	return false;
}

Test(metrics_table, dashboard_and_rules_use_no_other_names)
{
	static const char *const files[] = { "templates/grafana-weft.json", "templates/weft.rules.yml" };
	static const char *const prefixes[] = { "weft_", "process_" };

	for (size_t i = 0; i < ARRAY_LEN(files) * ARRAY_LEN(prefixes); i++) {
		AUTO_FREE char *text = whole(files[i / 2]);
		size_t found = 0;

		for (const char *p = text; (p = strstr(p, prefixes[i % 2])); found++) {
			size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz_");

			cr_expect(can_be_used(p, n), "%s uses %.*s, which there is not", files[i / 2], (int)n, p);
			p += n;
		}
		cr_expect_gt(found, 0u);
	}
}
