/*
 * audit.h: what the page of what happened shows.
 */
#ifndef UI_AUDIT_H
#define UI_AUDIT_H

#include "ui/key_list.h"
#include "ui/show.h"

/* Somebody or something an event names: a link where there is a page; NULL text: nobody. */
struct named {
	const char *text, *link, *id;
};

struct audit_row {
	const char *action, *address, *before, *after, *request_id;
	const char *only_link; /* events of this actor alone */
	struct when at;
	struct named actor, key, target;
};

struct audit_page {
	struct frame frame;
	const char *path;
	struct choices actors, actions;
	const struct pick *pick; /* the actors are some of many */
	struct str key, since;	 /* as they were asked for */
	const char *key_name;
	const char *next_link, *clear_link; /* NULL: there is none */
	struct {
		size_t n;
		struct audit_row *v;
	} rows;
};

#endif
