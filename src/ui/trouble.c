/*
 * trouble.c: what is said to people about a fault.
 */
#include "ui/trouble.h"

#include <string.h>

#include "ui/words.h"

static const struct {
	const char *detail;
	enum words text;
} details[] = {
#define DETAIL(detail, word) { detail, WORDS_##word },
#include "ui/details.def"
#undef DETAIL
};

/* Those that people meet; all others have the title and the advice of their status. */
static const struct {
	enum fault fault;
	enum words title, advice;
} faults[] = {
	{ FAULT_NOT_FOUND, WORDS_not_found, WORDS_not_found_advice },
	{ FAULT_ROLE, WORDS_not_allowed, WORDS_not_allowed_advice },
	{ FAULT_SESSION_REQUIRED, WORDS_no_keys_here, WORDS_no_keys_here_advice },
	{ FAULT_CSRF, WORDS_stale_form, WORDS_stale_form_advice },
	{ FAULT_CREDENTIAL_IN_URL, WORDS_key_in_address, WORDS_key_in_address_advice },
	{ FAULT_INVALID_TOKEN, WORDS_bad_login, WORDS_log_in_again },
	{ FAULT_NO_CREDENTIAL, WORDS_session_over, WORDS_log_in_again },
	{ FAULT_THROTTLED, WORDS_throttled, WORDS_throttled_advice },
	{ FAULT_TAKEN, WORDS_name_taken, WORDS_go_back },
	{ FAULT_LAST_ADMIN, WORDS_last_admin, WORDS_last_admin_advice },
	{ FAULT_RACE_LOST, WORDS_race_lost, WORDS_race_lost_advice },
	{ FAULT_LIMIT_REACHED, WORDS_limit_reached, WORDS_limit_reached_advice },
	{ FAULT_KIND_NOT_ALLOWED, WORDS_kind_not_allowed, WORDS_kind_not_allowed_advice },
	{ FAULT_METHOD_NOT_ALLOWED, WORDS_not_found, WORDS_not_found_advice },
	{ FAULT_CONFLICT, WORDS_conflict, WORDS_go_back },
	{ FAULT_BUSY, WORDS_busy, WORDS_busy_advice },
	{ FAULT_UNAVAILABLE, WORDS_busy, WORDS_busy_advice },
	{ FAULT_DATABASE_FULL, WORDS_no_room, WORDS_no_room_advice },
	{ FAULT_WRITE_UNCERTAIN, WORDS_uncertain, WORDS_uncertain_advice },
};

static size_t
row_of(enum fault f)
{
	size_t i = 0;

	while (i < COUNT(faults) && faults[i].fault != f)
		i++;
	return i;
}

const char *
trouble_title(enum fault f)
{
	size_t i = row_of(f);

	if (i < COUNT(faults))
		return words_text(faults[i].title);
	return words_text(fault_status(f) >= 500 ? WORDS_broken : WORDS_not_understood);
}

const char *
trouble_advice(enum fault f)
{
	size_t i = row_of(f);

	if (i < COUNT(faults))
		return words_text(faults[i].advice);
	return words_text(fault_status(f) >= 500 ? WORDS_busy_advice : WORDS_go_back);
}

bool
trouble_fits(struct arena *a, const char *said, const char *pattern, const char *given[static TROUBLE_STARS],
    size_t *n)
{
	for (*n = 0; *pattern != '\0'; pattern++) {
		size_t length;

		if (*pattern != '*') {
			if (*said++ != *pattern)
				return false;
			continue;
		}
		length =
		    pattern[1] == '\0' ? strlen(said) : strcspn(said, (const char[]){ pattern[1], '\0' });
		if (*n == TROUBLE_STARS)
			return false;
		given[(*n)++] = arena_text(a, (struct str){ said, length });
		said += length;
	}
	return *said == '\0';
}

const char *
trouble_text(struct work *w, enum fault f)
{
	const char *detail = w->trouble.detail, *given[TROUBLE_STARS];
	size_t n;

	for (size_t i = 0; detail != NULL && i < COUNT(details); i++)
		if (trouble_fits(w->arena, detail, details[i].detail, given, &n))
			return words_format_all(w->arena, details[i].text, given, n);
	if (detail == NULL || fault_status(f) == 401 || fault_status(f) == 429)
		return trouble_title(f);
	return arena_print(w->arena, "%s: %s.", words_text(WORDS_not_right), detail);
}
