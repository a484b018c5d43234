/*
 * operator.h: the administrator at the command line: what is done in one
 * transaction, and lists that may be long.
 *
 * The operator is an admin of every organization.  What is changed is changed by
 * core, so that it is in the audit and counts at once.
 */
#ifndef FRONT_OPERATOR_H
#define FRONT_OPERATOR_H

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

/* A page: at most page->limit things after the last one; moves the page on, and says how many in *n. */
typedef enum fault operator_page(struct work *, void *ctx, struct page *, struct sheet *, size_t *n);

/* Page after page, each printed before the next is read: any length will do. */
int operator_lists(struct work *, const char *org_id, enum sheet_form, operator_page *, void *ctx);

#endif
