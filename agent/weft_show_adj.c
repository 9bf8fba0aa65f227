/* Routes received from one neighbor, or told to one, as text. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/base/own.h"
#include "agent/weft_show.h"
#include "agent/weft_table.h"

#define COLUMN_WIDTH 40

static int list_cell(struct table *t, size_t col, const json_t *list)
{
	AUTO_FREE char *text = text_list(list, " ");

	if (!text)
		return -ENOMEM;
	text_break(text, COLUMN_WIDTH);
	table_text(t, col, text);
	return 0;
}

static int row_cells(struct table *t, const json_t *row, const char *mark)
{
	table_row(t);
	table_text(t, 0, mark);
	table_json(t, 1, row, "prefix");
	table_json(t, 2, row, "next_hop");
	table_json(t, 4, row, "origin");
	table_json(t, 5, row, "local_pref");
	table_json(t, 6, row, "med");
	return list_cell(t, 3, json_object_get(row, "as_path")) | list_cell(t, 7, json_object_get(row, "communities"));
}

static const struct table_col cols[] = {
	{ "", 0 }, { "Prefix", 0 }, { "Next hop", SCOLS_FL_TRUNC }, { "AS path", SCOLS_FL_WRAP }, { "Origin", 0 }, { "LocPrf", SCOLS_FL_RIGHT },
	{ "MED", SCOLS_FL_RIGHT }, { "Communities", SCOLS_FL_WRAP }, { "Reason", SCOLS_FL_TRUNC },
};

int text_received(const json_t *result, const struct look *look)
{
	struct table *t = table_new(cols, ARRAY_LEN(cols), look->colour);
	json_t *row;
	size_t i;
	int r = 0;

	json_array_foreach(result, i, row) {
		bool taken = json_is_true(json_object_get(row, "accepted"));

		r |= row_cells(t, row, !taken ? "x" : json_is_true(json_object_get(row, "best")) ? ">" :
				       json_is_true(json_object_get(row, "multipath")) ? "=" : json_is_true(json_object_get(row, "stale")) ? "s" : "");
		table_json(t, 8, row, "reason");
	}
	puts(json_array_size(result) ? "as the import policy has made them (> best, = used too, s stale, x refused: the latest)" : "no routes");
	r |= table_print(t);
	return r ? -ENOMEM : 0;
}

int text_advertised(const json_t *result, const struct look *look)
{
	struct table *t = table_new(cols, ARRAY_LEN(cols) - 1, look->colour);
	json_t *row;
	size_t i;
	int r = 0;

	json_array_foreach(result, i, row)
		r |= row_cells(t, row, json_is_true(json_object_get(row, "told")) ? "" : "-");
	puts(json_array_size(result) ? "as they are sent (- not told yet)" : "no routes");
	r |= table_print(t);
	return r ? -ENOMEM : 0;
}
