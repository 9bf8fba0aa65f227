#include "agent/base/log_limit.h"

#include <stdio.h>
#include <string.h>

static bool is_over(const struct log_kind *k, mono now)
{
	return !k->n || (!k->left && mono_due(k->until, now));
}

static struct log_kind *find(struct log_limit *l, enum log_event event, const char *name, mono now)
{
	struct log_kind *unused = NULL;

	for (size_t i = 0; i < LOG_LIMIT_KINDS; i++) {
		struct log_kind *k = &l->kind[i];

		if (k->n && k->event == event && strcmp(k->name, name) == 0)
			return k;
		if (!unused && is_over(k, now))
			unused = k;
	}
	if (!unused)
		return &l->kind[LOG_LIMIT_KINDS];
	*unused = (struct log_kind){ .event = event };
	snprintf(unused->name, sizeof(unused->name), "%s", name);
	return unused;
}

bool log_limit_take(struct log_limit *l, const struct log_entry *entry, mono now)
{
	struct log_kind *k;

	if (entry->event == EVENT_NONE)
		return true;
	k = find(l, entry->event, entry->about.name ? entry->about.name : "", now);
	if (!k->left && (!k->n || mono_due(k->until, now))) {
		k->n = 0;
		k->until = mono_add_ms(now, LOG_LIMIT_MS);
	}
	if (k->n >= LOG_LIMIT_MOST) {
		k->left++;
		return false;
	}
	k->n++;
	return true;
}

bool log_limit_left(struct log_limit *l, mono now, struct log_kind *ret)
{
	for (size_t i = 0; i <= LOG_LIMIT_KINDS; i++)
		if (l->kind[i].left && mono_due(l->kind[i].until, now)) {
			*ret = l->kind[i];
			l->kind[i].left = l->kind[i].n = 0;
			return true;
		}
	return false;
}
