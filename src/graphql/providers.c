/*
 * providers.c: providers, in the words of Drivebase.
 *
 * They are resources; what may be done with one is asked where it is done.
 */
#include <string.h>

#include "base/json_in.h"
#include "core/ask.h"
#include "core/resource.h"
#include "files/provider.h"
#include "graphql/files.h"
#include "graphql/run.h"
#include "http/call.h"

struct preview {
	const char *key, *value;
	bool sensitive;
};

struct config_field {
	const char *name, *label, *type, *about, *none;
	bool needed, identifier;
};

/* A type of storage that can be connected. */
struct available {
	const char *id, *name, *about, *auth;
	const struct config_field *fields;
	size_t n;
	bool no;
};

static const struct config_field local_fields[] = {
	{ "root", "Directory", "text", "Below a directory of the setting local_roots.", NULL, true, true },
};
static const struct config_field s3_fields[] = {
	{ "endpoint", "Endpoint", "text", NULL, NULL, true, false },
	{ "bucket", "Bucket", "text", NULL, NULL, true, true },
	{ "region", "Region", "text", NULL, NULL, false, false },
	{ "access_key", "Access key", "text", NULL, NULL, true, false },
	{ "secret_key", "Secret key", "password", NULL, NULL, true, false },
	{ "prefix", "Prefix", "text", "Of the names of all objects.", NULL, false, false },
};
static const struct available storages[] = {
	{ "local", "Local", "A directory of this host.", "NO_AUTH", local_fields, COUNT(local_fields),
	    false },
	{ "s3", "S3", "Any S3-compatible storage.", "API_KEY", s3_fields, COUNT(s3_fields), false },
};

static const char *const type_words[] = { "GOOGLE_DRIVE", "S3", "LOCAL", "DROPBOX", "FTP", "WEBDAV",
	"TELEGRAM", "NEXTCLOUD", "DARKIBOX", "SAMBA", NULL };
static const char *const auth_words[] = { "OAUTH", "API_KEY", "EMAIL_PASS", "NO_AUTH", NULL };

static bool
is_s3(const struct provider *p)
{
	/* One whose configuration cannot be read has none. */
	return p->driver != NULL && strcmp(p->driver, "s3") == 0;
}

enum fault
provider_found(struct gql_run *r, const char *id, struct gql_got *got)
{
	struct provider *p = arena_new(r->work->arena, struct provider);
	enum fault f = provider_get(r->work, id, p);

	*got = (struct gql_got){ .sort = GOT_OBJECT, .object = p };
	return files_fault(r, f, "Storage provider");
}

enum fault
rows_providers(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	struct provider *rows = NULL;
	size_t n = 0;
	enum fault f = provider_list(r->work, &rows, &n);

	(void)source;
	(void)arguments;
	*got = (struct gql_got){ .sort = GOT_OBJECTS, .object = rows, .n = n, .size = sizeof *rows };
	return f;
}

enum fault
rows_provider(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)source;
	return provider_found(r, files_id(r, arguments, "id"), got);
}

enum fault
rows_available(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)r;
	(void)source;
	(void)arguments;
	*got = (struct gql_got){ .sort = GOT_OBJECTS,
		.object = storages,
		.n = COUNT(storages),
		.size = sizeof storages[0] };
	return FAULT_NONE;
}

/* --- members --- */

static enum fault
available_fields(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	const struct available *a = source;

	(void)r;
	(void)arguments;
	*got = (struct gql_got){ .sort = GOT_OBJECTS,
		.object = a->fields,
		.n = a->n,
		.size = sizeof a->fields[0] };
	return FAULT_NONE;
}

static enum fault
got_word(struct gql_got *got, const char *word)
{
	*got = (struct gql_got){ .sort = GOT_TEXT, .text = str_of(word) };
	return FAULT_NONE;
}

static enum fault
provider_type(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)r;
	(void)arguments;
	return got_word(got, is_s3(source) ? "S3" : "LOCAL");
}

static enum fault
provider_auth(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)r;
	(void)arguments;
	return got_word(got, is_s3(source) ? "API_KEY" : "NO_AUTH");
}

static enum fault
provider_user(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct provider *p = source;

	(void)r;
	(void)arguments;
	return got_word(got, p->created_by == NULL ? "" : p->created_by);
}

static enum fault
provider_quota(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct provider *p = source;

	(void)r;
	(void)arguments;
	if (p->quota > 0)
		*got = (struct gql_got){ .sort = GOT_INT, .number = p->quota };
	return FAULT_NONE;
}

/* What it is connected to, its secrets left out, which are not in it. */
static enum fault
provider_preview(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	const struct provider *p = source;
	struct json_value config;
	struct preview *rows;
	size_t n = 0;

	(void)arguments;
	if (p->config == NULL || !json_in(r->work->arena, str_of(p->config), &config))
		config.n = 0;
	rows = arena_array(r->work->arena, struct preview, config.n + 1);
	for (size_t i = 0; i < config.n; i++)
		if (config.items[i].sort == JSON_IS_TEXT)
			rows[n++] = (struct preview){ config.items[i].name,
				arena_text(r->work->arena, config.items[i].text), false };
	*got = (struct gql_got){ .sort = GOT_OBJECTS, .object = rows, .n = n, .size = sizeof *rows };
	return FAULT_NONE;
}

/* --- changing --- */

struct provider_wish {
	struct gql_run *run;
	const char *id;
	struct resource_wish resource;
	struct resource_config config;
	struct resource made;
};

static enum fault
do_connect(struct call *c, void *ctx)
{
	struct provider_wish *wish = ctx;

	return resource_create(c->work, &wish->resource, &wish->made);
}

/* A resource that is a provider, and nothing else. */
static enum fault
only_provider(struct gql_run *r, const char *id)
{
	struct target *t;
	enum fault f = ask_target(r->work, r->work->actor->org_id, id, &t);

	if (f == FAULT_NONE && strcmp(t->type->name, "provider") != 0)
		f = FAULT_NOT_FOUND;
	if (f == FAULT_NONE)
		f = ask_actor(r->work, ACTION_ADMIN, id);
	return files_fault(r, f, "Storage provider");
}

static enum fault
do_rename(struct call *c, void *ctx)
{
	struct provider_wish *wish = ctx;
	enum fault f = only_provider(wish->run, wish->id);

	return f != FAULT_NONE ? f : resource_change(c->work, wish->id, &wish->resource, &wish->made);
}

static enum fault
do_disconnect(struct call *c, void *ctx)
{
	struct provider_wish *wish = ctx;
	enum fault f = only_provider(wish->run, wish->id);

	return f != FAULT_NONE ? f : resource_delete(c->work, wish->id);
}

static struct given_text
given(struct str text)
{
	return (struct given_text){ text.s == NULL ? ABSENT : GIVEN, text };
}

/* The members of the configuration, which are all texts. */
static enum fault
read_config(struct gql_run *r, const struct gql_value *config, struct resource_config *c)
{
	struct {
		const char *name;
		struct given_text *to;
	} members[] = { { "root", &c->root }, { "endpoint", &c->endpoint }, { "bucket", &c->bucket },
		{ "region", &c->region }, { "access_key", &c->access_key }, { "secret_key", &c->secret_key },
		{ "prefix", &c->prefix } };

	for (const struct gql_value *v = config == NULL ? NULL : config->items; v != NULL; v = v->next) {
		size_t i = 0;

		while (i < COUNT(members) && !str_is(v->name, members[i].name))
			i++;
		if (i == COUNT(members) || v->sort != GQL_TEXT)
			return fault_at(r->work, FAULT_BAD_FIELD, "config",
			    i == COUNT(members) ? "has a member that is not known" : "has texts only");
		*members[i].to = given(v->text);
	}
	return FAULT_NONE;
}

enum fault
rows_connect(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_value *input = gql_given(arguments, "input")->items;
	struct provider_wish *wish = arena_new(r->work->arena, struct provider_wish);
	struct str type = gql_given_str(input, "type");
	enum fault f;

	(void)source;
	if (!str_is(type, "LOCAL") && !str_is(type, "S3"))
		return fault_at(r->work, FAULT_BAD_FIELD, "type", "is not one of availableProviders");
	if ((f = read_config(r, gql_given(input, "config"), &wish->config)) != FAULT_NONE)
		return f;
	wish->config.driver = given(str_is(type, "S3") ? STR("s3") : STR("local"));
	wish->resource = (struct resource_wish){ .type = given(STR("provider")),
		.name = given(gql_given_str(input, "name")),
		.config = { GIVEN, &wish->config, 1 } };
	if ((f = call_within(r->ctx, DB_CHANGES, do_connect, wish)) != FAULT_NONE)
		return f;
	return provider_found(r, wish->made.id, got);
}

enum fault
rows_provider_rename(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	struct provider_wish wish = { .run = r, .id = files_id(r, arguments, "id") };
	enum fault f;

	(void)source;
	wish.resource.name = given(gql_given_str(arguments, "name"));
	if ((f = call_within(r->ctx, DB_CHANGES, do_rename, &wish)) != FAULT_NONE)
		return f;
	return provider_found(r, wish.id, got);
}

enum fault
rows_disconnect(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	struct provider_wish wish = { .run = r, .id = files_id(r, arguments, "id") };
	enum fault f;

	(void)source;
	*got = (struct gql_got){ .sort = GOT_FLAG, .flag = true };
	return (f = call_sure(r->ctx)) != FAULT_NONE ? f
						     : call_within(r->ctx, DB_CHANGES, do_disconnect, &wish);
}

/* --- rows --- */

static const struct gql_field provider_fields[] = {
	GQL_HAS(MEMBER_TEXT, provider, id, "id", "ID!", NULL),
	GQL_HAS(MEMBER_TEXT, provider, name, "name", "String!", NULL),
	GQL_ASKED(provider_type, NULL, "type", "ProviderType!", "S3 or LOCAL."),
	GQL_ASKED(provider_auth, NULL, "authType", "AuthType!", NULL),
	GQL_ASKED(provider_user, NULL, "userId", "ID!", "Who connected it."),
	GQL_IS(MEMBER_YES, "isActive", "Boolean!", NULL),
	GQL_IS(MEMBER_NULL, "accountEmail", "String", NULL),
	GQL_IS(MEMBER_NULL, "accountName", "String", NULL),
	GQL_ASKED(provider_preview, NULL, "configPreview", "[ProviderConfigPreviewEntry!]!", "No secrets."),
	GQL_ASKED(provider_quota, NULL, "quotaTotal", "Float", "Bytes; null: no limit."),
	GQL_HAS(MEMBER_INT, provider, used, "quotaUsed", "Float!", "Bytes, as far as files have been seen."),
	GQL_IS(MEMBER_NULL, "lastSyncAt", "DateTime", "Nothing has to be synchronized."),
	GQL_HAS(MEMBER_TIME, provider, created_at, "createdAt", "DateTime!", NULL),
	GQL_HAS(MEMBER_TIME, provider, created_at, "updatedAt", "DateTime!", "As createdAt: it is not kept."),
	GQL_LAST,
};

static const struct gql_field preview_fields[] = {
	GQL_HAS(MEMBER_TEXT, preview, key, "key", "String!", NULL),
	GQL_HAS(MEMBER_TEXT, preview, value, "value", "String!", NULL),
	GQL_HAS(MEMBER_FLAG, preview, sensitive, "isSensitive", "Boolean!", NULL),
	GQL_LAST,
};

static const struct gql_field available_rows[] = {
	GQL_HAS(MEMBER_TEXT, available, id, "id", "String!", NULL),
	GQL_HAS(MEMBER_TEXT, available, name, "name", "String!", NULL),
	GQL_HAS(MEMBER_TEXT, available, about, "description", "String!", NULL),
	GQL_HAS(MEMBER_TEXT, available, auth, "authType", "AuthType!", NULL),
	GQL_HAS(MEMBER_FLAG, available, no, "usesPollingAuth", "Boolean!", NULL),
	GQL_ASKED(available_fields, NULL, "configFields", "[ProviderConfigField!]!", NULL),
	GQL_LAST,
};

static const struct gql_field config_rows[] = {
	GQL_HAS(MEMBER_TEXT, config_field, name, "name", "String!", NULL),
	GQL_HAS(MEMBER_TEXT, config_field, label, "label", "String!", NULL),
	GQL_HAS(MEMBER_TEXT, config_field, type, "type", "String!", NULL),
	GQL_HAS(MEMBER_FLAG, config_field, needed, "required", "Boolean!", NULL),
	GQL_HAS(MEMBER_FLAG, config_field, identifier, "isIdentifier", "Boolean!", NULL),
	GQL_HAS(MEMBER_TEXT, config_field, about, "description", "String", NULL),
	GQL_HAS(MEMBER_TEXT, config_field, none, "placeholder", "String", NULL),
	GQL_LAST,
};

static const struct gql_argument connect_rows[] = {
	{ "name", "String!", NULL, NULL },
	{ "type", "ProviderType!", NULL, "LOCAL or S3." },
	{ "config", "JSON", NULL, "The configFields of availableProviders." },
	{ .name = NULL },
};

const struct gql_argument rows_connect_arguments[] = {
	{ "input", "ConnectStorageInput!", NULL, NULL },
	{ .name = NULL },
};

const struct gql_type rows_storage = { .sort = GQL_IS_OBJECT,
	.name = "StorageProvider",
	.fields = provider_fields };
const struct gql_type rows_preview = { .sort = GQL_IS_OBJECT,
	.name = "ProviderConfigPreviewEntry",
	.fields = preview_fields };
const struct gql_type rows_storage_kind = { .sort = GQL_IS_OBJECT,
	.name = "AvailableProvider",
	.fields = available_rows };
const struct gql_type rows_config_field = { .sort = GQL_IS_OBJECT,
	.name = "ProviderConfigField",
	.fields = config_rows };
const struct gql_type rows_connect_input = { .sort = GQL_IS_INPUT,
	.name = "ConnectStorageInput",
	.inputs = connect_rows };
const struct gql_type rows_storage_type = { .sort = GQL_IS_ENUM,
	.name = "ProviderType",
	.words = type_words };
const struct gql_type rows_auth_type = { .sort = GQL_IS_ENUM, .name = "AuthType", .words = auth_words };
