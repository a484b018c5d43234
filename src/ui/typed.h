/*
 * typed.h: what was typed into a form whose session has ended.
 */
#ifndef UI_TYPED_H
#define UI_TYPED_H

#include "http/call.h"

struct typed {
	const char *name, *value;
};

struct typed_list {
	struct typed *v;
	size_t n;
};

/*
 * What a browser sent from a page of ours, for the form to be shown again once
 * somebody has logged in; no passwords and other secrets.  Nothing of what
 * another site sent, nor where no page shows the form again.
 */
struct typed_list typed_before(struct call *);

#endif
