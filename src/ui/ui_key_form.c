/*
 * ui_key_form.c: the form of a new key, and the one time its text is shown.
 */
#include "ui/ui.h"

#include "base/clock.h"
#include "core/ask.h"
#include "core/base_path.h"
#include "core/resource.h"
#include "core/type.h"
#include "ui/keys.h"
#include "ui/limit.h"
#include "ui/templates.h"

/*
 * The things that may be chosen come in three lists: `thing` and `base_path`
 * hold all of them, in one order, and `pick` the ids of those that are chosen.
 */
struct key_form {
	struct given_text name, description, permission, expires_at, reach, allowed_ips;
	struct given_int expires_in_days, requests, seconds;
	struct given_texts scopes, thing, pick, base_path;
};

static const struct field form_fields[] = {
	FIELD_NEEDED(key_form, name),
	FIELD(key_form, description),
	FIELD(key_form, permission),
	FIELD(key_form, expires_at),
	FIELD(key_form, expires_in_days),
	FIELD(key_form, scopes),
	FIELD(key_form, reach),
	FIELD(key_form, thing),
	FIELD(key_form, pick),
	FIELD(key_form, base_path),
	FIELD(key_form, allowed_ips),
	FIELD(key_form, requests),
	FIELD(key_form, seconds),
};
const struct shape shape_ui_key = SHAPE("KeyForm", key_form, form_fields);

/* --- what is offered --- */

static void
offer_days(struct call *c, const struct org *o, struct key_form_page *p)
{
	static const int64_t days[] = { 30, 90, 180, 365 };
	struct arena *a = c->work->arena;

	p->days.v = arena_array(a, struct days, COUNT(days));
	for (size_t i = 0; i < COUNT(days) && days[i] <= o->personal_max_days; i++) {
		struct when ends = when_of(c->work, c->work->now + days[i] * CLOCK_DAY, WORDS_never);
		const char *value = arena_print(a, "%lld", (long long)days[i]);

		p->days.v[p->days.n++] = (struct days){ .value = value,
			.text = words_format(a, WORDS_n_days, value),
			.ends = ends.text,
			.chosen = chosen(&p->frame, "expires_in_days", value, i == 0) };
	}
}

/* Each with what it is good for, in the words of the kind. */
static void
offer_scopes(struct call *c, const struct kind *kind, struct key_form_page *p)
{
	static const struct {
		unsigned bit;
		enum words organization, provider, space;
	} abouts[] = {
		{ SCOPE_READ, WORDS_org_read_about, WORDS_provider_read_about, WORDS_space_read_about },
		{ SCOPE_WRITE, WORDS_org_write_about, WORDS_provider_write_about, WORDS_space_write_about },
		{ SCOPE_ADMIN, WORDS_none, WORDS_provider_admin_about, WORDS_space_admin_about },
		{ SCOPE_FULL, WORDS_none, WORDS_none, WORDS_space_full_about },
	};
	const char *field = kind->scoping == SCOPING_PERMISSION ? "permission" : "scopes";

	p->scopes.v = arena_array(c->work->arena, struct scope_choice, COUNT(abouts));
	for (size_t i = 0; i < COUNT(abouts); i++) {
		enum words about = kind->id == KIND_ORGANIZATION ? abouts[i].organization
		    : kind->id == KIND_PROVIDER			 ? abouts[i].provider
								 : abouts[i].space;
		const char *name = scope_name(abouts[i].bit);

		if ((kind->scopes & abouts[i].bit) == 0)
			continue;
		p->scopes.v[p->scopes.n++] = (struct scope_choice){ name, scope_word(abouts[i].bit),
			words_text(about), chosen(&p->frame, field, name, abouts[i].bit == SCOPE_READ) };
	}
}

/* What was typed beside a thing that was offered. */
static const char *
typed_path(const struct call *c, const char *id)
{
	const struct key_form *form = c->body;

	if (!c->again || form == NULL)
		return "/";
	for (size_t i = 0; i < form->thing.n && i < form->base_path.n; i++)
		if (str_is(form->thing.v[i], id))
			return arena_text(c->work->arena, form->base_path.v[i]);
	return "/";
}

/* Of all paths that were typed, those that are none. */
static bool
wrong_path(const struct frame *f, const struct thing *t)
{
	return wrong(f, "base_path") && t->picked &&
	    base_path_normalize(f->call->work->arena, str_of(t->base_path)) == NULL;
}

static bool
is_offered(const struct key_form_page *p, const char *id)
{
	for (size_t i = 0; i < p->things.n; i++)
		if (strcmp(p->things.v[i].id, id) == 0)
			return true;
	return false;
}

/* A form sends no more of them. */
static bool
is_full(const struct key_form_page *p)
{
	return p->things.n == PICK_MAX;
}

static void
offer_thing(struct call *c, const struct resource *r, const char *within, struct key_form_page *p)
{
	if (is_full(p) || is_offered(p, r->id))
		return;
	p->things.v[p->things.n++] = (struct thing){ .id = r->id,
		.name = r->name,
		.within = within,
		.base_path = typed_path(c, r->id),
		.picked = chosen(&p->frame, "pick", r->id, false) };
	p->things.v[p->things.n - 1].wrong = wrong_path(&p->frame, &p->things.v[p->things.n - 1]);
}

/* One that the caller may read; FAULT_NOT_FOUND, also where it may not. */
static enum fault
readable(struct call *c, const char *id, struct resource *r)
{
	enum fault f = ask_actor(c->work, ACTION_READ, id);

	c->work->trouble = (struct trouble){ .field = NULL }; /* it was only a question */
	if (f != FAULT_NONE)
		return fault_status(f) >= 500 ? f : FAULT_NOT_FOUND;
	return resources_get(c->work, c->work->actor->org_id, id, r);
}

/* What it stands in, if it may be read. */
static enum fault
name_within(struct call *c, const struct resource *r, const char **within)
{
	struct resource parent;
	enum fault f;

	*within = NULL;
	if (r->parent_id == NULL || (f = readable(c, r->parent_id, &parent)) == FAULT_NOT_FOUND)
		return FAULT_NONE;
	if (f == FAULT_NONE)
		*within = parent.name;
	return f;
}

/* Of one type: all, or those in a parent. */
static enum fault
offer_type(struct call *c, enum type_id type, const struct resource *parent, struct key_form_page *p)
{
	struct page page = p->pick->page, next;
	const char *within = parent == NULL ? NULL : parent->name;
	struct resource *rows;
	size_t n, i;
	enum fault f;

	/* What stands in one that was found is found with it. */
	if (parent != NULL)
		page.search = NULL;
	f = resource_list(c->work, type_of(type)->name, parent == NULL ? NULL : parent->id, &page, &rows, &n,
	    &next);
	for (i = 0; f == FAULT_NONE && i < n && !is_full(p); i++) {
		if (parent == NULL && type == TYPE_BASE)
			f = name_within(c, &rows[i], &within);
		offer_thing(c, &rows[i], within, p);
		if (f == FAULT_NONE && type == TYPE_SPACE)
			f = offer_type(c, TYPE_BASE, &rows[i], p);
	}
	if (f == FAULT_NONE && (next.after_id != NULL || i < n))
		p->pick->more = true;
	return f;
}

/* What was picked stays, whatever is looked for next. */
static enum fault
offer_picked(struct call *c, const struct kind *kind, struct key_form_page *p)
{
	const struct key_form *form = c->body;
	const char *within;
	struct resource r;
	enum fault f = FAULT_NONE;

	for (size_t i = 0; c->again && form != NULL && i < form->pick.n && f == FAULT_NONE; i++) {
		f = readable(c, arena_text(c->work->arena, form->pick.v[i]), &r);
		if (f == FAULT_NONE && (kind->restrictable >> type_named(str_of(r.type))->id & 1) != 0 &&
		    (f = name_within(c, &r, &within)) == FAULT_NONE)
			offer_thing(c, &r, within, p);
		if (f == FAULT_NOT_FOUND)
			f = FAULT_NONE;
	}
	return f;
}

/* Spaces, each with the bases in it; a base is looked for by its own name, too. */
static enum fault
offer_things(struct call *c, const struct kind *kind, struct key_form_page *p)
{
	enum type_id type = (kind->restrictable & TYPE_BIT(PROVIDER)) != 0 ? TYPE_PROVIDER : TYPE_SPACE;
	size_t picked;
	enum fault f;

	p->things_wanted = true;
	p->has_paths = type == TYPE_PROVIDER;
	p->some = chosen(&p->frame, "reach", "some", false);
	p->things.v = arena_array(c->work->arena, struct thing, PICK_MAX);
	p->pick = pick_begin(c, p->has_paths ? WORDS_provider : WORDS_space);
	if ((f = offer_picked(c, kind, p)) != FAULT_NONE)
		return f;
	picked = p->things.n;
	if ((f = offer_type(c, type, NULL, p)) == FAULT_NONE && type == TYPE_SPACE && p->pick->said.n > 0)
		f = offer_type(c, TYPE_BASE, NULL, p);
	p->pick->found = p->things.n - picked;
	return f;
}

static enum fault
offer(struct call *c, const struct kind *kind, struct key_form_page *p)
{
	char *tomorrow = arena_take(c->work->arena, CLOCK_TEXT_SIZE);
	struct org o;
	enum fault f = orgs_get(c->work, c->work->actor->org_id, &o);

	if (f != FAULT_NONE)
		return f;
	p->allowed = kind->policy != POLICY_PERSONAL || o.personal_enabled != 0;
	p->days_wanted = kind->expiry == EXPIRY_DAYS;
	p->reminded = c->work->settings->mail_server[0] != '\0' && c->work->settings->mail_remind;
	p->date_needed = kind->expiry == EXPIRY_DATE_NEEDED && o.space_never_allowed == 0;
	p->date_wanted = !p->days_wanted;
	p->permission_wanted = kind->scoping == SCOPING_PERMISSION;
	p->scopes_wanted = kind->scoping == SCOPING_SET;
	clock_text(c->work->now + CLOCK_DAY, tomorrow);
	tomorrow[10] = '\0';
	p->tomorrow = tomorrow;
	if (p->days_wanted)
		offer_days(c, &o, p);
	if (p->scopes_wanted || p->permission_wanted)
		offer_scopes(c, kind, p);
	return kind->restrictable != 0 ? offer_things(c, kind, p) : FAULT_NONE;
}

/*
 * A link may have filled the form in, as those of a program's manual do.  It is only
 * what the form begins with: whoever looks at it decides, and sends it.
 */
static bool
is_filled_in(struct call *c)
{
	for (size_t i = 0; i < COUNT(form_fields); i++)
		if (call_query(c, form_fields[i].name).n > 0)
			return true;
	return false;
}

enum fault
ui_key_new(struct call *c)
{
	const struct family *fam = family_of(c);
	struct key_form_page p = { .family = fam };
	enum fault f;

	if ((f = frame_begin(c, fam->new_title, fam->nav, &p.frame)) != FAULT_NONE)
		return f;
	p.frame.filled_in = !c->again && is_filled_in(c);
	if ((f = offer(c, kind_of(fam->kind), &p)) != FAULT_NONE)
		return f;
	p.list_link = p.action = frame_link(c, fam->path);
	page_key_new(&c->resp->body, &p);
	return FAULT_NONE;
}

/* --- what was chosen --- */

static bool
is_picked(const struct key_form *form, struct str id)
{
	for (size_t i = 0; i < form->pick.n; i++)
		if (str_eq(form->pick.v[i], id))
			return true;
	return false;
}

/* A field that was left empty was not given. */
static struct given_text
unless_empty(struct given_text g)
{
	return (struct given_text){ g.v.n == 0 ? ABSENT : g.is, g.v };
}

static struct given_text
given(struct str s)
{
	return (struct given_text){ GIVEN, s };
}

/* The member that is named as the type of the thing. */
static void
restrict_to(struct mint_restriction *m, const struct kind *kind, struct str id, struct str path)
{
	if ((kind->restrictable & TYPE_BIT(PROVIDER)) != 0) {
		m->provider = given(id);
		m->base_path = unless_empty(given(path));
	} else if (str_starts(id, str_of(type_of(TYPE_BASE)->id_prefix))) {
		m->base = given(id);
	} else {
		m->space = given(id);
	}
}

static void
read_reach(struct call *c, const struct kind *kind, struct mint_wish *wish)
{
	const struct key_form *form = c->body;
	struct mint_restriction *rows;

	if (kind->restrictable == 0 || !str_is(form->reach.v, "some"))
		return;
	rows = arena_array(c->work->vault, struct mint_restriction, form->thing.n + 1);
	wish->restrictions = (struct given_rows){ GIVEN, rows, 0 };
	for (size_t i = 0; i < form->thing.n; i++)
		if (is_picked(form, form->thing.v[i]))
			restrict_to(&rows[wish->restrictions.n++], kind, form->thing.v[i],
			    i < form->base_path.n ? form->base_path.v[i] : STR_NONE);
}

static void
read_wish(struct call *c, const struct kind *kind, struct mint_wish *wish)
{
	const struct key_form *form = c->body;

	*wish = (struct mint_wish){ .kind = given(str_of(kind->name)),
		.name = form->name,
		.description = unless_empty(form->description),
		.permission = unless_empty(form->permission),
		.expires_at = unless_empty(form->expires_at),
		.expires_in_days = form->expires_in_days,
		.scopes = form->scopes };
	/* No box is ticked: that is a set with nothing in it. */
	if (kind->scoping == SCOPING_SET)
		wish->scopes.is = GIVEN;
	wish->allowed_ips = ranges_given(c->work, form->allowed_ips);
	wish->rate_limit = limit_given(c->work, &form->requests, &form->seconds);
	read_reach(c, kind, wish);
}

enum fault
ui_key_make(struct call *c)
{
	const struct family *fam = family_of(c);
	struct mint_wish wish;
	struct minted m;
	bool again;
	enum fault f;

	if (pick_asked(c))
		return pick_again(c);
	if ((f = frame_once(c, &again)) != FAULT_NONE)
		return f;
	if (again)
		return frame_go(c, fam->path, "sent_before");
	read_wish(c, kind_of(fam->kind), &wish);
	if ((f = mint_key(c->work, &wish, &m)) != FAULT_NONE)
		return f;
	return reveal(c, fam->nav, fam->path, &m, false);
}

/* --- the text --- */

const struct mcp_view *
mcp_view(struct call *c, const struct kind *kind)
{
	struct mcp_view *v = arena_new(c->work->arena, struct mcp_view);

	/* The name that our own tools take it by. */
	v->variable = kind->id == KIND_SPACE ? "DONOTNAME_API_TOKEN" : "CLAVIGER_API_TOKEN";
	v->placeholder = arena_print(c->work->arena, "${%s}", v->variable);
	v->url = arena_print(c->work->arena, "%s/mcp/v1",
	    request_base_url(c->work->arena, c->req, c->work->settings));
	return v;
}

enum fault
reveal(struct call *c, enum nav nav, const char *list_path, const struct minted *m, bool renewed)
{
	struct reveal_page p = { .token = m->token, .renewed = renewed };
	struct key k;
	enum fault f;

	if ((f = keys_get(c->work, c->work->actor->org_id, m->key_id, &k)) != FAULT_NONE ||
	    (f = frame_begin(c, renewed ? WORDS_token_renewed : WORDS_token_made, nav, &p.frame)) !=
		FAULT_NONE)
		return f;
	p.name = k.name;
	p.prefix = k.prefix;
	p.expires = when_of(c->work, k.expires_at, WORDS_never);
	p.list_link = frame_link(c, list_path);
	p.mcp = mcp_view(c, kind_named(str_of(k.kind)));
	page_reveal(&c->resp->body, &p);
	return FAULT_NONE;
}
