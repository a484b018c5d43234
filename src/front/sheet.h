/*
 * sheet.h: what a command shows: for shells and people, one thing a line with
 * tabs between its columns; for programs, an object of JSON a line.
 *
 * Whoever fills a sheet names each value and does not ask which of them it is.
 */
#ifndef FRONT_SHEET_H
#define FRONT_SHEET_H

#include "base/json_out.h"

enum sheet_form {
	SHEET_IDS,     /* one thing a line: nothing but its id */
	SHEET_COLUMNS, /* one thing a line: its values */
	SHEET_RECORD,  /* one value a line: its name and itself */
	SHEET_JSON     /* one object a line */
};

struct sheet {
	enum sheet_form form;
	struct out out;
	struct json json;
	const char *list; /* the list that is being filled */
	bool tab;	  /* something stands on this line already */
};

struct sheet sheet_start(struct arena *, enum sheet_form);

/* One thing. */
void sheet_begin(struct sheet *);
void sheet_end(struct sheet *);

/* What is not there is "-", or null. */
void sheet_text(struct sheet *, const char *name, const char *value);
/* JSON that is whole already; as text where none is written. */
void sheet_raw(struct sheet *, const char *name, const char *json);
void sheet_int(struct sheet *, const char *name, int64_t);
/* Unix seconds; 0 is not there. */
void sheet_time(struct sheet *, const char *name, int64_t);
/* "yes" or "no". */
void sheet_flag(struct sheet *, const char *name, bool);
/* Words with blanks between; a list in JSON.  NULL is not there. */
void sheet_words(struct sheet *, const char *name, const char *words);

/*
 * A list of smaller things in a thing: in a record each has a line with the name
 * of the list and its values, in JSON it is an object.  In other forms there is
 * no room for one.
 */
void sheet_list(struct sheet *, const char *name);
void sheet_item(struct sheet *);
void sheet_item_end(struct sheet *);
void sheet_list_end(struct sheet *);

#endif
