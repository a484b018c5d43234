/*
 * test_db_find.c: what a list of records may cost.
 */
#include "core/change.h"
#include "core/standing.h"
#include "db/db.h"
#include "records/find.h"
#include "records/record.h"
#include "store/record_fields.h"
#include "store/world.h"

static struct standing actor = { .org_id = "org_a",
	.owner_id = "usr_ann",
	.owner_alive = true,
	.org_alive = true };
static struct columns columns;

static void
put_table(void)
{
	struct record_field f = { .id = "fld_t", .name = "Name", .type = "text", .place = 1 };
	struct json_value fields[3];
	struct record *made;

	w.actor = &actor;
	must(records_table(&w, "org_a", "tbl_a"));
	must(record_fields_insert(&w, "org_a", "tbl_a", &f, "name"));
	must(columns_of(&w, "tbl_a", &columns));
	for (size_t i = 0; i < COUNT(fields); i++)
		is_true(json_in(w.arena, str_of(i == 1 ? "{\"fld_t\":\"Needle\"}" : "{\"fld_t\":\"hay\"}"),
			    &fields[i]),
		    "fields");
	must(db_begin(&w, DB_ADDS));
	must(change_beside(&w, "org_a"));
	must(records_make(&w, "tbl_a", &columns, fields, COUNT(fields), &made));
	must(db_commit(&w));
}

static enum fault
found(struct filter *filter, size_t *n)
{
	struct find q = { .table = "tbl_a", .filter = filter, .take = 10 };
	struct record *rows;

	return find_records(&w, &q, &rows, n);
}

static void
looking_has_an_end(void **state)
{
	struct filter *filter;
	size_t n = 0;

	(void)state;
	put_table();
	filter = filter_search(w.arena, &columns, NULL, STR("nEEDLE"));
	must(found(filter, &n));
	is_int(n, 1, "in time");
	settings->access_search_ms = 0;
	is_fault(found(filter, &n), FAULT_BAD_FIELD, "no time at all");
	is_text(w.trouble.field, "filter", "what to narrow");
	/* What needs no look at the records is as it was. */
	must(found(NULL, &n));
	is_int(n, 3, "without a filter");
	settings->access_search_ms = 2000;
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup(looking_has_an_end, world_fresh) };

	return cmocka_run_group_tests_name("records/find", tests, world_open, world_close);
}
