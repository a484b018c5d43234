/*
 * fuzz_path.c: paths inside a provider, and what lies below what.
 *
 * An input is a base, a NUL, and a path.  Each becomes its one spelling or
 * nothing, and one covers the other only by whole segments.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "core/base_path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_plain(struct arena *a, const char *path)
{
	struct str rest = str_from(str_of(path), 1), piece;

	assert(path[0] == '/' && strlen(path) <= BASE_PATH_MAX);
	assert(text_valid(str_of(path)) && !text_has_control(str_of(path)) && strchr(path, '\\') == NULL);
	while (path[1] != '\0' && str_cut(&rest, '/', &piece))
		assert(piece.n > 0 && !str_is(piece, ".") && !str_is(piece, ".."));
	assert(strcmp(base_path_normalize(a, str_of(path)), path) == 0);
	assert(base_path_covers(path, path) && base_path_covers("/", path));
}

static void
check_both(const char *base, const char *path)
{
	size_t n = strlen(base);
	bool covers = base_path_covers(base, path);

	assert(
	    covers == (n == 1 || strcmp(base, path) == 0 || (strncmp(base, path, n) == 0 && path[n] == '/')));
	if (covers && base_path_covers(path, base))
		assert(strcmp(base, path) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, text = STR("");
	struct arena *a = arena_open((size_t)16 << 20, ARENA_PLAIN);
	const char *base, *path;

	(void)str_cut(&rest, '\0', &text);
	base = base_path_normalize(a, text);
	path = base_path_normalize(a, rest.s == NULL ? STR("") : rest);
	if (base != NULL)
		check_plain(a, base);
	if (path != NULL)
		check_plain(a, path);
	if (base != NULL && path != NULL)
		check_both(base, path);
	arena_free(&a);
	return 0;
}
