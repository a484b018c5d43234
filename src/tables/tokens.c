/*
 * tokens.c: access tokens: the keys of kind space, in the words of the clients of
 * tables.
 */
#include "tables/tables.h"

#include "core/mint.h"
#include "core/retire.h"
#include "store/key_lists.h"
#include "tables/show.h"

struct token_wish {
	struct given_text name, description, expiredTime;
	struct given_texts scopes, spaceIds, baseIds;
	struct given_flag hasFullAccess;
};

static const struct field token_fields[] = {
	FIELD_NEEDED(token_wish, name),
	FIELD(token_wish, description),
	FIELD_NEEDED(token_wish, scopes),
	FIELD(token_wish, spaceIds),
	FIELD(token_wish, baseIds),
	FIELD(token_wish, hasFullAccess),
	FIELD_NEEDED(token_wish, expiredTime),
};
const struct shape shape_tables_token = SHAPE("AccessTokenWish", token_wish, token_fields);

static const struct field change_fields[] = {
	FIELD_NEEDED(token_wish, name),
	FIELD(token_wish, description),
	FIELD_NEEDED(token_wish, scopes),
	FIELD(token_wish, spaceIds),
	FIELD(token_wish, baseIds),
	FIELD(token_wish, hasFullAccess),
};
const struct shape shape_tables_token_change = SHAPE("AccessTokenChange", token_wish, change_fields);

static const struct field refresh_fields[] = { FIELD(token_wish, expiredTime) };
const struct shape shape_tables_refresh = SHAPE("AccessTokenRefresh", token_wish, refresh_fields);

/* --- wishes --- */

/* The finer scopes of other services, by which of ours allows them. */
static const struct {
	const char *ours;
	const char *theirs[8];
} groups[] = {
	{ "read", { "record|read", "field|read", "view|read", "table|read", "base|read" } },
	{ "write", { "record|create", "record|update", "record|delete" } },
};

static bool
has(const struct given_texts *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_is(list->v[i], text))
			return true;
	return false;
}

static bool
is_of_whole_group(const struct given_texts *list, struct str scope, const char **ours)
{
	for (size_t g = 0; g < COUNT(groups); g++) {
		bool named = false, whole = true;

		for (const char *const *t = groups[g].theirs; *t != NULL; t++) {
			named |= str_is(scope, *t);
			whole &= has(list, *t);
		}
		*ours = groups[g].ours;
		if (named)
			return whole;
	}
	return false;
}

/*
 * Ours are read, write, admin and full.  A finer one counts where all that ours
 * would allow is asked for: never is more given than was asked.
 */
static enum fault
take_scopes(struct work *w, const struct given_texts *given, struct given_texts *scopes)
{
	*scopes = *given;
	if (given->is != GIVEN)
		return FAULT_NONE;
	scopes->v = arena_array(w->vault, struct str, given->n + 1);
	scopes->n = 0;
	for (size_t i = 0; i < given->n; i++) {
		const char *ours = NULL;

		if (str_find(given->v[i], '|') < 0)
			scopes->v[scopes->n++] = given->v[i];
		else if (!is_of_whole_group(given, given->v[i], &ours))
			return fault_at(w, FAULT_BAD_FIELD, "scopes", "must be read, write, admin or full");
		else if (!has(scopes, ours))
			scopes->v[scopes->n++] = str_of(ours);
	}
	return FAULT_NONE;
}

static void
restrict_each(const struct given_texts *ids, struct mint_restriction *rows, size_t *n, bool spaces)
{
	for (size_t i = 0; ids->is == GIVEN && i < ids->n; i++) {
		struct given_text id = { GIVEN, ids->v[i] };

		if (spaces)
			rows[(*n)++].space = id;
		else
			rows[(*n)++].base = id;
	}
}

/* None at all is everything; a list of nothing, or full access to a part, is a mistake. */
static enum fault
take_restrictions(struct work *w, const struct token_wish *wish, struct mint_wish *mint)
{
	size_t spaces = wish->spaceIds.is == GIVEN ? wish->spaceIds.n : 0,
	       bases = wish->baseIds.is == GIVEN ? wish->baseIds.n : 0, n = 0;
	bool all = spaces + bases == 0, full = wish->hasFullAccess.is == GIVEN;

	if ((wish->spaceIds.is == GIVEN && spaces == 0) || (wish->baseIds.is == GIVEN && bases == 0))
		return fault_at(w, FAULT_BAD_FIELD,
		    spaces == 0 && wish->spaceIds.is == GIVEN ? "spaceIds" : "baseIds",
		    "must have at least one id, or be null");
	if (full && wish->hasFullAccess.v != all)
		return fault_at(w, FAULT_BAD_FIELD, "hasFullAccess",
		    "is true without spaceIds and baseIds, and false with them");
	if (!all) {
		mint->restrictions = (struct given_rows){ GIVEN,
			arena_array(w->vault, struct mint_restriction, spaces + bases), spaces + bases };
		restrict_each(&wish->spaceIds, mint->restrictions.v, &n, true);
		restrict_each(&wish->baseIds, mint->restrictions.v, &n, false);
	} else if (full || (wish->spaceIds.is == IS_NULL && wish->baseIds.is == IS_NULL)) {
		/* One null alone may be that of the other list, as it is shown: nothing chosen is not everything. */
		mint->restrictions.is = IS_NULL;
	}
	return FAULT_NONE;
}

static enum fault
wish_of(struct call *c, struct mint_wish *mint)
{
	const struct token_wish *wish = c->body;
	enum fault f;

	*mint = (struct mint_wish){ .kind = { GIVEN, str_of(kind_of(KIND_SPACE)->name) },
		.name = wish->name,
		.description = wish->description,
		.expires_at = wish->expiredTime };
	if ((f = take_scopes(c->work, &wish->scopes, &mint->scopes)) != FAULT_NONE)
		return f;
	return take_restrictions(c->work, wish, mint);
}

/* What core calls a member, its clients call otherwise. */
static enum fault
in_their_words(struct call *c, enum fault f)
{
	struct trouble *t = &c->work->trouble;

	if (f != FAULT_NONE && t->field != NULL && strcmp(t->field, "expires_at") == 0)
		t->field = "expiredTime";
	if (f != FAULT_NONE && t->field != NULL && strcmp(t->field, "restrictions") == 0)
		t->field = "spaceIds";
	return f;
}

/* --- answers --- */

static void
write_ids(struct json *j, const char *name, const struct restriction *rows, size_t n, const char *type)
{
	size_t some = 0;

	for (size_t i = 0; i < n; i++)
		some += strcmp(rows[i].type, type) == 0;
	if (some == 0) {
		json_null(j, name);
		return;
	}
	json_list(j, name);
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].type, type) == 0)
			json_text(j, NULL, rows[i].resource_id);
	json_end(j);
}

static void
write_scope(void *ctx, const char *name)
{
	json_text(ctx, NULL, name);
}

static enum fault
write_token(struct call *c, struct json *j, const struct key *k, struct str token)
{
	struct restriction *rows;
	size_t n;
	enum fault f = keys_restrictions(c->work, c->work->actor->org_id, k->id, &rows, &n);

	if (f != FAULT_NONE)
		return f;
	json_object(j, NULL);
	json_text(j, "id", k->id);
	json_text(j, "name", k->name);
	json_text(j, "description", k->description);
	json_list(j, "scopes");
	scope_each((unsigned)k->scopes, write_scope, j);
	json_end(j);
	write_ids(j, "spaceIds", rows, n, "space");
	write_ids(j, "baseIds", rows, n, "base");
	json_flag(j, "hasFullAccess", !k->restricted);
	json_time(j, "expiredTime", k->expires_at);
	json_time(j, "createdTime", k->created_at);
	json_time(j, "lastUsedTime", k->last_used_at);
	if (token.s != NULL)
		json_str(j, "token", token);
	json_end(j);
	return FAULT_NONE;
}

/* One of the caller's own, of this kind. */
static enum fault
own_token(struct call *c, struct key *k)
{
	enum fault f = key_see(c->work, call_param(c, "token"), k);

	if (f != FAULT_NONE)
		return f;
	return key_is_own(c->work, k) && strcmp(k->kind, kind_of(KIND_SPACE)->name) == 0 ? FAULT_NONE
											 : FAULT_NOT_FOUND;
}

enum fault
tables_tokens(struct call *c)
{
	struct key_filter mine = { .kind = kind_of(KIND_SPACE)->name,
		.membership_id = c->work->actor->membership_id,
		.active = true,
		.expired = true };
	struct page newest = { .limit = TOKENS_SHOWN, .after_id = "", .order = { KEYS_BY_CREATION, true } };
	struct key *rows;
	struct json *j;
	size_t n;
	enum fault f = keys_page(c->work, c->work->actor->org_id, &mine, &newest, &rows, &n);

	if (f != FAULT_NONE)
		return f;
	j = call_json(c);
	json_list(j, NULL);
	for (size_t i = 0; i < n && f == FAULT_NONE; i++)
		f = write_token(c, j, &rows[i], STR_NONE);
	json_end(j);
	return f;
}

static enum fault
show_token(struct call *c, const char *id, struct str token)
{
	struct key k;
	enum fault f = keys_get(c->work, c->work->actor->org_id, id, &k);

	return f != FAULT_NONE ? f : write_token(c, call_json(c), &k, token);
}

enum fault
tables_token_create(struct call *c)
{
	struct mint_wish wish;
	struct minted m;
	enum fault f = wish_of(c, &wish);

	if (f == FAULT_NONE)
		f = mint_key(c->work, &wish, &m);
	return f != FAULT_NONE ? in_their_words(c, f) : show_token(c, m.key_id, m.token);
}

enum fault
tables_token(struct call *c)
{
	struct key k;
	enum fault f = own_token(c, &k);

	return f != FAULT_NONE ? f : write_token(c, call_json(c), &k, STR_NONE);
}

enum fault
tables_token_change(struct call *c)
{
	struct mint_wish wish;
	struct key k;
	enum fault f;

	if ((f = own_token(c, &k)) != FAULT_NONE || (f = wish_of(c, &wish)) != FAULT_NONE ||
	    (f = mint_rescope(c->work, k.id, &wish, &k)) != FAULT_NONE)
		return in_their_words(c, f);
	return show_token(c, k.id, STR_NONE);
}

enum fault
tables_token_refresh(struct call *c)
{
	const struct token_wish *given = c->body;
	struct mint_wish wish = { .expires_at = given->expiredTime };
	struct minted m;
	struct key k;
	enum fault f;

	if ((f = own_token(c, &k)) != FAULT_NONE ||
	    (f = mint_refresh(c->work, k.id, &wish, &m)) != FAULT_NONE)
		return in_their_words(c, f);
	return show_token(c, k.id, m.token);
}

enum fault
tables_token_delete(struct call *c)
{
	struct key k;
	enum fault f = own_token(c, &k);

	return f != FAULT_NONE ? f : key_end(c->work, k.id);
}
