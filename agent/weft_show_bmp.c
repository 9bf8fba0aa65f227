#include <stdio.h>

#include "agent/base/own.h"
#include "agent/weft_show.h"
#include "agent/weft_show_neighbor.h"
#include "agent/weft_table.h"

int text_bmp(const json_t *result, const struct look *look)
{
	AUTO_FREE char *monitor = text_list(json_object_get(result, "monitor"), ", ");
	const json_t *up = json_object_get(result, "uptime_seconds");
	char buf[DURATION_STRLEN];

	(void)look;
	if (!json_is_true(json_object_get(result, "configured"))) {
		puts("no BMP collector is configured");
		return 0;
	}
	printf("collector %s, port %s: %s %s %s\n", TEXT(result, "collector"), TEXT(result, "port"), TEXT(result, "state"), up ? "for" : "since",
	       text_since(result, up ? "uptime_seconds" : "down_seconds", buf));
	if (has(result, "last_error"))
		printf("last error: %s%s%s%s\n", TEXT(result, "last_error"), has(result, "retry_in_seconds") ? "; tried again in " : "",
		       has(result, "retry_in_seconds") ? TEXT(result, "retry_in_seconds") : "", has(result, "retry_in_seconds") ? " s" : "");
	printf("monitors %s of %s peers%s\n", monitor ? monitor : "-", TEXT(result, "peers"),
	       json_is_true(json_object_get(result, "complete")) ? "" : "; it has not been told everything yet");
	printf("%s sessions, %s ended because it read too slowly; %s messages, %s bytes; %s bytes wait, %s at most\n", TEXT(result, "sessions"),
	       TEXT(result, "overflows"), TEXT(result, "messages"), TEXT(result, "bytes"), TEXT(result, "queue_bytes"), TEXT(result, "queue_bytes_most"));
	return 0;
}
