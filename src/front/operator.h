/*
 * operator.h: the administrator at the command line: what is done in one
 * transaction, and lists that may be long.
 *
 * The operator is an admin of every organization.  What is changed is changed by
 * core, so that it is in the audit and counts at once.
 */
#ifndef FRONT_OPERATOR_H
#define FRONT_OPERATOR_H

#include "base/given.h"
#include "base/page.h"
#include "db/db.h"
#include "front/command.h"
#include "front/sheet.h"

/*
 * Do it, and write what is to be shown.  It may be called again from the start,
 * with an empty sheet.
 */
typedef enum fault operator_deed(struct work *, void *ctx, struct sheet *);

/*
 * In one transaction, as an admin of the organization (NULL: of none), and up to
 * three times if the database asks for it.  Returns the status of the command;
 * what is shown is printed only when it is certain.
 */
int operator_does(struct work *, enum db_tx, const char *org_id, enum sheet_form, operator_deed *, void *ctx);

/*
 * The same without printing: what is shown is in the sheet, which begins anew with
 * each attempt.
 */
enum fault operator_tries(struct work *, enum db_tx, const char *org_id, struct sheet *, operator_deed *,
    void *ctx);

/* A page: at most page->limit things after the last one; moves the page on, and says how many in *n. */
typedef enum fault operator_page(struct work *, void *ctx, struct page *, struct sheet *, size_t *n);

/*
 * A whole command of the simple sort, as data: its words, and one deed or a list.
 * What it is given as ctx begins with a struct command_words.
 */
struct operator_task {
	bool in_org; /* the first word is the organization */
	int words;   /* exactly so many */
	enum db_tx tx;
	bool shows;	      /* something, so that --json is an option */
	enum sheet_form form; /* without --json */
	operator_deed *deed;
	operator_page *page; /* of a list, which has no deed */
};

#define OPERATOR_TASK(...) (&(const struct operator_task){ __VA_ARGS__ })
/* The common ones, of an organization: end, make, look at, list. */
#define TASK_ENDS(words, deed)	OPERATOR_TASK(true, (words), DB_CHANGES, false, SHEET_IDS, (deed), NULL)
#define TASK_MAKES(words, deed) OPERATOR_TASK(true, (words), DB_CHANGES, true, SHEET_IDS, (deed), NULL)
#define TASK_SHOWS(words, deed) OPERATOR_TASK(true, (words), DB_SHOWS, true, SHEET_RECORD, (deed), NULL)
#define TASK_LISTS(words, page) OPERATOR_TASK(true, (words), DB_SHOWS, true, SHEET_COLUMNS, NULL, (page))

/*
 * Read the words and options (NULL: none but --json), and do it.  The words come
 * first in what the deed or page gets as its ctx.
 */
int operator_runs(const struct command_line *, const struct operator_task *, const struct command_option *,
    struct command_words *);
/* The same for a row of commands that says its task and has no options. */
int operator_task_run(const struct command_line *);

/* An option, or a word; NULL: it was not given. */
static inline struct given_text
operator_given(const char *text)
{
	return (struct given_text){ text == NULL ? ABSENT : GIVEN, str_of(text) };
}

/* The texts of an option that may be given more than once; ABSENT if it was not given. */
struct given_texts operator_texts(struct work *, const struct command_texts *);

/*
 * The id of somebody who has an account: as given, or found by the address.
 * FAULT_NOT_FOUND, told, if nobody has that address.
 */
enum fault operator_user(struct work *, const char *id_or_email, const char **id);
/* The same for a subject of grants and teams, which may be an address, too. */
enum fault operator_subject(struct work *, const char *word, const char **id);
/* FAULT_NONE for a word that has the form of an id; else as operator_missing. */
enum fault operator_id(struct work *, const char *what, const char *word);
/* FAULT_NOT_FOUND with a sentence that says of what: "there is no team x in org_y"; others as they are. */
enum fault operator_missing(struct work *, enum fault, const char *what, const char *id);

/* Page after page, each printed before the next is read: any length will do. */
int operator_lists(struct work *, const char *org_id, enum sheet_form, operator_page *, void *ctx);
/* The same for what changes them: so many at a time, each piece in a transaction of its own. */
int operator_changes(struct work *, const char *org_id, enum sheet_form, int64_t limit, operator_page *,
    void *ctx);

#endif
