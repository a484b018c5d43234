/*
 * test_db_key_lists.c: lists of keys: what each filter shows, and that pages
 * neither skip nor repeat.
 */
#include "base/out.h"
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
		struct page p = { limits[l], 0, "" };
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
				p = (struct page){ limits[l], rows[n - 1].created_at, rows[n - 1].id };
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

#define CASE(name) cmocka_unit_test_setup(name, world_fresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_each_filter_shows),
		CASE(a_key_ends_at_its_second_in_lists_too),
		CASE(pages_neither_skip_nor_repeat),
		CASE(live_keys_of_a_member_are_counted),
	};

	return cmocka_run_group_tests_name("store/key_lists", tests, world_open, world_close);
}
