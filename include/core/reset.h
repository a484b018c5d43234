/*
 * reset.h: a password that was forgotten, or that somebody else chose.
 *
 * Whoever asks is answered before anybody has looked whether there is such an
 * account: the wish is a row, and the keeper sees to it.  What it posts is a token
 * that is good once and for an hour, and of which a digest is kept.  Choosing a
 * password by it shows that the address is theirs.
 */
#ifndef CORE_RESET_H
#define CORE_RESET_H

#include "base/given.h"
#include "base/work.h"
#include "store/users.h"

#define RESET_SECONDS	       3600
#define RESET_OPERATOR_SECONDS 86400
#define RESET_AN_HOUR	       3 /* mails for one account */

struct reset_wish {
	struct given_text email;
};

struct reset_confirm_wish {
	struct given_text token, new_password;
};

/* Takes the same time for every address.  FAULT_THROTTLED by where it comes from. */
enum fault reset_ask(struct work *, const struct reset_wish *);
/*
 * Another password by a token: the sessions of the account end, its other tokens are
 * used up, its address is confirmed.  FAULT_INVALID_TOKEN.
 */
enum fault reset_confirm(struct work *, const struct reset_confirm_wish *);

/* A token for the operator to hand over; in the vault. */
enum fault reset_make(struct work *, const struct user *, struct str *token);

/* The keeper's: see to all wishes, in transactions of its own. */
enum fault reset_upkeep(struct work *);

/* In a room of its own (reset_mail.c): tell the person. */
enum fault reset_mail(struct work *, const struct user *, struct str token, int64_t good_until);

#endif
