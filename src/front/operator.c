/*
 * operator.c: transactions and lists of the command line.
 */
#include "config.h"

#include "front/operator.h"

#include <stdio.h>

#include "core/change.h"
#include "base/settings.h"
#include "core/id.h"
#include "core/login.h"
#include "core/memory.h"
#include "core/standing.h"
#include "front/workplace.h"
#include "store/users.h"

#define ATTEMPTS 3

/* The operator as the one who acts, in an organization that is there. */
static enum fault
act_in(struct work *w, const char *org_id)
{
	struct standing *s;
	enum fault f = FAULT_NOT_FOUND;

	if (org_id == NULL || id_shape(str_of(org_id)))
		f = standing_operator(w, org_id, &s);
	if (f == FAULT_NONE)
		w->actor = s;
	if (f == FAULT_NOT_FOUND)
		return fault_at(w, f, NULL, "there is no organization %s; claviger org list shows them",
		    org_id);
	return f;
}

static enum fault
attempt(struct work *w, enum db_tx tx, const char *org_id, struct sheet *s, operator_deed *deed, void *ctx)
{
	enum fault f;

	w->trouble = (struct trouble){ .field = NULL };
	if ((f = db_begin(w, tx)) != FAULT_NONE)
		return f;
	f = act_in(w, org_id);
	if (f == FAULT_NONE && tx == DB_CHANGES && org_id != NULL)
		f = change_begin(w, org_id);
	if (f == FAULT_NONE && (f = deed(w, ctx, s)) == FAULT_NONE)
		return db_commit(w);
	db_rollback(w);
	return f;
}

enum fault
operator_tries(struct work *w, enum db_tx tx, const char *org_id, struct sheet *s, operator_deed *deed,
    void *ctx)
{
	struct arena *arena = s->out.arena;
	enum fault f = FAULT_TRY_AGAIN;
	const char *why;

	/* A service that runs must hear of the change before it is told to be done. */
	if (tx == DB_CHANGES && !memory_attach(w->settings, &why))
		return fault_at(w, FAULT_UNAVAILABLE, NULL,
		    "%s: %s; run this as the service's account, beside it", w->settings->keys_memory_file,
		    why);
	for (int i = 0; i < ATTEMPTS && f == FAULT_TRY_AGAIN; i++) {
		*s = sheet_start(arena, s->form);
		f = attempt(w, tx, org_id, s, deed, ctx);
	}
	return f;
}

int
operator_does(struct work *w, enum db_tx tx, const char *org_id, enum sheet_form form, operator_deed *deed,
    void *ctx)
{
	struct sheet s = sheet_start(w->arena, form);
	enum fault f = operator_tries(w, tx, org_id, &s, deed, ctx);

	return f == FAULT_NONE ? command_print(&s.out) : command_fault(w, f);
}

struct paging {
	operator_page *read;
	void *ctx;
	struct page page, next;
	/* what page.after_id and after_text point to: a page's own memory ends with it */
	char after[ID_MAX + 1], text[PAGE_TEXT_MAX + 1];
	size_t n;
};

static enum fault
read_page(struct work *w, void *ctx, struct sheet *s)
{
	struct paging *p = ctx;

	p->next = p->page;
	return p->read(w, p->ctx, &p->next, s, &p->n);
}

static void
turn_page(struct work *w, struct paging *p)
{
	if (p->n > 0) {
		(void)snprintf(p->after, sizeof p->after, "%s", p->next.after_id);
		(void)snprintf(p->text, sizeof p->text, "%s",
		    p->next.after_text == NULL ? "" : p->next.after_text);
	}
	p->page.after_at = p->next.after_at;
	workplace_next(w);
}

static int
page_by_page(struct work *w, enum db_tx tx, const char *org_id, enum sheet_form form, int64_t limit,
    operator_page *read, void *ctx)
{
	struct paging p = { .read = read, .ctx = ctx, .page = page_first() };
	int status;

	p.page.limit = limit;
	p.page.after_id = p.after;
	p.page.after_text = p.text;
	do {
		status = operator_does(w, tx, org_id, form, read_page, &p);
		turn_page(w, &p);
	} while (status == COMMAND_DONE && p.n == (size_t)limit);
	return status;
}

#define OPTIONS_MAX 16

static void
join_options(struct command_option all[static OPTIONS_MAX], const struct command_option *more, bool *as_json)
{
	size_t n = 0;

	for (; more != NULL && more->name != NULL; more++)
		all[n++] = *more;
	if (as_json != NULL)
		all[n++] = OPTION_FLAG("json", as_json);
	all[n] = OPTION_END;
}

int
operator_runs(const struct command_line *line, const struct operator_task *t,
    const struct command_option *more, struct command_words *said)
{
	struct command_option options[OPTIONS_MAX];
	bool as_json = false;
	enum sheet_form form;
	const char *org;
	struct work *w;
	int status;

	join_options(options, more, t->shows ? &as_json : NULL);
	if (!command_options(line, options, t->words, t->words, said, &status))
		return status;
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	org = t->in_org ? said->v[0] : NULL;
	form = as_json ? SHEET_JSON : t->form;
	status = t->page != NULL ? operator_lists(w, org, form, t->page, said)
				 : operator_does(w, t->tx, org, form, t->deed, said);
	command_close(&w);
	return status;
}

int
operator_task_run(const struct command_line *line)
{
	struct command_words said;

	return operator_runs(line, line->command->task, NULL, &said);
}

struct given_texts
operator_texts(struct work *w, const struct command_texts *texts)
{
	struct given_texts g = { texts->n > 0 ? GIVEN : ABSENT, NULL, (size_t)texts->n };

	g.v = arena_array(w->arena, struct str, g.n + 1);
	for (size_t i = 0; i < g.n; i++)
		g.v[i] = str_of(texts->v[i]);
	return g;
}

enum fault
operator_id(struct work *w, const char *what, const char *word)
{
	return id_shape(str_of(word)) ? FAULT_NONE : operator_missing(w, FAULT_NOT_FOUND, what, word);
}

enum fault
operator_user(struct work *w, const char *word, const char **id)
{
	const char *email;
	struct user u;
	enum fault f;

	*id = word;
	if (str_find(str_of(word), '@') < 0)
		return operator_id(w, "user", word);
	email = login_email(w, str_of(word));
	f = email == NULL ? FAULT_NOT_FOUND : users_by_email(w, email, &u);
	if (f == FAULT_NOT_FOUND)
		return fault_at(w, f, NULL, "there is no account of %s; claviger user list shows them", word);
	*id = u.id;
	return f;
}

enum fault
operator_subject(struct work *w, const char *word, const char **id)
{
	*id = word;
	if (str_find(str_of(word), '@') >= 0)
		return operator_user(w, word, id);
	return operator_id(w, "user, team or machine", word);
}

enum fault
operator_missing(struct work *w, enum fault f, const char *what, const char *id)
{
	/* What is told already was told by somebody who knows better. */
	if (f != FAULT_NOT_FOUND || w->trouble.detail != NULL)
		return f;
	return fault_at(w, f, NULL, "there is no %s %s in %s", what, id, w->actor->org_id);
}

int
operator_lists(struct work *w, const char *org_id, enum sheet_form form, operator_page *read, void *ctx)
{
	return page_by_page(w, DB_SHOWS, org_id, form, PAGE_LIMIT_MAX, read, ctx);
}

int
operator_changes(struct work *w, const char *org_id, enum sheet_form form, int64_t limit, operator_page *read,
    void *ctx)
{
	return page_by_page(w, DB_CHANGES, org_id, form, limit, read, ctx);
}
