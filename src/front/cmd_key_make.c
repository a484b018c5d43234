/*
 * cmd_key_make.c: "claviger key add", "refresh", "rotate" and "change": keys as the
 * operator makes them.
 *
 * The keys of people are made in their place: the operator could choose a password
 * for them and do the same.  It is the operator's deed in the audit.
 */
#include "config.h"

#include <string.h>

#include "core/mint.h"
#include "core/retire.h"
#include "core/standing.h"
#include "core/type.h"
#include "front/cmd_key.h"
#include "front/handover.h"
#include "store/resources.h"

enum { ORG, KEY };

struct key_said {
	struct command_words words; /* first: what operator_runs hands on */
	const char *kind, *owner, *name, *description, *permission, *days, *expires_at, *expires_in, *grace;
	struct command_texts scopes, allowed, restricted;
	bool end; /* of a key that was rotated, the old text */
	struct handover key;
};

/* What happens from here on happens in the place of a member. */
static enum fault
stand_for(struct work *w, const char *user)
{
	struct standing *s;
	enum fault f = standing_operator_for(w, w->actor->org_id, user, &s);

	if (f == FAULT_NONE)
		w->actor = s;
	return operator_missing(w, f, "member", user);
}

/* Whose it is to be: a member's, or the organization's. */
static enum fault
stand_for_owner(struct work *w, const struct key_said *said)
{
	const struct kind *k = kind_named(str_of(said->kind));
	const char *user;
	enum fault f;

	if (k == NULL) /* core says so */
		return FAULT_NONE;
	if (k->owner != OWNER_MEMBER)
		return said->owner == NULL
		    ? FAULT_NONE
		    : fault_at(w, FAULT_BAD_FIELD, "owner", "keys of this kind are nobody's own");
	if (said->owner == NULL)
		return fault_at(w, FAULT_MISSING_FIELD, "owner", "whose key is it to be?");
	if ((f = operator_user(w, said->owner, &user)) != FAULT_NONE)
		return f;
	return stand_for(w, user);
}

/* The member of a restriction that names a thing of this type. */
static struct given_text *
member_for(struct mint_restriction *m, const struct type *type)
{
	struct given_text *members[] = {
#define TYPE(id, name, prefix, parents, traits) [TYPE_##id] = &m->name,
#include "core/types.def"
#undef TYPE
	};

	return members[type->id];
}

/* "RESOURCE" or "RESOURCE:PATH". */
static enum fault
restriction_of(struct work *w, const char *word, struct mint_restriction *m)
{
	struct str path = str_of(word), id;
	bool has_path = str_find(path, ':') >= 0;
	const struct type *type;
	struct resource r;
	const char *text;
	enum fault f;

	(void)str_cut(&path, ':', &id);
	text = arena_text(w->arena, id);
	if ((f = operator_id(w, "resource", text)) != FAULT_NONE ||
	    (f = resources_get(w, w->actor->org_id, text, &r)) != FAULT_NONE)
		return operator_missing(w, f, "resource", text);
	if ((type = type_named(str_of(r.type))) == NULL)
		return FAULT_INTERNAL;
	*member_for(m, type) = (struct given_text){ GIVEN, str_of(text) };
	if (has_path)
		m->base_path = (struct given_text){ GIVEN, path };
	return FAULT_NONE;
}

static enum fault
wish_restrictions(struct work *w, const struct key_said *said, struct mint_wish *wish)
{
	size_t n = (size_t)said->restricted.n;
	struct mint_restriction *m = arena_array(w->arena, struct mint_restriction, n + 1);
	enum fault f = FAULT_NONE;

	for (size_t i = 0; i < n && f == FAULT_NONE; i++)
		f = restriction_of(w, said->restricted.v[i], &m[i]);
	if (n > 0)
		wish->restrictions = (struct given_rows){ GIVEN, m, n };
	return f;
}

/* "never" is what null is in the API. */
static struct given_text
end_of(const char *text)
{
	struct given_text g = operator_given(text);

	if (g.is == GIVEN && str_is(g.v, "never"))
		g.is = IS_NULL;
	return g;
}

static enum fault
whole_number(struct work *w, const char *field, const char *text, struct given_int *g)
{
	if (text == NULL)
		return FAULT_NONE;
	g->is = GIVEN;
	return str_int(str_of(text), &g->v) ? FAULT_NONE
					    : fault_at(w, FAULT_BAD_FIELD, field, "must be a whole number");
}

static enum fault
wish_of(struct work *w, const struct key_said *said, struct mint_wish *wish)
{
	enum fault f;

	*wish = (struct mint_wish){ .kind = operator_given(said->kind),
		.name = operator_given(said->words.v[1]),
		.description = operator_given(said->description),
		.permission = operator_given(said->permission),
		.expires_at = end_of(said->expires_at),
		.scopes = operator_texts(w, &said->scopes),
		.allowed_ips = operator_texts(w, &said->allowed) };
	f = whole_number(w, "expires_in_days", said->days, &wish->expires_in_days);
	return f != FAULT_NONE ? f : wish_restrictions(w, said, wish);
}

static enum fault
show_minted(struct work *w, const struct key_said *said, const struct minted *m, struct sheet *s)
{
	struct key k;
	enum fault f = keys_get(w, w->actor->org_id, m->key_id, &k);

	if (f != FAULT_NONE)
		return f;
	sheet_begin(s);
	sheet_text(s, "id", k.id);
	sheet_text(s, "kind", k.kind);
	sheet_text(s, "prefix", k.prefix);
	sheet_text(s, "owner", k.owner_id);
	sheet_time(s, "expires_at", k.expires_at);
	sheet_text(s, "name", k.name);
	f = handover_token(w, &said->key, s, m->token);
	sheet_end(s);
	return f;
}

static enum fault
add_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct key_said *said = ctx;
	struct mint_wish wish;
	struct minted m;
	enum fault f;

	if ((f = stand_for_owner(w, said)) != FAULT_NONE || (f = wish_of(w, said, &wish)) != FAULT_NONE ||
	    (f = mint_key(w, &wish, &m)) != FAULT_NONE)
		return f;
	return show_minted(w, said, &m, s);
}

int
key_add(const struct command_line *line)
{
	struct key_said said = { .kind = NULL };
	const struct command_option options[] = { OPTION_TEXT("kind", &said.kind),
		OPTION_TEXT("owner", &said.owner), OPTION_TEXT("description", &said.description),
		OPTION_TEXT("permission", &said.permission), OPTION_TEXTS("scope", &said.scopes),
		OPTION_TEXTS("restrict", &said.restricted), OPTION_TEXTS("allowed-ip", &said.allowed),
		OPTION_TEXT("expires-in-days", &said.days), OPTION_TEXT("expires-at", &said.expires_at),
		HANDOVER_OPTIONS(&said.key), OPTION_END };
	int status;

	if (!command_options(line, options, 2, 2, &said.words, &status))
		return status;
	return handover_runs(line, &said.key, said.words.v[ORG], add_deed, &said);
}

static enum fault
find(struct work *w, const struct key_said *said, struct key *k)
{
	const char *id = said->words.v[KEY];
	enum fault f = operator_id(w, "key", id);

	return f != FAULT_NONE ? f : operator_missing(w, key_see(w, id, k), "key", id);
}

/* The key that is to have a new text: as its owner would give it one. */
static enum fault
find_to_renew(struct work *w, const struct key_said *said, struct key *k)
{
	enum fault f = find(w, said, k);

	return f != FAULT_NONE || k->membership_id == NULL ? f : stand_for(w, k->owner_id);
}

static enum fault
refresh_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct key_said *said = ctx;
	struct mint_wish wish = { .expires_at = end_of(said->expires_at) };
	struct minted m;
	struct key k;
	enum fault f;

	if ((f = find_to_renew(w, said, &k)) != FAULT_NONE ||
	    (f = mint_refresh(w, k.id, &wish, &m)) != FAULT_NONE)
		return f;
	return show_minted(w, said, &m, s);
}

int
key_refresh(const struct command_line *line)
{
	struct key_said said = { .kind = NULL };
	const struct command_option options[] = { OPTION_TEXT("expires-at", &said.expires_at),
		HANDOVER_OPTIONS(&said.key), OPTION_END };
	int status;

	if (!command_options(line, options, 2, 2, &said.words, &status))
		return status;
	return handover_runs(line, &said.key, said.words.v[ORG], refresh_deed, &said);
}

/* --- two texts for a while --- */

static enum fault
rotate_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct key_said *said = ctx;
	struct mint_wish wish = { .expires_at = end_of(said->expires_at),
		.expires_in = operator_given(said->expires_in) };
	struct minted m;
	struct key k;
	enum fault f;

	if ((f = whole_number(w, "grace", said->grace, &wish.grace)) != FAULT_NONE ||
	    (f = find_to_renew(w, said, &k)) != FAULT_NONE ||
	    (f = mint_rotate(w, k.id, &wish, &m)) != FAULT_NONE)
		return f;
	return show_minted(w, said, &m, s);
}

static enum fault
rotated_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct key_said *said = ctx;
	struct key k;
	enum fault f = find(w, said, &k);

	(void)s;
	return f != FAULT_NONE ? f : key_rotated(w, k.id);
}

static int
end_old_text(const struct command_line *line, struct key_said *said)
{
	const struct handover *h = &said->key;
	struct work *w;
	int status;

	if (said->grace != NULL || said->expires_at != NULL || said->expires_in != NULL || h->file != NULL ||
	    h->show || h->as_json)
		return command_misused(line, "--end goes with no other option");
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = operator_does(w, DB_CHANGES, said->words.v[ORG], SHEET_IDS, rotated_deed, said);
	command_close(&w);
	return status;
}

int
key_rotate(const struct command_line *line)
{
	struct key_said said = { .kind = NULL };
	const struct command_option options[] = { OPTION_TEXT("grace", &said.grace),
		OPTION_TEXT("expires-at", &said.expires_at), OPTION_TEXT("expires-in", &said.expires_in),
		OPTION_FLAG("end", &said.end), HANDOVER_OPTIONS(&said.key), OPTION_END };
	int status;

	if (!command_options(line, options, 2, 2, &said.words, &status))
		return status;
	return said.end ? end_old_text(line, &said)
			: handover_runs(line, &said.key, said.words.v[ORG], rotate_deed, &said);
}

static enum fault
change_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct key_said *said = ctx;
	struct key_wish wish = { operator_given(said->name), operator_given(said->description) };
	struct key k;
	enum fault f = find(w, said, &k);

	(void)s;
	return f != FAULT_NONE ? f : key_describe(w, k.id, &wish, &k);
}

int
key_change(const struct command_line *line)
{
	struct key_said said = { .kind = NULL };
	const struct command_option options[] = { OPTION_TEXT("name", &said.name),
		OPTION_TEXT("description", &said.description), OPTION_END };

	return operator_runs(line, TASK_ENDS(2, change_deed), options, &said.words);
}
