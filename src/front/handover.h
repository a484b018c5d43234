/*
 * handover.h: how the text of a new key leaves a command: once, to standard output
 * or into a file that nobody else can read.
 *
 * A file is there and can be written before the key is made, and it has the text
 * before the key counts: a full disk is no key that nobody has.
 */
#ifndef FRONT_HANDOVER_H
#define FRONT_HANDOVER_H

#include "front/operator.h"

struct handover {
	const char *file; /* --token-file; NULL: none */
	bool show;	  /* --show */
	bool as_json;	  /* --json */
	int fd;
};

/* Rows of a table of options. */
#define HANDOVER_OPTIONS(h) \
	OPTION_TEXT("token-file", &(h)->file), OPTION_FLAG("show", &(h)->show), \
	    OPTION_FLAG("json", &(h)->as_json)

/*
 * The rest of a command whose words have been read: do the deed, in one transaction
 * that changes the organization; it calls handover_token.  One way out must have
 * been chosen.  The id is printed, and with --show all values of the sheet.
 */
int handover_runs(const struct command_line *, struct handover *, const char *org_id, operator_deed *,
    void *ctx);

/* The value "token" of the thing at hand, the last one. */
enum fault handover_token(struct work *, const struct handover *, struct sheet *, struct str token);

#endif
