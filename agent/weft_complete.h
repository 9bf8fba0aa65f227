/* agent/weft_complete.h: what could stand next on the command line, for a shell that completes it. */
#ifndef WEFT_WEFT_COMPLETE_H
#define WEFT_WEFT_COMPLETE_H

#include <jansson.h>

struct complete_job {
	char **words;                    /* behind "weft"; the last one is not complete, and may be "" */
	int n;
	const char **socket;             /* is set when the words have one */
	/* 0 and *ret (a new reference), or there is no such answer. */
	int (*fetch)(void *ctx, const char *command, const char *arg, json_t **ret);
	void *ctx;
};

/* A candidate per line on stdout; "/" alone: a file. Nothing when nothing is known, be it that there is no daemon. */
void complete_run(const struct complete_job *job);

#endif
