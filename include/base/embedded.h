/*
 * embedded.h: text files compiled into the program.
 */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *name; /* without its folder; NULL ends a list */
	const char *text; /* ends in NUL, which size does not count */
	size_t size;
};

#endif
