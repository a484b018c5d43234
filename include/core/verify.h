/*
 * verify.h: from a presented text to the standing of who presents it.
 */
#ifndef CORE_VERIFY_H
#define CORE_VERIFY_H

#include "core/decide.h"

/* What a text turned out to be. */
struct presented {
	enum reason reason;	   /* REASON_OK, or why it does not authenticate */
	struct standing *standing; /* of the right text, dead or alive; NULL otherwise */
};

/*
 * Look at a text somebody presented: a key of any kind, or a session.  Text
 * that cannot be a key costs no database and no Argon2id run; an unknown one no
 * Argon2id run.  Failures are counted against w->peer unless `trusted` says
 * that the text comes from a caller who may ask about others' texts.
 *
 * Returns FAULT_NONE with *p filled, FAULT_THROTTLED, or FAULT_UNAVAILABLE and
 * its like when it could not be found out.
 */
enum fault verify_text(struct work *, struct str text, bool trusted, struct presented *p);

/* The fault that says so on the wire: dead right texts have codes of their own. */
enum fault presented_fault(enum reason);

#endif
