/*
 * fault.h: everything that can go wrong for a caller, from one list.
 *
 * A fault is a value, not an exception: functions return it, doors show it.  A
 * broken invariant is no fault but an assert, and ends the worker.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdint.h>

enum fault {
	FAULT_NONE,
#define FAULT(name, status, code, title, advice) FAULT_##name,
#include "base/fault.def"
#undef FAULT
	FAULT__MAX
};

/* What is said about a fault beyond its row; texts live in the arena. */
struct trouble {
	const char *field;	  /* the member of the request */
	const char *detail;	  /* a sentence for people */
	const char *needed_scope; /* what would do (RFC 6750 section 3) */
	int64_t retry_after;	  /* seconds; 0: the row's own */
};

int fault_status(enum fault);
/* The last part of the problem type and the value of `code`. */
const char *fault_code(enum fault);
const char *fault_title(enum fault);
/* What to do about it, where nothing more particular is known; NULL: nothing that is not plain. */
const char *fault_advice(enum fault);
/* The name in the list, for logs and tests. */
const char *fault_name(enum fault);

#endif
