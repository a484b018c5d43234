/*
 * spot.c: whose a text is that was found somewhere.
 */
#include "core/spot.h"

#include "base/secret.h"
#include "core/secrets.h"
#include "core/token.h"
#include "store/keys.h"

static enum fault
look_up(struct work *w, struct str text, struct key_found *row)
{
	uint8_t lookup[LOOKUP_SIZE];
	enum fault f = FAULT_NO_ROW;

	for (size_t i = 0; i < secrets_peppers() && f == FAULT_NO_ROW; i++) {
		secrets_lookup(i, text, lookup);
		f = keys_by_lookup(w, lookup, row);
	}
	secret_wipe(lookup, sizeof lookup);
	return f;
}

enum fault
spot(struct work *w, struct str text, enum reason *reason, struct standing **s)
{
	struct key_found row;
	enum fault f;

	*s = NULL;
	*reason = REASON_MALFORMED;
	if (token_kind(w->settings, text) == NULL)
		return FAULT_NONE;
	*reason = REASON_UNKNOWN;
	if ((f = look_up(w, text, &row)) != FAULT_NONE)
		return f == FAULT_NO_ROW ? FAULT_NONE : f;
	if ((f = standing_of_key(w, &row, s)) == FAULT_NONE)
		*reason = decide_alive(*s, w->now);
	return f;
}
