/* tests/unit/agent/bgp/readme.h: the folder's README, which tests hold to the code. */
#ifndef TEST_BGP_README_H
#define TEST_BGP_README_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static inline const char *readme_text(void)
{
	static char text[65536];
	FILE *f = fopen("agent/bgp/README.md", "r");

	cr_assert_not_null(f, "the tests run in the root of the repository");
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

/* Lines of the table that has this header line. */
static inline unsigned readme_rows(const char *text, const char *header)
{
	const char *p = strstr(text, header);
	unsigned lines = 0;

	cr_assert_not_null(p, "no table %s", header);
	for (p = strchr(p, '\n'); p && p[1] == '|'; p = strchr(p + 1, '\n'))
		lines += p[3] != '-' && p[2] != '-';
	return lines;
}

#endif
