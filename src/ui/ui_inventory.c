/*
 * ui_inventory.c: all keys of an organization, for its admins, and ending many of
 * them at once.
 */
#include "ui/ui.h"

#include "core/account.h"
#include "core/id.h"
#include "core/retire.h"
#include "core/revoke.h"
#include "ui/keys.h"
#include "ui/templates.h"

#define LIST   "/settings/keys"
#define REVOKE LIST "/revoke"
#define SHOWN  50 /* of many that match */

struct revoke_form {
#define KEY_QUERY(name, option) struct given_text name;
#include "core/key_query.def"
	struct given_texts ids;
};
static const struct field revoke_fields[] = {
#define KEY_QUERY(name, option) FIELD(revoke_form, name),
#include "core/key_query.def"
	FIELD(revoke_form, ids),
};
const struct shape shape_ui_revoke = SHAPE("RevokeForm", revoke_form, revoke_fields);

/* --- a row --- */

static const char *
link_of(struct call *c, const struct key *k)
{
	if (k->machine_id != NULL)
		return frame_link(c, arena_print(c->work->arena, "/settings/machines/%s", k->machine_id));
	return frame_link(c, key_path(c, family_named(k->kind), k->id, ""));
}

static void
read_rows(struct call *c, const struct key *keys, size_t n, struct any_rows *rows)
{
	struct work *w = c->work;

	rows->v = arena_array(w->arena, struct any_row, n + 1);
	for (rows->n = 0; rows->n < n; rows->n++) {
		const struct key *k = &keys[rows->n];
		const char *state = key_state(w, k);

		rows->v[rows->n] = (struct any_row){ .k = k,
			.link = link_of(c, k),
			.kind = words_text(kind_word(kind_named(str_of(k->kind)))),
			.state = state,
			.state_text = state_word(state),
			.endable = k->machine_id == NULL && strcmp(state, "revoked") != 0,
			.created = when_of(w, k->created_at, WORDS_never),
			.used = when_of(w, k->last_used_at, WORDS_never_used),
			.expires = when_of(w, k->expires_at, WORDS_never) };
	}
}

/* --- the list --- */

static bool
machines_only(const struct key_filter *f)
{
	return f->kind != NULL && kind_named(str_of(f->kind))->owner == OWNER_MACHINE;
}

enum fault
ui_inventory(struct call *c)
{
	struct inventory_page p = { .revoke_path = REVOKE };
	enum fault f;

	if ((f = frame_begin(c, WORDS_inventory, NAV_INVENTORY, &p.frame)) != FAULT_NONE ||
	    (f = key_list_read(c, &p.frame, LIST, STR_NONE, STR_NONE, &p.list)) != FAULT_NONE)
		return f;
	read_rows(c, p.list.keys, p.list.n, &p.rows);
	if (key_query_narrows(&p.list.said) && !p.list.filter.revoked && !machines_only(&p.list.filter))
		p.matching_link = arena_print(c->work->arena, "%s%s", frame_link(c, REVOKE),
		    key_query_text(c, &p.list.said, false));
	page_inventory(&c->resp->body, &p);
	return FAULT_NONE;
}

/* --- ending many --- */

struct ids {
	struct work *work;
	struct given_texts found;
};

static bool
look_at_pair(void *ctx, struct str name, struct str value)
{
	struct ids *ids = ctx;

	for (size_t i = 0; i < ids->found.n; i++)
		if (str_eq(ids->found.v[i], value))
			return true;
	if (str_is(name, "ids") && id_shape(value) && ids->found.n < REVOKE_IDS_MAX)
		ids->found.v[ids->found.n++] = value;
	return true;
}

/* Those that were chosen, in the address or in the form that was refused. */
static struct given_texts
chosen_ids(struct call *c, struct str query)
{
	struct ids ids = { c->work, { GIVEN, arena_array(c->work->arena, struct str, REVOKE_IDS_MAX), 0 } };

	query_each(c->work->arena, query, look_at_pair, &ids);
	return ids.found;
}

static enum fault
look_chosen(struct call *c, const struct given_texts *ids, struct revoke_page *p)
{
	struct key *keys;
	struct str *missed;
	size_t n, missed_n;
	enum fault f = revoke_ids(c->work, ids, true, &keys, &n, &missed, &missed_n);

	if (f != FAULT_NONE)
		return f;
	read_rows(c, keys, n, &p->rows);
	p->count = arena_print(c->work->arena, "%zu", n);
	return FAULT_NONE;
}

static enum fault
look_matching(struct call *c, const struct key_query *q, struct revoke_page *p)
{
	struct page page = { .limit = SHOWN, .after_id = "" };
	const char *org = c->work->actor->org_id;
	struct key_filter filter;
	struct key *keys;
	int64_t count;
	size_t n;
	enum fault f;

	if ((f = revoke_filter(c->work, q, false, &filter)) != FAULT_NONE ||
	    (f = keys_count(c->work, org, &filter, &count)) != FAULT_NONE ||
	    (f = keys_page(c->work, org, &filter, &page, &keys, &n)) != FAULT_NONE)
		return f;
	read_rows(c, keys, n, &p->rows);
	p->count = arena_print(c->work->arena, "%lld", (long long)count);
	p->more = (int64_t)n < count;
	p->said = q;
	return FAULT_NONE;
}

enum fault
ui_revoke(struct call *c)
{
	struct str query = c->again ? c->form : c->req->query;
	struct revoke_page p = { .list_link = frame_link(c, LIST), .action = frame_link(c, REVOKE) };
	struct given_texts ids = chosen_ids(c, query);
	struct key_query q = key_query_said(c, query);
	bool recent;
	enum fault f;

	if ((f = frame_begin(c, WORDS_revoke_many, NAV_INVENTORY, &p.frame)) != FAULT_NONE ||
	    (f = account_recent(c->work, &recent)) != FAULT_NONE)
		return f;
	p.password = !recent;
	/* What was chosen is no field to go to. */
	if (!wrong(&p.frame, "proof"))
		p.frame.trouble_field = NULL;
	if (ids.n > 0)
		f = look_chosen(c, &ids, &p);
	else if (key_query_asks(&q))
		f = look_matching(c, &q, &p);
	if (f != FAULT_NONE)
		return f;
	page_revoke(&c->resp->body, &p);
	return FAULT_NONE;
}

/* A piece at a time: where more are left, the page asks about those. */
static enum fault
end_matching(struct call *c, const struct key_query *q)
{
	struct page page = { .limit = REVOKE_PIECE, .after_id = "" };
	struct key_filter filter;
	struct key_brief *ended;
	int64_t left;
	size_t n;
	enum fault f;

	if ((f = revoke_filter(c->work, q, false, &filter)) != FAULT_NONE ||
	    (f = revoke_piece(c->work, &filter, &page, &ended, &n)) != FAULT_NONE ||
	    (f = keys_count(c->work, c->work->actor->org_id, &filter, &left)) != FAULT_NONE)
		return f;
	if (left == 0)
		return frame_go(c, LIST, "revoked_many");
	/* Something narrows it, so the text is not empty. */
	return frame_go(c, arena_print(c->work->arena, REVOKE "?%s", key_query_text(c, q, false) + 1),
	    "revoked_some");
}

enum fault
ui_revoke_send(struct call *c)
{
	struct given_texts ids = chosen_ids(c, c->form);
	struct key_query q = key_query_said(c, c->form);
	struct key *keys;
	struct str *missed;
	size_t n, missed_n;
	enum fault f = frame_proof(c);

	if (f != FAULT_NONE)
		return f;
	if (ids.n == 0)
		return end_matching(c, &q);
	f = revoke_ids(c->work, &ids, false, &keys, &n, &missed, &missed_n);
	return f != FAULT_NONE ? f : frame_go(c, LIST, "revoked_many");
}
