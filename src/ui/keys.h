/*
 * keys.h: what the pages of keys show.
 */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include "core/kind.h"
#include "core/mint.h"
#include "store/keys.h"
#include "ui/frame.h"
#include "ui/insight.h"
#include "ui/key_list.h"
#include "ui/pick.h"
#include "ui/show.h"

/* The pages of one kind of key: below one address, with the words of its seed. */
struct family {
	const char *path;
	enum kind_id kind;
	enum nav nav;
	bool tabs;	  /* one of the two tabs of access tokens */
	bool everybodys;  /* all of the organization, not one's own */
	const char *end;  /* the last part of the address where one is ended */
	const char *done; /* what is said then */
	enum words title, intro, new_title, none, none_advice, end_title, end_text, end_button;
};

const struct family *family_of(const struct call *);
/* By the name of its kind; NULL for machines' keys, which have no pages of their own. */
const struct family *family_named(const char *kind);
/* "/settings/tokens/key_...": rest begins with a slash, or is empty. */
const char *key_path(struct call *, const struct family *, const char *key, const char *rest);
/* The key of the address, if it is on this family's list: each page has the words of its kind. */
enum fault key_of_family(struct call *, const struct family *, struct key *);
/* The address of something of this family: "/settings/tokens/key_.../delete?org=..." */
const char *family_link(struct call *, const struct family *, const char *key, const char *rest);

struct reach {
	const char *name, *path; /* of a resource; path is NULL where it has none */
};

struct key_row {
	const struct key *k;
	const char *scopes, *state, *state_text;
	const char *link;
	const char *end_link, *refresh_link; /* NULL: it cannot be */
	const char *end_label, *refresh_label;
	struct when created, used, expires;
	const struct use_view *use; /* NULL: it is not shown here */
	struct {
		size_t n;
		struct reach *v;
	} reach; /* what it is restricted to; none: all */
};

struct keys_page {
	struct frame frame;
	const struct family *family;
	struct key_list list;
	const char *link, *new_link, *all_link; /* NULL: there is none */
	const char *tokens_link, *access_tokens_link;
	bool scoped, restrictable, all;
	bool allowed; /* new ones may be made */
	struct {
		size_t n;
		struct key_row *v;
	} rows;
};

struct key_page {
	struct frame frame;
	const struct family *family;
	const char *list_link, *action;
	struct key_row row;
};

/* Keys of all kinds and owners. */
struct any_row {
	const struct key *k;
	const char *link, *kind, *state, *state_text;
	bool endable; /* here, with others */
	struct when created, used, expires;
};

struct any_rows {
	size_t n;
	struct any_row *v;
};

struct inventory_page {
	struct frame frame;
	struct key_list list;
	const char *revoke_path, *matching_link; /* NULL: nothing narrows the list */
	struct any_rows rows;
};

/* What is going to be ended. */
struct revoke_page {
	struct frame frame;
	const char *list_link, *action;
	const struct key_query *said; /* NULL: it is those of the rows */
	const char *count;
	bool more;     /* than are shown */
	bool password; /* is asked for again */
	struct any_rows rows;
};

/* How a list shows a key; its restrictions are read. */
enum fault key_row(struct call *, const struct family *, const struct key *, struct key_row *);

/* A thing that a new key can be restricted to. */
struct thing {
	const char *id, *name, *within, *base_path;
	bool picked;
	bool wrong; /* the path typed for it is none */
};

struct days {
	const char *value, *text, *ends;
	bool chosen;
};

struct scope_choice {
	const char *name, *label, *about;
	bool chosen;
};

struct key_form_page {
	struct frame frame;
	const struct family *family;
	const char *list_link, *action;
	bool allowed, days_wanted, date_wanted, date_needed, scopes_wanted, permission_wanted, things_wanted,
	    has_paths, some, reminded;
	const char *tomorrow; /* the first date that may be chosen */
	struct {
		size_t n;
		struct days *v;
	} days;
	struct {
		size_t n;
		struct scope_choice *v;
	} scopes;
	struct {
		size_t n;
		struct thing *v;
	} things;
	struct pick *pick; /* the things are some of many; NULL: there are none to choose */
};

/* The text of a key, this once. */
struct reveal_page {
	struct frame frame;
	struct str token;
	const char *name, *prefix, *list_link;
	const struct mcp_view *mcp;
	bool renewed; /* the old text is dead */
	struct when expires;
};

/* For a key of this kind, at the address this installation has from outside. */
const struct mcp_view *mcp_view(struct call *, const struct kind *);

/* As the answer of the form that made it. */
enum fault reveal(struct call *, enum nav, const char *list_path, const struct minted *, bool renewed);

#endif
