/* An answer that is a list, row by row. */
#include <stdio.h>
#include <stdlib.h>

#include "agent/ctl/ctl.h"

struct ctl_list {
	FILE *to;
	char *text;
	size_t n;
	bool bad, rows;
};

struct ctl_list *ctl_list_begin(void)
{
	struct ctl_list *list = calloc(1, sizeof(*list));

	if (!list)
		return NULL;
	list->to = open_memstream(&list->text, &list->n);
	if (!list->to) {
		free(list);
		return NULL;
	}
	fputs("{\"ok\":true,\"result\":[", list->to);
	return list;
}

void ctl_list_add(struct ctl_list *list, json_t *row)
{
	if (!list->bad) {
		list->bad = !row || (list->rows && fputc(',', list->to) == EOF) || json_dumpf(row, list->to, JSON_COMPACT | JSON_ENSURE_ASCII) < 0;
		list->rows = true;
	}
	json_decref(row);
}

char *ctl_list_end(struct ctl_list *list)
{
	char *text;

	list->bad |= fputs("]}\n", list->to) == EOF;
	list->bad |= fclose(list->to) != 0;
	text = list->text;
	if (list->bad) {
		free(text);
		text = NULL;
	}
	free(list);
	return text;
}
