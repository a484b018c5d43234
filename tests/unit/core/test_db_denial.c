/*
 * test_db_denial.c: refusals of right texts on their way into the audit: at
 * once and then one row a minute, however many there are and from wherever.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "base/counters.h"
#include "core/denial.h"
#include "store/world.h"

#define SUM "SELECT COALESCE(SUM(JSON_VALUE(after_change, '$.count')), 0) FROM audit"

static struct standing key = { .org_id = "org_a",
	.owner = OWNER_MACHINE,
	.owner_id = "mch_a",
	.key_id = "key_1" };

static int
start(void **state)
{
	counters_open();
	return world_open(state);
}

static int
fresh(void **state)
{
	denial_open(); /* empty again */
	w.peer = address_parse(STR("192.0.2.1"));
	memcpy(w.request_id, "request", 8);
	return world_fresh(state);
}

static int64_t
rows(void)
{
	return sql_number("SELECT COUNT(*) FROM audit");
}

static void
deny(int times)
{
	for (int i = 0; i < times; i++)
		denial_note(&w, &key, "revoked", false);
}

static void
what_the_event_says(void **state)
{
	struct event *e;
	size_t n;

	(void)state;
	w.now = 1800000000;
	deny(1);
	memcpy(w.request_id, "another", 8);
	w.now += 2;
	deny(2);
	must(denial_write(&w, false));
	must(audit_page(&w, "org_a", &(struct event_filter){ .limit = 5 }, &e, &n));
	is_int(n, 1, "rows");
	is_text(e->action, "key.denied", "action");
	is_text(e->actor_type, "machine", "type");
	is_text(e->actor_id, "mch_a", "actor");
	is_text(e->key_id, "key_1", "key");
	is_text(e->address, "192.0.2.1", "address");
	is_text(e->request_id, "request", "the first");
	is_int(e->at, 1800000002, "the last");
	is_text(e->after_change,
	    "{\"reason\":\"revoked\",\"count\":3,\"first\":\"2027-01-15T08:00:00Z\",\"last\":\"2027-01-15T08:00:02Z\"}",
	    "how often");
}

static void
at_once_and_then_one_a_minute(void **state)
{
	static const struct {
		int wait, denied;
		int64_t rows;
	} steps[] = { { 0, 1, 1 }, { 1, 5, 1 }, { 58, 5, 1 }, { 1, 0, 2 }, { 1, 0, 2 }, { 300, 0, 2 },
		{ 0, 1, 3 }, { 1, 1, 3 }, { 59, 0, 4 }, { -7200, 1, 5 } };

	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++) {
		w.now += steps[i].wait;
		deny(steps[i].denied);
		must(denial_write(&w, false));
		is_int(rows(), steps[i].rows, arena_print(w.arena, "step %zu", i));
	}
	is_int(sql_number(SUM), 14, "all of them");
	deny(3);
	must(denial_write(&w, false));
	is_int(rows(), 5, "not yet");
	must(denial_write(&w, true));
	is_int(sql_number(SUM), 17, "in the end");
}

static void
what_is_told_apart(void **state)
{
	struct standing session = { .org_id = "org_a", .owner = OWNER_MEMBER, .owner_id = "usr_ann" };
	struct standing nowhere = { .owner = OWNER_MEMBER, .owner_id = "usr_ann" };
	static const enum fault none[] = { FAULT_NONE, FAULT_NOT_FOUND, FAULT_CSRF, FAULT_THROTTLED,
		FAULT_BAD_FIELD, FAULT_UNAVAILABLE, FAULT_REVOKED };
	static const enum fault some[] = { FAULT_SCOPE, FAULT_ROLE, FAULT_RESOURCE, FAULT_PATH, FAULT_ADDRESS,
		FAULT_SESSION_REQUIRED };

	(void)state;
	for (size_t i = 0; i < COUNT(none); i++)
		denial_fault(&w, &key, none[i], false);
	denial_note(&w, &nowhere, "expired", false);
	denial_note(&w, NULL, "unknown", false);
	must(denial_write(&w, true));
	is_int(rows(), 0, "no refusals of right texts");
	for (size_t i = 0; i < COUNT(some); i++)
		denial_fault(&w, &key, some[i], false);
	denial_fault(&w, &session, FAULT_ROLE, false);
	w.peer = address_parse(STR("192.0.2.2"));
	denial_fault(&w, &key, FAULT_ROLE, false);
	w.peer = address_parse(STR("2001:db8::1"));
	denial_fault(&w, &key, FAULT_ROLE, false);
	w.peer = address_parse(STR("2001:db8::2")); /* a neighbour is the same */
	denial_fault(&w, &key, FAULT_ROLE, false);
	w.peer.known = false;
	must(denial_write(&w, true));
	is_int(rows(), 9, "rows");
	is_int(sql_number("SELECT COUNT(*) FROM audit WHERE action = 'session.denied' AND key_id IS NULL"), 1,
	    "session");
	is_int(sql_number("SELECT COUNT(*) FROM audit WHERE JSON_VALUE(after_change, '$.reason') = 'role'"),
	    4, "role");
}

static void
a_wrong_password_is_told_in_each_organization(void **state)
{
	(void)state;
	denial_login(&w, "usr_bob");
	denial_login(&w, "usr_bob");
	denial_login(&w, "usr_nobody");
	must(denial_write(&w, false));
	is_int(rows(), 2, "rows");
	is_int(
	    sql_number(
		"SELECT COUNT(*) FROM audit WHERE org_id IN ('org_a', 'org_b') AND action = 'login.denied' "
		"AND actor_id = 'usr_bob' AND JSON_VALUE(after_change, '$.count') = 2"),
	    2, "one each");
}

/* nginx asks, and then has the refusal written, which is the request that the client knows. */
static void
the_answer_has_the_request_id(void **state)
{
	(void)state;
	deny(1);
	memcpy(w.request_id, "answer", 7);
	denial_note(&w, &key, "revoked", true);
	denial_note(&w, &key, "expired", true);
	must(denial_write(&w, false));
	is_int(rows(), 1, "rows");
	is_int(sql_number("SELECT COUNT(*) FROM audit WHERE request_id = 'answer'"), 1, "the answer's");
	is_int(sql_number(SUM), 1, "counted once");
}

static void
from_everywhere_in_a_few_rows(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		w.peer = address_parse(str_of(arena_print(w.arena, "10.1.%d.%d", i / 250, i % 250)));
		deny(2);
	}
	must(denial_write(&w, false));
	is_int(rows(), 8, "rows");
	is_int(sql_number(SUM), 2000, "all of them");
	is_true(sql_number("SELECT COUNT(*) FROM audit WHERE JSON_VALUE(after_change, '$.other_addresses')") >
		0,
	    "it says so");
}

/* More than there is room for: what is not written is counted. */
static void
a_flood_of_keys(void **state)
{
	uint64_t lost = counter_value(COUNT_DENIALS_LOST);
	const char *id = key.key_id;

	(void)state;
	for (int i = 0; i < 9000; i++) {
		key.key_id = arena_print(w.arena, "key_%d", i);
		deny(1);
	}
	key.key_id = id;
	must(denial_write(&w, false));
	lost = counter_value(COUNT_DENIALS_LOST) - lost;
	is_true(lost > 4000, "some are lost");
	is_int((int64_t)lost + sql_number(SUM), 9000, "and counted");
	w.now += 60;
	deny(1);
	must(denial_write(&w, false));
	is_int((int64_t)lost + sql_number(SUM), 9001, "there is room again");
}

static void
deny_in_child(void)
{
	static const char *const ids[] = { "key_1", "key_2", "key_3" };

	for (int i = 0; i < 30000; i++) {
		key.key_id = ids[i % 3];
		w.peer.byte[15] = (uint8_t)(i % 5);
		w.now += i % 97 == 0;
		deny(1);
	}
	_exit(0);
}

/* Nothing is lost and nothing told twice while the keeper writes. */
static void
many_at_once(void **state)
{
	uint64_t lost = counter_value(COUNT_DENIALS_LOST);
	pid_t pid[3];
	int status;

	(void)state;
	for (size_t i = 0; i < COUNT(pid); i++)
		if ((pid[i] = fork()) == 0)
			deny_in_child();
	for (int i = 0; i < 50; i++) {
		w.now += 20;
		must(denial_write(&w, i % 3 == 0));
	}
	for (size_t i = 0; i < COUNT(pid); i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		is_int(status, 0, "a worker");
	}
	must(denial_write(&w, true));
	lost = counter_value(COUNT_DENIALS_LOST) - lost;
	is_int(sql_number(SUM) + (int64_t)lost, 90000, "all of them");
	is_true(lost < 100, "few are in each other's way");
	is_int(sql_number("SELECT COUNT(DISTINCT key_id) FROM audit"), 3, "keys");
}

#define CASE(name) cmocka_unit_test_setup(name, fresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_the_event_says),
		CASE(at_once_and_then_one_a_minute),
		CASE(what_is_told_apart),
		CASE(a_wrong_password_is_told_in_each_organization),
		CASE(the_answer_has_the_request_id),
		CASE(from_everywhere_in_a_few_rows),
		CASE(a_flood_of_keys),
		CASE(many_at_once),
	};

	return cmocka_run_group_tests_name("core/denial", tests, start, world_close);
}
