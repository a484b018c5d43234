/*
 * cmd_scan.c: "claviger scan": keys that lie about in files.
 *
 * What is printed are places and display prefixes, never a text: the report of a
 * scan must be no leak of its own.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "core/scan.h"
#include "core/spot.h"
#include "core/token.h"
#include "db/db.h"
#include "front/command.h"
#include "front/sheet.h"
#include "front/workplace.h"

#define ARENA_MAX ((size_t)1 << 20)

/* What the process ends with, beside the usual. */
enum { SCAN_ALIVE = 3, SCAN_OTHERS = 4 };

struct search {
	struct work *work; /* NULL: nobody is asked */
	const struct settings *settings;
	struct arena *arena;
	enum sheet_form form;
	const char *name; /* of the file at hand */
	struct scan scan;
	bool alive, others; /* what was found */
	bool failed;
};

static void
problem(struct search *s, const char *name, const char *what)
{
	(void)command_failed("%s: %s", name, what);
	s->failed = true;
}

/* A file's name is any bytes; what is shown is UTF-8. */
static const char *
shown_name(struct search *s)
{
	char *name = arena_text(s->arena, str_of(s->name));

	if (!text_valid(str_of(name)))
		for (char *c = name; *c != '\0'; c++)
			if ((unsigned char)*c >= 0x80)
				*c = '?';
	return name;
}

static void
show_place(struct search *s, struct sheet *sheet, const struct scan_hit *hit)
{
	const char *name = shown_name(s);

	if (s->form == SHEET_JSON) {
		sheet_text(sheet, "file", name);
		sheet_int(sheet, "line", (int64_t)hit->line);
		sheet_int(sheet, "column", (int64_t)hit->column);
	} else {
		sheet_text(sheet, "place",
		    arena_print(s->arena, "%s:%" PRIu64 ":%" PRIu64, name, hit->line, hit->column));
	}
}

static void
show(struct search *s, const struct scan_hit *hit, const char *state, const struct standing *key)
{
	struct sheet sheet = sheet_start(s->arena, s->form);

	sheet_begin(&sheet);
	show_place(s, &sheet, hit);
	sheet_text(&sheet, "state", state);
	sheet_text(&sheet, "kind", hit->kind->name);
	sheet_text(&sheet, "prefix", arena_text(s->arena, (struct str){ hit->text.s, hit->kind->shown }));
	sheet_text(&sheet, "organization", key == NULL ? NULL : key->org_id);
	sheet_text(&sheet, "key", key == NULL ? NULL : key->key_id);
	sheet_end(&sheet);
	if (command_print(&sheet.out) != COMMAND_DONE)
		s->failed = true;
}

/* What the database knows of it.  What is a key's text only perhaps, and no key has it, is none. */
static void
ask(struct search *s, const struct scan_hit *hit)
{
	enum reason reason = REASON_UNKNOWN;
	struct standing *key = NULL;
	enum fault f;

	workplace_next(s->work);
	if ((f = db_ready(s->work->db)) == FAULT_NONE)
		f = spot(s->work, hit->text, &reason, &key);
	if (f != FAULT_NONE) {
		s->failed = true;
		(void)command_fault(s->work, f);
		show(s, hit, "unchecked", NULL);
		return;
	}
	if (key == NULL && !hit->sure)
		return;
	s->alive |= reason == REASON_OK;
	s->others |= reason != REASON_OK;
	show(s, hit, reason == REASON_OK ? "alive" : reason_code(reason), key);
}

static void
found(void *ctx, const struct scan_hit *hit)
{
	struct search *s = ctx;

	if (s->work != NULL) {
		ask(s, hit);
		return;
	}
	arena_reset(s->arena);
	s->others = true;
	show(s, hit, hit->sure ? "unchecked" : "maybe", NULL);
}

static void
scan_open_file(struct search *s, const char *name, int fd)
{
	ssize_t got;
	size_t room;

	s->name = name;
	scan_begin(&s->scan, s->settings, found, s);
	do {
		char *space = scan_space(&s->scan, &room);

		while ((got = read(fd, space, room)) < 0 && errno == EINTR)
			;
		if (got > 0)
			scan_bytes(&s->scan, (size_t)got);
	} while (got > 0);
	if (got < 0)
		problem(s, name, strerror(errno));
	scan_end(&s->scan);
}

/* Between being seen and being opened a file may have become a link, or a pipe that never ends. */
static void
scan_file(struct search *s, const char *name, const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0) {
		problem(s, name, strerror(errno));
		return;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		scan_open_file(s, name, fd);
	(void)close(fd);
}

/* What a directory holds beside files is passed over; what was named itself is not. */
static void
look_at(struct search *s, const FTSENT *e)
{
	bool named = e->fts_level == FTS_ROOTLEVEL;

	switch (e->fts_info) {
	case FTS_F:
		scan_file(s, e->fts_path, e->fts_accpath);
		break;
	case FTS_SL:
	case FTS_SLNONE:
		if (named)
			problem(s, e->fts_path, "is a symbolic link, and none is followed");
		break;
	case FTS_DEFAULT:
		if (named)
			problem(s, e->fts_path, "is no file and no directory; - is standard input");
		break;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		problem(s, e->fts_path, strerror(e->fts_errno));
		break;
	default:
		break;
	}
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void
scan_path(struct search *s, char *path)
{
	char *paths[] = { path, NULL };
	FTSENT *e;
	FTS *tree;

	if (strcmp(path, "-") == 0) {
		scan_open_file(s, "-", STDIN_FILENO);
		return;
	}
	if ((tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, by_name)) == NULL) {
		problem(s, path, strerror(errno));
		return;
	}
	while (errno = 0, (e = fts_read(tree)) != NULL)
		look_at(s, e);
	if (errno != 0)
		problem(s, path, strerror(errno));
	(void)fts_close(tree);
}

/* A key that lives is the worst; then what could not be looked at, as it may hold one. */
static int
scan_all(struct search *s, const struct command_words *words)
{
	for (int i = 0; i < words->n; i++)
		scan_path(s, words->v[i]);
	if (s->alive)
		return SCAN_ALIVE;
	if (s->failed)
		return COMMAND_FAILED;
	return s->others ? SCAN_OTHERS : COMMAND_DONE;
}

/* Without the database and the secrets: the prefixes are all that is needed. */
static int
offline(const struct command_line *line, struct search *s, const struct command_words *words)
{
	struct settings *settings = command_settings(line);
	int status;

	if (settings == NULL)
		return COMMAND_FAILED;
	s->settings = settings;
	s->arena = arena_open(ARENA_MAX, ARENA_PLAIN);
	status = scan_all(s, words);
	arena_free(&s->arena);
	settings_free(&settings);
	return status;
}

static int
online(const struct command_line *line, struct search *s, const struct command_words *words)
{
	int status;

	if ((s->work = command_open(line)) == NULL)
		return COMMAND_FAILED;
	s->settings = s->work->settings;
	s->arena = s->work->arena;
	status = scan_all(s, words);
	command_close(&s->work);
	return status;
}

static void
print_rule(const struct kind *k, const struct settings *s)
{
	const struct token_form *form = token_form(k);
	const char *prefix = kind_prefix(k, s);

	(void)printf("[[rules]]\nid = \"claviger-%s\"\ndescription = \"claviger: %s\"\n", k->name, k->title);
	(void)printf("regex = '''%s%s{%zu}'''\nkeywords = [\"%s\"]\n", prefix, form->letters, form->body,
	    prefix);
}

/* As another scanner wants to be told what to look for. */
static int
print_rules(const struct command_line *line, const char *scanner)
{
	struct settings *settings;
	const struct kind *k;

	if (strcmp(scanner, "gitleaks") != 0)
		return command_misused(line, "there are rules for gitleaks, and none for %s", scanner);
	if ((settings = command_settings(line)) == NULL)
		return COMMAND_FAILED;
	for (size_t i = 0; (k = kind_at(i)) != NULL; i++)
		print_rule(k, settings);
	settings_free(&settings);
	return fflush(stdout) == 0 ? COMMAND_DONE : command_failed("standard output: %s", strerror(errno));
}

int
cmd_scan(const struct command_line *line)
{
	const char *rules = NULL;
	bool as_json = false, is_offline = false;
	const struct command_option options[] = { OPTION_TEXT("rules", &rules),
		OPTION_FLAG("offline", &is_offline), OPTION_FLAG("json", &as_json), OPTION_END };
	struct command_words words;
	struct search *s;
	int status;

	if (!command_options(line, options, 0, INT_MAX, &words, &status))
		return status;
	if ((rules == NULL) == (words.n == 0))
		return command_misused(line, "what is to be scanned?");
	if (rules != NULL)
		return print_rules(line, rules);
	if ((s = calloc(1, sizeof *s)) == NULL)
		abort();
	s->form = as_json ? SHEET_JSON : SHEET_COLUMNS;
	status = is_offline ? offline(line, s, &words) : online(line, s, &words);
	free(s);
	return status;
}
