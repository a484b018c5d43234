/*
 * test_memory_cluster.c: several hosts with one database: the epoch is asked for
 * at each check, or was read by this host a moment ago, if that is allowed.
 */
#include <stdint.h>
#include <time.h>

/* The clock, of which seqlocks and the like know nothing. */
static int64_t played_ms;

static inline int
play_clock(clockid_t clock, struct timespec *t)
{
	(void)clock;
	*t = (struct timespec){ .tv_sec = played_ms / 1000, .tv_nsec = played_ms % 1000 * 1000000 };
	return 0;
}

#define clock_gettime play_clock

#include "core/remembered.h"

#define STALE 500

static int
fresh_cluster(void **state)
{
	if (fresh(state) != 0)
		return -1;
	settings->keys_cluster = true;
	settings->keys_max_stale = 0;
	played_ms = 100000;
	w.request_id[0] = '\0';
	memory_keep(&w, tag_nr(1), small("key_1"), true);
	return 0;
}

static int
fresh_stale(void **state)
{
	int result = fresh_cluster(state);

	settings->keys_max_stale = STALE;
	return result;
}

static void
keep_source(void)
{
	struct target t = { .type = type_of(TYPE_SOURCE), .id = { "src_1" }, .n = 1 };

	memory_keep_target(&w, ORG_ID, 7, &t);
}

static bool
source_is_found(void)
{
	return memory_find_target(&w, ORG_ID, "src_1") != NULL;
}

static void
each_check_asks(void **state)
{
	(void)state;
	for (int i = 1; i <= 3; i++) {
		is_true(is_found(), "at its epoch");
		is_int(db.asked, i, "asked");
	}
	db.epoch++; /* by another host: nothing here is told of it */
	is_true(!is_found(), "at once");
	db.epoch += INT64_C(1) << 32;
	db.epoch--;
	is_true(!is_found(), "all of the epoch counts");
}

static void
what_cannot_be_asked_is_not_believed(void **state)
{
	(void)state;
	db.gone = true;
	is_true(!is_found(), "no database");
	db.gone = false;
	is_true(is_found(), "it is back");
	memory_database(false);
	is_true(!is_found(), "the keeper misses it");
}

static void
this_hosts_changes_are_in_flux_as_ever(void **state)
{
	(void)state;
	is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "a change");
	is_true(!is_found(), "in flux");
	is_int(db.asked, 0, "not even asked");
	w.after_tx(&w, true);
	is_true(is_found(), "over");
}

/* A key and what it asks about are one check. */
static void
one_check_asks_once(void **state)
{
	(void)state;
	(void)snprintf(w.request_id, sizeof w.request_id, "request1");
	keep_source();
	is_true(is_found() && source_is_found(), "at its epoch");
	is_int(db.asked, 1, "asked once");
	is_true(is_found(), "another key of the same request");
	is_int(db.asked, 2, "is asked for");
	(void)snprintf(w.request_id, sizeof w.request_id, "request2");
	is_true(source_is_found(), "the next request");
	is_int(db.asked, 3, "asks for itself");
	db.epoch++;
	is_true(source_is_found(), "the same request");
	(void)snprintf(w.request_id, sizeof w.request_id, "request3");
	is_true(!source_is_found(), "the next one");
}

static void
a_change_in_the_middle_is_asked_about_again(void **state)
{
	(void)state;
	(void)snprintf(w.request_id, sizeof w.request_id, "request1");
	keep_source();
	is_true(is_found(), "at its epoch");
	is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "a change");
	is_true(!source_is_found(), "in flux");
	db.epoch++;
	w.after_tx(&w, true);
	is_true(!source_is_found(), "over");
	is_int(db.asked, 2, "asked again");
}

static void
what_was_read_lately_will_do(void **state)
{
	(void)state;
	is_true(is_found(), "asked");
	db.epoch++;
	played_ms += STALE - 1;
	is_true(is_found(), "not old enough");
	is_int(db.asked, 1, "asked once");
	played_ms++;
	is_true(!is_found(), "too old");
	is_int(db.asked, 2, "asked again");
	is_true(!is_found(), "and noted");
	is_int(db.asked, 2, "not asked again");
}

static void
time_passes(void)
{
	played_ms += 300;
}

/* It is as old as the moment at which the reading began. */
static void
its_age_begins_with_the_reading(void **state)
{
	(void)state;
	db.meanwhile = time_passes;
	is_true(is_found(), "asked");
	db.meanwhile = NULL;
	db.epoch++;
	played_ms += STALE - 301;
	is_true(is_found(), "not old enough");
	played_ms++;
	is_true(!is_found(), "too old");
}

static void
change_here(void)
{
	db.meanwhile = NULL;
	is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "a change");
	db.epoch++;
	w.after_tx(&w, true);
}

static void
this_hosts_changes_end_it_at_once(void **state)
{
	(void)state;
	is_true(is_found(), "asked");
	change_here();
	is_true(!is_found(), "at once");
	db.epoch = 7;
	played_ms += STALE;
	db.meanwhile = change_here;
	is_true(is_found(), "it began before the change");
	is_true(!is_found(), "what it read is of no use after it");
}

static void
a_new_service_reads_anew(void **state)
{
	(void)state;
	is_true(is_found(), "asked");
	db.epoch++;
	memory_forget_epochs();
	is_true(!is_found(), "anew");
	is_int(db.asked, 2, "asked again");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_check_asks, fresh_cluster),
		cmocka_unit_test_setup(what_cannot_be_asked_is_not_believed, fresh_cluster),
		cmocka_unit_test_setup(this_hosts_changes_are_in_flux_as_ever, fresh_cluster),
		cmocka_unit_test_setup(one_check_asks_once, fresh_cluster),
		cmocka_unit_test_setup(a_change_in_the_middle_is_asked_about_again, fresh_cluster),
		cmocka_unit_test_setup(what_was_read_lately_will_do, fresh_stale),
		cmocka_unit_test_setup(its_age_begins_with_the_reading, fresh_stale),
		cmocka_unit_test_setup(this_hosts_changes_end_it_at_once, fresh_stale),
		cmocka_unit_test_setup(a_new_service_reads_anew, fresh_stale),
	};

	return cmocka_run_group_tests(tests, start, finish);
}
