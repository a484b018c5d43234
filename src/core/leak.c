/*
 * leak.c: a key that leaked ends, and those it concerns hear of it.
 */
#include "config.h"

#include "core/leak.h"

#include <string.h>

#include "base/clock.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/text.h"
#include "core/change.h"
#include "core/leak_letter.h"
#include "core/retire.h"
#include "core/spot.h"
#include "db/db.h"
#include "store/outbox.h"

#define LEAKS_MAX 1000
#define TEXT_MAX  1000 /* bytes of what a report says of the place */
#define TRIES	  3
#define QUIET	  86400 /* seconds between two letters about a key that is left alive */

/* What is said of the place is only shown: what is no plain text, or too long, is left out. */
static struct str
plain(const struct json_value *row, const char *name, struct str token)
{
	struct str text = json_member_text(row, name);
	bool bad = text.s == NULL || text.n > TEXT_MAX || text_has_control(text) || !text_valid(text);

	/* The report of a leak must be none of its own. */
	return bad || memmem(text.s, text.n, token.s, token.n) != NULL ? STR("") : text;
}

enum fault
leak_read(struct work *w, struct str body, struct leak **leaks, size_t *n)
{
	struct json_value whole;

	if (!json_in(w->arena, body, &whole))
		return FAULT_BAD_JSON;
	if (whole.sort != JSON_IS_LIST)
		return fault_at(w, FAULT_BAD_JSON, NULL, "must be a list");
	if (whole.n > LEAKS_MAX)
		return fault_at(w, FAULT_BODY_TOO_LARGE, NULL, "at most %d at once", LEAKS_MAX);
	*leaks = arena_array(w->arena, struct leak, whole.n + 1);
	for (*n = 0; *n < whole.n; (*n)++) {
		const struct json_value *row = &whole.items[*n];
		struct str token = json_member_text(row, "token");

		if (token.n == 0)
			return fault_at(w, FAULT_BAD_FIELD, "token", "must be given with each");
		(*leaks)[*n] = (struct leak){ token, plain(row, "type", token), plain(row, "url", token),
			plain(row, "source", token), false };
	}
	return FAULT_NONE;
}

/* Nobody of the organization acts; it was the operator who let reporters in. */
static const struct standing *
reporter(struct work *w, const struct standing *key)
{
	struct standing *s = arena_new(w->arena, struct standing);

	*s = (struct standing){ .org_id = key->org_id,
		.org_name = key->org_name,
		.owner = OWNER_OPERATOR,
		.owner_id = "leak_report",
		.owner_name = "leak_report" };
	return s;
}

static struct str
tell_leak(struct work *w, const struct leak *l)
{
	struct out o = out_limit(w->arena, OUT_BODY_MAX);
	struct json j = json_into(&o);

	json_object(&j, NULL);
	json_str(&j, "url", l->url);
	json_str(&j, "source", l->source);
	json_end(&j);
	return out_text(&o);
}

/* *is_news: it was alive until now, or nobody was told of late. */
static enum fault
end_it(struct work *w, const struct standing *k, bool *is_news)
{
	int64_t n;
	enum fault f;

	if (w->settings->leaks_revoke)
		return key_end_text(w, k, is_news);
	f = outbox_recent(w, k->org_id, k->key_id, LEAK_TEMPLATE, w->now - QUIET, &n);
	*is_news = n == 0;
	return f;
}

/* Not for good: a kind that is not allowed now may be allowed again. */
static bool
may_live(enum reason r)
{
	return r == REASON_OK || r == REASON_KIND_DISABLED;
}

static enum fault
note(struct work *w, const char *org_id, const struct leak *l)
{
	bool is_news = false;
	enum reason reason;
	struct standing *k;
	enum fault f;

	/* Once more now that nobody else changes it: the text may be the key's no longer. */
	if ((f = change_begin(w, org_id)) != FAULT_NONE ||
	    (f = spot(w, l->token, &reason, &k)) != FAULT_NONE || k == NULL || !may_live(reason) ||
	    (f = end_it(w, k, &is_news)) != FAULT_NONE || !is_news)
		return f;
	if ((f = change(w, ACT_KEY_LEAKED, k->org_id, k->key_id, STR_NONE, tell_leak(w, l))) != FAULT_NONE)
		return f;
	log_event(LOG_WARN, "key_leaked", "request_id", w->request_id, "key", k->key_id, "revoked",
	    w->settings->leaks_revoke ? "yes" : "no", NULL);
	return leak_mail(w, k, l);
}

static enum fault
attempt(struct work *w, const char *org_id, const struct leak *l)
{
	enum fault f = db_begin(w, DB_CHANGES);

	if (f == FAULT_NONE && (f = note(w, org_id, l)) == FAULT_NONE)
		return db_commit(w);
	db_rollback(w);
	return f == FAULT_NOT_FOUND ? FAULT_NONE
				    : f; /* the organization has just gone, and its keys with it */
}

enum fault
leak_report(struct work *w, struct leak *l)
{
	const struct standing *own = w->actor;
	enum reason reason;
	struct standing *k;
	enum fault f = spot(w, l->token, &reason, &k);

	l->real = k != NULL;
	if (f != FAULT_NONE || !l->real || !may_live(reason))
		return f;
	w->actor = reporter(w, k);
	f = FAULT_TRY_AGAIN;
	for (int i = 0; i < TRIES && f == FAULT_TRY_AGAIN; i++)
		f = attempt(w, k->org_id, l);
	w->actor = own;
	return f;
}
