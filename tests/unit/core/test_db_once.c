/*
 * test_db_once.c: a request that is sent twice is done once, whatever becomes of
 * the transaction it is done in, and its answer is read by nobody else.
 */
#include "core/once.h"
#include "core/secret_files.h"
#include "db/db.h"
#include "store/world.h"

static int
start(void **state)
{
	if (world_open(state) != 0 || !secret_files_open())
		return -1;
	secret_files_load("1 " A64 "\n", A64 "\n");
	return 0;
}

static int
stop(void **state)
{
	secret_files_close();
	return world_close(state);
}

static int
fresh(void **state)
{
	sql_must("DELETE FROM kept_answer");
	return world_fresh(state);
}

static struct once
request(void)
{
	return once_of(&w, "key_1 /v1/things", STR("name"), STR("{\"a\":1}"));
}

/* The whole of a request: what it was answered, or "" the first time. */
static const char *
sent(struct once o, const char *answer)
{
	struct str before;

	must(db_begin(&w, DB_CHANGES));
	must(once_begin(&w, &o, &before));
	if (before.s == NULL)
		must(once_keep(&w, &o, str_of(answer)));
	must(db_commit(&w));
	return before.s == NULL ? "" : arena_text(w.arena, before);
}

static enum fault
begun(struct once o)
{
	struct str before;
	enum fault f;

	must(db_begin(&w, DB_CHANGES));
	f = once_begin(&w, &o, &before);
	db_rollback(&w);
	return f;
}

static void
the_second_has_the_answer_of_the_first(void **state)
{
	(void)state;
	is_text(sent(request(), "201 one"), "", "first");
	is_text(sent(request(), "201 two"), "201 one", "second");
	is_text(sent(request(), "201 three"), "201 one", "third");
	is_int(sql_number("SELECT COUNT(*) FROM kept_answer"), 1, "rows");
}

/* Each part is a part of its own: moved from one to the next they are another request. */
static void
others_have_answers_of_their_own(void **state)
{
	struct once others[] = {
		once_of(&w, "key_2 /v1/things", STR("name"), STR("{\"a\":1}")),
		once_of(&w, "key_1 /v1/thing", STR("sname"), STR("{\"a\":1}")),
		once_of(&w, "key_1 /v1/things", STR("name2"), STR("{\"a\":1}")),
		once_of(&w, "key_1 /v1/thingsn", STR("ame"), STR("{\"a\":1}")),
	};

	(void)state;
	(void)sent(request(), "201 one");
	for (size_t i = 0; i < COUNT(others); i++)
		is_text(sent(others[i], "201 other"), "", arena_print(w.arena, "number %zu", i));
}

static void
another_body_is_refused(void **state)
{
	static const struct str bodies[] = { STR("{\"a\":2}"), STR("{\"a\": 1}"), STR(""), STR_NONE };

	(void)state;
	(void)sent(request(), "201 one");
	for (size_t i = 0; i < COUNT(bodies); i++)
		is_fault(begun(once_of(&w, "key_1 /v1/things", STR("name"), bodies[i])),
		    FAULT_IDEMPOTENCY_REUSED, shown(bodies[i]));
	is_text(sent(once_of(&w, "key_1 /v1/things", STR("empty"), STR("")), "201 one"), "", "no body");
	is_text(sent(once_of(&w, "key_1 /v1/things", STR("empty"), STR_NONE), "x"), "201 one",
	    "no body again");
}

static void
what_was_rolled_back_is_done_anew(void **state)
{
	struct once o = request();
	struct str before;

	(void)state;
	must(db_begin(&w, DB_CHANGES));
	must(once_begin(&w, &o, &before));
	must(once_keep(&w, &o, STR("201 lost")));
	db_rollback(&w);
	is_text(sent(request(), "201 one"), "", "after it");
}

static void
an_answer_is_kept_for_its_time(void **state)
{
	(void)state;
	(void)sent(request(), "201 one");
	w.now += ONCE_SECONDS - 1;
	is_text(sent(request(), "201 two"), "201 one", "the last second");
	must(kept_answers_forget(&w));
	is_int(sql_number("SELECT COUNT(*) FROM kept_answer"), 1, "rows in the last second");
	w.now += 1;
	is_text(sent(request(), "201 two"), "", "over");
	is_text(sent(request(), "201 three"), "201 two", "kept anew");
	w.now += ONCE_SECONDS;
	must(kept_answers_forget(&w));
	is_int(sql_number("SELECT COUNT(*) FROM kept_answer"), 0, "rows when it is over");
}

/* Another worker is at it: nobody waits for its end, which may be long in coming. */
static void
what_is_being_done_is_busy(void **state)
{
	struct db *mine = w.db, *other = db_open(settings, DB_APP, store_tables);
	struct once o = request();
	struct str before;

	(void)state;
	must(db_begin(&w, DB_CHANGES));
	must(once_begin(&w, &o, &before));
	w.db = other;
	is_fault(begun(request()), FAULT_IDEMPOTENCY_BUSY, "meanwhile");
	is_fault(begun(once_of(&w, "key_1 /v1/things", STR("name"), STR("{\"a\":2}"))),
	    FAULT_IDEMPOTENCY_BUSY, "meanwhile, with another body");
	is_fault(begun(once_of(&w, "key_1 /v1/things", STR("other"), STR(""))), FAULT_NONE, "another");
	is_text(sent(once_of(&w, "key_1 /v1/things", STR("third"), STR("")), "x"), "", "a third");
	w.now += ONCE_SECONDS;
	must(kept_answers_forget(&w));
	w.now -= ONCE_SECONDS;
	w.db = mine;
	must(once_keep(&w, &o, STR("201 one")));
	must(db_commit(&w));
	w.db = other;
	is_text(sent(request(), "x"), "201 one", "after it");
	w.db = mine;
	db_close(&other);
}

static void
what_is_stored_tells_nothing(void **state)
{
	(void)state;
	(void)sent(once_of(&w, "key_1 /v1/things", STR("my-name"), STR("my-body")), "201 my-answer");
	is_int(sql_number("SELECT COUNT(*) FROM kept_answer WHERE CONCAT(id, body, sealed) LIKE '%my-%'"), 0,
	    "plain");
	/* Put into the row of another request it is not opened. */
	(void)sent(request(), "201 one");
	sql_must(
	    "UPDATE kept_answer a, (SELECT sealed FROM kept_answer ORDER BY LENGTH(sealed) DESC LIMIT 1) b "
	    "SET a.sealed = b.sealed");
	is_fault(begun(request()), FAULT_INTERNAL, "moved");
	/* A body is not known by its plain digest. */
	is_int(sql_number("SELECT COUNT(*) FROM kept_answer WHERE HEX(body) = SHA2('my-body', 256)"), 0,
	    "digest");
}

#define CASE(name) cmocka_unit_test_setup(name, fresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_second_has_the_answer_of_the_first),
		CASE(others_have_answers_of_their_own),
		CASE(another_body_is_refused),
		CASE(what_was_rolled_back_is_done_anew),
		CASE(an_answer_is_kept_for_its_time),
		CASE(what_is_being_done_is_busy),
		CASE(what_is_stored_tells_nothing),
	};

	return cmocka_run_group_tests_name("core/once", tests, start, stop);
}
