/*
 * mail.h: mail that is to be sent, from whoever wants it sent.
 *
 * No request waits for a mail server: a message is a row of the outbox, written
 * in the transaction of what it is about, and sent by another process (see
 * core/mailing.h).
 */
#ifndef CORE_MAIL_H
#define CORE_MAIL_H

#include "store/outbox.h"

/*
 * What a template's hole {{name}} is filled with.  NULL or "" leaves its section
 * out.  {{to}} is there always: the name of the person.
 */
struct mail_value {
	const char *name, *value;
};

#define MAIL_VALUES_MAX 24 /* {{to}} included */

struct mail_wish {
	const char *template; /* of src/core/mail, without its ending */
	const char *user_id;  /* to whom */
	const char *org_id;   /* what it is about; NULL: the account */
	int64_t good_until;   /* not sent later than that */
	const char *key_id;   /* which key it is about; without values it is a reminder, */
	int64_t expires_at;   /* and read again when it is sent */
	int64_t days;
	const struct mail_value
	    *values; /* may hold secrets: they are sealed in the row, and wiped when it was sent */
	size_t n;
};

/* Put it into the outbox. */
enum fault mail_post(struct work *, const struct mail_wish *);
/*
 * What was posted with it, in the vault.  False if the row was changed or was
 * sealed with another key.
 */
bool mail_values(struct work *, const struct message *, struct mail_value values[static MAIL_VALUES_MAX],
    size_t *n);

#endif
