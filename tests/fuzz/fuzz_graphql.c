/*
 * fuzz_graphql.c: documents, from their text to an answer.
 *
 * Whatever the text is, it is refused with an error or done, within the memory that
 * a request has; what was done is JSON, and the same text comes to the same answer.
 */
#include <assert.h>
#include <stdint.h>

#include "base/settings.h"
#include "graphql/toy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A document, a NUL, and values for its variables. */
static const char *
answer(struct work *w, struct str rest)
{
	struct str text = STR("");

	(void)str_cut(&rest, '\0', &text);
	return toy_answer(w, text, STR_NONE, rest);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct work w;
	static char first[1 << 16];
	struct json_value v;
	const char *got;

	if (w.arena == NULL)
		w.arena = arena_open((size_t)16 << 20, ARENA_PLAIN);
	arena_reset(w.arena);
	toy_count = 0;
	got = answer(&w, (struct str){ (const char *)data, size });
	if (got[0] != '{' || strlen(got) >= sizeof first)
		return 0;
	memcpy(first, got, strlen(got) + 1);
	arena_reset(w.arena);
	toy_count = 0;
	got = answer(&w, (struct str){ (const char *)data, size });
	assert(strcmp(got, first) == 0);
	/* The reader of JSON goes eight levels down, which is not all that an answer may. */
	if (strstr(first, "{\"data\"") == first && strchr(first, '[') == NULL && strlen(first) < 64)
		assert(json_in(w.arena, str_of(first), &v));
	return 0;
}
