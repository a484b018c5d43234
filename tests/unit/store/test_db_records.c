/*
 * test_db_records.c: the rows of records: what each organization sees, the orders,
 * and what is taken away.
 */
#include "base/out.h"
#include "store/record_fields.h"
#include "store/record_values.h"
#include "store/world.h"

static void
put(const char *org, const char *table, const char *id)
{
	struct record r = { .id = id,
		.fields = "{}",
		.created_by = "usr_ann",
		.updated_by = "usr_ann",
		.created_at = w.now,
		.updated_at = w.now };

	must(records_reserve(&w, org, table, 1, &r.n));
	must(records_insert(&w, org, table, &r));
}

static void
put_value(const char *org, const char *table, int64_t n, const char *hex)
{
	must(record_values_put(&w, org, table, n,
	    str_of(arena_print(w.arena, "[{\"f\":\"66\",\"v\":\"%s\"}]", hex))));
}

/* The numbers, a blank behind each. */
static const char *
numbers(const struct record_at *at, size_t n)
{
	struct out o = out_limit(w.arena, 1000);

	for (size_t i = 0; i < n; i++)
		out_print(&o, "%lld ", (long long)at[i].n);
	return arena_text(w.arena, out_text(&o));
}

static void
each_has_its_own(void **state)
{
	struct record r, *rows;
	struct record_at *at;
	size_t n;

	(void)state;
	put("org_a", "tbl_a", "rec_1");
	put("org_a", "contacts", "rec_1");
	put("org_b", "contacts", "rec_1");
	put("org_b", "contacts", "rec_2");
	must(records_get(&w, "org_b", "contacts", "rec_2", &r));
	is_int(r.n, 2, "numbered in its own table");
	is_fault(records_get(&w, "org_a", "contacts", "rec_2", &r), FAULT_NOT_FOUND,
	    "another organization's");
	is_fault(records_get(&w, "org_b", "tbl_a", "rec_1", &r), FAULT_NOT_FOUND,
	    "another organization's table");
	must(records_of(&w, "org_a", "contacts", STR("[2,1,7]"), 10, &rows, &n));
	is_int(n, 1, "of those that are asked for");
	must(records_by_number(&w, "org_b", "contacts", -1, 0, 10, &at, &n));
	is_text(numbers(at, n), "1 2 ", "all");
	must(records_by_number(&w, "org_b", "contacts", -1, 1, 10, &at, &n));
	is_text(numbers(at, n), "2 ", "behind the first");
	put_value("org_b", "contacts", 1, "61");
	must(records_delete(&w, "org_b", "contacts", 1));
	is_fault(records_insert(&w, "org_c", "contacts", &r), FAULT_CONFLICT,
	    "an organization that is not there");
	put("org_b", "contacts", "rec_3");
	must(records_get(&w, "org_b", "contacts", "rec_3", &r));
	is_int(r.n, 3, "a number is not given twice");
}

static void
orders(void **state)
{
	struct record_range all = { STR("f"), STR(""), STR("\377") };
	struct record_at start = { .n = -1 }, *at;
	struct str any[3] = { STR("a"), STR("c"), STR("c") };
	size_t n;

	(void)state;
	for (int i = 0; i < 5; i++)
		put("org_a", "tbl_a", arena_print(w.arena, "rec_%d", i));
	put("org_b", "tbl_a", "rec_0");
	put_value("org_b", "tbl_a", 1, "61");
	put_value("org_a", "tbl_a", 1, "62");
	put_value("org_a", "tbl_a", 2, "61");
	put_value("org_a", "tbl_a", 4, "61");
	put_value("org_a", "tbl_a", 5, "63");
	must(record_values_up(&w, "org_a", "tbl_a", &all, &start, 3, &at, &n));
	is_text(numbers(at, n), "2 4 1 ", "upward");
	must(record_values_up(&w, "org_a", "tbl_a", &all, &at[0], 3, &at, &n));
	is_text(numbers(at, n), "4 1 5 ", "behind the first");
	must(record_values_down(&w, "org_a", "tbl_a", &all, &start, 3, &at, &n));
	is_text(numbers(at, n), "5 1 4 ", "downward");
	must(record_values_down(&w, "org_a", "tbl_a", &all, &at[2], 3, &at, &n));
	is_text(numbers(at, n), "2 ", "the rest");
	all.to = STR("b");
	must(record_values_up(&w, "org_a", "tbl_a", &all, &start, 9, &at, &n));
	is_text(numbers(at, n), "2 4 1 ", "up to one");
	must(record_values_any(&w, "org_a", "tbl_a", STR("f"), any, 2, 9, &at, &n));
	is_text(numbers(at, n), "4 5 ", "some");
	must(record_values_none(&w, "org_a", "tbl_a", STR("f"), -1, 9, &at, &n));
	is_text(numbers(at, n), "3 ", "none");
	must(record_values_remove(&w, "org_a", "tbl_a", 2, STR("f")));
	must(record_values_none(&w, "org_a", "tbl_a", STR("f"), -1, 9, &at, &n));
	is_text(numbers(at, n), "2 3 ", "one less");
}

static void
what_changed_since(void **state)
{
	struct record_at from = { .n = -1, .at = w.now + 1 }, *at;
	struct record r;
	size_t n;

	(void)state;
	for (int i = 0; i < 3; i++)
		put("org_a", "team", arena_print(w.arena, "rec_%d", i));
	must(records_get(&w, "org_a", "team", "rec_0", &r));
	r.updated_at = w.now + 5;
	r.fields = "{\"a\":1}";
	must(records_change(&w, "org_a", "team", &r));
	must(records_by_change(&w, "org_a", "team", &from, 9, &at, &n));
	is_text(numbers(at, n), "1 ", "one was changed");
	must(records_get(&w, "org_a", "team", "rec_0", &r));
	is_int(r.version, 2, "it is another version");
	is_text(r.fields, "{\"a\":1}", "with other fields");
	from.at = 0;
	must(records_by_change(&w, "org_a", "team", &from, 9, &at, &n));
	is_text(numbers(at, n), "2 3 1 ", "the changed one is last");
}

static void
a_table_that_is_gone(void **state)
{
	struct record_field field = { .id = "fld_x", .name = "X", .type = "text" }, *fields;
	struct record r;
	bool left = true;
	size_t n;

	(void)state;
	for (int i = 0; i < 3; i++)
		put("org_a", "tbl_a", arena_print(w.arena, "rec_%d", i));
	put("org_b", "tbl_b", "rec_0");
	put("org_a", "contacts", "rec_0");
	put_value("org_a", "tbl_a", 1, "61");
	must(record_fields_insert(&w, "org_a", "tbl_a", &field, "x"));
	must(records_forget(&w, &left));
	is_true(!left, "nothing is gone");
	must(in_change("org_a", resources_delete(&w, "org_a", "bse_a")));
	must(records_forget(&w, &left));
	is_true(left, "there may be more");
	is_fault(records_get(&w, "org_a", "tbl_a", "rec_0", &r), FAULT_NOT_FOUND, "its records");
	must(record_fields(&w, "org_a", "tbl_a", &fields, &n));
	is_int(n, 0, "its fields");
	must(records_forget(&w, &left));
	is_true(!left, "that was all");
	must(records_get(&w, "org_b", "tbl_b", "rec_0", &r));
	must(records_get(&w, "org_a", "contacts", "rec_0", &r));
}

#define CASE(name) cmocka_unit_test_setup(name, world_fresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_has_its_own),
		CASE(orders),
		CASE(what_changed_since),
		CASE(a_table_that_is_gone),
	};

	return cmocka_run_group_tests_name("store/records", tests, world_open, world_close);
}
