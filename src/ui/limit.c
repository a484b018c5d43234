/*
 * limit.c: forms that keys and machines have in common.
 */
#include "ui/limit.h"

#include "core/rate.h"
#include "ui/ui.h"

struct rotate_form {
	struct given_int grace;
	struct given_text expires_at, expires_in;
};
static const struct field rotate_fields[] = { FIELD_NEEDED(rotate_form, grace),
	FIELD(rotate_form, expires_at), FIELD(rotate_form, expires_in) };
const struct shape shape_ui_rotate = SHAPE("RotateForm", rotate_form, rotate_fields);

const char *
limit_text(struct call *c, int64_t requests, int64_t seconds)
{
	struct arena *a = c->work->arena;

	if (requests == 0)
		return words_text(WORDS_no_limit);
	return words_format(a, WORDS_limit_of, arena_print(a, "%lld", (long long)requests),
	    arena_print(a, "%lld", (long long)seconds));
}

void
offer_limit(struct call *c, struct board_form *form, int64_t requests, int64_t seconds)
{
	struct control *k =
	    form_control(form, CONTROL_NUMBER, "requests", WORDS_limit_requests, WORDS_limit_hint);

	k->needed = false;
	k->value = requests == 0 ? NULL : arena_print(c->work->arena, "%lld", (long long)requests);
	k = form_control(form, CONTROL_NUMBER, "seconds", WORDS_limit_seconds, WORDS_none);
	k->needed = false;
	k->value = requests == 0 ? NULL : arena_print(c->work->arena, "%lld", (long long)seconds);
}

struct given_rows
limit_given(struct work *w, const struct given_int *requests, const struct given_int *seconds)
{
	struct rate_wish *wish = arena_new(w->arena, struct rate_wish);

	if (requests->is != GIVEN && seconds->is != GIVEN)
		return (struct given_rows){ requests->is, NULL, 0 };
	*wish = (struct rate_wish){ *requests, *seconds };
	return (struct given_rows){ GIVEN, wish, 1 };
}

struct given_texts
ranges_given(struct work *w, struct given_text text)
{
	struct given_texts given = { ABSENT, NULL, 0 };

	if (text.is == GIVEN && text.v.n > 0)
		given.v = words_of(w, text.v, &given.n);
	given.is = given.n > 0 ? GIVEN : ABSENT;
	return given;
}

/* --- a new text beside the old --- */

static void
offer_graces(struct call *c, struct board *b, struct board_form *form)
{
	static const struct {
		const char *seconds;
		enum words text;
	} graces[] = { { "0", WORDS_grace_none }, { "3600", WORDS_grace_hour }, { "86400", WORDS_grace_day },
		{ "604800", WORDS_grace_week }, { "2592000", WORDS_days_30 } };
	struct control *k = form_select(c, form, "grace", WORDS_grace, COUNT(graces));

	form->text = WORDS_rotate_text;
	form->once = true;
	for (size_t i = 0; i < COUNT(graces); i++)
		control_option(b, k, graces[i].seconds, words_text(graces[i].text), i == 2);
}

void
offer_rotation(struct call *c, struct board *b, int64_t past_until, const char *path, const char *end)
{
	struct board_form *form;

	if (past_until <= c->work->now) {
		offer_graces(c, b, board_form(c, b, WORDS_rotate, WORDS_rotate, path));
		return;
	}
	form = board_form(c, b, WORDS_past_text, WORDS_end_past, end);
	form->text = WORDS_past_text_about;
}

struct mint_wish
rotate_wish(const struct call *c)
{
	const struct rotate_form *form = c->body;
	struct mint_wish wish = { .grace = form->grace,
		.expires_at = form->expires_at,
		.expires_in = form->expires_in };

	if (wish.expires_at.v.n == 0)
		wish.expires_at.is = ABSENT;
	if (wish.expires_in.v.n == 0)
		wish.expires_in.is = ABSENT;
	return wish;
}
