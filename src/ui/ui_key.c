/*
 * ui_key.c: one key: what it is, its name and limit, and a new text while the old
 * one goes on for a while.
 */
#include "ui/ui.h"

#include "core/mint.h"
#include "core/retire.h"
#include "store/machines.h"
#include "ui/board.h"
#include "ui/keys.h"
#include "ui/limit.h"

#define REACH_MAX ((size_t)64 << 10)

struct key_change_form {
	struct given_text name, description;
	struct given_int requests, seconds;
};
static const struct field change_fields[] = { FIELD_NEEDED(key_change_form, name),
	FIELD(key_change_form, description), FIELD(key_change_form, requests),
	FIELD(key_change_form, seconds) };
const struct shape shape_ui_key_change = SHAPE("KeyChangeForm", key_change_form, change_fields);

/* --- what it is --- */

static const char *
reach_text(struct call *c, const struct key_row *row)
{
	struct out o = out_limit(c->work->arena, REACH_MAX);

	for (size_t i = 0; i < row->reach.n; i++) {
		const struct reach *r = &row->reach.v[i];

		out_put(&o, i == 0 ? "" : ", ");
		out_put(&o, r->name);
		if (r->path != NULL) {
			out_put(&o, " ");
			out_put(&o, r->path);
		}
	}
	return row->reach.n == 0 || out_failed(&o) ? words_text(WORDS_reach_all) : out_text(&o).s;
}

static void
tell(struct call *c, struct board *b, const struct family *fam, const struct key_row *row)
{
	const struct kind *kind = kind_of(fam->kind);
	const struct key *k = row->k;

	board_fact(b, WORDS_col_status, row->state_text);
	if (k->owner_name != NULL)
		board_fact(b, WORDS_owner, k->owner_name);
	board_fact(b, WORDS_col_prefix, arena_print(c->work->arena, "%s…", k->prefix));
	b->facts.v[b->facts.n - 1].code = true;
	if (kind->scoping != SCOPING_ALL)
		board_fact(b, WORDS_col_permissions, row->scopes);
	if (kind->restrictable != 0)
		board_fact(b, WORDS_col_reach, reach_text(c, row));
	if (k->allowed_ips != NULL)
		board_fact(b, WORDS_allowed_ips, k->allowed_ips);
	board_fact(b, WORDS_limit, limit_text(c, k->rate_requests, k->rate_seconds));
	board_instant(b, WORDS_col_created, row->created, false);
	board_instant(b, WORDS_col_used, row->used, false);
	if (k->last_used_ip != NULL)
		board_fact(b, WORDS_used_from, k->last_used_ip);
	board_instant(b, WORDS_col_expires, row->expires, true);
	if (k->past_until > c->work->now)
		board_instant(b, WORDS_past_until, when_of(c->work, k->past_until, WORDS_never), true);
}

/* --- the page --- */

static void
offer_acts(struct call *c, struct board *b, const struct family *fam, const struct key_row *row)
{
	const struct key *k = row->k;
	struct board_form *form;
	struct control *name;

	if (strcmp(row->state, "revoked") == 0)
		return;
	form = board_form(c, b, WORDS_change, WORDS_save, key_path(c, fam, k->id, ""));
	name = form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_name_hint);
	name->value = k->name;
	name = form_control(form, CONTROL_TEXT, "description", WORDS_description, WORDS_none);
	name->value = k->description;
	name->max = 500;
	name->needed = false;
	offer_limit(c, form, k->rate_requests, k->rate_seconds);
	if (!kind_of(fam->kind)->rotates)
		return;
	offer_rotation(c, b, k->past_until, key_path(c, fam, k->id, "/rotate"),
	    key_path(c, fam, k->id, "/rotated"));
	if (k->past_until <= c->work->now)
		form_control(&b->forms.v[b->forms.n - 1], CONTROL_DATE, "expires_at", WORDS_new_expiry,
		    WORDS_rotate_expiry_hint)
		    ->needed = false;
}

enum fault
ui_key(struct call *c)
{
	const struct family *fam = family_of(c);
	struct key_row row;
	struct board *b;
	struct key k;
	enum fault f;

	if ((f = key_of_family(c, fam, &k)) != FAULT_NONE ||
	    (f = board_begin_named(c, k.name, fam->nav, &b)) != FAULT_NONE ||
	    (f = key_row(c, fam, &k, &row)) != FAULT_NONE)
		return f;
	b->back = frame_link(c, fam->path);
	b->back_text = words_text(fam->title);
	b->intro = k.description;
	if (row.refresh_link != NULL)
		board_link(c, b, WORDS_refresh_button, key_path(c, fam, k.id, "/refresh"))->plain = true;
	/* What cannot be renewed has a successor instead. */
	if (row.refresh_link == NULL && !kind_of(fam->kind)->rotates &&
	    (row.expires.past || row.expires.soon))
		board_link(c, b, fam->new_title, arena_print(c->work->arena, "%s/new", fam->path));
	if (row.end_link != NULL)
		board_link(c, b, fam->end_button,
		    key_path(c, fam, k.id, arena_print(c->work->arena, "/%s", fam->end)))
		    ->plain = true;
	tell(c, b, fam, &row);
	if ((f = board_insight(c, b, k.id, key_path(c, fam, k.id, ""))) != FAULT_NONE)
		return f;
	if (strcmp(row.state, "active") == 0)
		b->mcp = mcp_view(c, kind_of(fam->kind));
	offer_acts(c, b, fam, &row);
	return board_show(c, b);
}

enum fault
ui_key_change(struct call *c)
{
	const struct key_change_form *form = c->body;
	const struct family *fam = family_of(c);
	struct key_wish wish = { .name = form->name,
		.description = form->description,
		.rate_limit = limit_given(c->work, &form->requests, &form->seconds) };
	struct key k;
	enum fault f;

	if (wish.description.is == GIVEN && wish.description.v.n == 0)
		wish.description.is = IS_NULL;
	if ((f = key_of_family(c, fam, &k)) != FAULT_NONE ||
	    (f = key_describe(c->work, k.id, &wish, &k)) != FAULT_NONE)
		return f;
	return frame_go(c, key_path(c, fam, k.id, ""), "saved");
}

enum fault
ui_key_rotate(struct call *c)
{
	const struct family *fam = family_of(c);
	struct mint_wish wish = rotate_wish(c);
	struct minted m;
	struct key k;
	bool again;
	enum fault f;

	if ((f = key_of_family(c, fam, &k)) != FAULT_NONE || (f = frame_once(c, &again)) != FAULT_NONE)
		return f;
	if (again)
		return frame_go(c, key_path(c, fam, k.id, ""), "sent_before");
	if ((f = mint_rotate(c->work, k.id, &wish, &m)) != FAULT_NONE)
		return f;
	return reveal(c, fam->nav, key_path(c, fam, k.id, ""), &m, wish.grace.v == 0);
}

enum fault
ui_key_rotated(struct call *c)
{
	const struct family *fam = family_of(c);
	struct key k;
	enum fault f;

	if ((f = key_of_family(c, fam, &k)) != FAULT_NONE || (f = key_rotated(c->work, k.id)) != FAULT_NONE)
		return f;
	return frame_go(c, key_path(c, fam, k.id, ""), "ended");
}

/* --- from a mail --- */

/* The organization is not in the link: the one of the caller's that has the key. */
enum fault
ui_key_find(struct call *c)
{
	const char *id = call_param(c, "key"), *org, *path;
	struct standing *here;
	struct key k;
	enum fault f;

	if ((f = keys_org_for_user(c->work, id, c->caller->owner_id, &org)) != FAULT_NONE ||
	    (f = standing_in(c->work, c->caller, org, &here)) != FAULT_NONE)
		return f;
	c->work->actor = here;
	if ((f = key_see(c->work, id, &k)) != FAULT_NONE)
		return f;
	path = k.machine_id != NULL ? arena_print(c->work->arena, "/settings/machines/%s", k.machine_id)
				    : key_path(c, family_named(k.kind), k.id, "");
	return frame_go(c, path, NULL);
}
