/* An answer that is a list, row by row. */
#include <stdio.h>
#include <stdlib.h>

#include "agent/ctl/ctl.h"

struct ctl_list {
	FILE *to;                        /* the piece that is being written; NULL: no memory */
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
	list->bad = !list->to || fputs("{\"ok\":true,\"result\":[", list->to) == EOF;
	return list;
}

void ctl_list_add(struct ctl_list *list, json_t *row)
{
	if (!list->bad) {
		list->bad = !row || (list->rows && fputc(',', list->to) == EOF) || json_dumpf(row, list->to, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY) < 0;
		list->rows = true;
	}
	json_decref(row);
}

char *ctl_list_take(struct ctl_list *list, bool end)
{
	char *text = NULL;

	if (!list->to)
		return NULL;
	/* A piece without a row is a space, which means nothing in JSON, but is something that can be written. */
	list->bad |= fflush(list->to) != 0 || fputs(end ? "]}\n" : list->n ? "" : " ", list->to) == EOF;
	list->bad |= fclose(list->to) != 0;
	if (list->bad)
		free(list->text);
	else
		text = list->text;
	list->text = NULL;
	list->n = 0;
	list->to = end ? NULL : open_memstream(&list->text, &list->n);
	list->bad |= !list->to && !end;
	return text;
}

void ctl_list_free(struct ctl_list *list)
{
	if (!list)
		return;
	if (list->to) {
		fclose(list->to);
		free(list->text);
	}
	free(list);
}
