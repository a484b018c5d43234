/*
 * pick.h: choosing among many things in a form.
 *
 * So many of them are offered.  Where there are more, a field beside them takes a
 * part of a name, and a button sends the form to be shown again: as it was typed,
 * with the things that have that in their names.  It needs no script.
 */
#ifndef UI_PICK_H
#define UI_PICK_H

#include "base/page.h"
#include "base/str.h"
#include "ui/words.h"

#define PICK_MAX 200

struct call;

struct pick {
	enum words what;   /* is chosen */
	struct str said;   /* what is looked for, as it was typed; n == 0: nothing */
	const char *wrong; /* what is wrong with it; NULL: nothing */
	struct page page;  /* what to read: one more than is offered */
	size_t found;
	bool more; /* than are offered */
};

/* As the form that is shown again, or the address, asks for it; in the arena. */
struct pick *pick_begin(struct call *, enum words what);
/* Of n rows that were read by its page: so many are offered. */
size_t pick_some(struct pick *, size_t n);
/* There is, or may be, something to choose from. */
bool pick_any(const struct pick *);

/* Was the form only sent to look for something?  Then its handler does nothing but pick_again. */
bool pick_asked(struct call *);
enum fault pick_again(struct call *);

#endif
