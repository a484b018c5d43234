/*
 * command.h: the commands of the program, from one list (commands.def), and
 * what they share: options, the work they do it with, and how they speak.
 *
 * A command is a function that gets its words and returns the status of the
 * process.  Data goes to standard output, in one piece at the end; everything
 * else to standard error, as "claviger: what".  A new command is a file
 * cmd_x.c and a row of commands.def.
 */
#ifndef FRONT_COMMAND_H
#define FRONT_COMMAND_H

#include "base/out.h"
#include "base/settings.h"
#include "base/work.h"

/* What the process ends with. */
enum { COMMAND_DONE = 0, COMMAND_FAILED = 1, COMMAND_USAGE = 2 };

struct command_line;
struct operator_task; /* front/operator.h */

struct command {
	const char *name;
	int (*run)(const struct command_line *);
	const char *about;		  /* one line for the list of commands */
	const char *usage;		  /* without the program's name; a form of the command a line */
	const struct operator_task *task; /* of a row that operator_task_run runs */
	const struct command *branches;	  /* set by command_branch: their usage is the command's */
};

struct command_line {
	const struct command *command;
	const char *config; /* the file of the settings */
	int argc;
	char **argv; /* the words after the command's name */
};

/* All of them, ended by a row whose name is NULL. */
extern const struct command commands[];

#define COMMAND(name, function, about, usage) int function(const struct command_line *);
#include "front/commands.def"
#undef COMMAND

/*
 * Options: a table ended by OPTION_END.  "--name VALUE" and "--name=VALUE" fill
 * a text, or add to texts, "--name" sets a flag.  --help needs no row.  The other
 * words are left, in their order, in *words; after "--" all are.
 */
#define COMMAND_TEXTS_MAX 100

struct command_texts {
	const char *v[COMMAND_TEXTS_MAX];
	int n;
};

struct command_option {
	const char *name; /* without the dashes */
	const char **text;
	bool *flag;
	struct command_texts *texts;
};
#define OPTION_TEXT(name, into)	 ((struct command_option){ (name), (into), NULL, NULL })
#define OPTION_FLAG(name, into)	 ((struct command_option){ (name), NULL, (into), NULL })
#define OPTION_TEXTS(name, into) ((struct command_option){ (name), NULL, NULL, (into) })
#define OPTION_END		 ((struct command_option){ NULL, NULL, NULL, NULL })

/* Any number of them: they are moved together in the line's own argv. */
struct command_words {
	char **v;
	int n;
};

/*
 * True: go on.  False: end with *status; the help or what was wrong has been
 * told.  There must be from min to max other words.
 */
bool command_options(const struct command_line *, const struct command_option *, int min, int max,
    struct command_words *words, int *status);

/*
 * A command of commands ("org add"): run the row that the first word names, with
 * the words after it.  rows is ended by a row whose name is NULL.  Such a command's
 * own usage is its name: the rows say the rest.
 */
int command_branch(const struct command_line *, const struct command *rows);

/* Say what is wrong with the words, show the usage, return COMMAND_USAGE. */
int command_misused(const struct command_line *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Say what went wrong, return COMMAND_FAILED. */
int command_failed(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for a fault of core, with its field and detail; COMMAND_DONE for FAULT_NONE. */
int command_fault(const struct work *, enum fault);

/* A settings_problem: "claviger: FILE:LINE: what". */
void command_problem(void *ctx, const char *where, const char *what);

/* The settings, or NULL after all problems have been told. */
struct settings *command_settings(const struct command_line *);

/*
 * What a command works with: the settings, the secrets, both arenas, and a
 * connection of the app account that is ready.  Nobody acts yet: see
 * standing_operator.  NULL after the problem has been told; end it with
 * command_close.
 */
struct work *command_open(const struct command_line *);
void command_close(struct work **);

/*
 * The first line of standard input, in the vault, for --password-stdin; asked
 * for without echo on a terminal.  False after the problem has been told.
 */
bool command_password(struct work *, struct str *password);

/* Write to standard output; COMMAND_FAILED, told, if it was too large or cannot be written. */
int command_print(const struct out *);

#endif
