/* agent/agent_reload.h: another configuration for a running agent: read, compared, and of what differs no more touched than has to be.
 *
 * agent_compare.c says what a change takes for each session (from agent/config/answers.c), agent_reload.c does it, show_reload.c shows it. */
#ifndef WEFT_AGENT_RELOAD_H
#define WEFT_AGENT_RELOAD_H

#include "agent/agent.h"
#include "agent/config/diff.h"
#include "agent/ctl/ctl.h"

struct reload_session {                  /* one that there is: of a link, of a further router there, of a numbered peer */
	uint32_t key;
	char name[INET6_ADDRSTRLEN];
	unsigned takes;
	bool live;                       /* Established now */
	bool ends;                       /* its link or its peer is none of ours any more */
	unsigned flaps;                  /* it starts over because of this (enum takes); 0: it does not */
	char why[96];                    /* of the two: the key */
};

struct reload {
	struct config *to;               /* borrowed */
	struct config_diff *diff;
	struct reload_session *sessions;
	size_t n;
	json_t *begins;                  /* names of links and numbered peers that come */
};

/* What another configuration would change. Nothing is changed by it. -ENOMEM. */
int  reload_new(struct reload **ret, const struct agent *a, struct config *to);
void reload_free(struct reload *r);
/* It takes effect: r->to becomes the agent's, *ret_was the caller's. -errno: nothing has changed. */
int  reload_become(struct agent *a, const struct reload *r, mono now, struct config **ret_was);

/* Reads the file again. CTL_DONE with *ret_result, or *ret_error (free() it; a line for each error): then nothing has changed. confirm_s: what was
 * before comes back after so many seconds, unless agent_confirm or another reload comes; 0: it does not. */
enum ctl_exit agent_reload(struct agent *a, unsigned confirm_s, mono now, json_t **ret_result, char **ret_error);
void agent_hup(struct agent *a, mono now);               /* the same, for a signal: what became of it is in the log, and in the summary */
enum ctl_exit agent_confirm(struct agent *a, json_t **ret_result, char **ret_error);
/* What a reload with that file would do; NULL: with its own. */
enum ctl_exit agent_diff(struct agent *a, const char *file, json_t **ret_result, char **ret_error);

/* show_reload.c; NULL: no memory */
json_t *show_reload(const struct reload *r);
json_t *show_reloads(const struct agent *a, mono now);   /* for the summary */
char *reload_refusal(const struct reload *r);            /* NULL: nothing in it needs a restart of weftd, or no memory */

#endif
