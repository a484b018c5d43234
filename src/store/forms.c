/*
 * forms.c: the rows of forms that were sent.
 */
#include "store/forms.h"

#include "store/tables.h"

enum { INSERT, FORGET };

static const struct stmt stmts[] = {
	[INSERT] = { "forms_insert", "INSERT INTO form_sent (session_id, once, sent_at) VALUES (?, ?, ?)",
	    "tti", NULL, 0, DB_APP, KEEPS },
	[FORGET] = { "forms_forget", "DELETE FROM form_sent WHERE sent_at < ? LIMIT 1000", "i", NULL, 0,
	    DB_APP, KEEPS },
};
const struct stmt_table forms_table = { "forms", stmts, COUNT(stmts) };

enum fault
forms_insert(struct work *w, const char *session_id, const char *once)
{
	return stmt_do(w, &stmts[INSERT], ARGS(TEXT(session_id), TEXT(once), I64(w->now)), NULL);
}

enum fault
forms_forget(struct work *w, int64_t before)
{
	return stmt_do(w, &stmts[FORGET], ARGS(I64(before)), NULL);
}
