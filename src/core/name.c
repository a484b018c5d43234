/*
 * name.c: the names people give to things.
 */
#include "core/name.h"

#include "base/text.h"

/* Trimmed and NFC; refused when it is not plain text of at most max characters. */
static enum fault
plain(struct work *w, const char *field, struct str v, size_t max, struct str *text)
{
	*text = text_nfc(w->arena, text_trim(v));
	if (text->s == NULL)
		return fault_at(w, FAULT_BAD_FIELD, field, "must be UTF-8");
	if (text_length(*text) > max)
		return fault_at(w, FAULT_BAD_FIELD, field, "must have at most %zu characters", max);
	if (text_has_control(*text))
		return fault_at(w, FAULT_BAD_FIELD, field, "must not contain control characters");
	return FAULT_NONE;
}

enum fault
name_check(struct work *w, const char *field, const struct given_text *g, const char **name)
{
	struct str text;
	enum fault f;

	if (g->is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, field, "must be given");
	if (g->is == IS_NULL)
		return fault_at(w, FAULT_BAD_FIELD, field, "must be a text");
	if ((f = plain(w, field, g->v, NAME_MAX_CHARACTERS, &text)) != FAULT_NONE)
		return f;
	if (text.n == 0)
		return fault_at(w, FAULT_BAD_FIELD, field,
		    "must have at least one character that is no blank");
	*name = text.s;
	return FAULT_NONE;
}

enum fault
description_check(struct work *w, const char *field, const struct given_text *g, const char **description)
{
	struct str text = STR("");
	enum fault f = FAULT_NONE;

	*description = NULL;
	if (g->is == GIVEN)
		f = plain(w, field, g->v, DESCRIPTION_MAX_CHARACTERS, &text);
	if (f == FAULT_NONE && text.n > 0)
		*description = text.s;
	return f;
}

const char *
name_fold(struct work *w, const char *name)
{
	return text_fold(w->arena, str_of(name)).s;
}
