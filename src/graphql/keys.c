/*
 * keys.c: keys of the kind provider, in the words of Drivebase.
 *
 * People ask by their sessions; no key is shown or changed by a key.
 */
#include <string.h>

#include "core/key_query.h"
#include "core/mint.h"
#include "core/retire.h"
#include "graphql/rows.h"
#include "graphql/run.h"
#include "http/call.h"

#define KEYS_SHOWN 1000

struct minted_key {
	struct key key;
	struct str token;
};

static const char *
kind_name(void)
{
	return kind_of(KIND_PROVIDER)->name;
}

static enum fault
no_key(struct gql_run *r)
{
	return fault_at(r->work, FAULT_NOT_FOUND, NULL, "API key not found");
}

/* One of this kind that the actor may see. */
static enum fault
see(struct gql_run *r, const char *id, struct key *k)
{
	enum fault f = key_see(r->work, id, k);

	if (f == FAULT_NOT_FOUND || (f == FAULT_NONE && strcmp(k->kind, kind_name()) != 0))
		return no_key(r);
	return f;
}

static const char *
id_of(struct gql_run *r, const struct gql_value *arguments)
{
	return arena_text(r->work->arena, gql_given_str(arguments, "id"));
}

/* --- looking --- */

/* A page more of one's own. */
static enum fault
next_page(struct gql_run *r, struct page *p, struct key *keys, size_t *n)
{
	struct key_query query = { .kind = str_of(kind_name()), .state = STR("all"), .owner = STR("me") };
	struct key_filter filter;
	struct key *rows;
	size_t got;
	enum fault f;

	if ((f = key_query_filter(r->work, &query, &filter)) != FAULT_NONE ||
	    (f = keys_page(r->work, r->work->actor->org_id, &filter, p, &rows, &got)) != FAULT_NONE)
		return f;
	if (got > 0)
		memcpy(keys + *n, rows, got * sizeof *rows);
	*n += got;
	if (got < (size_t)p->limit) {
		p->limit = 0;
		return FAULT_NONE;
	}
	p->after_at = rows[got - 1].created_at;
	p->after_id = rows[got - 1].id;
	return FAULT_NONE;
}

enum fault
rows_keys(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	struct key *keys = arena_array(r->work->arena, struct key, KEYS_SHOWN);
	struct page p = page_first();
	size_t n = 0;
	enum fault f = FAULT_NONE;

	(void)source;
	(void)arguments;
	p.limit = PAGE_LIMIT_MAX;
	while (f == FAULT_NONE && p.limit > 0 && n + PAGE_LIMIT_MAX <= KEYS_SHOWN)
		f = next_page(r, &p, keys, &n);
	*got = (struct gql_got){ .sort = GOT_OBJECTS, .object = keys, .n = n, .size = sizeof *keys };
	return f;
}

static struct gql_got
got_key(struct gql_run *r, const struct key *k)
{
	struct key *kept = arena_new(r->work->arena, struct key);

	*kept = *k;
	return (struct gql_got){ .sort = GOT_OBJECT, .object = kept };
}

enum fault
rows_key_get(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	struct key k;
	enum fault f = see(r, id_of(r, arguments), &k);

	(void)source;
	if (f == FAULT_NONE)
		*got = got_key(r, &k);
	return f;
}

/* --- members of a key --- */

struct scope_list {
	struct str *names;
	size_t n;
};

static void
add_scope(void *ctx, const char *name)
{
	struct scope_list *list = ctx;

	list->names[list->n++] = str_of(name);
}

static enum fault
key_scopes(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct key *k = source;
	struct scope_list list = { arena_array(r->work->arena, struct str, 32), 0 };

	(void)arguments;
	scope_each((unsigned)k->scopes, add_scope, &list);
	*got = (struct gql_got){ .sort = GOT_TEXTS,
		.object = list.names,
		.n = list.n,
		.size = sizeof *list.names };
	return FAULT_NONE;
}

static enum fault
key_restrictions(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	const struct key *k = source;
	struct restriction *rows;
	size_t n;
	enum fault f;

	(void)arguments;
	if (k->restricted == 0)
		return FAULT_NONE;
	f = keys_restrictions(r->work, r->work->actor->org_id, k->id, &rows, &n);
	if (f == FAULT_NONE)
		*got = (struct gql_got){ .sort = GOT_OBJECTS, .object = rows, .n = n, .size = sizeof *rows };
	return f;
}

static enum fault
key_is_active(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct key *k = source;

	(void)arguments;
	*got = (struct gql_got){ .sort = GOT_FLAG, .flag = strcmp(key_state(r->work, k), "revoked") != 0 };
	return FAULT_NONE;
}

static enum fault
minted_key(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct minted_key *m = source;

	(void)r;
	(void)arguments;
	*got = (struct gql_got){ .sort = GOT_OBJECT, .object = &m->key };
	return FAULT_NONE;
}

static enum fault
minted_text(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct minted_key *m = source;

	(void)r;
	(void)arguments;
	*got = (struct gql_got){ .sort = GOT_TEXT, .text = m->token };
	return FAULT_NONE;
}

/* --- changing --- */

struct wish {
	struct gql_run *run;
	struct mint_wish mint;
	struct key_wish change;
	const char *id;
	struct minted_key made;
};

static struct given_text
given_text(const struct gql_value *input, const char *name)
{
	const struct gql_value *v = gql_member(input, name);

	if (v == NULL)
		return (struct given_text){ .is = ABSENT };
	return (struct given_text){ v->sort == GQL_NULL ? IS_NULL : GIVEN, v->text };
}

/* Null and not given are one to these clients. */
static struct given_text
given_or_not(const struct gql_value *input, const char *name)
{
	struct given_text t = given_text(input, name);

	if (t.is == IS_NULL)
		t.is = ABSENT;
	return t;
}

static size_t
length(const struct gql_value *first)
{
	size_t n = 0;

	for (; first != NULL; first = first->next)
		n++;
	return n;
}

static struct given_texts
given_texts(struct gql_run *r, const struct gql_value *list)
{
	struct given_texts t = { GIVEN, arena_array(r->work->arena, struct str, length(list->items) + 1), 0 };

	for (const struct gql_value *v = list->items; v != NULL; v = v->next)
		t.v[t.n++] = v->text;
	return t;
}

static struct given_rows
given_restrictions(struct gql_run *r, const struct gql_value *list)
{
	struct mint_restriction *rows;
	size_t n = 0;

	if (list == NULL)
		return (struct given_rows){ .is = ABSENT };
	rows = arena_array(r->work->arena, struct mint_restriction, length(list->items) + 1);
	for (const struct gql_value *v = list->items; v != NULL; v = v->next, n++) {
		rows[n].provider = given_text(v->items, "providerId");
		rows[n].base_path = given_or_not(v->items, "basePath");
	}
	return (struct given_rows){ GIVEN, rows, n };
}

/* What these clients are told of a wish that is not right. */
static enum fault
in_their_words(struct gql_run *r, enum fault f)
{
	const char *field = r->work->trouble.field;

	if (fault_status(f) != 422 || field == NULL)
		return f;
	if (strcmp(field, "scopes") == 0)
		return fault_at(r->work, f, NULL, "Invalid scopes. Allowed: read, write, admin");
	if (strcmp(field, "base_path") == 0)
		return fault_at(r->work, f, NULL, "Invalid base path");
	if (strcmp(field, "restrictions") == 0)
		return fault_at(r->work, f, "providerScopes", "%s", r->work->trouble.detail);
	if (strcmp(field, "expires_at") == 0)
		return fault_at(r->work, f, "expiresAt", "%s", r->work->trouble.detail);
	return f;
}

static enum fault
name_needed(struct gql_run *r, const struct given_text *name)
{
	for (size_t i = 0; i < name->v.n; i++)
		if (name->v.s[i] != ' ')
			return FAULT_NONE;
	return name->is == ABSENT ? FAULT_NONE
				  : fault_at(r->work, FAULT_BAD_FIELD, NULL, "API key name is required");
}

static enum fault
do_create(struct call *c, void *ctx)
{
	struct wish *wish = ctx;
	struct minted m;
	enum fault f = mint_key(c->work, &wish->mint, &m);

	if (f != FAULT_NONE)
		return in_their_words(wish->run, f);
	wish->made.token = m.token;
	return keys_get(c->work, c->work->actor->org_id, m.key_id, &wish->made.key);
}

enum fault
rows_key_create(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_value *input = gql_given(arguments, "input")->items;
	struct wish *wish = arena_new(r->work->arena, struct wish);
	enum fault f;

	(void)source;
	wish->run = r;
	wish->mint.kind = (struct given_text){ GIVEN, str_of(kind_name()) };
	wish->mint.name = given_text(input, "name");
	wish->mint.description = given_text(input, "description");
	wish->mint.scopes = given_texts(r, gql_given(input, "scopes"));
	wish->mint.restrictions = given_restrictions(r, gql_given(input, "providerScopes"));
	wish->mint.expires_at = given_or_not(input, "expiresAt");
	if ((f = name_needed(r, &wish->mint.name)) != FAULT_NONE ||
	    (f = call_within(r->ctx, DB_CHANGES, do_create, wish)) != FAULT_NONE)
		return f;
	*got = (struct gql_got){ .sort = GOT_OBJECT, .object = &wish->made };
	return FAULT_NONE;
}

static enum fault
do_update(struct call *c, void *ctx)
{
	struct wish *wish = ctx;
	enum fault f;

	if ((f = see(wish->run, wish->id, &wish->made.key)) != FAULT_NONE)
		return f;
	return in_their_words(wish->run, key_describe(c->work, wish->id, &wish->change, &wish->made.key));
}

enum fault
rows_key_update(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_value *input = gql_given(arguments, "input")->items;
	struct wish *wish = arena_new(r->work->arena, struct wish);
	enum fault f;

	(void)source;
	wish->run = r;
	wish->id = id_of(r, arguments);
	wish->change.name = given_or_not(input, "name");
	wish->change.description = given_text(input, "description");
	if ((f = name_needed(r, &wish->change.name)) != FAULT_NONE ||
	    (f = call_within(r->ctx, DB_CHANGES, do_update, wish)) != FAULT_NONE)
		return f;
	*got = got_key(r, &wish->made.key);
	return FAULT_NONE;
}

static enum fault
do_revoke(struct call *c, void *ctx)
{
	struct wish *wish = ctx;
	enum fault f = see(wish->run, wish->id, &wish->made.key);

	return f != FAULT_NONE ? f : key_end(c->work, wish->id);
}

enum fault
rows_key_revoke(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	struct wish wish = { .run = r, .id = id_of(r, arguments) };

	(void)source;
	*got = (struct gql_got){ .sort = GOT_FLAG, .flag = true };
	return call_within(r->ctx, DB_CHANGES, do_revoke, &wish);
}

/* --- rows --- */

static const struct gql_field key_fields[] = {
	GQL_HAS(MEMBER_TEXT, key, id, "id", "ID!", NULL),
	GQL_HAS(MEMBER_TEXT, key, name, "name", "String!", NULL),
	GQL_HAS(MEMBER_TEXT, key, description, "description", "String", NULL),
	GQL_HAS(MEMBER_TEXT, key, prefix, "keyPrefix", "String!", "The part that people know it by."),
	GQL_ASKED(key_scopes, NULL, "scopes", "[String!]!", NULL),
	GQL_ASKED(key_restrictions, NULL, "providerScopes", "[ApiKeyProviderScope!]", "Null: all providers."),
	GQL_HAS(MEMBER_TIME, key, expires_at, "expiresAt", "DateTime", NULL),
	GQL_HAS(MEMBER_TIME, key, last_used_at, "lastUsedAt", "DateTime", NULL),
	GQL_ASKED(key_is_active, NULL, "isActive", "Boolean!", "False once it is revoked."),
	GQL_HAS(MEMBER_TIME, key, created_at, "createdAt", "DateTime!", NULL),
	GQL_HAS(MEMBER_TIME, key, created_at, "updatedAt", "DateTime!", "As createdAt: it is not kept."),
	GQL_LAST,
};

static const struct gql_field scope_fields[] = {
	GQL_HAS(MEMBER_TEXT, restriction, resource_id, "providerId", "ID!", NULL),
	GQL_HAS(MEMBER_TEXT, restriction, base_path, "basePath", "String!", NULL),
	GQL_LAST,
};

static const struct gql_field minted_fields[] = {
	GQL_ASKED(minted_key, NULL, "apiKey", "ApiKey!", NULL),
	GQL_ASKED(minted_text, NULL, "fullKey", "String!", "The key itself: nobody can show it again."),
	GQL_LAST,
};

static const struct gql_argument scope_inputs[] = {
	{ "providerId", "ID!", NULL, NULL },
	{ "basePath", "String", NULL, "Not given: all of the provider." },
	{ .name = NULL },
};

static const struct gql_argument create_inputs[] = {
	{ "name", "String!", NULL, NULL },
	{ "description", "String", NULL, NULL },
	{ "scopes", "[String!]!", NULL, "Of read, write and admin." },
	{ "providerScopes", "[ApiKeyProviderScopeInput!]", NULL, "Not given: all providers." },
	{ "expiresAt", "DateTime", NULL, "Not given: never." },
	{ .name = NULL },
};

static const struct gql_argument update_inputs[] = {
	{ "name", "String", NULL, NULL },
	{ "description", "String", NULL, NULL },
	{ .name = NULL },
};

const struct gql_argument rows_key_create_arguments[] = {
	{ "input", "CreateApiKeyInput!", NULL, NULL },
	{ .name = NULL },
};

const struct gql_argument rows_key_update_arguments[] = {
	{ "id", "ID!", NULL, NULL },
	{ "input", "UpdateApiKeyInput!", NULL, NULL },
	{ .name = NULL },
};

const struct gql_type rows_key = { .sort = GQL_IS_OBJECT, .name = "ApiKey", .fields = key_fields };
const struct gql_type rows_key_scope = { .sort = GQL_IS_OBJECT,
	.name = "ApiKeyProviderScope",
	.fields = scope_fields };
const struct gql_type rows_minted = { .sort = GQL_IS_OBJECT,
	.name = "CreateApiKeyResult",
	.fields = minted_fields };
const struct gql_type rows_key_scope_input = { .sort = GQL_IS_INPUT,
	.name = "ApiKeyProviderScopeInput",
	.inputs = scope_inputs };
const struct gql_type rows_key_input = { .sort = GQL_IS_INPUT,
	.name = "CreateApiKeyInput",
	.inputs = create_inputs };
const struct gql_type rows_key_change_input = { .sort = GQL_IS_INPUT,
	.name = "UpdateApiKeyInput",
	.inputs = update_inputs };
