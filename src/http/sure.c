/*
 * sure.c: what cannot be undone is done by a browser only when its user has lately
 * shown to know the password: whoever sits down at a browser left alone, or has a
 * page of ours send something, has its cookie and not the password.
 */
#include "http/call.h"

#include "core/account.h"

enum fault
call_sure(struct call *c)
{
	bool recent;
	enum fault f;

	/* A key, or a session's text, is no browser's. */
	if (!c->by_cookie)
		return FAULT_NONE;
	if ((f = account_recent(c->work, &recent)) != FAULT_NONE || recent)
		return f;
	return fault_at(c->work, FAULT_PROOF_NEEDED, NULL,
	    "the log-in is a while ago: send {\"password\": ...} to POST /v1/session/proof, then try again");
}
