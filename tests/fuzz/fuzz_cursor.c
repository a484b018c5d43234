/*
 * fuzz_cursor.c: cursors of long lists, and the base64url they are written in.
 *
 * What is taken for a cursor names a row by an instant and a harmless id; one
 * sequence of bytes has one spelling.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/hex.h"
#include "base/page.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_cursor(struct arena *a, const struct page *p)
{
	static const char id[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
	struct page again = page_first();
	const char *cursor = page_cursor(a, p->after_at, p->after_id);

	assert(p->after_at >= 0 && str_only(str_of(p->after_id), id));
	assert(page_cursor_read(a, str_of(cursor), &again));
	assert(again.after_at == p->after_at && strcmp(again.after_id, p->after_id) == 0);
}

static void
check_marked(struct arena *a, const struct page *p)
{
	struct page again = *p;
	const char *cursor = page_marked(a, p->mark, p->after_at, p->after_id, p->after_text);

	assert(p->after_at >= 0 && p->after_id[0] != '\0' && !text_has_control(str_of(p->after_text)));
	assert(page_marked_read(a, str_of(cursor), &again));
	assert(again.after_at == p->after_at && strcmp(again.after_id, p->after_id) == 0 &&
	    strcmp(again.after_text, p->after_text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, bytes;
	struct arena *a = arena_open((size_t)16 << 20, ARENA_PLAIN);
	struct page p = page_first();

	if (size < 65536) {
		bytes = base64url_bytes(a, text);
		assert(bytes.s == NULL || str_is(text, base64url_text(a, bytes)));
		assert(str_eq(base64url_bytes(a, str_of(base64url_text(a, text))), text));
	}
	if (page_cursor_read(a, text, &p))
		check_cursor(a, &p);
	p = page_first();
	p.mark = "mark";
	if (page_marked_read(a, text, &p))
		check_marked(a, &p);
	arena_free(&a);
	return 0;
}
