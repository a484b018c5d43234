/*
 * forget.c: wiping what the FastCGI library would free as it is.
 */
#include "front/forget.h"

#include "base/secret.h"

#define BUFFER_MAX 65536

/*
 * The buffer behind a stream; no header has it, but it has come first there in all
 * versions.  What does not look like it is left alone.
 */
struct behind {
	unsigned char *buffer;
	int size;
};

void
forget_stream(const FCGX_Stream *s)
{
	const struct behind *b = s->data;
	const unsigned char *next = s->isReader ? s->rdNext : s->wrNext;

	if (b->size > 0 && b->size <= BUFFER_MAX && next >= b->buffer && next <= b->buffer + b->size)
		secret_wipe(b->buffer, (size_t)b->size);
}

void
forget_params(char **envp)
{
	static const struct str names[] = { { "HTTP_AUTHORIZATION=", 19 }, { "HTTP_COOKIE=", 12 } };

	for (char **e = envp; *e != NULL; e++)
		for (size_t i = 0; i < COUNT(names); i++)
			if (str_starts(str_of(*e), names[i]))
				secret_wipe(*e + names[i].n, strlen(*e + names[i].n));
}
