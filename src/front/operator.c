/*
 * operator.c: transactions and lists of the command line.
 */
#include "config.h"

#include "front/operator.h"

#include <stdio.h>

#include "core/change.h"
#include "base/settings.h"
#include "core/id.h"
#include "core/memory.h"
#include "core/standing.h"
#include "front/workplace.h"

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

int
operator_does(struct work *w, enum db_tx tx, const char *org_id, enum sheet_form form, operator_deed *deed,
    void *ctx)
{
	enum fault f = FAULT_TRY_AGAIN;
	const char *why;
	struct sheet s;

	/* A service that runs must hear of the change before it is told to be done. */
	if (tx == DB_CHANGES && !memory_attach(w->settings, &why))
		return command_fault(w,
		    fault_at(w, FAULT_UNAVAILABLE, NULL,
			"%s: %s; run this as the service's account, beside it", w->settings->keys_memory_file,
			why));
	for (int i = 0; i < ATTEMPTS && f == FAULT_TRY_AGAIN; i++) {
		s = sheet_start(w->arena, form);
		f = attempt(w, tx, org_id, &s, deed, ctx);
	}
	return f == FAULT_NONE ? command_print(&s.out) : command_fault(w, f);
}

struct paging {
	operator_page *read;
	void *ctx;
	struct page page, next;
	char after[ID_MAX + 1]; /* what page.after_id points to: a page's own memory ends with it */
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
	if (p->n > 0)
		(void)snprintf(p->after, sizeof p->after, "%s", p->next.after_id);
	p->page.after_at = p->next.after_at;
	workplace_next(w);
}

int
operator_lists(struct work *w, const char *org_id, enum sheet_form form, operator_page *read, void *ctx)
{
	struct paging p = { .read = read, .ctx = ctx, .page = page_first() };
	int status;

	p.page.limit = PAGE_LIMIT_MAX;
	p.page.after_id = p.after;
	do {
		status = operator_does(w, DB_SHOWS, org_id, form, read_page, &p);
		turn_page(w, &p);
	} while (status == COMMAND_DONE && p.n == PAGE_LIMIT_MAX);
	return status;
}
