/*
 * name.h: the names people give to things: trimmed, NFC, no control characters,
 * 1 to 100 characters; and what two names must differ in.
 */
#ifndef CORE_NAME_H
#define CORE_NAME_H

#include "base/given.h"
#include "base/work.h"

#define NAME_MAX_CHARACTERS	   100
#define DESCRIPTION_MAX_CHARACTERS 500

/* FAULT_MISSING_FIELD or FAULT_BAD_FIELD naming the field. */
enum fault name_check(struct work *, const char *field, const struct given_text *, const char **name);
/* Absent and null give NULL; an empty text too. */
enum fault description_check(struct work *, const char *field, const struct given_text *,
    const char **description);
/* Equal for names that differ only in case, blanks around or Unicode form. */
const char *name_fold(struct work *, const char *name);

#endif
