/*
 * settings.c: the settings from the ini file (inih) and the environment.
 */
#include "config.h"

#include "base/settings.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "base/address.h"
#include "base/mime.h"
#include "base/signature.h"

/* Each check says what is wrong with a text, or NULL. */
typedef const char *check_text(const char *);

static const char *
check_any(const char *v)
{
	(void)v;
	return NULL;
}

static const char *
check_socket(const char *v)
{
	/* sockaddr_un.sun_path has 108 bytes, the NUL included. */
	return v[0] != '/'    ? "must be an absolute path"
	    : strlen(v) > 107 ? "is longer than a socket's path may be"
			      : NULL;
}

static const char *
check_mode(const char *v)
{
	bool octal = strlen(v) == 4 && v[0] == '0' && str_only(str_of(v), "01234567");

	return !octal	  ? "must be four octal digits, like 0660"
	    : v[3] != '0' ? "must give nothing to others"
			  : NULL;
}

static const char *
check_url(const char *v)
{
	struct str s = str_of(v);

	if (s.n > 0 && !str_starts(s, STR("http://")) && !str_starts(s, STR("https://")))
		return "must start with http:// or https://";
	return s.n > 0 && s.s[s.n - 1] == '/' ? "must not end in /" : NULL;
}

static const char *
check_word(const char *v)
{
	static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	return v[0] == '\0' || !str_only(str_of(v), word) ? "must be letters, digits, '.', '_' and '-'"
							  : NULL;
}

static const char *
check_prefix(const char *v)
{
	struct str s = str_of(v);

	if (s.n < 2 || s.n > 16 || s.s[s.n - 1] != '_' || str_find(s, '_') != (ptrdiff_t)s.n - 1)
		return "must be 1 to 15 letters or digits and one '_' at the end";
	s.n--;
	return check_word(v) != NULL || str_find(s, '-') >= 0 || str_find(s, '.') >= 0
	    ? "must be letters and digits"
	    : NULL;
}

static const char *
check_ranges(const char *v)
{
	struct str rest = str_of(v), word;
	struct range r;

	while (str_word(&rest, &word))
		if (!range_parse(word, &r))
			return "must be address ranges like 10.0.0.0/8 with blanks between";
	return NULL;
}

static const char *
check_roots(const char *v)
{
	struct str rest = str_of(v), word;

	while (str_word(&rest, &word))
		if (word.s[0] != '/')
			return "must be absolute directories with blanks between";
	return NULL;
}

static const char *
check_below(const char *v)
{
	struct str s = str_of(v);

	if (s.n == 0 || s.s[0] != '/')
		return "must be a path that begins with /";
	return s.n > 1 && s.s[s.n - 1] == '/' ? "must not end in /" : NULL;
}

static const char *
check_domain(const char *v)
{
	return v[0] == '\0' ? NULL : check_word(v);
}

static const char *
check_algorithms(const char *v)
{
	struct str rest = str_of(v), word;
	enum signature ignored;

	while (str_word(&rest, &word))
		if (!signature_named(word, &ignored))
			return "must be of HS256, RS256, ES256 and EdDSA with blanks between";
	return NULL;
}

static const char *
check_mail_server(const char *v)
{
	static const char host[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
	struct str s = str_of(v);
	size_t scheme = str_starts(s, STR("smtp://")) ? 7 : str_starts(s, STR("smtps://")) ? 8 : 0;

	if (s.n == 0)
		return NULL;
	return scheme == 0 || s.n == scheme || !str_only(str_from(s, scheme), host)
	    ? "must be smtp://host, smtps://host or the same with :port"
	    : NULL;
}

static const char *
check_mailbox(const char *v)
{
	struct str name, address;

	return v[0] != '\0' && !mime_mailbox(str_of(v), &name, &address)
	    ? "must be an address, or Name <address>"
	    : NULL;
}

static const char *
check_tls(const char *v)
{
	return strcmp(v, "required") != 0 && strcmp(v, "opportunistic") != 0 && strcmp(v, "off") != 0
	    ? "must be required, opportunistic or off"
	    : NULL;
}

static const char *
check_sendfile(const char *v)
{
	return strcmp(v, "off") != 0 && strcmp(v, "accel") != 0 && strcmp(v, "sendfile") != 0
	    ? "must be off, accel or sendfile"
	    : NULL;
}

/* One row of settings.def, told apart by its sort. */
struct row {
	const char *section, *name;
	enum setting_sort sort;
	size_t offset;
	const char *initial;
	check_text *check;
	int64_t first, low, high;
};

static const struct row rows[] = {
#define SETTING_TEXT_ROW(section, name, initial, check, about) \
	{ #section, #name, SETTING_TEXT, offsetof(struct settings, section##_##name), initial, check, 0, 0, \
		0 },
#define SETTING_INT_ROW(section, name, initial, low, high, about) \
	{ #section, #name, SETTING_INT, offsetof(struct settings, section##_##name), NULL, NULL, initial, \
		low, high },
#define SETTING_FLAG_ROW(section, name, initial, about) \
	{ #section, #name, SETTING_FLAG, offsetof(struct settings, section##_##name), NULL, NULL, initial, \
		0, 1 },
#include "base/settings.def"
};

struct reading {
	struct settings *into;
	const char *file;
	FILE *stream;
	int line;     /* inih of Debian does not tell its handler, so the reader counts */
	bool goes_on; /* the line begins with a blank: inih takes it for more of the value before */
	bool seen[COUNT(rows)];
	settings_problem *tell;
	void *ctx;
	bool failed;
};

static void __attribute__((format(printf, 3, 4)))
problem(struct reading *r, const char *where, const char *format, ...)
{
	char what[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof what, format, args);
	va_end(args);
	r->failed = true;
	r->tell(r->ctx, where, what);
}

static char *
copy(const char *z)
{
	char *c = strdup(z);

	if (c == NULL)
		abort();
	return c;
}

static void
put_text(struct reading *r, const struct row *row, const char *where, const char *value)
{
	const char **at = (const char **)(void *)((char *)r->into + row->offset);
	const char *wrong = row->check(value);

	if (wrong != NULL) {
		problem(r, where, "%s %s: %s", row->section, row->name, wrong);
		return;
	}
	free((void *)(uintptr_t)*at);
	*at = copy(value);
}

static void
put_int(struct reading *r, const struct row *row, const char *where, const char *value)
{
	int64_t v;

	if (!str_int(str_of(value), &v) || v < row->low || v > row->high) {
		problem(r, where, "%s %s: must be a number from %lld to %lld", row->section, row->name,
		    (long long)row->low, (long long)row->high);
		return;
	}
	memcpy((char *)r->into + row->offset, &v, sizeof v);
}

static void
put_flag(struct reading *r, const struct row *row, const char *where, const char *value)
{
	bool yes = strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0) {
		problem(r, where, "%s %s: must be yes or no", row->section, row->name);
		return;
	}
	memcpy((char *)r->into + row->offset, &yes, sizeof yes);
}

static void
put_value(struct reading *r, const struct row *row, const char *where, const char *value)
{
	if (row->sort == SETTING_TEXT)
		put_text(r, row, where, value);
	else if (row->sort == SETTING_INT)
		put_int(r, row, where, value);
	else
		put_flag(r, row, where, value);
}

static void
put_initial(struct settings *s, const struct row *row)
{
	bool yes = row->first != 0;

	if (row->sort == SETTING_TEXT)
		*(const char **)(void *)((char *)s + row->offset) = copy(row->initial);
	else if (row->sort == SETTING_INT)
		memcpy((char *)s + row->offset, &row->first, sizeof row->first);
	else
		memcpy((char *)s + row->offset, &yes, sizeof yes);
}

/* Skip what did not fit of a line; was there anything? */
static bool
skip_rest(FILE *f)
{
	bool more = false;
	int c;

	while ((c = getc(f)) != EOF && c != '\n')
		more = true;
	return more;
}

/* What inih has no room for it would take for another line, or for more of the value. */
static char *
next_line(char *text, int n, void *ctx)
{
	struct reading *r = ctx;
	char where[512];
	size_t length;

	r->line++;
	if (fgets(text, n, r->stream) == NULL)
		return NULL;
	length = strlen(text);
	r->goes_on = text[0] == ' ' || text[0] == '\t';
	if (length + 1 == (size_t)n && text[length - 1] != '\n' && skip_rest(r->stream) &&
	    strchr("#;", text[strspn(text, " \t")]) == NULL) {
		(void)snprintf(where, sizeof where, "%s:%d", r->file, r->line);
		problem(r, where, "the line is longer than %d characters", n - 1);
		text[0] = '\0';
	}
	return text;
}

static bool
is_list(const struct row *row)
{
	return row->check == check_ranges || row->check == check_roots;
}

/* One more piece of a list. */
static void
put_more(struct reading *r, const struct row *row, const char *where, const char *value)
{
	const char *before = *(const char **)(void *)((char *)r->into + row->offset);
	char *all;

	if (asprintf(&all, "%s %s", before, value) < 0)
		abort();
	put_text(r, row, where, all);
	free(all);
}

static void
take_value(struct reading *r, size_t i, const char *where, const char *value)
{
	const struct row *row = &rows[i];

	if (!r->seen[i])
		put_value(r, row, where, value);
	else if (r->goes_on && is_list(row))
		put_more(r, row, where, value);
	else
		problem(r, where,
		    r->goes_on ? "%s %s: only lists go on in a line that begins with a blank"
			       : "%s %s: is set twice",
		    row->section, row->name);
	r->seen[i] = true;
}

static int
take_line(void *ctx, const char *section, const char *name, const char *value)
{
	struct reading *r = ctx;
	char where[512];

	(void)snprintf(where, sizeof where, "%s:%d", r->file, r->line);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (strcmp(rows[i].section, section) == 0 && strcmp(rows[i].name, name) == 0) {
			take_value(r, i, where, value);
			return 1;
		}
	}
	problem(r, where, "there is no setting '%s' in [%s]", name, section);
	return 1;
}

static void
read_file(struct reading *r)
{
	char where[512];
	int line;

	if ((r->stream = fopen(r->file, "re")) == NULL) {
		problem(r, r->file, "cannot be read: %s", strerror(errno));
		return;
	}
	line = ini_parse_stream(next_line, r, take_line, r);
	fclose(r->stream);
	(void)snprintf(where, sizeof where, "%s:%d", r->file, line);
	if (line > 0)
		problem(r, where, "is neither [section] nor name = value");
}

static void
read_environment(struct reading *r)
{
	char variable[128];

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *value;

		(void)snprintf(variable, sizeof variable, "CLAVIGER_%s_%s", rows[i].section, rows[i].name);
		for (char *c = variable; *c != '\0'; c++)
			if (*c >= 'a' && *c <= 'z')
				*c = (char)(*c - 'a' + 'A');
		if ((value = getenv(variable)) != NULL)
			put_value(r, &rows[i], variable, value);
	}
}

static const char *
text_of(const struct reading *r, const struct row *row)
{
	return *(const char **)(void *)((char *)r->into + row->offset);
}

/* Two kinds with one prefix could not be told apart. */
static void
check_prefixes(struct reading *r)
{
	const char *const where = r->file == NULL ? "the environment" : r->file;

	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; rows[i].check == check_prefix && j < i; j++)
			if (rows[j].check == check_prefix &&
			    strcmp(text_of(r, &rows[i]), text_of(r, &rows[j])) == 0)
				problem(r, where, "%s %s: is the prefix of another kind", rows[i].section,
				    rows[i].name);
}

struct settings *
settings_read(const char *file, settings_problem *tell, void *ctx)
{
	struct reading r = { .into = calloc(1, sizeof *r.into), .file = file, .tell = tell, .ctx = ctx };

	if (r.into == NULL)
		abort();
	for (size_t i = 0; i < COUNT(rows); i++)
		put_initial(r.into, &rows[i]);
	if (file != NULL)
		read_file(&r);
	read_environment(&r);
	check_prefixes(&r);
	if (r.failed)
		settings_free(&r.into);
	return r.into;
}

void
settings_free(struct settings **sp)
{
	struct settings *s = *sp;

	if (s == NULL)
		return;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].sort == SETTING_TEXT)
			free(*(char **)(void *)((char *)s + rows[i].offset));
	free(s);
	*sp = NULL;
}
