/*
 * test_db_key_lists.c: lists of keys: what each filter shows, and that pages
 * neither skip nor repeat.
 */
#include "base/out.h"
#include "store/key_lists.h"
#include "store/world.h"

/* One key for every state, and what each filter shows of them. */
static void
make_states(void)
{
	static const struct {
		const char *id, *kind, *membership;
		int64_t expires; /* from now */
		bool ended;
	} rows[] = {
		{ "key_1", "personal", "mem_ann_a", 100, false },
		{ "key_2", "personal", "mem_bob_a", 0, false },
		{ "key_3", "personal", "mem_bob_a", -1, false },
		{ "key_4", "personal", "mem_bob_a", 0, true },
		{ "key_5", "organization", NULL, 0, false },
		{ "key_6", "organization", NULL, 0, true },
		{ "key_7", "organization", NULL, -1, true },
		{ "key_8", "provider", "mem_bob_a", 100, true },
		{ "key_9", "space", "mem_bob_a", -1, false },
	};
	int64_t now = w.now, changed;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct key_new k = key_row(rows[i].id, (uint8_t)(i + 1));

		k.kind = rows[i].kind;
		k.membership_id = rows[i].membership;
		k.expires_at = rows[i].expires == 0 ? 0 : now + rows[i].expires;
		w.now = now - 1000 + (int64_t)i;
		must(keys_insert(&w, "org_a", &k));
		if (rows[i].ended)
			must(in_change("org_a", keys_end(&w, "org_a", rows[i].id, "usr_ann", &changed)));
	}
	w.now = now;
	must(keys_insert(&w, "org_b",
	    &(struct key_new){ .id = "key_z",
		.kind = "organization",
		.name = "Key",
		.prefix = "dk_Abcd",
		.secret_hash = "$x",
		.created_by = "usr_ann",
		.lookup = { 99 } }));
}

static const char *
listed(const struct key_filter *f, const struct page *p)
{
	struct key *rows;
	size_t n;
	struct out o = out_limit(w.arena, 1000);

	must(keys_page(&w, "org_a", f, p, &rows, &n));
	for (size_t i = 0; i < n; i++)
		out_put(&o, rows[i].id + 4);
	return arena_text(w.arena, out_text(&o));
}

static void
what_each_filter_shows(void **state)
{
	static const char marked[] = "organization,provider";
	static const struct {
		const char *what;
		struct key_filter filter;
		const char *ids;
	} cases[] = {
		{ "active and expired", { .active = true, .expired = true, .marked = marked }, "12359" },
		{ "active", { .active = true, .marked = marked }, "125" },
		{ "expired", { .expired = true, .marked = marked }, "39" },
		{ "revoked: only kinds that stay to see", { .revoked = true, .marked = marked }, "678" },
		{ "all", { .active = true, .expired = true, .revoked = true, .marked = marked }, "12356789" },
		{ "nothing", { .marked = marked }, "" },
		{ "one kind", { .kind = "personal", .active = true, .expired = true, .marked = marked },
		    "123" },
		{ "one kind, revoked", { .kind = "personal", .revoked = true, .marked = marked }, "" },
		{ "one kind that stays", { .kind = "provider", .revoked = true, .marked = marked }, "8" },
		{ "one member",
		    { .membership_id = "mem_bob_a", .active = true, .expired = true, .marked = marked },
		    "239" },
		{ "one member, revoked", { .membership_id = "mem_bob_a", .revoked = true, .marked = marked },
		    "8" },
		{ "nobody",
		    { .membership_id = "",
			.active = true,
			.expired = true,
			.revoked = true,
			.marked = marked },
		    "" },
		{ "a kind that is a part of a word", { .revoked = true, .marked = "organizations,providers" },
		    "" },
	};
	struct page p = page_first();

	(void)state;
	make_states();
	for (size_t i = 0; i < COUNT(cases); i++)
		is_text(listed(&cases[i].filter, &p), cases[i].ids, cases[i].what);
	/* Whose owner is gone counts as revoked. */
	must(in_change("org_a", members_leave(&w, "org_a", "mem_bob_a")));
	is_text(listed(&cases[0].filter, &p), "15", "active and expired, after leaving");
	is_text(listed(&cases[3].filter, &p), "678", "revoked, after leaving");
}

static void
a_key_ends_at_its_second_in_lists_too(void **state)
{
	struct key_filter active = { .active = true, .marked = "" },
			  expired = { .expired = true, .marked = "" };
	struct page p = page_first();
	struct key_new k = key_row("key_1", 1);

	(void)state;
	k.expires_at = w.now + 1;
	must(keys_insert(&w, "org_a", &k));
	is_text(listed(&active, &p), "1", "before");
	is_text(listed(&expired, &p), "", "before");
	w.now += 1;
	is_text(listed(&active, &p), "", "at its end");
	is_text(listed(&expired, &p), "1", "at its end");
}

/* Many of the same second: every one is on exactly one page. */
static void
pages_neither_skip_nor_repeat(void **state)
{
	static const int64_t limits[] = { 1, 2, 3, 7, 25, 30 };
	struct key_filter all = { .active = true, .marked = "" };

	(void)state;
	for (int i = 0; i < 25; i++) {
		char id[] = { 'k', 'e', 'y', '_', (char)('a' + (i * 7) % 25), '\0' };
		struct key_new k = key_row(arena_text(w.arena, str_of(id)), (uint8_t)(i + 1));

		must(keys_insert(&w, "org_a", &k));
		w.now += i % 5 == 4;
	}
	for (size_t l = 0; l < COUNT(limits); l++) {
		struct page p = { .limit = limits[l], .after_id = "" };
		bool seen[256] = { false };
		size_t n, total = 0;
		struct key *rows;

		do {
			must(keys_page(&w, "org_a", &all, &p, &rows, &n));
			for (size_t i = 0; i < n; i++) {
				is_true(!seen[(unsigned char)rows[i].id[4]], rows[i].id);
				seen[(unsigned char)rows[i].id[4]] = true;
			}
			total += n;
			if (n > 0)
				p = (struct page){ .limit = limits[l],
					.after_at = rows[n - 1].created_at,
					.after_id = rows[n - 1].id };
		} while (n == (size_t)limits[l]);
		is_int(total, 25, "keys on all pages");
	}
}

static void
live_keys_of_a_member_are_counted(void **state)
{
	struct page p = page_first();
	struct key_filter f = { .active = true, .expired = true, .marked = "" };
	int64_t n;

	(void)state;
	make_states();
	must(keys_count_live(&w, "org_a", "mem_bob_a", "personal", &n));
	is_int(n, 1, "expired and ended ones are no load");
	must(keys_count_live(&w, "org_a", "mem_ann_a", "personal", &n));
	is_int(n, 1, "another member");
	must(keys_count_live(&w, "org_b", "mem_bob_a", "personal", &n));
	is_int(n, 0, "another organization");
	is_text(listed(&f, &p), "12359", "all");
}

/* --- orders and filters --- */

enum { MADE = 24, FIRST = 1799990000 };

/* Names that differ in case and accents only, ends and uses that are missing or the same. */
static void
make_mixed(void)
{
	static const char *const names[] = { "Zebra", "alpha", "Alpha", "\303\211cole", "ecole", "beta",
		"\360\237\224\221 key", "10", "9" };
	int64_t now = w.now;

	for (int i = 0; i < MADE; i++) {
		struct key_new k =
		    key_row(arena_print(w.arena, "key_%c", 'a' + (i * 7) % MADE), (uint8_t)(i + 1));

		k.name = names[(size_t)i % COUNT(names)];
		k.expires_at = i % 4 == 0 ? 0 : now + 1000 + i % 5;
		w.now = FIRST + i / 3;
		must(keys_insert(&w, "org_a", &k));
		if (i % 3 != 0)
			must(keys_used(&w, "org_a", k.id, FIRST + 500 + i % 6, "192.0.2.1"));
	}
	w.now = now;
}

/* The order of a whole list by pages of a size, each begun where the one before ended. */
static const char *
walked(struct order o, int64_t limit)
{
	struct key_filter all = { .active = true, .marked = "" };
	struct page p = { .limit = limit, .after_id = "", .order = o };
	struct out out = out_limit(w.arena, 1000);
	struct key *rows;
	size_t n;

	do {
		must(keys_page(&w, "org_a", &all, &p, &rows, &n));
		for (size_t i = 0; i < n; i++)
			out_put(&out, rows[i].id + 4);
		if (n > 0)
			page_after(&p, &keys_orders.v[o.by], &rows[n - 1]);
	} while (n == (size_t)limit);
	return arena_text(w.arena, out_text(&out));
}

static const char *
backwards(const char *text)
{
	size_t n = strlen(text);
	char *copy = arena_take(w.arena, n + 1);

	for (size_t i = 0; i < n; i++)
		copy[i] = text[n - 1 - i];
	return copy;
}

/* Whether it is read in one go or row by row, up or down, each key is there once and in its place. */
static void
every_order_has_pages_that_neither_skip_nor_repeat(void **state)
{
	(void)state;
	make_mixed();
	for (size_t s = 0; s < keys_orders.n; s++) {
		struct order up = { s, false }, down = { s, true };
		const char *whole = walked(up, 100), *word = keys_orders.v[s].word;

		is_int(strlen(whole), MADE, word);
		is_text(walked(down, 100), backwards(whole), word);
		for (int64_t limit = 1; limit < 8; limit++) {
			is_text(walked(up, limit), whole, word);
			is_text(walked(down, limit), backwards(whole), word);
		}
	}
}

static void
what_has_no_end_is_last_and_what_was_never_used_is_first(void **state)
{
	static const struct {
		const char *id;
		int64_t ends, used;
	} rows[] = { { "key_a", 0, 50 }, { "key_b", 2000, 0 }, { "key_c", 1000, 70 } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct key_new k = key_row(rows[i].id, (uint8_t)(i + 1));

		k.expires_at = rows[i].ends == 0 ? 0 : w.now + rows[i].ends;
		must(keys_insert(&w, "org_a", &k));
		if (rows[i].used != 0)
			must(keys_used(&w, "org_a", k.id, w.now + rows[i].used, "192.0.2.1"));
	}
	is_text(walked((struct order){ KEYS_BY_END, false }, 10), "cba", "by end");
	is_text(walked((struct order){ KEYS_BY_USE, false }, 10), "bac", "by use");
}

/* As people sort: without regard to case and accents, whatever the bytes are. */
static void
names_are_sorted_as_people_do(void **state)
{
	static const char *const names[] = { "zoo", "\303\211clair", "Alpha", "echo", "beta" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct key_new k = key_row(arena_print(w.arena, "key_%zu", i), (uint8_t)(i + 1));

		k.name = names[i];
		must(keys_insert(&w, "org_a", &k));
	}
	is_text(walked((struct order){ KEYS_BY_NAME, false }, 10), "24310", "by name");
}

/* Four keys that differ in all that a filter asks about. */
static void
make_told_apart(void)
{
	static const struct {
		const char *id, *name, *description, *member;
		int64_t ends, used;
	} rows[] = { { "key_1", "Deploy", NULL, NULL, 0, 0 }, { "key_2", "Caf\303\251", NULL, NULL, 100, 0 },
		{ "key_3", "Backup", "the Nightly one", NULL, 200, 100 },
		{ "key_4", "Other", NULL, "mem_bob_a", 300, 150 } };
	int64_t now = w.now;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct key_new k = key_row(rows[i].id, (uint8_t)(i + 1));

		k.name = rows[i].name;
		k.description = rows[i].description;
		k.membership_id = rows[i].member;
		k.expires_at = rows[i].ends == 0 ? 0 : now + rows[i].ends;
		w.now = FIRST + 10 * (int64_t)i;
		must(keys_insert(&w, "org_a", &k));
		if (rows[i].used != 0)
			must(keys_used(&w, "org_a", k.id, FIRST + rows[i].used, "192.0.2.1"));
	}
	w.now = now;
}

static void
what_filters_of_time_and_text_take_in(void **state)
{
	static const struct {
		const char *what;
		struct key_filter filter;
		const char *ids;
	} cases[] = {
		{ "all", { .search = NULL }, "1234" },
		{ "created from", { .created_from = FIRST + 10 }, "234" },
		{ "created before", { .created_before = FIRST + 10 }, "1" },
		{ "created within", { .created_from = FIRST + 10, .created_before = FIRST + 30 }, "23" },
		{ "an empty span", { .created_from = FIRST + 30, .created_before = FIRST + 10 }, "" },
		{ "expires from: what never ends does not", { .expires_from = 1 }, "234" },
		{ "expires before", { .expires_before = INT64_C(1800000200) }, "2" },
		{ "expires at that second", { .expires_from = INT64_C(1800000200) }, "34" },
		{ "used from", { .used_from = FIRST + 100 }, "34" },
		{ "used at that second and before", { .used_before = FIRST + 101 }, "3" },
		{ "used before: not what was never used", { .used_before = INT64_MAX }, "34" },
		{ "never used", { .never_used = true }, "12" },
		{ "a name, of whatever case", { .search = "DEPLOY" }, "1" },
		{ "an accent", { .search = "cafe" }, "2" },
		{ "a description", { .search = "nightly" }, "3" },
		{ "what can be seen of the text", { .search = "dk_Abcd" }, "1234" },
		{ "the owner's name", { .search = "bob" }, "4" },
		{ "the owner's address", { .search = "bob@example.org" }, "4" },
		{ "not a part of one and a part of the next", { .search = "deploydk" }, "" },
		{ "no pattern", { .search = "%" }, "" },
		{ "no pattern", { .search = "dk_A_cd" }, "" },
		{ "no escape", { .search = "!" }, "" },
		{ "quotes", { .search = "'\\\"" }, "" },
		{ "what no ASCII column has", { .search = "\360\237\224\221" }, "" },
		{ "an owner by id", { .owner_id = "usr_bob" }, "4" },
		{ "the organization as owner", { .owner_id = "org_a" }, "123" },
		{ "nobody", { .owner_id = "usr_ann" }, "" },
	};
	struct page p = page_first();
	int64_t n;

	(void)state;
	make_told_apart();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct key_filter f = cases[i].filter;

		f.active = f.expired = true;
		f.marked = "";
		is_text(listed(&f, &p), cases[i].ids, cases[i].what);
		must(keys_count(&w, "org_a", &f, &n));
		is_int(n, strlen(cases[i].ids), cases[i].what);
	}
}

/* --- how much a page reads --- */

#define MANY 20000

static void
make_many(void)
{
	sql_must(
	    "INSERT INTO api_key (org_id, id, kind, name, prefix, lookup, secret_hash, membership_id, "
	    "scopes, created_at, created_by, expires_at, last_used_at) "
	    "SELECT 'org_a', CONCAT('key_', seq), 'provider', CONCAT('Key ', seq * 7919 MOD 20011), 'drv_', "
	    "UNHEX(LPAD(HEX(seq), 32, '0')), '$x', IF(seq % 400 = 0, 'mem_bob_a', 'mem_ann_a'), 1, "
	    "1700000000 + seq, 'usr_ann', IF(seq % 5 = 0, NULL, 1900000000 + seq * 31 MOD 9973), "
	    "IF(seq % 3 = 0, NULL, 1750000000 + seq * 17 MOD 9973) FROM seq_1_to_20000");
	sql_must("ANALYZE TABLE api_key");
}

/* A page in the middle of a long list is found by the index of its order, without sorting what is around it. */
static void
a_page_of_a_long_list_reads_few_rows(void **state)
{
	static const struct {
		const char *what;
		struct order order;
		struct key_filter filter;
		int64_t after_at;
		const char *after_text;
		bool all; /* it has to look at each */
	} cases[] = {
		{ "by creation", { KEYS_BY_CREATION, false }, { .kind = NULL }, 1700010000, NULL, false },
		{ "latest first", { KEYS_BY_CREATION, true }, { .kind = NULL }, 1700010000, NULL, false },
		{ "by name", { KEYS_BY_NAME, false }, { .kind = NULL }, 0, "Key 5000", false },
		{ "by name, down", { KEYS_BY_NAME, true }, { .kind = NULL }, 0, "Key 5000", false },
		{ "by end", { KEYS_BY_END, false }, { .kind = NULL }, 1900005000, NULL, false },
		{ "by end, down", { KEYS_BY_END, true }, { .kind = NULL }, 1900005000, NULL, false },
		{ "by use", { KEYS_BY_USE, false }, { .kind = NULL }, 1750005000, NULL, false },
		{ "by use, down", { KEYS_BY_USE, true }, { .kind = NULL }, 1750005000, NULL, false },
		{ "of one member", { KEYS_BY_USE, true }, { .membership_id = "mem_bob_a" }, 1750005000, NULL,
		    false },
		{ "used lately", { KEYS_BY_USE, false }, { .used_from = 1750009000 }, 1750009000, NULL,
		    false },
		{ "a search in vain", { KEYS_BY_CREATION, false }, { .search = "zebra" }, 0, NULL, true },
	};

	(void)state;
	make_many();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct page p = { .limit = 51,
			.after_at = cases[i].after_at,
			.after_text = cases[i].after_text,
			.after_id = "key_5",
			.order = cases[i].order };
		struct key_filter f = cases[i].filter;
		int64_t before = rows_read();
		struct key *rows;
		size_t n;

		f.active = f.expired = true;
		f.marked = "";
		must(keys_page(&w, "org_a", &f, &p, &rows, &n));
		before = rows_read() - before;
		is_true(n > 0 || cases[i].all, cases[i].what);
		is_true(before < (cases[i].all ? MANY + 1000 : 1000),
		    arena_print(w.arena, "%s: %lld rows", cases[i].what, (long long)before));
	}
}

#define CASE(name) cmocka_unit_test_setup(name, world_fresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_each_filter_shows),
		CASE(a_key_ends_at_its_second_in_lists_too),
		CASE(pages_neither_skip_nor_repeat),
		CASE(live_keys_of_a_member_are_counted),
		CASE(every_order_has_pages_that_neither_skip_nor_repeat),
		CASE(what_has_no_end_is_last_and_what_was_never_used_is_first),
		CASE(names_are_sorted_as_people_do),
		CASE(what_filters_of_time_and_text_take_in),
		CASE(a_page_of_a_long_list_reads_few_rows),
	};

	return cmocka_run_group_tests_name("store/key_lists", tests, world_open, world_close);
}
