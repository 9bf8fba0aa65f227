/* agent/weft_help.h: the words of the command line, and what `--help` says of them. One table: what is not in it is no command. */
#ifndef WEFT_WEFT_HELP_H
#define WEFT_WEFT_HELP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The commands' first words, and the second ones of those that have some (*ret_n 0: it has none): lists for words_pick. */
const char *const *help_verbs(size_t *ret_n);
const char *const *help_nouns(const char *verb, size_t *ret_n);

void help_usage(FILE *to);               /* all commands, a line each, and the options */
/* One command with its arguments and an example; noun: NULL: all that begin with the verb. To stdout; false: this
 * version does not have it. */
bool help_command(const char *verb, const char *noun);

/* For who completes a command line. help_topic: entry i of the table; false: there is none. *ret_args is NULL when the entry is of another command
 * (noun: NULL: any), otherwise its arguments, and *ret_more what is said of them. help_options: the arguments of all commands. */
bool help_topic(size_t i, const char *verb, const char *noun, const char **ret_args, const char **ret_more);
const char *help_options(void);
bool help_takes_value(const char *option);       /* by whichever of these arguments */

#endif
