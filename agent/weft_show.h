/* agent/weft_show.h: what the daemon answers, as text for eyes. The JSON is the contract: every member may be missing here. */
#ifndef WEFT_SHOW_TEXT_H
#define WEFT_SHOW_TEXT_H

#include <jansson.h>
#include <stdbool.h>

struct look {
	bool colour;
	int width;                       /* of the terminal; 0: no terminal */
	bool detail;                     /* one link or prefix was asked for */
};

/* 0, or -ENOMEM. */
typedef int text_fn(const json_t *result, const struct look *look);
text_fn text_summary, text_neighbors, text_routes, text_links, text_nexthops, text_config, text_version, text_done, text_diff, text_reload, text_confirm, text_bmp, text_explain, text_received,
	text_advertised, text_log, text_sentence;
/* Of the configuration in the summary, when there is something to say. */
void text_reloads(const json_t *configuration);

#endif
