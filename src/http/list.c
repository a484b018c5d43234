/*
 * list.c: what lists have in common: limit, cursor, "next"; and starting an
 * answer.
 */
#include "http/call.h"

enum fault
call_page(struct call *c, struct page *p)
{
	struct str limit = call_query(c, "limit"), cursor = call_query(c, "cursor");

	*p = page_first();
	if (limit.s != NULL && (!str_int(limit, &p->limit) || p->limit < 1 || p->limit > PAGE_LIMIT_MAX))
		return fault_at(c->work, FAULT_BAD_FIELD, "limit", "must be a number from 1 to %d", PAGE_LIMIT_MAX);
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

size_t
call_page_shown(const struct page *p, size_t n)
{
	return n < (size_t)p->limit ? n : (size_t)p->limit - 1;
}

void
call_page_next(struct call *c, const struct page *p, size_t n, int64_t at, const char *id)
{
	if (n < (size_t)p->limit)
		json_null(&c->json, "next");
	else
		json_text(&c->json, "next", page_cursor(c->work->arena, at, id));
}
