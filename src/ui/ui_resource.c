/*
 * ui_resource.c: one resource: who has which role on it, what it is connected to,
 * and what is in it.
 */
#include "ui/ui.h"

#include "core/grant.h"
#include "store/grants.h"
#include "ui/org.h"
#include "ui/resource.h"

#define LIST "/settings/resources"

/* What stands in what. */
static const struct {
	const char *type, *within;
	enum words many, title;
} within[] = { { "space", "base", WORDS_bases, WORDS_new_base },
	{ "base", "table", WORDS_tables, WORDS_new_table } };

struct grant_form {
	struct given_text subject, role;
};
static const struct field grant_fields[] = { FIELD(grant_form, subject), FIELD(grant_form, role) };
const struct shape shape_ui_grant = SHAPE("GrantForm", grant_form, grant_fields);

struct resource_name_form {
	struct given_text name;
};
static const struct field name_fields[] = { FIELD_NEEDED(resource_name_form, name) };
const struct shape shape_ui_resource_name = SHAPE("ResourceNameForm", resource_name_form, name_fields);

struct connection_form {
	CONNECTION_MEMBERS;
};
static const struct field connection_fields[] = { CONNECTION_FIELDS(connection_form) };
const struct shape shape_ui_connection = SHAPE("ConnectionForm", connection_form, connection_fields);

/* What the row tells of it, as it is stored. */
static const struct field config_fields[] = { FIELD(resource_config, driver),
	CONNECTION_FIELDS(resource_config) };
static const struct shape config_shape = SHAPE("Config", resource_config, config_fields);

/* --- its connection --- */

/* What a directory of any sort has, or a bucket; a quota is a number, and stands below. */
static const struct {
	const char *name;
	bool s3;
	size_t at;
	enum words label, hint;
	bool needed, secret;
} parts[] = {
	{ "root", false, offsetof(struct resource_config, root), WORDS_root, WORDS_root_hint, true, false },
	{ "endpoint", true, offsetof(struct resource_config, endpoint), WORDS_endpoint, WORDS_endpoint_hint,
	    true, false },
	{ "bucket", true, offsetof(struct resource_config, bucket), WORDS_bucket, WORDS_none, true, false },
	{ "region", true, offsetof(struct resource_config, region), WORDS_region, WORDS_region_hint, false,
	    false },
	{ "access_key", true, offsetof(struct resource_config, access_key), WORDS_access_key, WORDS_none,
	    true, true },
	{ "secret_key", true, offsetof(struct resource_config, secret_key), WORDS_secret_key,
	    WORDS_secret_key_hint, true, true },
	{ "prefix", true, offsetof(struct resource_config, prefix), WORDS_folder, WORDS_folder_hint, false,
	    false },
};

static struct given_text *
part_of(struct resource_config *config, size_t i)
{
	return (struct given_text *)(void *)((char *)config + parts[i].at);
}

static void
offer_quota(struct call *c, struct board_form *form, const struct resource_config *now)
{
	struct control *k = form_control(form, CONTROL_NUMBER, "quota", WORDS_quota, WORDS_quota_hint);

	k->needed = false;
	if (now->quota.is == GIVEN && now->quota.v > 0)
		k->value = arena_print(c->work->arena, "%lld", (long long)now->quota.v);
}

void
offer_connection(struct call *c, struct board_form *form, enum connection connection,
    const struct resource_config *now)
{
	struct resource_config config = { .root = { .is = ABSENT } };

	if (connection == CONNECTION_NONE)
		return;
	if (now != NULL)
		config = *now;
	for (size_t i = 0; i < COUNT(parts); i++) {
		struct control *k;

		if (parts[i].s3 != (connection == CONNECTION_S3))
			continue;
		k = form_control(form, parts[i].secret ? CONTROL_PASSWORD : CONTROL_TEXT, parts[i].name,
		    parts[i].label, parts[i].hint);
		k->needed = parts[i].needed;
		k->max = 1024;
		/* Texts of the vault end in a NUL. */
		if (part_of(&config, i)->is == GIVEN)
			k->value = part_of(&config, i)->v.s;
	}
	if (connection != CONNECTION_SOURCE)
		offer_quota(c, form, &config);
}

struct given_rows
connection_given(enum connection connection, const char *driver, struct resource_config *config)
{
	if (connection == CONNECTION_NONE)
		return (struct given_rows){ ABSENT, NULL, 0 };
	for (size_t i = 0; i < COUNT(parts); i++)
		if (parts[i].s3 != (connection == CONNECTION_S3) || part_of(config, i)->v.n == 0)
			part_of(config, i)->is = ABSENT;
	if (config->quota.is != GIVEN || connection == CONNECTION_SOURCE)
		config->quota.is = ABSENT;
	if (driver != NULL)
		config->driver = (struct given_text){ GIVEN, str_of(driver) };
	return (struct given_rows){ GIVEN, config, 1 };
}

static enum fault
read_config(struct call *c, const struct resource *r, struct resource_config **config)
{
	void *made;
	enum fault f;

	*config = NULL;
	if (r->config == NULL)
		return FAULT_NONE;
	if ((f = fields_read(c->work, &config_shape, str_of(r->config), &made)) == FAULT_NONE)
		*config = made;
	return f;
}

static enum connection
connection_of(const struct resource *r, const struct resource_config *config)
{
	if (config != NULL && str_is(config->driver.v, "s3"))
		return CONNECTION_S3;
	if (strcmp(r->type, "provider") == 0)
		return CONNECTION_LOCAL;
	return strcmp(r->type, "source") == 0 ? CONNECTION_SOURCE : CONNECTION_NONE;
}

/* --- one of them --- */

const char *
resource_path(struct call *c, const char *rest)
{
	return arena_print(c->work->arena, LIST "/%s%s", call_param(c, "resource"), rest);
}

static size_t
within_of(const struct resource *r)
{
	size_t i = 0;

	while (i < COUNT(within) && strcmp(within[i].type, r->type) != 0)
		i++;
	return i;
}

enum fault
resource_begin(struct call *c, enum resource_tab tab, struct resource *r, struct board **b)
{
	const char *org = c->work->actor->org_id;
	size_t in;
	enum fault f;

	if ((f = resources_get(c->work, org, call_param(c, "resource"), r)) != FAULT_NONE)
		return f;
	/* The organization is a row there, too, and has pages of its own. */
	if (strcmp(r->id, org) == 0)
		return FAULT_NOT_FOUND;
	if ((f = board_begin_named(c, r->name, NAV_RESOURCES, b)) != FAULT_NONE)
		return f;
	in = within_of(r);
	(*b)->back = frame_link(c,
	    r->parent_id == NULL ? LIST : arena_print(c->work->arena, LIST "/%s/contents", r->parent_id));
	(*b)->back_text = words_text(r->parent_id == NULL ? WORDS_resources : WORDS_back);
	board_tab(c, *b, WORDS_roles, resource_path(c, ""), tab == TAB_ROLES);
	if (in < COUNT(within))
		board_tab(c, *b, within[in].many, resource_path(c, "/contents"), tab == TAB_CONTENTS);
	if (strcmp(r->type, "table") == 0) {
		board_tab(c, *b, WORDS_fields, resource_path(c, "/contents"), tab == TAB_CONTENTS);
		board_tab(c, *b, WORDS_views, resource_path(c, "/views"), tab == TAB_VIEWS);
	}
	board_tab(c, *b, WORDS_settings, resource_path(c, "/settings"), tab == TAB_SETTINGS);
	return FAULT_NONE;
}

enum fault
ui_resource(struct call *c)
{
	struct board_form *form;
	struct resource r;
	struct grant *rows;
	size_t n, found = 0, first;
	struct board *b;
	struct page page;
	enum fault f;

	if ((f = resource_begin(c, TAB_ROLES, &r, &b)) != FAULT_NONE ||
	    (f = board_search(c, b, resource_path(c, ""), WORDS_search_names_hint, NULL, &page)) !=
		FAULT_NONE ||
	    (f = grants_on(c->work, c->work->actor->org_id, r.id, &rows, &n)) != FAULT_NONE)
		return f;
	board_fact(b, WORDS_type, type_word(r.type));
	source_facts(c, b, &r);
	b->intro = words_text(WORDS_grants_intro);
	board_list(c, b, WORDS_no_grants, WORDS_role, WORDS_none, WORDS_since);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i].subject_id, "everyone") == 0)
			rows[i].name = words_text(WORDS_everyone);
		if (board_found(c, b, rows[i].name))
			rows[found++] = rows[i];
	}
	n = board_slice(c, b, resource_path(c, ""), found, &first);
	for (size_t i = first; i < first + n; i++) {
		struct line *l = board_line(b, rows[i].name);

		l->first = role_word(rows[i].role);
		l->when = when_of(c->work, rows[i].granted_at, WORDS_never);
		line_act(c, l, WORDS_remove,
		    resource_path(c, arena_print(c->work->arena, "/grants/%s/remove", rows[i].subject_id)));
	}
	form = board_form(c, b, WORDS_new_grant, WORDS_assign, resource_path(c, "/grants"));
	if ((f = org_offer_subjects(c, b, form, "subject", true, true)) != FAULT_NONE)
		return f;
	org_offer_role(c, b, form, "member", true);
	return board_show(c, b);
}

enum fault
ui_resource_contents(struct call *c)
{
	struct resource r;
	struct board *b;
	struct tab *t;
	size_t in;
	enum fault f = resource_begin(c, TAB_CONTENTS, &r, &b);

	if (f != FAULT_NONE)
		return f;
	if (strcmp(r.type, "table") == 0)
		return table_contents(c, b, &r);
	if ((in = within_of(&r)) == COUNT(within))
		return FAULT_NOT_FOUND;
	t = board_link(c, b, within[in].title, LIST "/new");
	t->link = resource_new_link(c, within[in].within, r.id);
	board_list(c, b, WORDS_no_resources, WORDS_type, WORDS_none, WORDS_col_created);
	return (f = resource_lines(c, b, r.id, resource_path(c, "/contents"))) == FAULT_NONE
	    ? board_show(c, b)
	    : f;
}

enum fault
ui_resource_settings(struct call *c)
{
	struct resource_config *config;
	enum connection connection;
	struct board_form *form;
	struct resource r;
	struct board *b;
	enum fault f;

	if ((f = resource_begin(c, TAB_SETTINGS, &r, &b)) != FAULT_NONE ||
	    (f = read_config(c, &r, &config)) != FAULT_NONE)
		return f;
	form = board_form(c, b, WORDS_rename, WORDS_save, resource_path(c, "/settings"));
	form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_none)->value = r.name;
	connection = connection_of(&r, config);
	if (connection != CONNECTION_NONE) {
		form = board_form(c, b, WORDS_connection, WORDS_connect, resource_path(c, "/connection"));
		form->text = connection == CONNECTION_S3 ? WORDS_connection_s3_text : WORDS_none;
		offer_connection(c, form, connection, config);
		offer_test(c, b, &r);
	}
	form = board_form(c, b, WORDS_danger_zone, WORDS_delete_resource, resource_path(c, "/delete"));
	form_control(form, CONTROL_TEXT, "confirm", WORDS_write_name, WORDS_none);
	if ((f = form_danger(c, form, WORDS_delete_resource_text)) != FAULT_NONE)
		return f;
	return board_show(c, b);
}

/* --- changes --- */

enum fault
ui_resource_rename(struct call *c)
{
	const struct resource_name_form *form = c->body;
	struct resource_wish wish = { .name = form->name };
	struct resource r;
	enum fault f = resource_change(c->work, call_param(c, "resource"), &wish, &r);

	return f != FAULT_NONE ? f : frame_go(c, resource_path(c, "/settings"), "saved");
}

enum fault
ui_resource_connect(struct call *c)
{
	const char *org = c->work->actor->org_id, *id = call_param(c, "resource");
	const struct connection_form *form = c->body;
	struct resource_config config = { CONNECTION_GIVEN(form) }, *now;
	struct resource_wish wish = { .name = { .is = ABSENT } };
	enum connection connection;
	struct resource r;
	enum fault f;

	if ((f = resources_get(c->work, org, id, &r)) != FAULT_NONE ||
	    (f = read_config(c, &r, &now)) != FAULT_NONE)
		return f;
	connection = connection_of(&r, now);
	wish.config = connection_given(connection,
	    connection == CONNECTION_S3		 ? "s3"
		: connection == CONNECTION_LOCAL ? "local"
						 : NULL,
	    &config);
	if ((f = resource_change(c->work, id, &wish, &r)) != FAULT_NONE)
		return f;
	return frame_go(c, resource_path(c, "/settings"), "saved");
}

enum fault
ui_grant_set(struct call *c)
{
	const struct grant_form *form = c->body;
	struct grant_wish wish = { .role = form->role };
	enum fault f;

	if (pick_asked(c))
		return pick_again(c);
	f = grant_set(c->work, call_param(c, "resource"), arena_text(c->work->vault, form->subject.v), &wish);
	return f != FAULT_NONE ? f : frame_go(c, resource_path(c, ""), "saved");
}

enum fault
ui_grant_remove(struct call *c)
{
	enum fault f = grant_remove(c->work, call_param(c, "resource"), call_param(c, "subject"));

	return f != FAULT_NONE ? f : frame_go(c, resource_path(c, ""), "removed");
}

enum fault
ui_resource_delete(struct call *c)
{
	const char *id = call_param(c, "resource");
	struct resource r;
	enum fault f;

	if ((f = resources_get(c->work, c->work->actor->org_id, id, &r)) != FAULT_NONE ||
	    (f = confirm_name(c, r.name)) != FAULT_NONE || (f = frame_proof(c)) != FAULT_NONE ||
	    (f = resource_delete(c->work, id)) != FAULT_NONE)
		return f;
	return frame_go(c, LIST, "deleted");
}
