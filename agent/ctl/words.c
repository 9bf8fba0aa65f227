#include "agent/ctl/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int words_pick(const char *const *words, size_t n, const char *typed)
{
	size_t len = strlen(typed);
	int found = -ENOENT;

	for (size_t i = 0; i < n; i++) {
		if (len == 0 || strncmp(words[i], typed, len) != 0)
			continue;
		if (words[i][len] == 0)
			return (int)i;
		found = found == -ENOENT ? (int)i : -ENOTUNIQ;
	}
	return found;
}

const char *duration_str(int64_t seconds, char buf[DURATION_STRLEN])
{
	int64_t minutes = seconds / 60, hours = minutes / 60;

	if (seconds < 0)
		snprintf(buf, DURATION_STRLEN, "never");
	else if (hours < 24)
		snprintf(buf, DURATION_STRLEN, "%02" PRId64 ":%02" PRId64 ":%02" PRId64, hours, minutes % 60, seconds % 60);
	else
		snprintf(buf, DURATION_STRLEN, "%" PRId64 "d%02" PRId64 "h%02" PRId64 "m", hours / 24, hours % 24, minutes % 60);
	return buf;
}

void words_tame(char *s)
{
	for (unsigned char *p = (unsigned char *)s; *p; p++) {
		if (*p < 0x20 || *p == 0x7f) {
			*p = '?';
		} else if (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f) {         /* U+0080 to U+009F */
			p[0] = '?';
			p[1] = '?';
		}
	}
}
