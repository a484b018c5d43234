/*
 * test_db_lists.c: lists of people, teams, machines and resources in each of their
 * orders: that pages neither skip nor repeat, and read few rows.
 */
#include "store/world.h"

/* Many people, teams and machines in an organization, with names, instants and ends in no order. */
static void
make_many(void)
{
	sql_must(
	    "INSERT INTO user (id, email, name, created_at) SELECT CONCAT('usr_', seq), CONCAT(seq, '@x.example'), "
	    "CONCAT('Person ', seq * 7919 MOD 10007), 1 FROM seq_1_to_10000");
	sql_must(
	    "INSERT INTO membership (org_id, id, user_id, role, joined_at, sort_name) "
	    "SELECT 'org_a', CONCAT('mem_', seq), u.id, IF(seq % 3 = 0, 'admin', 'member'), 1700000000 + seq * 31 MOD 9973, "
	    "u.name FROM seq_1_to_10000 JOIN user u ON u.id = CONCAT('usr_', seq)");
	sql_must(
	    "INSERT INTO team (org_id, id, name, name_key, created_at) SELECT 'org_a', CONCAT('tem_', seq), "
	    "CONCAT('Crew ', seq * 7919 MOD 10007), CONCAT('crew ', seq), 1700000000 + seq * 31 MOD 9973 "
	    "FROM seq_1_to_10000");
	sql_must("INSERT INTO machine (org_id, id, name, name_key, created_at, created_by) SELECT 'org_a', "
		 "CONCAT('mch_', seq), CONCAT('Bot ', seq * 7919 MOD 10007), CONCAT('bot ', seq), "
		 "1700000000 + seq * 31 MOD 9973, 'usr_ann' FROM seq_1_to_10000");
	sql_must("INSERT INTO resource (org_id, id, type, name, created_at, created_by) SELECT 'org_a', "
		 "CONCAT('spc_', seq), 'space', CONCAT('Space ', seq * 7919 MOD 10007), "
		 "1700000000 + seq * 31 MOD 9973, 'usr_ann' FROM seq_1_to_10000");
	sql_must("ANALYZE TABLE user, membership, team, machine, resource");
}

enum list { MEMBERS, TEAMS, MACHINES, RESOURCES };

static const struct {
	const char *name;
	const struct page_orders *orders;
	size_t size, indexed; /* of a row; so many orders have an index */
} lists[] = {
	[MEMBERS] = { "members", &members_orders, sizeof(struct member), 3 },
	[TEAMS] = { "teams", &teams_orders, sizeof(struct team), 2 },
	[MACHINES] = { "machines", &machines_orders, sizeof(struct machine), 2 },
	[RESOURCES] = { "resources", &resources_orders, sizeof(struct resource), 2 },
};

static const char *
read_list(enum list l, const struct page *p, size_t *n)
{
	void *rows = NULL;

	if (l == MEMBERS)
		must(members_page(&w, "org_a", p, (struct member **)&rows, n));
	else if (l == TEAMS)
		must(teams_page(&w, "org_a", p, (struct team **)&rows, n));
	else if (l == MACHINES)
		must(machines_page(&w, "org_a", p, (struct machine **)&rows, n));
	else
		must(resources_page(&w, "org_a", NULL, NULL, p, (struct resource **)&rows, n));
	return rows;
}

/* The ids of a whole list, by pages of a size, each begun where the one before ended. */
static const char *
walked(enum list l, struct order o, int64_t limit, bool backwards)
{
	const struct page_order *order = &lists[l].orders->v[o.by];
	struct page p = { .limit = limit, .after_id = "", .order = o };
	const char *rows, *id, *text = "";
	size_t n;

	do {
		rows = read_list(l, &p, &n);
		for (size_t i = 0; i < n; i++) {
			memcpy(&id, rows + i * lists[l].size + order->id, sizeof id);
			text = backwards ? arena_print(w.arena, "%s %s", id, text)
					 : arena_print(w.arena, "%s%s ", text, id);
		}
		if (n > 0)
			page_after(&p, order, rows + (n - 1) * lists[l].size);
	} while (n == (size_t)limit);
	return text;
}

/* Read in one go or row by row, up or down, each row is there once and in its place; equal ones as well. */
static void
lists_have_pages_that_neither_skip_nor_repeat(void **state)
{
	(void)state;
	sql_must(
	    "INSERT INTO user (id, email, name, created_at) SELECT CONCAT('usr_', seq), CONCAT(seq, '@x.example'), "
	    "ELT(seq % 3 + 1, 'Zoe', 'zOE', 'Alf'), 1 FROM seq_1_to_7");
	for (int i = 1; i < 8; i++) {
		struct machine m = { .id = arena_print(w.arena, "mch_%d", i),
			.name = i % 2 ? "bot" : "BOT",
			.created_by = "usr_ann" };
		struct team t = { .id = arena_print(w.arena, "tem_%d", i), .name = m.name };
		struct resource r = { .id = arena_print(w.arena, "spc_%d", i),
			.type = "space",
			.name = m.name,
			.created_by = "usr_ann" };

		w.now += i % 3;
		must(members_insert(&w, "org_a", arena_print(w.arena, "mem_%d", i),
		    arena_print(w.arena, "usr_%d", i), i % 2 ? "member" : "admin", false));
		must(machines_insert(&w, "org_a", &m, m.id));
		must(teams_insert(&w, "org_a", &t, t.id));
		must(resources_insert(&w, "org_a", &r));
	}
	for (enum list l = MEMBERS; l <= RESOURCES; l++)
		for (size_t by = 0; by < lists[l].orders->n; by++) {
			struct order up = { by, false }, down = { by, true };
			const char *whole = walked(l, up, 100, false),
				   *what = arena_print(w.arena, "%s by %s", lists[l].name,
				       lists[l].orders->v[by].word);

			is_true(strlen(whole) > 7 * 5, what);
			is_text(walked(l, down, 100, true), whole, what);
			for (int64_t limit = 1; limit < 4; limit++) {
				is_text(walked(l, up, limit, false), whole, what);
				is_text(walked(l, down, limit, true), whole, what);
			}
		}
	is_text(walked(MEMBERS, (struct order){ MEMBERS_BY_NAME, false }, 9, false),
	    "usr_2 usr_5 usr_ann usr_bob usr_1 usr_3 usr_4 usr_6 usr_7 ", "names, as people sort");
	is_text(walked(MEMBERS, (struct order){ MEMBERS_BY_ROLE, false }, 9, false),
	    "usr_2 usr_ann usr_4 usr_6 usr_5 usr_bob usr_1 usr_3 usr_7 ", "admins first, each by name");
}

/* A page in the middle of a long list is found by the index of its order, without sorting what is around it. */
static void
a_page_of_a_long_list_reads_few_rows(void **state)
{
	(void)state;
	make_many();
	for (enum list l = MEMBERS; l <= RESOURCES; l++)
		for (size_t i = 0; i < 2 * lists[l].orders->n; i++) {
			struct page p = { .limit = 51, .after_id = "", .order = { i / 2, i % 2 != 0 } };
			const struct page_order *order = &lists[l].orders->v[p.order.by];
			const char *rows;
			int64_t before;
			size_t n;

			for (int turn = 0; turn < 3; turn++) {
				before = rows_read();
				rows = read_list(l, &p, &n);
				before = rows_read() - before;
				is_int(n, 51, lists[l].name);
				is_true(p.order.by >= lists[l].indexed || before < 1000,
				    arena_print(w.arena, "%s by %s: %lld rows", lists[l].name, order->word,
					(long long)before));
				page_after(&p, order, rows + (n - 1) * lists[l].size);
			}
		}
}

#define CASE(name) cmocka_unit_test_setup(name, world_fresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(lists_have_pages_that_neither_skip_nor_repeat),
		CASE(a_page_of_a_long_list_reads_few_rows),
	};

	return cmocka_run_group_tests_name("store/lists", tests, world_open, world_close);
}
