#include "agent/weft_drain.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "agent/base/own.h"
#include "agent/ctl/words.h"
#include "agent/weft_table.h"

#define ASK_MS 100
#define UNDRAIN_PATIENCE_S 40            /* weftd itself waits for 30 s at most */

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool is(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

/* "swp1 1200, swp2 90 packets/s" */
static void left(const json_t *answer, char *text, size_t size)
{
	size_t i, at = 0;
	json_t *link;

	text[0] = '\0';
	json_array_foreach(json_object_get(answer, "links"), i, link) {
		if (is(link, "quiet") || at >= size)
			continue;
		at += (size_t)snprintf(text + at, size - at, "%s%s %s", at ? ", " : "", TEXT(link, "link"), TEXT(link, "packets_per_second"));
	}
	if (at && at < size)
		snprintf(text + at, size - at, " packets/s");
	else if (!at)
		snprintf(text, size, "peers are still being told");
}

static bool is_done(const struct drain_job *job, const json_t *answer)
{
	if (!is(answer, "drained"))
		return true;
	return !job->undrain && (!job->timeout_s || is(answer, "traffic_gone"));
}

static enum ctl_exit sentence(const struct drain_job *job, const json_t *answer, double seconds, char *said, size_t size)
{
	const char *who = job->link ? job->link : "this node";
	char links[384];

	if (job->undrain && is(answer, "drained")) {
		snprintf(said, size, "%s is still drained after %.1f s: weftd waits for %s", who, seconds, TEXT(answer, "waits_for"));
		return CTL_FAILED;
	}
	if (job->undrain && has(answer, "missed"))
		snprintf(said, size, "%s is drained no more, though %s was not done after %.1f s", who, TEXT(answer, "missed"), seconds);
	else if (job->undrain)
		snprintf(said, size, "%s is drained no more; all routes were there after %.1f s", who, seconds);
	if (job->undrain)
		return CTL_DONE;
	if (!is(answer, "drained")) {
		snprintf(said, size, "%s is drained no more: somebody has taken it back", who);
		return CTL_FAILED;
	}
	if (is(answer, "traffic_gone")) {
		snprintf(said, size, "%s is drained; no traffic is left after %.1f s", who, seconds);
		return CTL_DONE;
	}
	if (!job->timeout_s) {
		snprintf(said, size, "%s is drained; `weft show summary` says when no traffic is left", who);
		return CTL_DONE;
	}
	left(answer, links, sizeof(links));
	snprintf(said, size, "%s is drained, but traffic is left after %.1f s: %s", who, seconds, links);
	return CTL_FAILED;
}

enum ctl_exit drain_run(const struct drain_job *job, json_t **ret_last, char *said, size_t size)
{
	double start = now_s(), most = job->undrain ? UNDRAIN_PATIENCE_S : (double)job->timeout_s;
	json_t *answer = NULL, *last = NULL;
	int r = job->fetch(job->ctx, job->undrain ? "undrain" : "drain", job->link, &answer);

	said[0] = '\0';
	while (r == CTL_DONE) {
		json_decref(last);
		last = answer;
		answer = NULL;
		if (is_done(job, last) || now_s() - start >= most) {
			*ret_last = last;
			return sentence(job, last, now_s() - start, said, size);
		}
		poll(NULL, 0, ASK_MS);
		r = job->fetch(job->ctx, "show drain", job->link, &answer);
	}
	json_decref(last);
	return (enum ctl_exit)r;
}

void text_drains(const json_t *summary)
{
	const json_t *drain = json_object_get(summary, "drain"), *s = json_object_get(drain, "drained_seconds");
	AUTO_FREE char *links = text_list(json_object_get(summary, "drained_links"), ", ");
	char buf[DURATION_STRLEN];

	if (json_is_object(drain))
		printf("drained for %s: %s%s\n", duration_str(json_is_integer(s) ? json_integer_value(s) : -1, buf),
		       is(drain, "traffic_gone") ? "no traffic is left" : TEXT(drain, "packets_per_second"),
		       is(drain, "traffic_gone") ? "" : " packets/s are left");
	if (has(drain, "waits_for"))
		printf("comes back when %s is done, in %s s at most\n", TEXT(drain, "waits_for"), TEXT(drain, "returns_in_seconds"));
	if (links && *links)
		printf("drained links: %s\n", links);
}
