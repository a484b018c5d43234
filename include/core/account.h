/*
 * account.h: what people do with the account of their own: their sessions and their
 * password.
 */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "base/given.h"
#include "base/work.h"

#define PROOF_SECONDS 600 /* that a password counts as shown */

struct password_wish {
	struct given_text password, new_password;
};

/* A text that must be given: FAULT_MISSING_FIELD, or FAULT_BAD_FIELD for null, naming the field. */
enum fault account_need(struct work *, const char *field, const struct given_text *);

/*
 * Another password for the acting session's user, who must know the one there is;
 * the other sessions end.  Tries are counted as log-ins are.  FAULT_BAD_FIELD for a
 * password that is wrong; FAULT_CONFLICT where there is none.
 */
enum fault account_set_password(struct work *, const struct password_wish *);

/*
 * Has the acting session's user shown not long ago to know the password?  True where
 * there is none to show.
 */
enum fault account_recent(struct work *, bool *recent);
/*
 * Showing it once more, in the field "proof": counted and refused as for
 * account_set_password.  *hash is what it was found right by.  It takes as long as
 * Argon2id does, so no lock is held.
 */
enum fault account_prove(struct work *, struct str password, const char **hash);
/*
 * The session is marked with what account_prove found, in the transaction of what is
 * done then.  FAULT_RACE_LOST: the password is another by now.
 */
enum fault account_proven(struct work *, const char *hash);

/* End one session of the acting session's user; FAULT_NOT_FOUND. */
enum fault account_end_session(struct work *, const char *session_id);
/* End all but the acting one. */
enum fault account_end_others(struct work *);

#endif
