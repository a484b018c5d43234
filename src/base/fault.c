/*
 * fault.c: the list of faults as tables.
 */
#include "base/fault.h"

#include <assert.h>
#include <stdarg.h>

#include "base/work.h"

static const struct {
	int status;
	const char *code, *title, *advice, *name;
} faults[] = {
	[FAULT_NONE] = { 200, "ok", "All is well", "", "NONE" },
#define FAULT(name, status, code, title, advice) [FAULT_##name] = { status, code, title, advice, #name },
#include "base/fault.def"
#undef FAULT
};

int
fault_status(enum fault f)
{
	assert(f < FAULT__MAX);
	return faults[f].status;
}

const char *
fault_code(enum fault f)
{
	assert(f < FAULT__MAX);
	return faults[f].code;
}

const char *
fault_title(enum fault f)
{
	assert(f < FAULT__MAX);
	return faults[f].title;
}

const char *
fault_advice(enum fault f)
{
	assert(f < FAULT__MAX);
	return faults[f].advice[0] == '\0' ? NULL : faults[f].advice;
}

const char *
fault_name(enum fault f)
{
	assert(f < FAULT__MAX);
	return faults[f].name;
}

enum fault
fault_at(struct work *w, enum fault f, const char *field, const char *format, ...)
{
	va_list args;

	w->trouble = (struct trouble){ .field = arena_text(w->arena, str_of(field)) };
	if (format != NULL) {
		va_start(args, format);
		w->trouble.detail = arena_vprint(w->arena, format, args);
		va_end(args);
	}
	return f;
}

enum fault
work_room(struct work *w, size_t n)
{
	if (arena_left(w->arena) >= n)
		return FAULT_NONE;
	return fault_at(w, FAULT_BODY_TOO_LARGE, NULL,
	    "it takes more memory than one request may have: ask for less at once");
}
