/*
 * show.h: how things look on every page: instants, states, scopes.
 */
#ifndef UI_SHOW_H
#define UI_SHOW_H

#include "base/work.h"
#include "ui/words.h"

/* An instant, exactly and from here. */
struct when {
	const char *iso;  /* for machines; NULL: there is none */
	const char *text; /* for people, in UTC; or the word for none */
	const char *far;  /* "in 6 days" */
	bool past, soon;  /* soon: within a week */
};

/* at == 0: there is none, which has a word of its own. */
struct when when_of(struct work *, int64_t at, enum words none);

/* "read, write" */
const char *scopes_text(struct work *, unsigned scopes);
const char *scope_word(unsigned bit);
/* "active", "expired", "revoked", "no_key" for people. */
const char *state_word(const char *state);
struct kind;
enum words kind_word(const struct kind *);
/* "admin", "editor", "member" */
const char *role_word(const char *role);

/* Texts of a form, one a line or with blanks or commas between. */
struct str *words_of(struct work *, struct str, size_t *n);

#endif
