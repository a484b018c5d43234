/*
 * test_memory_uses.c: when remembered keys were last used: told until it is
 * written, never earlier, never of another key, and not lost with a slot.
 */
#include "core/remembered.h"

#define USES_MAX 256

static struct memory_use told[USES_MAX];

static size_t
uses(bool all)
{
	size_t turn = 0;

	return memory_uses(&w, all, told, USES_MAX, &turn);
}

static bool
keep(uint64_t nr, const char *id)
{
	w.counted = false;
	return memory_keep(&w, crowded(nr), small(id), true);
}

static bool
use(uint64_t nr)
{
	w.counted = false;
	return memory_used(&w, crowded(nr));
}

/* One use is told, and it is this one. */
static void
one_use(const char *id, int64_t at, const char *from)
{
	char address[ADDRESS_TEXT_SIZE];

	is_int(uses(true), 1, "one");
	is_text(told[0].org_id, ORG_ID, "organization");
	is_text(told[0].key_id, id, "key");
	is_int(told[0].at, at, "when");
	address_text(&told[0].from, address);
	is_text(address, from, "from where");
}

static void
write_all(void)
{
	memory_uses_written(told, uses(true));
	is_int(uses(true), 0, "all is written");
}

static void
a_use_is_told_until_it_is_written(void **state)
{
	(void)state;
	is_true(keep(1, "key_1") && keep(2, "key_2"), "kept");
	is_int(uses(true), 2, "that they were verified is a use");
	is_int(uses(true), 2, "told again: nobody wrote them");
	write_all();
	w.now += 10;
	w.peer = address_parse(STR("2001:db8::7"));
	is_true(use(2), "used");
	is_true(!use(3), "not remembered");
	one_use("key_2", w.now, "2001:db8::7");
	one_use("key_2", w.now, "2001:db8::7");
	write_all();
}

static void
a_use_meanwhile_is_told_later(void **state)
{
	int64_t began = w.now;

	(void)state;
	is_true(keep(1, "key_1"), "kept");
	one_use("key_1", began, "192.0.2.1");
	w.now++;
	w.peer = address_parse(STR("192.0.2.2"));
	is_true(use(1), "used while the first is being written");
	memory_uses_written(told, 1);
	one_use("key_1", began + 1, "192.0.2.2");
	write_all();
}

static void
a_busy_key_waits_a_little(void **state)
{
	static const struct {
		int64_t later; /* than it was written */
		size_t told;
	} cases[] = { { 1, 0 }, { SPACING - 1, 0 }, { SPACING, 1 }, { SPACING + 5, 1 }, { -1, 1 },
		{ -9999, 1 } };
	int64_t began = w.now;

	(void)state;
	is_true(keep(1, "key_1"), "kept");
	is_int(uses(false), 1, "the first is told at once");
	memory_uses_written(told, 1);
	w.now++;
	is_true(use(1), "used");
	for (size_t i = 0; i < COUNT(cases); i++) {
		w.now = began + cases[i].later;
		is_int(uses(false), cases[i].told, "whichever way the clock jumps");
		is_int(uses(true), 1, "all");
	}
}

/* 17 of "k17". */
static size_t
number_of(const struct memory_use *u)
{
	int64_t nr = -1;

	is_true(str_int(str_of(u->key_id + 1), &nr) && nr >= 0, u->key_id);
	return (size_t)nr;
}

static void
uses_come_in_portions(void **state)
{
	static const size_t portions[] = { 1, 7, 64, USES_MAX };
	bool seen[200];

	(void)state;
	settings->keys_remembered = 1024;
	path[strlen(path)] = 'x';
	is_text(open_memory(), NULL, "a larger one");
	for (uint64_t i = 0; i < COUNT(seen); i++)
		is_true(memory_keep(&w, tag_nr(i), small(arena_print(w.arena, "k%d", (int)i)), true), "kept");
	for (size_t p = 0; p < COUNT(portions); p++) {
		size_t turn = 0, n, all = 0;

		memset(seen, 0, sizeof seen);
		while ((n = memory_uses(&w, true, told, portions[p], &turn)) > 0)
			for (all += n; n > 0; n--)
				seen[number_of(&told[n - 1])] = true;
		is_int(all, COUNT(seen), "all, each once");
		for (size_t i = 0; i < COUNT(seen); i++)
			is_true(seen[i], "each");
	}
	write_all();
}

static void
time_never_goes_back(void **state)
{
	static const int later[] = { 5, 3, -100, 5, 0 };
	int64_t began = w.now;

	(void)state;
	is_true(keep(1, "key_1"), "kept");
	for (size_t i = 0; i < COUNT(later); i++) {
		w.now = began + later[i];
		is_true(use(1), "used");
		is_true(keep(1, "key_1"), "verified again");
		one_use("key_1", began + 5, "192.0.2.1");
		w.peer = address_parse(STR("192.0.2.99")); /* of uses that are not later */
	}
}

/* An address is never another use's, and one that is not known is none. */
static void
from_where_is_the_uses_own(void **state)
{
	(void)state;
	is_true(keep(1, "key_1"), "kept");
	w.now++;
	w.peer = address_parse(STR("198.51.100.9"));
	is_true(use(1), "used");
	one_use("key_1", w.now, "198.51.100.9");
	w.now++;
	w.peer = (struct address){ .known = false };
	is_true(keep(1, "key_1"), "verified again");
	one_use("key_1", w.now, "");
}

/* --- a slot becomes another key's --- */

static const char *const ids[] = { "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7" };

/* All slots of a set are taken; k0 was used first. */
static void
fill_set(void)
{
	for (uint64_t i = 0; i < WAYS; i++, w.now++)
		is_true(keep(i, ids[i]), "kept");
}

static void
a_use_is_not_lost_with_its_slot(void **state)
{
	(void)state;
	fill_set();
	is_true(keep(WAYS, "k8"), "another");
	is_true(slot_nr(crowded(0)) == NULL, "the first is gone");
	is_int(db.used, 1, "its use is written");
	is_text(db.key, "k0", "its own");
	is_int(db.at, 1800000000, "when");
	is_text(db.address, "192.0.2.1", "from where");
	write_all();
	w.now++;
	is_true(keep(WAYS + 1, "k9"), "another");
	is_true(slot_nr(crowded(1)) == NULL, "the next is gone");
	is_int(db.used, 1, "the keeper had written its use");
}

static void
what_cannot_be_written_stays(void **state)
{
	(void)state;
	fill_set();
	for (int i = 0; i < 2; i++) {
		db.gone = i == 0;
		db.changing = i == 1;
		is_true(!keep(WAYS, "k8"), "no place for another");
		is_true(slot_nr(crowded(WAYS)) == NULL, "it is not remembered");
		is_true(slot_nr(crowded(0)) != NULL, "and the old one is");
		is_int(uses(true), WAYS, "with its use");
		is_int(db.used, 1, "in a transaction nothing is tried");
	}
	db.changing = false;
	is_true(keep(WAYS, "k8"), "now");
}

static void
use_the_first_again(void)
{
	db.meanwhile = NULL;
	w.now++;
	is_true(use(0), "used");
}

static void
who_is_used_meanwhile_stays(void **state)
{
	(void)state;
	fill_set();
	db.meanwhile = use_the_first_again;
	is_true(!keep(WAYS, "k8"), "no place for another");
	is_true(slot_nr(crowded(0)) != NULL, "the old one stays");
	is_int(uses(true), WAYS, "with its later use");
}

/* What the keeper wrote was the use of the key before. */
static void
written_is_said_of_the_key_that_was_told(void **state)
{
	size_t n;

	(void)state;
	fill_set();
	n = uses(true);
	w.now = 1800000000 - 5; /* the clock went back, too */
	is_true(keep(WAYS, "k8"), "another");
	memory_uses_written(told, n);
	one_use("k8", w.now, "192.0.2.1");
}

static void
a_slot_that_is_written_anew_tells_nothing(void **state)
{
	uint64_t claimed;

	(void)state;
	is_true(keep(1, "key_1"), "kept");
	is_true(seqlock_claim(&slot_nr(crowded(1))->seq, &claimed), "claim");
	is_int(uses(true), 0, "whose use it is cannot be said now");
}

/* --- deaths --- */

static void
tell_and_die(void)
{
	(void)uses(true);
}

static void
the_keeper_dies(void **state)
{
	(void)state;
	is_true(keep(1, "key_1"), "kept");
	in_child(tell_and_die);
	one_use("key_1", w.now, "192.0.2.1");
}

static void
note_and_die(void)
{
	struct key_slot *slot = slot_nr(crowded(1));
	uint64_t claimed;

	(void)use_claim(slot, &claimed);
	memory_store(&slot->use[USE_AT], 0);
	memory_store(&slot->use[USE_FROM0], 1);
}

static void
a_record_that_is_not_whole_is_none(void **state)
{
	(void)state;
	is_true(keep(1, "key_1"), "kept");
	in_child(note_and_die);
	is_int(uses(true), 0, "nothing to tell");
	w.now++;
	is_true(use(1), "the next use");
	one_use("key_1", w.now, "192.0.2.1");
	in_child(note_and_die);
	for (uint64_t i = 2; i < 2 + WAYS; i++, w.now++)
		is_true(keep(i, "key_x"), "and its slot is not lost");
}

static void
write_the_first_and_die(void)
{
	uint64_t claimed;

	(void)seqlock_claim(&slot_nr(crowded(0))->seq, &claimed);
}

static void
a_slot_whose_writer_died_is_not_lost(void **state)
{
	(void)state;
	fill_set();
	in_child(write_the_first_and_die);
	is_int(uses(true), WAYS - 1, "of the first nobody can say what it was");
	is_true(keep(WAYS, "k8"), "another takes its place");
	is_true(slot_nr(crowded(0)) == NULL, "the first is gone");
	is_int(db.used, 0, "and its use with it");
}

static bool
use_is_noted(void)
{
	uint64_t claimed;
	bool noted;

	(void)use_claim(slot_nr(crowded(1)), &claimed);
	noted = use(1); /* by this very process: it does not wait for itself */
	memory_use_release(slot_nr(crowded(1)), claimed);
	return noted;
}

static void
nobody_waits_for_a_record(void **state)
{
	(void)state;
	is_true(keep(1, "key_1"), "kept");
	is_true(use_is_noted(), "this second is noted");
	w.now++;
	is_true(!use_is_noted(), "the caller has to see to it");
	is_true(use(1), "free again");
}

/* --- many at once --- */

#define WORKERS 3
#define SECONDS 20000

/* Keys push each other out of one set; each use comes from the address that goes with its key. */
static void
work_hard(void)
{
	for (int64_t i = 0; i < SECONDS; i++) {
		uint64_t nr = (uint64_t)(i * 7 + getpid()) % (WAYS * 2);

		if (i % 64 == 0)
			arena_reset(w.arena);
		w.now = INT64_C(1800000000) + i;
		w.peer = address_parse(str_of(arena_print(w.arena, "192.0.2.%d", (int)nr)));
		if (!use(nr))
			(void)keep(nr, arena_print(w.arena, "k%d", (int)nr));
	}
}

static bool
is_of_its_key(const struct memory_use *u)
{
	char address[ADDRESS_TEXT_SIZE];

	address_text(&u->from, address);
	return strcmp(address, arena_print(w.arena, "192.0.2.%s", u->key_id + 1)) == 0;
}

static void
no_use_is_told_of_another_key(void **state)
{
	pid_t pid[WORKERS];
	int alive = WORKERS, status;

	(void)state;
	fflush(NULL);
	for (int i = 0; i < WORKERS; i++)
		if ((pid[i] = fork()) == 0) {
			work_hard();
			_exit(0);
		}
	while (alive > 0) {
		size_t n = uses(true);

		for (size_t i = 0; i < n; i++)
			is_true(is_of_its_key(&told[i]), told[i].key_id);
		memory_uses_written(told, n);
		arena_reset(w.arena);
		for (int i = 0; i < WORKERS; i++)
			if (pid[i] != 0 && waitpid(pid[i], &status, WNOHANG) == pid[i]) {
				assert_int_equal(status, 0);
				pid[i] = 0;
				alive--;
			}
	}
	write_all();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_use_is_told_until_it_is_written, fresh),
		cmocka_unit_test_setup(a_use_meanwhile_is_told_later, fresh),
		cmocka_unit_test_setup(a_busy_key_waits_a_little, fresh),
		cmocka_unit_test_setup(uses_come_in_portions, fresh),
		cmocka_unit_test_setup(time_never_goes_back, fresh),
		cmocka_unit_test_setup(from_where_is_the_uses_own, fresh),
		cmocka_unit_test_setup(a_use_is_not_lost_with_its_slot, fresh),
		cmocka_unit_test_setup(what_cannot_be_written_stays, fresh),
		cmocka_unit_test_setup(who_is_used_meanwhile_stays, fresh),
		cmocka_unit_test_setup(written_is_said_of_the_key_that_was_told, fresh),
		cmocka_unit_test_setup(a_slot_that_is_written_anew_tells_nothing, fresh),
		cmocka_unit_test_setup(the_keeper_dies, fresh),
		cmocka_unit_test_setup(a_record_that_is_not_whole_is_none, fresh),
		cmocka_unit_test_setup(a_slot_whose_writer_died_is_not_lost, fresh),
		cmocka_unit_test_setup(nobody_waits_for_a_record, fresh),
		cmocka_unit_test_setup(no_use_is_told_of_another_key, fresh),
	};

	return cmocka_run_group_tests(tests, start, finish);
}
