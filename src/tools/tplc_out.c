/*
 * tplc_out.c: the C that is written.
 *
 * #line lets the compiler speak of the template, so that a member that is not
 * there is told with the template's name and line.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tplc.h"

#define LITERAL_MAX 2000 /* bytes of one string: compilers may take no more than 4095 */

bool out_declares;

static char literal[LITERAL_MAX];
static size_t literal_n;

/* The same in every string literal: octal escapes have three digits always. */
static void
put_byte(unsigned char c)
{
	if (c == '"' || c == '\\' || c == '?')
		printf("\\%c", c);
	else if (c < ' ' || c > '~')
		printf("\\%03o", c);
	else
		putchar(c);
}

static void
flush(void)
{
	if (literal_n > 0 && !out_declares) {
		fputs("\tout_str(o, STR(\"", stdout);
		for (size_t i = 0; i < literal_n; i++)
			put_byte((unsigned char)literal[i]);
		fputs("\"));\n", stdout);
	}
	literal_n = 0;
}

void
out_literal(char c)
{
	if (literal_n == sizeof literal)
		flush();
	literal[literal_n++] = c;
}

void
out_code(const struct source *s, const char *format, ...)
{
	va_list ap;

	flush();
	if (out_declares)
		return;
	printf("#line %d \"%s\"\n", s->line, s->path);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
}

void
out_plain(const char *format, ...)
{
	va_list ap;

	flush();
	if (out_declares)
		return;
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
}

void
out_header(const char *format, ...)
{
	va_list ap;

	if (!out_declares)
		return;
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
}
