/*
 * frame.h: what all pages have around them, and how they are begun and left.
 */
#ifndef UI_FRAME_H
#define UI_FRAME_H

#include "http/call.h"
#include "store/orgs.h"
#include "ui/words.h"

/* Where in the navigation a page is. */
enum nav {
	NAV_NONE,
	NAV_TOKENS,
	NAV_API_KEYS,
	NAV_DEVELOPER,
	NAV_MACHINES,
	NAV_ORGANIZATION,
	NAV_MEMBERS,
	NAV_TEAMS,
	NAV_RESOURCES,
	NAV_INVENTORY,
	NAV_AUDIT,
	NAV_ORGANIZATIONS,
	NAV_ACCOUNT,
	NAV_SESSIONS
};

struct frame {
	const struct call *call;
	const char *title, *language;
	const char *tab; /* of the page's tabs, the one that is open; NULL: it has none */
	enum nav here;
	const char *user_name, *user_email; /* NULL: nobody is logged in */
	const char *org, *org_name;	    /* "" where it is about none */
	struct {
		size_t n;
		const struct org_role *v;
	} orgs, near; /* all of the caller's, and those every page leads to */
	bool admin;
	bool filled_in; /* the form, by the address it was asked for with */
	const char *csrf;
	const char *once;	   /* a form that shows a secret says it */
	const char *notice;	   /* what was just done; NULL: nothing */
	const char *trouble;	   /* what was wrong with the form; NULL: nothing */
	const char *trouble_field; /* where; NULL: nowhere in particular */
};

/*
 * Begin a page: its headers, and the frame with the caller and their
 * organizations.  In a transaction, unless nobody is logged in.
 */
enum fault frame_begin(struct call *, enum words title, enum nav here, struct frame *);
/* The same with a title of people's making. */
enum fault frame_begin_titled(struct call *, const char *title, enum nav here, struct frame *);
/* Without the database: for errors and for whoever is not logged in. */
void frame_bare(struct call *, enum words title, struct frame *);

/* The headers of every page, but for Cache-Control, which an error has anyway. */
void frame_headers(struct call *);
/* The language of this request, from now on. */
void frame_speak(const struct call *);

/* Send the browser on (303): to one of our own addresses; done: a row of frame.c's list, or NULL. */
enum fault frame_go(struct call *, const char *path, const char *done);
/* An address, which may have a query, with the organization in it: "/settings/tokens?org=org_..." */
const char *frame_link(struct call *, const char *path);

/*
 * A form that is sent a second time does nothing: *again.  In the transaction
 * of what it does.
 */
enum fault frame_once(struct call *, bool *again);

/*
 * Before what cannot be undone: the session's log-in was not long ago, or the form
 * had the password in "proof".  In the transaction of what it does; that it is the
 * password was found before (SURE in pages.def).  FAULT_MISSING_FIELD; FAULT_RACE_LOST
 * where the password is another by now.
 */
enum fault frame_proof(struct call *);

/* For templates.  What stands in a field of the form: as it was typed, or what is there. */
const char *kept(const struct frame *, const char *name, const char *there);
/* Is this one of the field's values: as it was chosen, or `there`? */
bool chosen(const struct frame *, const char *name, const char *value, bool there);
/* Is the field what was wrong? */
bool wrong(const struct frame *, const char *name);

/* The ids of what is said about a field, for screen readers: what is wrong with it, its hint; NULL: nothing. */
const char *described(const struct frame *, const char *name, bool wrong, bool hint);

/* An own address, as "?next=" and Location have it: no other site, no line end. */
bool frame_own_path(struct str);

#endif
