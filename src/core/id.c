/*
 * id.c: making ids.
 */
#include "core/id.h"

#include <string.h>

#include "base/random.h"

const char *
id_make(struct work *w, const char *prefix)
{
	size_t n = strlen(prefix), digits = prefix[n - 1] == '_' ? 20 : 16;
	char *id = arena_take(w->arena, n + digits + 1);

	memcpy(id, prefix, n);
	random_base62(id + n, digits);
	return id;
}

bool
id_shape(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] != '_' && strchr(base62_digits, s.s[i]) == NULL)
			return false;
	return s.n > 0 && s.n <= ID_MAX && memchr(s.s, '\0', s.n) == NULL;
}
