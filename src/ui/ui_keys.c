/*
 * ui_keys.c: keys of all kinds that people make: their lists, and ending them.
 *
 * What differs from page to page is a row of families[]; what differs from kind
 * to kind is a row of kinds.def.
 */
#include "ui/ui.h"

#include "core/retire.h"
#include "store/resources.h"
#include "ui/keys.h"
#include "ui/templates.h"

static const struct family families[] = {
	{ "/settings/tokens", KIND_PERSONAL, NAV_TOKENS, true, false, "delete", "deleted", WORDS_tokens,
	    WORDS_personal_intro, WORDS_new_token, WORDS_no_tokens, WORDS_no_tokens_advice,
	    WORDS_delete_token, WORDS_delete_token_text, WORDS_delete_button },
	{ "/settings/access-tokens", KIND_SPACE, NAV_TOKENS, true, false, "delete", "deleted", WORDS_tokens,
	    WORDS_space_intro, WORDS_new_space_token, WORDS_no_space_tokens, WORDS_no_space_tokens_advice,
	    WORDS_delete_token, WORDS_delete_token_text, WORDS_delete_button },
	{ "/settings/api-keys", KIND_PROVIDER, NAV_API_KEYS, false, false, "revoke", "revoked",
	    WORDS_api_keys, WORDS_provider_intro, WORDS_new_key, WORDS_no_keys, WORDS_no_keys_advice,
	    WORDS_revoke_key, WORDS_revoke_key_text, WORDS_revoke_button },
	{ "/developer/api-keys", KIND_ORGANIZATION, NAV_DEVELOPER, false, true, "revoke", "revoked",
	    WORDS_org_keys, WORDS_org_keys_intro, WORDS_create_api_key, WORDS_no_org_keys,
	    WORDS_no_org_keys_advice, WORDS_revoke_key, WORDS_revoke_key_text, WORDS_revoke_button },
};

const struct family *
family_of(const struct call *c)
{
	size_t i = COUNT(families) - 1;

	while (i > 0 && !str_starts(str_of(c->route->path), str_of(families[i].path)))
		i--;
	return &families[i];
}

const struct family *
family_named(const char *kind)
{
	for (size_t i = 0; i < COUNT(families); i++)
		if (strcmp(kind_of(families[i].kind)->name, kind) == 0)
			return &families[i];
	return NULL;
}

const char *
key_path(struct call *c, const struct family *fam, const char *key, const char *rest)
{
	return arena_print(c->work->arena, "%s/%s%s", fam->path, key, rest);
}

const char *
family_link(struct call *c, const struct family *fam, const char *key, const char *rest)
{
	return frame_link(c, arena_print(c->work->arena, "%s/%s/%s", fam->path, key, rest));
}

/* --- a row --- */

static enum fault
read_reach(struct call *c, struct key_row *row)
{
	const char *org = c->work->actor->org_id;
	struct restriction *rows;
	size_t n;
	enum fault f = keys_restrictions(c->work, org, row->k->id, &rows, &n);

	if (f != FAULT_NONE)
		return f;
	row->reach.v = arena_array(c->work->arena, struct reach, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct resource r;

		if ((f = resources_get(c->work, org, rows[i].resource_id, &r)) != FAULT_NONE)
			return f;
		row->reach.v[row->reach.n++] = (struct reach){ r.name, rows[i].base_path };
	}
	return FAULT_NONE;
}

enum fault
key_row(struct call *c, const struct family *fam, const struct key *k, struct key_row *row)
{
	const struct kind *kind = kind_of(fam->kind);
	struct work *w = c->work;

	*row = (struct key_row){ .k = k,
		.scopes = scopes_text(w, (unsigned)k->scopes),
		.state = key_state(w, k),
		.created = when_of(w, k->created_at, WORDS_never),
		.used = when_of(w, k->last_used_at, WORDS_never_used),
		.expires = when_of(w, k->expires_at, WORDS_never) };
	row->state_text = state_word(row->state);
	row->link = frame_link(c, key_path(c, fam, k->id, ""));
	if (strcmp(row->state, "revoked") != 0) {
		row->end_link = family_link(c, fam, k->id, fam->end);
		row->end_label =
		    words_format(w->arena, WORDS_end_label, words_text(fam->end_button), k->name);
		if (kind->renewal == RENEW_REFRESH) {
			row->refresh_link = family_link(c, fam, k->id, "refresh");
			row->refresh_label = words_format(w->arena, WORDS_end_label,
			    words_text(WORDS_refresh_button), k->name);
		}
	}
	return k->restricted ? read_reach(c, row) : FAULT_NONE;
}

/* --- the list --- */

static enum fault
read_use(struct call *c, struct keys_page *p)
{
	const char **ids = arena_array(c->work->arena, const char *, p->rows.n + 1);
	struct use_view *views;
	enum fault f;

	for (size_t i = 0; i < p->rows.n; i++)
		ids[i] = p->rows.v[i].k->id;
	f = use_views(c, ids, p->rows.n, &views);
	for (size_t i = 0; f == FAULT_NONE && i < p->rows.n; i++)
		p->rows.v[i].use = &views[i];
	return f;
}

static enum fault
read_rows(struct call *c, struct keys_page *p)
{
	enum fault f = key_list_read(c, &p->frame, p->family->path, str_of(kind_of(p->family->kind)->name),
	    p->family->everybodys ? STR_NONE : STR("me"), &p->list);

	if (f != FAULT_NONE)
		return f;
	p->rows.v = arena_array(c->work->arena, struct key_row, p->list.n + 1);
	for (; p->rows.n < p->list.n && f == FAULT_NONE; p->rows.n++)
		f = key_row(c, p->family, &p->list.keys[p->rows.n], &p->rows.v[p->rows.n]);
	return f == FAULT_NONE ? read_use(c, p) : f;
}

static enum fault
may_make(struct call *c, const struct family *fam, bool *may)
{
	struct org o;
	enum fault f = orgs_get(c->work, c->work->actor->org_id, &o);

	*may = f == FAULT_NONE && (kind_of(fam->kind)->policy != POLICY_PERSONAL || o.personal_enabled != 0);
	return f;
}

enum fault
ui_keys(struct call *c)
{
	const struct family *fam = family_of(c);
	const struct kind *kind = kind_of(fam->kind);
	struct keys_page p = { .family = fam,
		.link = frame_link(c, fam->path),
		.tokens_link = frame_link(c, "/settings/tokens"),
		.access_tokens_link = frame_link(c, "/settings/access-tokens"),
		.scoped = kind->scoping != SCOPING_ALL,
		.restrictable = kind->restrictable != 0,
		.all = kind->ending == ENDS_MARKED && str_is(call_query(c, "state"), "all") };
	enum fault f;

	if ((f = frame_begin(c, fam->title, fam->nav, &p.frame)) != FAULT_NONE ||
	    (f = may_make(c, fam, &p.allowed)) != FAULT_NONE || (f = read_rows(c, &p)) != FAULT_NONE)
		return f;
	if (fam->tabs)
		p.frame.tab = words_text(fam->kind == KIND_PERSONAL ? WORDS_personal : WORDS_space_tokens);
	p.new_link = frame_link(c, arena_print(c->work->arena, "%s/new", fam->path));
	if (kind->ending == ENDS_MARKED)
		p.all_link = p.all ? p.link : arena_print(c->work->arena, "%s&state=all", p.link);
	page_keys(&c->resp->body, &p);
	return FAULT_NONE;
}

/* --- the end --- */

enum fault
key_of_family(struct call *c, const struct family *fam, struct key *k)
{
	enum fault f = key_see(c->work, call_param(c, "key"), k);

	if (f == FAULT_NONE && strcmp(k->kind, kind_of(fam->kind)->name) != 0)
		return FAULT_NOT_FOUND;
	return f;
}

enum fault
ui_key_end(struct call *c)
{
	struct key_page p = { .family = family_of(c) };
	struct key k;
	enum fault f;

	if ((f = key_of_family(c, p.family, &k)) != FAULT_NONE ||
	    (f = frame_begin(c, p.family->end_title, p.family->nav, &p.frame)) != FAULT_NONE ||
	    (f = key_row(c, p.family, &k, &p.row)) != FAULT_NONE)
		return f;
	p.list_link = frame_link(c, p.family->path);
	p.action = family_link(c, p.family, k.id, p.family->end);
	page_key_end(&c->resp->body, &p);
	return FAULT_NONE;
}

enum fault
ui_key_end_send(struct call *c)
{
	const struct family *fam = family_of(c);
	struct key k;
	enum fault f = key_of_family(c, fam, &k);

	if (f != FAULT_NONE || (f = key_end(c->work, k.id)) != FAULT_NONE)
		return f;
	return frame_go(c, fam->path, fam->done);
}

/* --- a new text in place --- */

struct refresh_form {
	struct given_text expires_at;
};
static const struct field refresh_fields[] = { FIELD(refresh_form, expires_at) };
const struct shape shape_ui_refresh = SHAPE("RefreshForm", refresh_form, refresh_fields);

enum fault
ui_key_refresh(struct call *c)
{
	struct key_page p = { .family = family_of(c) };
	struct key k;
	enum fault f;

	if ((f = key_of_family(c, p.family, &k)) != FAULT_NONE ||
	    (f = frame_begin(c, WORDS_refresh_token, p.family->nav, &p.frame)) != FAULT_NONE ||
	    (f = key_row(c, p.family, &k, &p.row)) != FAULT_NONE)
		return f;
	p.list_link = frame_link(c, p.family->path);
	p.action = family_link(c, p.family, k.id, "refresh");
	page_key_refresh(&c->resp->body, &p);
	return FAULT_NONE;
}

enum fault
ui_key_refresh_send(struct call *c)
{
	const struct refresh_form *form = c->body;
	const struct family *fam = family_of(c);
	struct mint_wish wish = { .expires_at = form->expires_at };
	struct minted m;
	struct key k;
	bool again;
	enum fault f;

	if (wish.expires_at.v.n == 0)
		wish.expires_at.is = ABSENT;
	if ((f = key_of_family(c, fam, &k)) != FAULT_NONE || (f = frame_once(c, &again)) != FAULT_NONE)
		return f;
	if (again)
		return frame_go(c, fam->path, "sent_before");
	if ((f = mint_refresh(c->work, k.id, &wish, &m)) != FAULT_NONE)
		return f;
	return reveal(c, fam->nav, fam->path, &m, true);
}
