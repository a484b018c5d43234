/*
 * page.c: cursors are base64url of "<at>:<id>".
 */
#include "base/page.h"

#include <inttypes.h>

#include "base/hex.h"

#define CURSOR_MAX 128

struct page
page_first(void)
{
	return (struct page){ PAGE_LIMIT, 0, "" };
}

bool
page_cursor_read(struct arena *a, struct str cursor, struct page *p)
{
	static const char id_bytes[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
	struct str plain, at;

	if (cursor.n == 0 || cursor.n > CURSOR_MAX)
		return false;
	plain = base64url_bytes(a, cursor);
	if (plain.s == NULL || !str_cut(&plain, ':', &at) || plain.s == NULL)
		return false;
	if (!str_int(at, &p->after_at) || p->after_at < 0 || !str_only(plain, id_bytes))
		return false;
	p->after_id = arena_text(a, plain);
	return true;
}

const char *
page_cursor(struct arena *a, int64_t at, const char *id)
{
	return base64url_text(a, str_of(arena_print(a, "%" PRId64 ":%s", at, id)));
}
