/*
 * ui_resource_test.c: does what a resource is connected to work?
 */
#include "ui/ui.h"

#include "files/provider.h"
#include "ui/resource.h"

struct test_form {
	struct given_flag write;
};
static const struct field test_fields[] = { FIELD(test_form, write) };
const struct shape shape_ui_test = SHAPE("TestForm", test_form, test_fields);

void
offer_test(struct call *c, struct board *b, const struct resource *r)
{
	struct board_form *form;
	struct control *k;

	if (strcmp(r->type, "provider") != 0)
		return;
	form = board_form(c, b, WORDS_test_connection, WORDS_test_button, resource_path(c, "/test"));
	form->text = WORDS_test_connection_text;
	k = form_control(form, CONTROL_FLAG, "write", WORDS_test_write, WORDS_test_write_hint);
	k->on = true;
}

static void
show_step(struct board *b, const struct provider_test *t, const struct provider_step *s)
{
	static const struct {
		const char *badge;
		enum words word;
	} states[] = { [CHECK_PASSED] = { "active", WORDS_step_passed },
		[CHECK_FAILED] = { "revoked", WORDS_step_failed },
		[CHECK_SKIPPED] = { "skipped", WORDS_step_skipped } };
	struct line *l = board_line(b, words_text((enum words)(WORDS_check_SETTINGS + s->check)));

	l->state = states[s->state].badge;
	l->state_text = words_text(states[s->state].word);
	if (s->state != CHECK_FAILED)
		return;
	l->about = t->problem;
	if (t->advice != ADVICE_NONE)
		l->second = words_text((enum words)(WORDS_advice_CONNECT_ANEW + t->advice - 1));
}

static enum fault
show_test(struct call *c, void *ctx)
{
	const struct provider_test *t = ctx;
	struct resource r;
	struct board *b;
	enum fault f = resource_begin(c, TAB_SETTINGS, &r, &b);

	if (f != FAULT_NONE)
		return f;
	b->intro = words_text(t->works ? WORDS_test_works : WORDS_test_fails);
	board_list(c, b, WORDS_none, WORDS_col_result, WORDS_col_advice, WORDS_none);
	b->col_name = WORDS_col_step;
	for (size_t i = 0; i < t->n; i++)
		show_step(b, t, &t->step[i]);
	offer_test(c, b, &r);
	return board_show(c, b);
}

enum fault
ui_resource_test(struct call *c)
{
	const struct test_form *form = c->body;
	struct provider_test t;
	enum fault f = provider_test(c->work, call_param(c, "resource"), form->write.v, &t);

	return f != FAULT_NONE ? f : call_within(c, DB_SHOWS, show_test, &t);
}
