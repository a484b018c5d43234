/*
 * identity.c: from who somebody is elsewhere to an account.
 *
 * Issuer and subject are what stays; an address may be given to somebody else one
 * day.  It leads to an account only the first time, and never to one that another
 * subject of the same issuer has.
 */
#include "core/identity.h"

#include <string.h>

#include "base/log.h"
#include "base/settings.h"
#include "core/id.h"
#include "core/name.h"
#include "db/db.h"
#include "store/users.h"

/* The gate may only look; it is remembered when the application is next used. */
static bool
may_write(const struct work *w)
{
	return db_account(w->db) == DB_APP;
}

static enum fault
make_user(struct work *w, const struct identity *i, struct identified *u)
{
	struct given_text name = { GIVEN, str_of(i->name == NULL ? i->email : i->name) };
	struct user row = { .id = id_make(w, "usr_"),
		.email = i->email,
		.name = i->email,
		.confirmed_at = w->now };

	if (name_check(w, "name", &name, &row.name) != FAULT_NONE)
		row.name = i->email;
	w->trouble = (struct trouble){ .field = NULL };
	log_event(LOG_NOTE, "user_created", "request_id", w->request_id, "user", row.id, "issuer", i->issuer,
	    NULL);
	*u = (struct identified){ .user_id = row.id, .user_name = row.name, .user_email = row.email };
	return users_insert(w, &row);
}

/* Who is known already. */
static enum fault
find(struct work *w, const struct identity *i, struct identified *u)
{
	if (i->subject == NULL)
		return identities_by_email(w, i->issuer, i->email, u);
	return identities_find(w, i->issuer, i->subject, u);
}

/* By the address: it leads here once. */
static enum fault
meet(struct work *w, const struct identity *i, struct identified *u)
{
	enum fault f = identities_by_email(w, i->issuer, i->email, u);

	if (f == FAULT_NOT_FOUND && w->settings->sessions_create_users && may_write(w))
		f = make_user(w, i, u);
	if (f != FAULT_NONE)
		return f;
	if (u->bound) {
		const char *user_id = u->user_id;

		/* It may have become this subject's own just now, by another request. */
		if ((f = find(w, i, u)) != FAULT_NOT_FOUND)
			return f;
		log_event(LOG_WARN, "identity_refused", "request_id", w->request_id, "user", user_id, "why",
		    "the account belongs to another subject of this issuer", NULL);
		return FAULT_NOT_FOUND;
	}
	if (i->subject == NULL || !may_write(w))
		return FAULT_NONE;
	return identities_insert(w, i->issuer, i->subject, u->user_id);
}

/* Account and identity together, or neither. */
static enum fault
meet_at_once(struct work *w, const struct identity *i, struct identified *u)
{
	bool own = may_write(w) && !db_in_transaction(w->db);
	enum fault f = own ? db_begin(w, DB_CHANGES) : FAULT_NONE;

	if (f != FAULT_NONE || (f = meet(w, i, u)) == FAULT_NONE)
		return own && f == FAULT_NONE ? db_commit(w) : f;
	if (own)
		db_rollback(w);
	return f;
}

enum fault
identity_user(struct work *w, const struct identity *i, struct identified *u)
{
	enum fault f = find(w, i, u);

	if (f != FAULT_NOT_FOUND || i->email == NULL)
		return f;
	f = meet_at_once(w, i, u);
	/* Somebody else was faster: it is known now, or belongs to another. */
	return f == FAULT_TAKEN || f == FAULT_TRY_AGAIN ? find(w, i, u) : f;
}
