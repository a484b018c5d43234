/*
 * ui_resource_test.c: does what a resource is connected to work?
 */
#include "ui/ui.h"

#include <unistd.h>

#include "base/beneath.h"
#include "base/json_in.h"
#include "core/local_root.h"
#include "documents/documents.h"
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
	bool source = strcmp(r->type, "source") == 0;
	struct board_form *form = board_form(c, b, source ? WORDS_test_source : WORDS_test_connection,
	    WORDS_test_button, resource_path(c, "/test"));
	struct control *k;

	form->text = source ? WORDS_test_source_text : WORDS_test_connection_text;
	if (source)
		return;
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

/* --- a source --- */

void
source_facts(struct call *c, struct board *b, const struct resource *r)
{
	struct json_value v;
	struct beneath_seen seen;
	bool git;
	int root;

	if (strcmp(r->type, "source") != 0 || r->config == NULL ||
	    !json_in(c->work->arena, str_of(r->config), &v))
		return;
	board_fact(b, WORDS_root, arena_text(c->work->arena, json_member_text(&v, "root")));
	if (local_root_open(c->work, r->config, &root) != FAULT_NONE)
		return;
	git = beneath_stat(root, "/.git/HEAD", &seen) == 0;
	(void)close(root);
	board_fact(b, WORDS_directory_kind, words_text(git ? WORDS_kind_git : WORDS_kind_directory));
}

static const char *
number(struct call *c, int64_t n)
{
	return arena_print(c->work->arena, "%lld", (long long)n);
}

static const char *
what_is_seen(struct call *c, const struct documents_seen *s)
{
	struct arena *a = c->work->arena;

	if (s->how == SOURCE_UNTOLD)
		return words_text(WORDS_source_untold);
	if (s->how != SOURCE_SEEN)
		return words_text(s->how == SOURCE_GONE ? WORDS_source_gone : WORDS_source_not_allowed);
	if (s->more)
		return words_format(a, WORDS_source_many, number(c, s->documents));
	if (s->documents == 0)
		return words_text(s->git ? WORDS_source_none_tracked : WORDS_source_empty);
	return words_format(a, WORDS_source_works, number(c, s->documents), number(c, s->folders));
}

static enum fault
show_seen(struct call *c, void *ctx)
{
	const struct documents_seen *s = ctx;
	struct arena *a = c->work->arena;
	struct resource r;
	struct board *b;
	enum fault f = resource_begin(c, TAB_SETTINGS, &r, &b);

	if (f != FAULT_NONE)
		return f;
	b->intro = what_is_seen(c, s);
	if (s->unread > 0)
		b->intro = arena_print(a, "%s %s", b->intro,
		    words_format(a, WORDS_source_unread, number(c, s->unread)));
	if (s->hidden > 0)
		b->intro = arena_print(a, "%s %s", b->intro,
		    words_format(a, WORDS_source_hidden, number(c, s->hidden)));
	source_facts(c, b, &r);
	offer_test(c, b, &r);
	return board_show(c, b);
}

/* Neither the disk nor the network is waited for in a transaction. */
enum fault
ui_resource_test(struct call *c)
{
	const char *id = call_param(c, "resource");
	const struct test_form *form = c->body;
	struct documents_seen seen;
	struct provider_test t;
	struct resource r;
	enum fault f = resources_get(c->work, c->work->actor->org_id, id, &r);

	if (f != FAULT_NONE)
		return f;
	if (strcmp(r.type, "source") == 0) {
		f = documents_look(c->work, id, &seen);
		return f != FAULT_NONE ? f : call_within(c, DB_SHOWS, show_seen, &seen);
	}
	f = provider_test(c->work, id, form->write.v, &t);
	return f != FAULT_NONE ? f : call_within(c, DB_SHOWS, show_test, &t);
}
