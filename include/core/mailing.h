/*
 * mailing.h: sending what is in the outbox.
 *
 * A message is taken, sent and marked.  Whoever dies in between leaves it taken;
 * when its time is over another takes it again.  So each is sent at least once:
 * once more only if its sender, or the server, or the database ended between the
 * server's yes and the mark.  The Message-ID shows that it is the same.
 */
#ifndef CORE_MAILING_H
#define CORE_MAILING_H

#include "base/smtp.h"
#include "store/outbox.h"

enum mailed { MAILED_SENT, MAILED_LATER, MAILED_FAILED, MAILED_DROPPED };

/* Told of each message: what became of it, and why; "" if there is nothing to say. */
typedef void mailing_tell(void *ctx, const struct message *, enum mailed, const char *why);

struct mailing {
	smtp_stop *stop; /* NULL: never */
	void *stop_ctx;
	mailing_tell *tell; /* NULL: the log */
	void *ctx;
	bool away; /* set when the server could not be used: the rest waits */
};

/* The same words as in the outbox; MAILED_LATER is "waiting". */
const char *mailed_name(enum mailed);
/* Seconds before the next attempt: a minute, doubled each time, at most six hours. */
int64_t mailing_pause(int64_t attempts);

/*
 * Send all that is due now.  Resets both arenas, and moves w->now on, since it
 * may take long.  A fault is one of the database, or of the settings.
 */
enum fault mailing_run(struct work *, struct mailing *);

/*
 * Drop what nobody has sent while it was news, and forget what became of messages
 * long ago: without a mail server, too, the outbox has an end.  *more: do it again soon.
 */
enum fault mailing_tidy(struct work *, bool *more);

#endif
