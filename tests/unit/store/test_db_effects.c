/*
 * test_db_effects.c: what each statement that changes rows does to what hosts
 * remember, and that no transaction is committed that turns it without the
 * epoch of its organization.
 */
#include "base/log.h"
#include "store/world.h"

/* --- what the rows say, against what their texts do --- */

static const char *const effects[] = { [EFFECT_UNSAID] = "nothing",
	[READS] = "READS",
	[KEEPS] = "KEEPS",
	[TURNS] = "TURNS",
	[BUMPS] = "BUMPS" };

/*
 * What is remembered of keys and resources is read from these columns; see
 * memory_pack.c and memory_targets.c.
 */
static const struct {
	const char *table;
	const char *columns[20];
} remembered[] = {
	{ "api_key",
	    { "id", "org_id", "kind", "name", "prefix", "lookup", "membership_id", "machine_id", "scopes",
		"restricted", "allowed_ips", "rate_requests", "rate_seconds", "created_at", "expires_at",
		"ended_at", "version" } },
	{ "key_past", { "org_id", "key_id", "version", "prefix", "lookup", "until" } },
	{ "key_restriction", { "resource_id", "base_path" } },
	{ "organization", { "id", "name", "personal_enabled", "deleted_at", "epoch" } },
	{ "membership", { "user_id", "role", "left_at" } },
	{ "user", { "id", "name", "email" } },
	{ "machine", { "id", "name", "deleted_at" } },
	{ "role_grant", { "resource_id", "subject_id", "team_id", "membership_id", "machine_id", "role" } },
	{ "team_member", { "team_id", "membership_id", "machine_id" } },
	{ "resource", { "id", "org_id", "type", "parent_id" } },
};

/* Tables whose rows go without a trace in what is remembered. */
static const char *const not_remembered[] = { "session", "identity", "password_reset", "outbox", "audit_past",
	"kept_answer", "form_sent", "key_use_day", "file", "file_star", "upload", "record_row",
	"record_value", "record_field", "record_view", "record_table" };

/* Rows that are added to what may be remembered already; all others belong to something new. */
static const char *const added[] = { "INSERT INTO role_grant ", "INSERT INTO team_member " };

/* Where it is said what is set; the set of a text's characters is another thing. */
static const char *
set_in(const char *sql)
{
	static const char word[] = "CHARACTER";
	const char *at = strstr(sql, " SET ");

	while (at != NULL && at - sql >= (ptrdiff_t)strlen(word) &&
	    strncmp(at - strlen(word), word, strlen(word)) == 0)
		at = strstr(at + 1, " SET ");
	return at;
}

/* Does the text set the column, by itself or by an alias? */
static bool
sets(const char *sql, const char *column)
{
	const char *end = strstr(sql, " WHERE ");

	for (const char *at = set_in(sql); at != NULL && at < end; at = strpbrk(at + 1, " .")) {
		size_t n = strlen(column);

		if (strncmp(at + 1, column, n) == 0 && strncmp(at + 1 + n, " = ", 3) == 0)
			return true;
	}
	return false;
}

static bool
updates_remembered(const char *sql)
{
	/* The tables stand before what is set. */
	const char *tables = arena_text(w.arena, (struct str){ sql, (size_t)(set_in(sql) - sql + 1) });

	for (size_t i = 0; i < COUNT(remembered); i++) {
		if (strstr(tables, arena_print(w.arena, " %s ", remembered[i].table)) == NULL)
			continue;
		for (const char *const *c = remembered[i].columns; *c != NULL; c++)
			if (sets(sql, *c))
				return true;
	}
	return false;
}

static enum stmt_effect
effect_of_text(const char *sql)
{
	struct str text = str_of(sql);

	if (str_starts(text, STR("SELECT ")))
		return READS;
	if (str_starts(text, STR("UPDATE organization SET epoch = epoch + 1 WHERE id = ?")))
		return BUMPS;
	if (str_starts(text, STR("UPDATE ")))
		return updates_remembered(sql) ? TURNS : KEEPS;
	for (size_t i = 0; i < COUNT(not_remembered); i++)
		if (str_starts(text, str_of(arena_print(w.arena, "DELETE FROM %s ", not_remembered[i]))))
			return KEEPS;
	for (size_t i = 0; i < COUNT(added); i++)
		if (str_starts(text, str_of(added[i])))
			return TURNS;
	/* The chunk that was there was of the same upload. */
	if (str_starts(text, STR("INSERT IGNORE INTO ")) ||
	    str_starts(text, STR("REPLACE INTO upload_chunk ")))
		return KEEPS;
	return str_starts(text, STR("INSERT INTO ")) ? KEEPS : TURNS;
}

static void
every_row_does_what_it_says(void **state)
{
	size_t n[COUNT(effects)] = { 0 };

	(void)state;
	for (const struct stmt_table *const *t = store_tables; *t != NULL; t++)
		for (size_t i = 0; i < (*t)->n; i++) {
			const struct stmt *s = &(*t)->stmts[i];

			n[s->effect]++;
			if (s->effect != READS)
				print_message("%s %s\n", effects[s->effect], s->name);
			is_text(effects[s->effect], effects[effect_of_text(s->sql)], s->name);
		}
	is_int(n[BUMPS], 1, "one statement moves the epoch");
	is_true(n[KEEPS] > 10 && n[TURNS] > 15, "and others change rows");
}

/* The words of effect_of_text are read right. */
static void
what_a_text_sets_is_seen(void **state)
{
	static const struct {
		const char *sql;
		enum stmt_effect effect;
	} rows[] = {
		{ "UPDATE api_key SET description = ? WHERE name = ?", KEEPS },
		{ "UPDATE api_key SET description = ?, name = ? WHERE id = ?", TURNS },
		{ "UPDATE api_key k JOIN user u ON u.id = k.x SET k.name = u.name WHERE k.id = ?", TURNS },
		{ "UPDATE (SELECT 1 AS n) u STRAIGHT_JOIN api_key k SET k.scopes = u.n WHERE k.id = ?",
		    TURNS },
		{ "UPDATE (SELECT 1 AS n) u STRAIGHT_JOIN api_key k SET k.last_used_at = u.n WHERE k.id = ?",
		    KEEPS },
		{ "UPDATE (SELECT CONVERT(1 USING x) CHARACTER SET y) u STRAIGHT_JOIN api_key k SET k.ended_at = u.n "
		  "WHERE k.id = ?",
		    TURNS },
		{ "UPDATE api_key SET unique_name = ? WHERE id = ?", KEEPS },
		{ "UPDATE user SET password_hash = ? WHERE id = ?", KEEPS },
		{ "UPDATE user SET email = ? WHERE id = ?", TURNS },
		{ "REPLACE INTO team VALUES (?)", TURNS },
		{ "DELETE FROM machine WHERE id = ?", TURNS },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		is_text(effects[effect_of_text(rows[i].sql)], effects[rows[i].effect], rows[i].sql);
}

/* --- what a transaction may not leave out --- */

static int64_t
role_of_bob(void)
{
	return sql_number("SELECT role = 'admin' FROM membership WHERE id = 'mem_bob_a'");
}

static enum fault
promote_bob(void)
{
	return members_set_role(&w, "org_a", "mem_bob_a", "admin");
}

static void
a_change_without_its_epoch_is_not_committed(void **state)
{
	(void)state;
	must(db_begin(&w, DB_CHANGES));
	must(promote_bob());
	is_fault(db_commit(&w), FAULT_INTERNAL, "no epoch has moved");
	is_true(!db_in_transaction(w.db), "it is over");
	is_int(role_of_bob(), 0, "and nothing has changed");
	/* What was refused is forgotten with it. */
	must(db_begin(&w, DB_CHANGES));
	must(sessions_end(&w, "ses_none"));
	must(db_commit(&w));
	must(in_change("org_a", promote_bob()));
	is_int(role_of_bob(), 1, "with its epoch");
}

static int ended_n;

static void
count_end(struct work *wk, bool certain)
{
	wk->after_tx = NULL;
	ended_n += certain ? 1 : 100;
}

static void
a_refused_commit_ends_the_flux(void **state)
{
	(void)state;
	ended_n = 0;
	must(db_begin(&w, DB_CHANGES));
	must(promote_bob());
	w.after_tx = count_end;
	is_fault(db_commit(&w), FAULT_INTERNAL, "refused");
	is_int(ended_n, 1, "its end is told, and certain");
}

static void
alone_it_is_not_run(void **state)
{
	(void)state;
	is_fault(promote_bob(), FAULT_INTERNAL, "a change");
	is_int(role_of_bob(), 0, "not run");
	is_fault(orgs_bump_epoch(&w, "org_a"), FAULT_INTERNAL, "an epoch");
	is_int(sql_number("SELECT epoch FROM organization WHERE id = 'org_a'"), 1, "not run");
}

static void
the_epoch_is_that_of_the_organization(void **state)
{
	(void)state;
	is_fault(in_change("org_b", promote_bob()), FAULT_INTERNAL, "the epoch of another");
	is_fault(in_change("org_none", promote_bob()), FAULT_INTERNAL, "of none");
	is_fault(in_change("admin", promote_bob()), FAULT_INTERNAL, "of what is none");
	is_int(role_of_bob(), 0, "nothing has changed");
	must(db_begin(&w, DB_CHANGES));
	must(promote_bob());
	must(members_set_role(&w, "org_b", "mem_bob_b", "admin"));
	is_fault(end_change("org_a", FAULT_NONE), FAULT_INTERNAL, "two at once: the first");
	must(db_begin(&w, DB_CHANGES));
	must(promote_bob());
	must(members_set_role(&w, "org_b", "mem_bob_b", "admin"));
	is_fault(end_change("org_b", FAULT_NONE), FAULT_INTERNAL, "two at once: the second");
	is_int(role_of_bob(), 0, "nothing has changed");
}

static void
the_epoch_may_move_before_or_between(void **state)
{
	(void)state;
	must(db_begin(&w, DB_CHANGES));
	must(orgs_bump_epoch(&w, "org_a"));
	must(promote_bob());
	must(db_commit(&w));
	must(db_begin(&w, DB_CHANGES));
	must(promote_bob());
	must(orgs_bump_epoch(&w, "org_a"));
	must(teams_delete(&w, "org_a", "tem_a"));
	must(db_commit(&w));
	is_int(sql_number("SELECT COUNT(*) FROM team WHERE id = 'tem_a'"), 0, "all of it");
}

/* Nothing was there to turn: a key that is revoked twice. */
static void
what_matches_no_row_turns_nothing(void **state)
{
	int64_t changed;

	(void)state;
	must(db_begin(&w, DB_CHANGES));
	must(keys_end(&w, "org_a", "key_none", "usr_ann", &changed));
	is_int(changed, 0, "none");
	must(db_commit(&w));
	must(db_begin(&w, DB_CHANGES));
	must(promote_bob());
	must(orgs_bump_epoch(&w, "org_none"));
	is_fault(db_commit(&w), FAULT_INTERNAL, "nor does it move an epoch");
}

/* The connection is lost, and with it the first half: the second must not stand alone. */
static void
half_a_change_does_not_pass(void **state)
{
	(void)state;
	must(db_begin(&w, DB_CHANGES));
	must(promote_bob());
	sql_must(arena_print(w.arena, "KILL CONNECTION %lu", mysql_thread_id(w.db->my)));
	is_fault(orgs_bump_epoch(&w, "org_a"), FAULT_UNAVAILABLE, "lost");
	is_fault(teams_delete(&w, "org_a", "tem_a"), FAULT_INTERNAL, "no transaction any more");
	db_rollback(&w);
	is_int(role_of_bob(), 0, "nothing has changed");
	is_int(sql_number("SELECT COUNT(*) FROM team WHERE id = 'tem_a'"), 1, "nothing at all");
	must(db_ready(w.db));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_does_what_it_says),
		cmocka_unit_test(what_a_text_sets_is_seen),
		cmocka_unit_test_setup(a_change_without_its_epoch_is_not_committed, world_fresh),
		cmocka_unit_test_setup(a_refused_commit_ends_the_flux, world_fresh),
		cmocka_unit_test_setup(alone_it_is_not_run, world_fresh),
		cmocka_unit_test_setup(the_epoch_is_that_of_the_organization, world_fresh),
		cmocka_unit_test_setup(the_epoch_may_move_before_or_between, world_fresh),
		cmocka_unit_test_setup(what_matches_no_row_turns_nothing, world_fresh),
		cmocka_unit_test_setup(half_a_change_does_not_pass, world_fresh),
	};

	return cmocka_run_group_tests_name("store/effects", tests, world_open, world_close);
}
