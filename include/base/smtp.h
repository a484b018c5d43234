/*
 * smtp.h: handing a letter to the mail server.
 *
 * A process that sends does nothing else meanwhile: a server may take its time.
 */
#ifndef BASE_SMTP_H
#define BASE_SMTP_H

#include "base/arena.h"
#include "base/settings.h"

enum smtp_end {
	SMTP_SENT,    /* the server has it */
	SMTP_LATER,   /* not this one now */
	SMTP_REFUSED, /* this one never */
	SMTP_AWAY,    /* there is something about the server: no letter can be handed over now */
	SMTP_STOPPED  /* asked to, before the letter was over */
};

struct smtp_letter {
	const char *from, *to; /* addresses, as mime_address has them */
	struct str text;       /* header and body, lines end in CRLF */
};

/*
 * Asked now and then while a server is waited for: is it time to stop?  A letter
 * the server has all of is waited for some seconds more.
 */
typedef bool smtp_stop(void *ctx);

#define SMTP_WHY_SIZE 256 /* printable ASCII */

struct smtp;

/*
 * A server as [mail] has it, connected with the first letter.  NULL, and why, if
 * the password cannot be read; the vault is used for it.
 */
struct smtp *smtp_open(const struct settings *, struct arena *vault, smtp_stop *, void *ctx,
    const char **why);
/* The words of the server, or of what kept us from it, in why; "" when it was sent. */
enum smtp_end smtp_send(struct smtp *, const struct smtp_letter *, char why[static SMTP_WHY_SIZE]);
void smtp_close(struct smtp **);

#endif
