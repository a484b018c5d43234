/*
 * cmd_migrate.c: claviger migrate
 *
 * A database without a schema is a new installation and gets its key files too.
 * One that has keys already never does: with a fresh pepper all of them would be
 * unknown.  The files are made first, so that an installation whose files cannot
 * be written has no schema either, and the next try is a first one again.
 */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "core/secrets.h"
#include "db/migrate.h"
#include "front/command.h"

/* The last step told is what failed, if anything did. */
struct telling {
	char last[1024];
};

static void
show(const struct telling *t)
{
	if (t->last[0] != '\0')
		(void)printf("%s\n", t->last);
	(void)fflush(stdout);
}

static void
tell(void *ctx, const char *step)
{
	struct telling *t = ctx;

	show(t);
	(void)snprintf(t->last, sizeof t->last, "%s", step);
}

/* What the run made of the two files, and has to take away again. */
struct made {
	const char *pepper, *secret;
};

static struct made
missing_files(const struct settings *s)
{
	return (struct made){
		access(s->keys_pepper_file, F_OK) == 0 ? NULL : s->keys_pepper_file,
		access(s->keys_secret_file, F_OK) == 0 ? NULL : s->keys_secret_file,
	};
}

static void
take_away(const struct made *made)
{
	if (made->pepper != NULL)
		(void)unlink(made->pepper);
	if (made->secret != NULL)
		(void)unlink(made->secret);
}

static int
lost_files(const struct made *made)
{
	take_away(made);
	return command_failed(
	    "%s: is missing, and the database has keys that need it: restore it from your copy",
	    made->pepper != NULL ? made->pepper : made->secret);
}

static int
migrate_with(const struct settings *s)
{
	struct made made = missing_files(s);
	bool fresh = false, new_files = made.pepper != NULL || made.secret != NULL;
	struct telling t = { "" };
	enum migrated done;

	if (new_files && !secrets_create(s, command_problem, NULL))
		return COMMAND_FAILED;
	done = migrate(s, tell, &t, &fresh);
	if (done == MIGRATE_FAILED) {
		if (!fresh)
			take_away(&made);
		return command_failed("%s", t.last);
	}
	show(&t);
	if (new_files && !fresh)
		return lost_files(&made);
	if (done == MIGRATE_NOTHING)
		(void)printf("the schema is up to date\n");
	return fflush(stdout) == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

int
cmd_migrate(const struct command_line *line)
{
	struct command_words words;
	struct settings *s;
	int status;

	if (!command_options(line, NULL, 0, 0, &words, &status))
		return status;
	if ((s = command_settings(line)) == NULL)
		return COMMAND_FAILED;
	status = migrate_with(s);
	settings_free(&s);
	return status;
}
