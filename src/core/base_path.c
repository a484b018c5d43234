/*
 * base_path.c: paths inside a provider.
 */
#include "core/base_path.h"

#include <string.h>

#include "base/text.h"

static bool
segment_is_plain(struct str s)
{
	return !str_is(s, ".") && !str_is(s, "..") && str_find(s, '\\') < 0;
}

const char *
base_path_normalize(struct arena *a, struct str raw)
{
	struct str rest, segment;
	char *path, *at;

	if (raw.n > BASE_PATH_MAX || !text_valid(raw) || text_has_control(raw))
		return NULL;
	rest = text_nfc(a, raw);
	at = path = arena_take(a, rest.n + 2);
	while (str_cut(&rest, '/', &segment)) {
		if (segment.n == 0)
			continue;
		if (!segment_is_plain(segment))
			return NULL;
		*at++ = '/';
		memcpy(at, segment.s, segment.n);
		at += segment.n;
	}
	if (at == path)
		*at++ = '/';
	return (size_t)(at - path) > BASE_PATH_MAX ? NULL : path;
}

bool
base_path_covers(const char *base, const char *path)
{
	size_t n = strlen(base);

	if (n == 1)
		return true; /* "/" */
	return strncmp(base, path, n) == 0 && (path[n] == '\0' || path[n] == '/');
}
