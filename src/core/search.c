/*
 * search.c: a text that somebody looks for in a list.
 */
#include "core/search.h"

#include "base/text.h"

#define SEARCH_MAX_CHARACTERS 100

enum fault
search_read(struct work *w, struct str said, const char **text)
{
	struct str plain;

	*text = NULL;
	if (said.s == NULL)
		return FAULT_NONE;
	plain = text_nfc(w->arena, text_trim(said));
	if (plain.s == NULL || text_has_control(plain))
		return fault_at(w, FAULT_BAD_FIELD, "search", "must be plain text");
	if (plain.n == 0 || text_length(plain) > SEARCH_MAX_CHARACTERS)
		return fault_at(w, FAULT_BAD_FIELD, "search", "must have 1 to %d characters",
		    SEARCH_MAX_CHARACTERS);
	*text = arena_text(w->arena, plain);
	return FAULT_NONE;
}
