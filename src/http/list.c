/*
 * list.c: what lists have in common: limit, cursor, "next"; and starting an
 * answer.
 */
#include "http/call.h"

#include <string.h>

enum fault
call_page(struct call *c, struct page *p)
{
	struct str limit = call_query(c, "limit"), cursor = call_query(c, "cursor");

	*p = page_first();
	if (limit.s != NULL && (!str_int(limit, &p->limit) || p->limit < 1 || p->limit > PAGE_LIMIT_MAX))
		return fault_at(c->work, FAULT_BAD_FIELD, "limit", "must be a number from 1 to %d",
		    PAGE_LIMIT_MAX);
	if (cursor.s != NULL && !page_cursor_read(c->work->arena, cursor, p))
		return FAULT_BAD_CURSOR;
	p->limit++;
	return FAULT_NONE;
}

struct json *
call_json(struct call *c)
{
	response_header(c->resp, "Content-Type", "application/json");
	response_header(c->resp, "Cache-Control", "no-store");
	c->json = json_into(&c->resp->body);
	return &c->json;
}

/* One row more than asked for was read: it is not shown, and says that more follow. */
static const char *
next_cursor(struct call *c, const struct listing *l, const struct page *p, const char *rows, size_t n)
{
	const char *last, *id;
	int64_t at;

	if (p == NULL || n < (size_t)p->limit)
		return NULL;
	last = rows + l->size * ((size_t)p->limit - 2);
	memcpy(&at, last + l->at, sizeof at);
	memcpy(&id, last + l->id, sizeof id);
	return page_cursor(c->work->arena, at, id);
}

enum fault
call_list_from(struct call *c, const struct listing *l, const void *rows, size_t n, const char *next)
{
	struct json *j = call_json(c);
	enum fault f = FAULT_NONE;

	json_object(j, NULL);
	json_list(j, "items");
	for (size_t i = 0; i < n && f == FAULT_NONE; i++)
		f = l->write(c, j, (const char *)rows + l->size * i);
	json_end(j);
	json_text(j, "next", next);
	json_end(j);
	return f;
}

enum fault
call_list(struct call *c, const struct listing *l, const struct page *p, const void *rows, size_t n)
{
	const char *next = next_cursor(c, l, p, rows, n);

	return call_list_from(c, l, rows, next == NULL ? n : n - 1, next);
}
