/*
 * test_db_records.c: what records cost beside the bare statements, through the same
 * connection, in a table with a million of them.
 *
 *	make tests/bench/test_db_records
 *	tests/unit/with-mariadb tests/bench/test_db_records [RECORDS]
 *
 * Each operation and its bare statement are done in turn; the figures are
 * microseconds.  The database writes each commit to the disk before it answers.
 */
#include <stdlib.h>
#include <time.h>

#include "core/change.h"
#include "core/standing.h"
#include "db/db.h"
#include "records/find.h"
#include "base/hex.h"
#include "records/record.h"
#include "records/value.h"
#include "store/world.h"

#define TIMES  2000
#define GROUP  50 /* records with the same value in the field that is asked for */
#define PLACES 100
#define PAGES  10    /* of a list, one of which is asked for, by how many are before it */
#define PIECE  20000 /* records put in at once: their number must be a multiple of it */

static int64_t all;
static struct columns columns;
static char numbers_field[32];
static MYSQL *bare; /* the connection of the service */

static double
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* The same numbers each time, spread over the table. */
static uint64_t
next_number(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* A prepared statement of two texts and a number, and all that it gives. */
static void
run_bare(MYSQL_STMT *s, const char *table, int64_t number)
{
	static char text[4096];
	static int64_t id;
	MYSQL_BIND in[3], out[2];
	unsigned long n = 0;

	memset(in, 0, sizeof in);
	memset(out, 0, sizeof out);
	in[0] = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_STRING,
		.buffer = (void *)(uintptr_t) "org_a",
		.buffer_length = 5 };
	in[1] = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_STRING,
		.buffer = (void *)(uintptr_t)table,
		.buffer_length = strlen(table) };
	in[2] = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_LONGLONG, .buffer = &number };
	out[0] = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_LONGLONG, .buffer = &id };
	out[1] = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_STRING,
		.buffer = text,
		.buffer_length = sizeof text,
		.length = &n };
	if (mysql_stmt_bind_param(s, in) != 0 || mysql_stmt_execute(s) != 0)
		fail_msg("%s", mysql_stmt_error(s));
	if (mysql_stmt_field_count(s) == 0)
		return;
	if (mysql_stmt_bind_result(s, out) != 0 || mysql_stmt_store_result(s) != 0)
		fail_msg("%s", mysql_stmt_error(s));
	while (mysql_stmt_fetch(s) == 0)
		;
	mysql_stmt_free_result(s);
}

static MYSQL_STMT *
prepared(const char *sql)
{
	MYSQL_STMT *s = mysql_stmt_init(bare);

	if (mysql_stmt_prepare(s, sql, strlen(sql)) != 0)
		fail_msg("%s", mysql_stmt_error(s));
	return s;
}

static void
page(int64_t at)
{
	struct find q = { .table = "tbl_a", .skip = at % PAGES * PLACES, .take = PLACES };
	struct record *rows;
	size_t n;

	must(find_records(&w, &q, &rows, &n));
	is_int(n, PLACES, "a page");
}

static void
filtered(int64_t at)
{
	const char *json = arena_print(w.arena,
	    "{\"conjunction\":\"and\",\"filterSet\":[{\"fieldId\":\"%s\",\"operator\":\"is\",\"value\":%lld}]}",
	    numbers_field, (long long)(at / GROUP));
	struct find q = { .table = "tbl_a", .take = PLACES };
	struct record *rows;
	size_t n;

	must(filter_read(&w, &columns, str_of(json), &q.filter));
	must(find_records(&w, &q, &rows, &n));
	is_true(n > 0, "some");
}

static void
got(int64_t at)
{
	struct record r;

	must(records_get(&w, "org_a", "tbl_a", arena_print(w.arena, "rec%016lld", (long long)at), &r));
}

static struct json_value
some_fields(int64_t at)
{
	struct json_value v;

	is_true(json_in(w.arena,
		    str_of(arena_print(w.arena, "{\"%s\":%lld}", numbers_field, (long long)(at / GROUP))),
		    &v),
	    "fields");
	return v;
}

static void
made(int64_t at)
{
	struct json_value fields = some_fields(at);
	struct record *r;

	must(db_begin(&w, DB_ADDS));
	must(change_beside(&w, "org_a"));
	must(records_make(&w, "tbl_a", &columns, &fields, 1, &r));
	must(db_commit(&w));
}

static void
updated(int64_t at)
{
	struct json_value fields = some_fields(at + 7);
	struct record r;

	must(db_begin(&w, DB_ADDS));
	must(change_beside(&w, "org_a"));
	must(record_change(&w, "tbl_a", &columns, arena_print(w.arena, "rec%016lld", (long long)at), &fields,
	    0, &r));
	must(db_commit(&w));
}

#define ROW "org_id = ? AND table_id = ? AND "

static const struct {
	const char *name;
	void (*service)(int64_t);
	const char *sql;
	int64_t of; /* of pages: how many there are; -1: each is another; 0: any record */
} operations[] = {
	{ "page of 100", page,
	    "SELECT n, fields FROM record_row WHERE org_id = ? AND table_id = ? ORDER BY n LIMIT 100 OFFSET ?",
	    PAGES },
	{ "filter", filtered,
	    "SELECT r.n, r.fields FROM record_value v JOIN record_row r ON r.org_id = v.org_id AND "
	    "r.table_id = v.table_id AND r.n = v.n WHERE v.org_id = ? AND v.table_id = ? AND v.field = "
	    "'fld_n' AND v.value = (SELECT value FROM record_value WHERE org_id = 'org_a' AND table_id = "
	    "'tbl_a' AND n = ? AND field = 'fld_n') ORDER BY v.n LIMIT 100",
	    0 },
	{ "get", got, "SELECT n, fields FROM record_row WHERE " ROW "id = CONCAT('rec', LPAD(?, 16, '0'))",
	    0 },
	{ "create", made,
	    "INSERT INTO record_row (org_id, table_id, n, id, fields, created_at, created_by, updated_at, updated_by) "
	    "SELECT ?, ?, 100000000 + ?, UUID_SHORT(), '{}', 1, 'x', 1, 'x'",
	    -1 },
	{ "update", updated,
	    "UPDATE record_row SET fields = CONCAT('{\"fld_n\":', RAND(), '}'), version = version + 1 WHERE " ROW
	    "n = ?",
	    0 },
};

static void
measure(size_t i)
{
	static double took[2][TIMES];
	MYSQL_STMT *s = prepared(operations[i].sql);
	double p99[2], p50[2];
	uint64_t seed = 1;

	for (int k = 0; k < TIMES; k++) {
		int64_t at = (int64_t)(next_number(&seed) % (uint64_t)all) + 1;
		double began;

		arena_reset(w.arena);
		began = now_us();
		operations[i].service(at);
		took[0][k] = now_us() - began;
		at = operations[i].of < 0 ? k : operations[i].of > 0 ? at % operations[i].of * PLACES : at;
		began = now_us();
		run_bare(s, "tbl_a", at);
		took[1][k] = now_us() - began;
	}
	for (int side = 0; side < 2; side++) {
		qsort(took[side], TIMES, sizeof(double), by_size);
		p50[side] = took[side][TIMES / 2];
		p99[side] = took[side][TIMES * 99 / 100];
	}
	print_message("%-12s p50 %8.0f  p99 %8.0f   bare p50 %8.0f  p99 %8.0f   p99 ratio %.2f\n",
	    operations[i].name, p50[0], p99[0], p50[1], p99[1], p99[0] / p99[1]);
	mysql_stmt_close(s);
}

static void
fill(void)
{
	sql_must("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
	sql_must("SET GLOBAL innodb_buffer_pool_size = 1073741824");
	sql_must(arena_print(w.arena, "INSERT INTO record_table VALUES ('org_a', 'tbl_a', %lld + 1);",
	    (long long)all));
	sql_must(
	    "INSERT INTO record_field VALUES ('org_a', 'tbl_a', 'fld_n', 'Count', 'count', 'number', NULL, 1), "
	    "('org_a', 'tbl_a', 'fld_t', 'Name', 'name', 'text', NULL, 2)");
	for (int64_t from = 1; from <= all; from += PIECE)
		sql_must(arena_print(w.arena,
		    "INSERT INTO record_row SELECT 'org_a', 'tbl_a', seq, CONCAT('rec', LPAD(seq, 16, '0')), "
		    "CONCAT('{\"fld_n\":', seq DIV %d, ',\"fld_t\":\"', REPEAT('x', 100), seq, '\"}'), 1, 1, "
		    "'usr_ann', 1, 'usr_ann' FROM seq_%lld_to_%lld",
		    GROUP, (long long)from, (long long)(from + PIECE - 1)));
}

/* The keys as the service makes them. */
static void
fill_values(void)
{
	sql_must("CREATE TABLE number_key (g BIGINT PRIMARY KEY, v VARBINARY(255))");
	for (int64_t from = 0; from <= all / GROUP; from += 1000) {
		struct out o = out_limit(w.arena, (size_t)1 << 20);

		for (int64_t i = from; i < from + 1000; i++) {
			struct str key = value_key_number(w.arena, (double)i);
			char hex[64];

			hex_text(key.s, key.n, hex);
			out_print(&o, "%s(%lld, x'%s')", i == from ? "INSERT INTO number_key VALUES " : ", ",
			    (long long)i, hex);
		}
		sql_must(arena_text(w.arena, out_text(&o)));
		arena_reset(w.arena);
	}
	for (int64_t from = 1; from <= all; from += PIECE)
		sql_must(arena_print(w.arena,
		    "INSERT INTO record_value SELECT 'org_a', 'tbl_a', r.n, 'fld_n', k.v FROM record_row r "
		    "JOIN number_key k ON k.g = r.n DIV %d WHERE r.org_id = 'org_a' AND r.table_id = 'tbl_a' AND "
		    "r.n >= %lld AND r.n < %lld",
		    GROUP, (long long)from, (long long)(from + PIECE)));
}

static void
costs(void **state)
{
	struct standing *actor;

	(void)state;
	alarm(3000);
	fill();
	fill_values();
	sql_must("ANALYZE TABLE record_row, record_value");
	actor = calloc(1, sizeof *actor);
	*actor = (struct standing){ .org_id = "org_a",
		.owner_id = "usr_ann",
		.owner_alive = true,
		.org_alive = true };
	w.actor = actor;
	(void)snprintf(numbers_field, sizeof numbers_field, "fld_n");
	must(columns_of(&w, "tbl_a", &columns));
	columns.v = memcpy(calloc(columns.n, sizeof *columns.v), columns.v, columns.n * sizeof *columns.v);
	for (size_t i = 0; i < columns.n; i++)
		columns.v[i].row.id = strdup(columns.v[i].row.id),
		columns.v[i].row.name = strdup(columns.v[i].row.name);
	bare = w.db->my;
	for (size_t i = 0; i < COUNT(operations); i++)
		measure(i);
	free(actor);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup(costs, world_fresh) };

	all = 1000000;
	if (argc > 1 && !str_int(str_of(argv[1]), &all))
		return 1;
	return cmocka_run_group_tests_name("bench/records", tests, world_open, world_close);
}
