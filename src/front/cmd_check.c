/*
 * cmd_check.c: claviger check
 *
 * Goes on after a problem as far as it can, and tells each in a line of its own:
 * where it is and what to do about it.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <linux/magic.h>

#include "base/log.h"
#include "db/db.h"
#include "db/migrate.h"
#include "front/command.h"
#include "front/setup.h"
#include "front/workplace.h"
#include "store/meta.h"

static bool
check_version(struct work *w)
{
	int64_t have = 0;

	if (db_begin(w, DB_SHOWS) != FAULT_NONE || meta_schema_version(w, &have) != FAULT_NONE) {
		(void)command_failed("database: its version cannot be read");
		db_rollback(w);
		return false;
	}
	db_rollback(w);
	if (have == migrate_newest())
		return true;
	(void)command_failed("database: the schema is version %lld and this program is for %d: %s",
	    (long long)have, migrate_newest(),
	    have < migrate_newest() ? "run claviger migrate" : "install the newer program");
	return false;
}

/* Connecting prepares every statement of the account, against the real schema. */
static bool
check_account(const struct settings *s, enum db_account account, const char *name)
{
	struct work w;
	enum fault f;
	bool ok;

	workplace_open(&w, s, account);
	f = db_ready(w.db);
	if (f == FAULT_INTERNAL)
		(void)command_failed("database: %s: %s (is the schema up to date?  claviger migrate)", name,
		    db_problem(w.db));
	else if (f != FAULT_NONE)
		(void)command_failed("database: %s", db_problem(w.db));
	ok = f == FAULT_NONE && (account != DB_APP || check_version(&w));
	workplace_close(&w);
	return ok;
}

/* Without a routes file the authorizer refuses everything; that may be meant. */
static void
note_missing_routes(const struct setup *u)
{
	if (u->routes == NULL)
		(void)printf(
		    "note: no routes file is set ([service] routes); the authorizer refuses everything\n");
}

static void
note_meaningless(const struct settings *s)
{
	if (s->keys_max_stale > 0 && !s->keys_cluster)
		(void)printf("note: [keys] max_stale means nothing without cluster: only this host may make "
			     "changes\n");
}

/* A disk may be mounted later, so this is no problem. */
static void
note_missing_roots(const struct settings *s)
{
	struct str rest = str_of(s->access_local_roots), word;

	while (str_word(&rest, &word)) {
		char path[PATH_MAX];
		struct stat st;
		int wrong;

		if (word.n >= sizeof path)
			continue;
		(void)snprintf(path, sizeof path, "%.*s", (int)word.n, word.s);
		wrong = stat(path, &st) != 0 ? errno : S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
		if (wrong != 0)
			(void)printf("note: [access] local_roots: %s: %s\n", path, strerror(wrong));
	}
}

/* The service works without, and is slow.  Its directory may be made when it starts. */
static void
note_no_memory(const struct settings *s)
{
	const char *file = s->keys_memory_file, *slash = strrchr(file, '/');
	char directory[PATH_MAX];
	struct statfs fs;

	if (slash == NULL || slash == file || (size_t)(slash - file) >= sizeof directory)
		return;
	(void)snprintf(directory, sizeof directory, "%.*s", (int)(slash - file), file);
	if (statfs(directory, &fs) == 0 && fs.f_type != TMPFS_MAGIC)
		(void)printf("note: [keys] memory_file: %s is not on tmpfs: no key is remembered\n", file);
}

static int
check_with(const struct setup *u)
{
	const struct settings *s = u->settings;
	bool ok = check_account(s, DB_APP, s->database_user);

	ok = check_account(s, DB_GATE, s->database_gate_user) && ok;
	note_missing_routes(u);
	note_meaningless(s);
	note_missing_roots(s);
	note_no_memory(s);
	if (ok)
		(void)printf("no problems found\n");
	return fflush(stdout) == 0 && ok ? COMMAND_DONE : COMMAND_FAILED;
}

int
cmd_check(const struct command_line *line)
{
	struct command_words words;
	struct setup *u;
	int status;

	if (!command_options(line, NULL, 0, 0, &words, &status))
		return status;
	log_role("command");
	if ((u = setup_read(line->config, command_problem, NULL)) == NULL)
		return COMMAND_FAILED;
	status = check_with(u);
	setup_free(&u);
	return status;
}
