/*
 * like.c: patterns of what is looked for.
 */
#include "store/like.h"

#include <string.h>

const char *
like_pattern(struct arena *a, const char *text)
{
	char *pattern, *to;

	if (text == NULL)
		return NULL;
	pattern = to = arena_take(a, 2 * strlen(text) + 3);
	*to++ = '%';
	for (; *text != '\0'; text++) {
		if (strchr("%_!", *text) != NULL)
			*to++ = '!';
		*to++ = *text;
	}
	*to = '%';
	return pattern;
}
