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
	static struct charset set =
	    CHARSET("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_");

	return s.n > 0 && s.n <= ID_MAX && str_all(s, &set);
}
