/*
 * tplc.c: the template compiler: what stands in braces.
 *
 *	tplc FILE...		the C of all templates, to standard output
 *	tplc --header FILE...	their declarations
 *
 * In a template stand
 *
 *	{# anything #}				a comment, of which nothing is left
 *	{% include ui/keys.h %}			the types that its data has
 *	{% page NAME(struct out *o, ...) %}	a function, up to {% end %}
 *	{% layout NAME(struct out *o, ...) %}	two, NAME_begin and NAME_end: {% body %} is between them
 *	{% within NAME(ARGUMENTS) %}		up to {% end %} stands in that layout
 *	{% call NAME(ARGUMENTS) %}		another page's function writes here
 *	{% if C %} {% elif C %} {% else %} {% end %}
 *	{% for TYPE *NAME in LIST %} {% end %}	LIST is a struct of a count n and an array v
 *	{{ C }}					a text or a number goes here
 *	{= WORD =} {= WORD, C, ... =}		a text in the reader's language, and what goes into it
 *
 * A template's data are the arguments of its function and nothing else, and the
 * compiler checks their types.  Runs on the build machine and needs only libc.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tplc.h"

#define FILE_MAX (1 << 20)

_Noreturn void
source_die(const struct source *s, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%d: ", s->path, s->line);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

/* --- holes --- */

static void
in_a_page(struct reader *r)
{
	if (r->depth == 0)
		source_die(&r->s, "it stands in no page");
}

static void
hole(struct reader *r, const char *code)
{
	in_a_page(r);
	out_code(&r->s, "\t%s(o, %s);\n", html_hole(&r->s, &r->html), code);
}

/* A text of our own is a text like any other: what is not letters is escaped. */
static void
words(struct reader *r, const char *code)
{
	size_t n = strcspn(code, ",");

	in_a_page(r);
	if (strcmp(html_hole(&r->s, &r->html), "html_text") != 0)
		source_die(&r->s, "a text of ours in an address");
	if (code[n] == '\0')
		out_code(&r->s, "\twords_put(o, WORDS_%s);\n", code);
	else
		out_code(&r->s, "\twords_print(o, WORDS_%.*s%s);\n", (int)n, code, code + n);
}

static void
comment(struct reader *r, const char *code)
{
	(void)r;
	(void)code;
}

static const struct {
	char mark, end;
	void (*function)(struct reader *, const char *code);
} braces[] = { { '%', '%', block_directive }, { '{', '}', hole }, { '=', '=', words },
	{ '#', '#', comment } };

/* The code between the marks, without blanks around it; true: there was some. */
static bool
read_braces(struct reader *r)
{
	const char *from = r->s.text + r->s.at;
	char end[3] = "x}", code[CODE_MAX];
	const char *to;
	size_t n;

	for (size_t i = 0; i < sizeof braces / sizeof braces[0]; i++) {
		if (from[1] != braces[i].mark)
			continue;
		end[0] = braces[i].end;
		if ((to = strstr(from + 2, end)) == NULL)
			source_die(&r->s, "{%c without %s", braces[i].mark, end);
		for (from += 2; from < to && isspace((unsigned char)*from); from++)
			;
		for (n = (size_t)(to - from); n > 0 && isspace((unsigned char)from[n - 1]); n--)
			;
		if (n >= sizeof code && braces[i].function != comment)
			source_die(&r->s, "more than %d bytes in braces", CODE_MAX);
		snprintf(code, sizeof code, "%.*s", (int)n, from);
		braces[i].function(r, code);
		for (; r->s.text + r->s.at < to + 2; r->s.at++)
			r->s.line += r->s.text[r->s.at] == '\n';
		return true;
	}
	return false;
}

/* --- text --- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Of many blanks one is left: a newline, if there was one. */
static bool
squeeze(struct reader *r)
{
	size_t from = r->s.at;
	char left = ' ';

	if (!html_squeezes(&r->html))
		return false;
	for (; is_blank(r->s.text[r->s.at]); r->s.at++) {
		r->s.line += r->s.text[r->s.at] == '\n';
		if (r->s.text[r->s.at] == '\n')
			left = '\n';
	}
	if (r->s.at == from)
		return false;
	html_byte(&r->s, &r->html, left);
	out_literal(left);
	return true;
}

static void
text(struct reader *r)
{
	char c = r->s.text[r->s.at];
	bool in_text = r->html.where == IN_TEXT;

	if (squeeze(r))
		return;
	in_a_page(r);
	html_byte(&r->s, &r->html, c);
	out_literal(c);
	/* A browser forgets the first newline of a <textarea>: it is to forget this one. */
	if (!in_text && html_just_opened(&r->html, "textarea"))
		out_literal('\n');
	r->s.line += c == '\n';
	r->s.at++;
}

static void
read_template(struct reader *r)
{
	while (r->s.at < r->s.n) {
		if (r->depth == 0 && is_blank(r->s.text[r->s.at])) {
			r->s.line += r->s.text[r->s.at++] == '\n';
			continue;
		}
		if (r->s.text[r->s.at] == '{' && read_braces(r))
			continue;
		text(r);
	}
	block_done(r);
}

static void
read_file(const char *path)
{
	static char bytes[FILE_MAX + 1];
	static struct reader r;
	FILE *f = fopen(path, "rb");

	memset(&r, 0, sizeof r);
	r.s = (struct source){ .path = path, .text = bytes, .line = 1 };
	if (f == NULL)
		source_die(&r.s, "%s", strerror(errno));
	r.s.n = fread(bytes, 1, sizeof bytes, f);
	if (ferror(f) != 0 || r.s.n == sizeof bytes)
		source_die(&r.s, "it cannot be read, or is larger than 1 MiB");
	bytes[r.s.n] = '\0';
	if (strlen(bytes) != r.s.n)
		source_die(&r.s, "it holds a NUL byte");
	fclose(f);
	read_template(&r);
}

int
main(int argc, char **argv)
{
	int first = 1;

	if (argc > 1 && strcmp(argv[1], "--header") == 0) {
		out_declares = true;
		first = 2;
	}
	if (first >= argc) {
		fputs("usage: tplc [--header] FILE...\n", stderr);
		return 2;
	}
	out_header("/* Made by tplc while building. */\n#ifndef UI_TEMPLATES_H\n#define UI_TEMPLATES_H\n\n");
	out_plain(
	    "/* Made by tplc while building. */\n#include \"base/html_out.h\"\n#include \"ui/words.h\"\n"
	    "#include \"ui/templates.h\"\n"
	    /* The end of a layout takes what its beginning takes. */
	    "#pragma GCC diagnostic ignored \"-Wunused-parameter\"\n");
	for (int i = first; i < argc; i++)
		read_file(argv[i]);
	out_header("\n#endif\n");
	if (fflush(stdout) != 0 || ferror(stdout) != 0) {
		perror("tplc");
		return 1;
	}
	return 0;
}
