/*
 * command.c: options and usage.
 */
#include "config.h"

#include "front/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct command commands[] = {
#define COMMAND(name, function, about, usage) { name, function, about, usage },
#include "front/commands.def"
#undef COMMAND
	{ NULL, NULL, NULL, NULL },
};

/* A form of the command a line; lead is "usage:", or "" for those after the first. */
static void
show_forms(FILE *f, const char *lead, const char *usage)
{
	struct str rest = str_of(usage), line;

	while (str_cut(&rest, '\n', &line)) {
		(void)fprintf(f, "%-6s claviger %.*s\n", lead, (int)line.n, line.s);
		lead = "";
	}
}

static void
show_usage(FILE *f, const struct command *c)
{
	const struct command *row = c->branches;

	if (row == NULL)
		show_forms(f, "usage:", c->usage);
	for (; row != NULL && row->name != NULL; row++)
		show_forms(f, row == c->branches ? "usage:" : "", row->usage);
}

/* The name as it is called, "org add": what the usage begins with. */
static struct str
full_name(const struct command *c)
{
	const char *name = strstr(c->usage, c->name);

	return (struct str){ c->usage, name == NULL ? 0 : (size_t)(name - c->usage) + strlen(c->name) };
}

static void
show_help(const struct command *c)
{
	struct str name = full_name(c);

	(void)printf("claviger %.*s: %s\n", (int)name.n, name.s, c->about);
	show_usage(stdout, c);
}

int
command_misused(const struct command_line *line, const char *format, ...)
{
	struct str name = full_name(line->command);
	va_list args;

	(void)fprintf(stderr, "claviger: %.*s: ", (int)name.n, name.s);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
	show_usage(stderr, line->command);
	return COMMAND_USAGE;
}

int
command_failed(const char *format, ...)
{
	va_list args;

	(void)fputs("claviger: ", stderr);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
	return COMMAND_FAILED;
}

int
command_fault(const struct work *w, enum fault f)
{
	const char *detail = w->trouble.detail, *field = w->trouble.field;

	if (f == FAULT_NONE)
		return COMMAND_DONE;
	return command_failed("%s%s%s (%s)", field == NULL ? "" : field, field == NULL ? "" : ": ",
	    detail == NULL ? fault_title(f) : detail, fault_code(f));
}

void
command_problem(void *ctx, const char *where, const char *what)
{
	(void)ctx;
	(void)command_failed("%s: %s", where, what);
}

struct parse {
	const struct command_line *line;
	const struct command_option *options;
	struct command_words *words;
	int at, min, max;
};

static const struct command_option *
find_option(const struct parse *p, struct str name)
{
	const struct command_option *o;

	for (o = p->options; o != NULL && o->name != NULL; o++)
		if (str_is(name, o->name))
			return o;
	return NULL;
}

static int
take_value(struct parse *p, const struct command_option *o, const char *value)
{
	if (o->text != NULL)
		*o->text = value;
	else if (o->texts->n < COMMAND_TEXTS_MAX)
		o->texts->v[o->texts->n++] = value;
	else
		return command_misused(p->line, "--%s is given too often", o->name);
	return COMMAND_DONE;
}

/* One word that begins with "--"; COMMAND_DONE to go on. */
static int
take_option(struct parse *p, const char *word)
{
	struct str value = str_of(word + 2), name;
	bool joined = str_find(value, '=') >= 0;
	const struct command_option *o;

	(void)str_cut(&value, '=', &name);
	if ((o = find_option(p, name)) == NULL)
		return command_misused(p->line, "there is no option --%.*s", (int)name.n, name.s);
	if (o->flag != NULL) {
		*o->flag = true;
		return joined ? command_misused(p->line, "--%s takes no value", o->name) : COMMAND_DONE;
	}
	if (joined)
		return take_value(p, o, value.s);
	if (p->at < p->line->argc)
		return take_value(p, o, p->line->argv[p->at++]);
	return command_misused(p->line, "--%s needs a value", o->name);
}

static int
take_word(struct parse *p, char *word)
{
	if (p->words->n >= p->max)
		return command_misused(p->line, "\"%s\" is too much", word);
	p->words->v[p->words->n++] = word; /* never ahead of what was read */
	return COMMAND_DONE;
}

static bool
asks_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

bool
command_options(const struct command_line *line, const struct command_option *options, int min, int max,
    struct command_words *words, int *status)
{
	struct parse p = { .line = line, .options = options, .words = words, .min = min, .max = max };
	bool only_words = false;

	*words = (struct command_words){ line->argv, 0 };
	*status = COMMAND_DONE;
	while (p.at < line->argc && *status == COMMAND_DONE) {
		char *word = line->argv[p.at++];

		if (!only_words && asks_help(word)) {
			show_help(line->command);
			return false;
		}
		if (!only_words && strcmp(word, "--") == 0)
			only_words = true;
		else if (!only_words && word[0] == '-' && word[1] == '-')
			*status = take_option(&p, word);
		else if (!only_words && word[0] == '-' && word[1] != '\0')
			*status = command_misused(line, "there is no option %s", word);
		else
			*status = take_word(&p, word);
	}
	if (*status == COMMAND_DONE && words->n < min)
		*status = command_misused(line, "too few words");
	return *status == COMMAND_DONE;
}

static const struct command *
find_branch(const struct command *rows, const char *name)
{
	for (; rows->name != NULL; rows++)
		if (strcmp(rows->name, name) == 0)
			return rows;
	return NULL;
}

/* What follows speaks of the command by both of its names. */
static int
run_branch(const struct command_line *line, const struct command *branch)
{
	struct command whole = *branch;
	struct command_line rest = { &whole, line->config, line->argc - 1, line->argv + 1 };
	char name[32];

	(void)snprintf(name, sizeof name, "%s %s", line->command->name, branch->name);
	whole.name = name;
	return branch->run(&rest);
}

int
command_branch(const struct command_line *line, const struct command *rows)
{
	const struct command *branch;
	struct command whole = *line->command;
	struct command_line here = *line;

	whole.branches = rows;
	here.command = &whole;
	if (line->argc == 0)
		return command_misused(&here, "what is to be done?");
	if (asks_help(line->argv[0])) {
		show_help(&whole);
		return COMMAND_DONE;
	}
	if ((branch = find_branch(rows, line->argv[0])) == NULL)
		return command_misused(&here, "there is no \"%s %s\"", line->command->name, line->argv[0]);
	return run_branch(line, branch);
}
