/*
 * page.c: cursors are base64url of "<at>:<id>", or of
 * "<mark>:<at>:<id>:<text>".
 */
#include "base/page.h"

#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "base/text.h"

#define CURSOR_MAX 128
#define MARKED_MAX 1024

struct page
page_first(void)
{
	return (struct page){ .limit = PAGE_LIMIT, .after_id = "" };
}

static bool
read_place(struct arena *a, struct str at, struct str id, struct page *p)
{
	static const char id_bytes[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";

	if (!str_int(at, &p->after_at) || p->after_at < 0 || !str_only(id, id_bytes))
		return false;
	p->after_id = arena_text(a, id);
	return true;
}

static struct str
plain_of(struct arena *a, struct str cursor, size_t max)
{
	return cursor.n == 0 || cursor.n > max ? STR_NONE : base64url_bytes(a, cursor);
}

bool
page_cursor_read(struct arena *a, struct str cursor, struct page *p)
{
	struct str plain = plain_of(a, cursor, CURSOR_MAX), at;

	if (plain.s == NULL || !str_cut(&plain, ':', &at) || plain.s == NULL)
		return false;
	return read_place(a, at, plain, p);
}

const char *
page_cursor(struct arena *a, int64_t at, const char *id)
{
	return base64url_text(a, str_of(arena_print(a, "%" PRId64 ":%s", at, id)));
}

bool
page_marked_read(struct arena *a, struct str cursor, struct page *p)
{
	struct str plain = plain_of(a, cursor, MARKED_MAX), mark, at, id;

	if (plain.s == NULL || !str_cut(&plain, ':', &mark) || !str_cut(&plain, ':', &at) ||
	    !str_cut(&plain, ':', &id) || plain.s == NULL)
		return false;
	if (!str_is(mark, p->mark) || id.n == 0 || !text_valid(plain) || text_has_control(plain))
		return false;
	p->after_text = arena_text(a, plain);
	return read_place(a, at, id, p);
}

const char *
page_marked(struct arena *a, const char *mark, int64_t at, const char *id, const char *text)
{
	return base64url_text(a,
	    str_of(arena_print(a, "%s:%" PRId64 ":%s:%s", mark, at, id, text == NULL ? "" : text)));
}

void
page_after(struct page *p, const struct page_order *o, const void *row)
{
	const char *place = (const char *)row + o->place;

	p->after_at = 0;
	p->after_text = NULL;
	if (o->by_text)
		memcpy(&p->after_text, place, sizeof p->after_text);
	else
		memcpy(&p->after_at, place, sizeof p->after_at);
	memcpy(&p->after_id, (const char *)row + o->id, sizeof p->after_id);
}

const char *
page_place(struct arena *a, const struct page *p)
{
	return p->mark == NULL ? page_cursor(a, p->after_at, p->after_id)
			       : page_marked(a, p->mark, p->after_at, p->after_id, p->after_text);
}

const char *
page_sort(struct arena *a, const struct page_orders *orders, struct order o)
{
	if (o.by == 0 && !o.descending)
		return NULL;
	return arena_print(a, "%s%s", o.descending ? "-" : "", orders->v[o.by].word);
}
