/* `weft --complete WORD ...`. The words are those of the help table and no others; names are asked of weftd, which is not asked for a table that is too
 * large to choose from. */
#include "agent/weft_complete.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/base/own.h"
#include "agent/ctl/words.h"
#include "agent/weft_help.h"
#include "agent/weft_say.h"

#define PREFIXES_MAX 5000
#define PATIENCE_S 1                     /* of somebody who has pressed a key */
#define ARGS_MAX 128                     /* bytes, of a command's arguments in the help table */

struct place {                           /* what is known of the words before the last one */
	const char *verb, *noun;         /* NULL: not yet, or none */
	const char *option;              /* the last word is its value; NULL: it is none */
	const char *used[16];            /* options that are there */
	size_t n_used;
	size_t position;                 /* arguments before the last word */
};

static void offer(json_t *set, const char *word)
{
	json_object_set_new(set, word, json_true());
}

/* The next item of a line of arguments: "--soft", "LINK", "in|out", "..."; brackets and bars between them are left out. NULL: no more. */
static char *next_item(char **at)
{
	char *item;

	do
		item = strsep(at, " []");
	while (item && (!*item || strcmp(item, "|") == 0));
	return item;
}

/* What stands in args for the value of option, or without one for argument number position. NULL: nothing does. */
static const char *spec_of(const char *args, const char *option, size_t position, char buf[ARGS_MAX])
{
	char *at = buf, *item, *value;
	size_t n = 0;
	const char *last = NULL;

	snprintf(buf, ARGS_MAX, "%s", args);
	while ((item = next_item(&at))) {
		if (strncmp(item, "--", 2) == 0) {
			if (help_takes_value(item)) {
				value = next_item(&at);
				if (option && strcmp(option, item) == 0)
					return value;
			}
		} else if (strcmp(item, "...") == 0) {
			return option ? NULL : last;
		} else if (n++ == position && !option) {
			return item;
		} else {
			last = item;
		}
	}
	return NULL;
}

static void offer_options(json_t *set, const char *args, const struct place *p)
{
	char buf[ARGS_MAX], *at = buf, *item;
	bool used;

	snprintf(buf, sizeof(buf), "%s", args);
	while ((item = next_item(&at))) {
		used = strncmp(item, "--", 2) != 0;
		for (size_t i = 0; i < p->n_used; i++)
			used = used || strcmp(p->used[i], item) == 0;
		if (!used)
			offer(set, item);
	}
}

static json_t *ask(const struct complete_job *job, const char *command)
{
	json_t *answer = NULL;

	return job->fetch(job->ctx, command, NULL, &answer) == 0 ? answer : NULL;
}

static void offer_each(json_t *set, const json_t *array, const char *key)
{
	const char *name;
	json_t *o;
	size_t i;

	json_array_foreach(array, i, o)
		if ((name = json_string_value(json_object_get(o, key))))
			offer(set, name);
}

/* Links of the fabric, and sessions that are called otherwise. */
static void offer_links(const struct complete_job *job, json_t *set)
{
	json_t *links = ask(job, "show links"), *neighbors = ask(job, "show neighbors"), *link;
	size_t i;

	json_array_foreach(links, i, link)
		if (json_is_true(json_object_get(link, "fabric")))
			offer(set, json_string_value(json_object_get(link, "link")));
	offer_each(set, neighbors, "name");
	json_decref(links);
	json_decref(neighbors);
}

static void offer_prefixes(const struct complete_job *job, json_t *set)
{
	json_t *summary = ask(job, "show summary"), *routes = NULL;

	if (summary && json_integer_value(json_object_get(summary, "prefixes")) <= PREFIXES_MAX)
		routes = ask(job, "show routes");
	offer_each(set, routes, "prefix");
	json_decref(summary);
	json_decref(routes);
}

/* What was made by hand may be taken back. */
static void offer_by_hand(const struct complete_job *job, json_t *set, const char *list, const char *key)
{
	json_t *config = ask(job, "show config");

	offer_each(set, json_object_get(json_object_get(config, "runtime"), list), key);
	json_decref(config);
}

static bool is_list(const char *s)
{
	for (const char *at = s; *at; at++)
		if (*at == ' ' && (at == s || at[-1] != ','))
			return false;
	return true;
}

/* "TOPIC: agent, link, config; all if ...": words with commas between, or it is no list but a sentence. */
static void offer_list(json_t *set, const char *more, const char *kind)
{
	char buf[256], *at, *word;
	size_t n = strlen(kind);

	for (; (more = strstr(more, kind)); more++) {
		if (strncmp(more + n, ": ", 2) != 0)
			continue;
		snprintf(buf, sizeof(buf), "%.*s", (int)strcspn(more + n + 2, ";.\n"), more + n + 2);
		if (!is_list(buf))
			return;
		for (at = buf; (word = strsep(&at, ", "));)
			if (*word)
				offer(set, word);
	}
}

static void offer_kind(const struct complete_job *job, json_t *set, const struct place *p, const char *kind, const char *more)
{
	bool del = p->noun && strcmp(p->noun, "del") == 0, withdraw = p->verb && strcmp(p->verb, "withdraw") == 0;

	if (*kind >= 'a' && *kind <= 'z')
		offer(set, kind);
	else if (strcmp(kind, "LINK") == 0)
		offer_links(job, set);
	else if (strcmp(kind, "PREFIX") == 0 && withdraw)
		offer_by_hand(job, set, "announce", "prefix");
	else if (strcmp(kind, "PREFIX") == 0 && p->verb && strcmp(p->verb, "announce") != 0)
		offer_prefixes(job, set);
	else if (strcmp(kind, "ADDRESS") == 0 && del)
		offer_by_hand(job, set, "neighbors", "address");
	else if (strcmp(kind, "FILE") == 0 || strcmp(kind, "DIRECTORY") == 0 || strcmp(kind, "PATH") == 0)
		offer(set, "/");
	else
		offer_list(set, more, kind);
}

static void offer_words(json_t *set, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		offer(set, words[i]);
}

static void offer_arguments(const struct complete_job *job, json_t *set, const struct place *p, bool options)
{
	const char *args, *more, *spec;
	char buf[ARGS_MAX], *at, *kind;

	for (size_t i = 0; help_topic(i, p->verb, p->noun, &args, &more); i++) {
		if (!args)
			continue;
		if (options) {
			offer_options(set, args, p);
			continue;
		}
		spec = spec_of(args, p->option, p->position, buf);
		for (at = (char *)spec; at && (kind = strsep(&at, "|"));)
			offer_kind(job, set, p, kind, more);
	}
}

static const char *pick(const char *const *words, size_t n, const char *typed)
{
	int i = words_pick(words, n, typed);

	return i < 0 ? NULL : words[i];
}

/* false: there is no such command, and nothing can be said. */
static bool look_back(const struct complete_job *job, struct place *p)
{
	const char *const *words;
	size_t n;

	for (int i = 0; i < job->n - 1; i++) {
		const char *word = job->words[i];

		if (strncmp(word, "--", 2) == 0) {
			if (p->n_used < ARRAY_LEN(p->used))
				p->used[p->n_used++] = word;
			if (!help_takes_value(word))
				continue;
			if (++i == job->n - 1)
				p->option = word;
			else if (strcmp(word, "--socket") == 0)
				*job->socket = job->words[i];
		} else if (!p->verb) {
			words = help_verbs(&n);
			if (!(p->verb = pick(words, n, word)))
				return false;
		} else if (words = help_nouns(p->verb, &n), n && !p->noun) {
			if (!(p->noun = pick(words, n, word)))
				return false;
		} else {
			p->position++;
		}
	}
	return true;
}

static void gather(const struct complete_job *job, json_t *set)
{
	const char *typed = job->words[job->n - 1], *const *words = NULL;
	struct place p = { 0 };
	char buf[ARGS_MAX];
	size_t n = 0;

	if (!look_back(job, &p))
		return;
	if (p.option && spec_of(help_options(), p.option, 0, buf)) {    /* --socket */
		offer(set, "/");
	} else if (!p.option && *typed == '-') {
		offer_options(set, help_options(), &p);
		offer_arguments(job, set, &p, true);
	} else if (!p.option && !p.verb) {
		words = help_verbs(&n);
		offer_words(set, words, n);
	} else if (p.verb) {
		words = help_nouns(p.verb, &n);
		if (n && !p.noun && !p.option)
			offer_words(set, words, n);
		else
			offer_arguments(job, set, &p, false);
	}
}

static void too_late(int signal)
{
	(void)signal;
	_exit(0);
}

void complete_run(const struct complete_job *job)
{
	json_t *set = json_object(), *value;
	const char *typed, *word;

	signal(SIGALRM, too_late);
	alarm(PATIENCE_S);
	if (set && job->n > 0) {
		gather(job, set);
		typed = job->words[job->n - 1];
		json_object_foreach(set, word, value)
			if (strncmp(word, typed, strlen(typed)) == 0 || strcmp(word, "/") == 0)
				printf("%s\n", word);
	}
	json_decref(set);
}
