/*
 * test_fault.c: the list of faults: every row is whole, and no two are alike.
 */
#include "base/bench.h"

static void
every_row_is_whole(void **state)
{
	(void)state;
	for (int i = FAULT_NONE + 1; i < FAULT__MAX; i++) {
		const char *code = fault_code(i), *title = fault_title(i), *name = fault_name(i);

		is_true(fault_status(i) >= 400 && fault_status(i) < 600, name);
		is_true(code[0] != '\0' && str_only(str_of(code), "abcdefghijklmnopqrstuvwxyz0123456789_"),
		    code);
		is_true(title[0] >= 'A' && title[0] <= 'Z' && title[strlen(title) - 1] != '.', title);
		is_true(name[0] != '\0', code);
	}
	is_int(fault_status(FAULT_NONE), 200, "no fault");
	is_text(fault_code(FAULT_NONE), "ok", "no fault");
}

static void
no_two_have_the_same_code_or_title(void **state)
{
	(void)state;
	for (int i = FAULT_NONE; i < FAULT__MAX; i++)
		for (int j = FAULT_NONE; j < i; j++) {
			is_true(strcmp(fault_code(i), fault_code(j)) != 0, fault_code(i));
			is_true(strcmp(fault_title(i), fault_title(j)) != 0, fault_title(i));
			is_true(strcmp(fault_name(i), fault_name(j)) != 0, fault_name(i));
		}
}

static void
the_code_is_the_name(void **state)
{
	(void)state;
	for (int i = FAULT_NONE + 1; i < FAULT__MAX; i++)
		is_true(str_is_nocase(str_of(fault_code(i)), fault_name(i)), fault_name(i));
}

/* What clients are promised to find. */
static void
the_statuses_that_were_promised(void **state)
{
	static const struct {
		const char *code;
		int status;
	} rows[] = {
		{ "no_credential", 401 },
		{ "invalid_token", 401 },
		{ "expired", 401 },
		{ "revoked", 401 },
		{ "kind_disabled", 401 },
		{ "owner_gone", 401 },
		{ "scope", 403 },
		{ "role", 403 },
		{ "resource", 403 },
		{ "path", 403 },
		{ "address", 403 },
		{ "session_required", 403 },
		{ "throttled", 429 },
		{ "not_found", 404 },
		{ "method_not_allowed", 405 },
		{ "body_too_large", 413 },
		{ "content_type", 415 },
		{ "bad_json", 400 },
		{ "bad_field", 422 },
		{ "unknown_field", 422 },
		{ "duplicate_field", 422 },
		{ "missing_field", 422 },
		{ "taken", 409 },
		{ "race_lost", 409 },
		{ "last_admin", 409 },
		{ "unavailable", 503 },
		{ "busy", 503 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int found = 0;

		for (int f = FAULT_NONE; f < FAULT__MAX; f++)
			if (strcmp(fault_code(f), rows[i].code) == 0)
				found = fault_status(f);
		is_int(found, rows[i].status, rows[i].code);
	}
}

static void
what_is_said_about_a_fault_is_kept(void **state)
{
	char field[] = "name";

	(void)state;
	w.trouble = (struct trouble){ .needed_scope = "write", .retry_after = 7 };
	is_fault(fault_at(&w, FAULT_BAD_FIELD, field, "must have at most %d characters", 100),
	    FAULT_BAD_FIELD, "with all");
	field[0] = 'x';
	is_text(w.trouble.field, "name", "field");
	is_text(w.trouble.detail, "must have at most 100 characters", "detail");
	is_text(w.trouble.needed_scope, NULL, "the trouble before is forgotten");
	is_int(w.trouble.retry_after, 0, "the trouble before is forgotten");
	is_fault(fault_at(&w, FAULT_TAKEN, NULL, NULL), FAULT_TAKEN, "with nothing");
	is_text(w.trouble.field, NULL, "no field");
	is_text(w.trouble.detail, NULL, "no detail");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_whole),
		cmocka_unit_test(no_two_have_the_same_code_or_title),
		cmocka_unit_test(the_code_is_the_name),
		cmocka_unit_test(the_statuses_that_were_promised),
		cmocka_unit_test(what_is_said_about_a_fault_is_kept),
	};

	return cmocka_run_group_tests_name("base/fault", tests, bench_open, bench_close);
}
