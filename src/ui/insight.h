/*
 * insight.h: what people would rather see than read, as parts of pages.
 */
#ifndef UI_INSIGHT_H
#define UI_INSIGHT_H

#include "core/kind.h"
#include "store/keys.h"
#include "ui/frame.h"

/* How often a key was used on each of the last days, as a picture and as a table. */
struct use_day {
	const char *day;
	int64_t uses;
};

struct use_view {
	const char *bars; /* of the picture, as its path; NULL: it was not used */
	const char *total, *most;
	struct {
		size_t n;
		struct use_day *v;
	} days; /* the newest first */
};

/* Of each of these keys, at most USE_KEYS_MAX: in the arena. */
enum fault use_views(struct call *, const char *const *key_ids, size_t n, struct use_view **);

/* How many keys there are of a kind, and where they are listed. */
struct census_row {
	const char *kind, *active_link, *expired_link, *revoked_link;
	int64_t active, expired, revoked, soon;
};

struct census_view {
	size_t n;
	struct census_row *v;
	const char *all_link;
};

enum fault census_view(struct call *, struct census_view **);

/* What a key may do somewhere: the question as it stands in the address, and the answer to it. */
struct choice {
	const char *value, *text;
	bool chosen;
};

struct step_row {
	const char *rule, *because;
	bool holds;
};

struct explain_view {
	const char *path, *org; /* where the form leads */
	const char *asked_path;
	bool asked, allowed;
	const char *verdict, *trouble; /* NULL: there is none */
	struct {
		size_t n;
		struct choice *v;
	} actions, places;
	const struct pick *pick; /* the places are some of many */
	struct {
		size_t n;
		struct step_row *v;
	} steps;
};

/* Of a key on the page of this path; its question, if any, is that of the request. */
enum fault explain_view(struct call *, const char *key_id, const char *path, struct explain_view **);

#endif
