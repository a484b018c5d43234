/*
 * list.c: what lists have in common: limit, cursor, "next"; and starting an
 * answer.
 */
#include "http/call.h"

#include "core/search.h"
#include "core/sort.h"

#define PAGE_BYTES ((size_t)1 << 20) /* a page ends after the item that reaches this */

enum fault
call_page_marked(struct call *c, const char *mark, struct page *p)
{
	struct str limit = call_query(c, "limit"), cursor = call_query(c, "cursor");

	*p = page_first();
	p->mark = mark;
	if (limit.s != NULL && (!str_int(limit, &p->limit) || p->limit < 1 || p->limit > PAGE_LIMIT_MAX))
		return fault_at(c->work, FAULT_BAD_FIELD, "limit", "must be a number from 1 to %d",
		    PAGE_LIMIT_MAX);
	if (cursor.s != NULL &&
	    !(mark == NULL ? page_cursor_read(c->work->arena, cursor, p)
			   : page_marked_read(c->work->arena, cursor, p)))
		return FAULT_BAD_CURSOR;
	p->limit++;
	return FAULT_NONE;
}

enum fault
call_page(struct call *c, struct page *p)
{
	return call_page_marked(c, NULL, p);
}

enum fault
call_page_sorted(struct call *c, const struct page_orders *orders, struct page *p)
{
	struct order o;
	enum fault f = sort_read(c->work, call_query(c, "sort"), orders, &o);

	if (f == FAULT_NONE)
		f = call_page_marked(c, page_sort(c->work->arena, orders, o), p);
	p->order = o;
	return f != FAULT_NONE ? f : search_read(c->work, call_query(c, "search"), &p->search);
}

struct json *
call_json(struct call *c)
{
	response_header(c->resp, "Content-Type", "application/json");
	response_header(c->resp, "Cache-Control", "no-store");
	c->json = json_into(&c->resp->body);
	return &c->json;
}

/* The cursor of a row: what comes after it. */
static const char *
cursor_of(struct call *c, const struct listing *l, const struct page *p, const char *row)
{
	struct page next = *p;

	page_after(&next, &l->orders->v[p->order.by], row);
	return page_place(c->work->arena, &next);
}

static void
begin_list(struct call *c)
{
	struct json *j = call_json(c);

	json_object(j, NULL);
	json_list(j, "items");
}

static void
end_list(struct call *c, const char *next)
{
	json_end(&c->json);
	json_text(&c->json, "next", next);
	json_end(&c->json);
}

enum fault
call_list_from(struct call *c, const struct listing *l, const void *rows, size_t n, const char *next)
{
	enum fault f = FAULT_NONE;

	begin_list(c);
	for (size_t i = 0; i < n && f == FAULT_NONE; i++)
		f = l->write(c, &c->json, (const char *)rows + l->size * i);
	end_list(c, next);
	return f;
}

enum fault
call_list(struct call *c, const struct listing *l, const struct page *p, const void *rows, size_t n)
{
	size_t shown = p == NULL || n < (size_t)p->limit ? n : n - 1, i;
	enum fault f = FAULT_NONE;

	if (p == NULL)
		return call_list_from(c, l, rows, n, NULL);
	begin_list(c);
	for (i = 0; i < shown && f == FAULT_NONE && out_text(&c->resp->body).n < PAGE_BYTES; i++)
		f = l->write(c, &c->json, (const char *)rows + l->size * i);
	/* A row more than asked for was read: it is not shown, and says that more follow. */
	end_list(c, i < n ? cursor_of(c, l, p, (const char *)rows + l->size * (i - 1)) : NULL);
	return f;
}
