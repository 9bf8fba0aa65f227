#include "tests/sim/only.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Seconds, to the microsecond. */
static bool parse_time(const char **text, int64_t *ret)
{
	unsigned long s;
	unsigned us = 0, digit = 100000;
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	s = strtoul(*text, &end, 10);
	if (s > 1000000)
		return false;
	if (*end == '.')
		for (end++; *end >= '0' && *end <= '9'; end++, digit /= 10)
			us += digit * (unsigned)(*end - '0');
	*text = end;
	*ret = (int64_t)s * 1000000 + us;
	return true;
}

static bool parse_fault(const char **text, struct only *o)
{
	unsigned long fault;
	char *end;

	if (**text < '0' || **text > '9' || o->n == SIM_FAULTS)
		return false;
	fault = strtoul(*text, &end, 10);
	if (fault >= SIM_FAULTS || (o->n && o->entry[o->n - 1].fault >= fault))
		return false;
	*text = end;
	o->entry[o->n++].fault = (unsigned)fault;
	return !o->timed || (*(*text)++ == '@' && parse_time(text, &o->entry[o->n - 1].at_us));
}

bool only_parse(const char *text, struct only *ret)
{
	*ret = (struct only){ .on = true, .timed = strchr(text, '@') != NULL };
	if (!strcmp(text, "none"))
		return true;
	while (strncmp(text, "mend@", 5) != 0) {
		if (!parse_fault(&text, ret))
			return false;
		if (!*text)
			return !ret->timed;
		if (*text++ != ',')
			return false;
	}
	text += 5;
	return parse_time(&text, &ret->mend_us) && !*text;
}

char *only_str(const struct only *o, char *buf, size_t size)
{
	size_t at = (size_t)snprintf(buf, size, "%s", o->n || o->timed ? "" : "none");

	for (unsigned i = 0; i < o->n && at < size; i++) {
		at += (size_t)snprintf(buf + at, size - at, "%s%u", i ? "," : "", o->entry[i].fault);
		if (o->timed && at < size)
			at += (size_t)snprintf(buf + at, size - at, "@%.6f", (double)o->entry[i].at_us / 1e6);
	}
	if (o->timed && at < size)
		snprintf(buf + at, size - at, "%smend@%.6f", o->n ? "," : "", (double)o->mend_us / 1e6);
	return buf;
}

bool only_has(const struct only *o, unsigned fault)
{
	for (unsigned i = 0; i < o->n; i++)
		if (o->entry[i].fault == fault)
			return true;
	return !o->on;
}
