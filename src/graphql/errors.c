/*
 * errors.c: what is wrong with a document.
 */
#include "graphql/document.h"

#include <stdarg.h>

void
gql_error(struct gql_errors *e, struct gql_place at, const char *format, ...)
{
	struct gql_error *one;
	va_list args;

	if (e->n == GQL_ERRORS_MAX)
		return;
	one = arena_new(e->arena, struct gql_error);
	va_start(args, format);
	one->message = arena_vprint(e->arena, format, args);
	va_end(args);
	one->at = at;
	one->fault = FAULT_BAD_REQUEST;
	if (e->last == NULL)
		e->first = one;
	else
		e->last->next = one;
	e->last = one;
	e->n++;
}
