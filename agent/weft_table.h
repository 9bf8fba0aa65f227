/* agent/weft_table.h: tables that fit the terminal, and JSON values as text for them. */
#ifndef WEFT_TABLE_H
#define WEFT_TABLE_H

#include <jansson.h>
#include <libsmartcols.h>
#include <stdbool.h>
#include <stddef.h>

struct table;

struct table_col {
	const char *name;
	int flags;                       /* SCOLS_FL_RIGHT, _TRUNC; _WRAP: a newline in a cell begins its next line */
};

/* Running out of memory ends in table_print, which then says so. colour: cells may have colours. */
struct table *table_new(const struct table_col *cols, size_t n, bool colour);
void table_row(struct table *t);                                         /* begins the next row */
void table_text(struct table *t, size_t col, const char *text);
void table_json(struct table *t, size_t col, const json_t *object, const char *key);
void table_colour(struct table *t, size_t col, const char *colour);      /* "green", "red" */
int  table_print(struct table *t);                                       /* to stdout, frees t; -ENOMEM */

#define TEXT_LEN 32
/* The member as a word: the string itself (borrowed), a number, yes or no; "-" when it is missing, null, "" or a container. */
const char *text_of(const json_t *object, const char *key, char buf[TEXT_LEN]);
#define TEXT(object, key) text_of(object, key, (char[TEXT_LEN]){ 0 })
bool has(const json_t *object, const char *key);                         /* a member that is not null, "" or empty */
/* A list or object as one string: "a b", "open 1, update 2". free() it; NULL: no memory. */
char *text_list(const json_t *list, const char *between);
/* Spaces become newlines so that no line is longer than width if it can be helped: libsmartcols would break within words. In place. */
void text_break(char *s, size_t width);

#endif
