/* What is logged of each topic, as text. */
#include <stdio.h>

#include "agent/weft_show.h"

int text_log(const json_t *result, const struct look *look)
{
	const char *topic;
	json_t *level;

	(void)look;
	json_object_foreach(json_object_get(result, "levels"), topic, level)
		printf("%-10s %s\n", topic, json_string_value(level) ? json_string_value(level) : "-");
	return 0;
}
