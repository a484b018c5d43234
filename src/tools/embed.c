/*
 * embed.c: turns text files into a table in C.
 *
 * "embed NAME FILE..." writes a C file that defines NAME[], an array of
 * struct embedded, to standard output.  It runs on the build machine while
 * building, so it needs nothing but libc.  A file with a NUL byte is refused:
 * its readers take a text up to the first one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void
die(const char *what, const char *why)
{
	fprintf(stderr, "embed: %s: %s\n", what, why);
	exit(1);
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(base_name(*(char *const *)a), base_name(*(char *const *)b));
}

/*
 * Write one byte so that it means the same in every string literal.  Octal
 * escapes have three digits always, or a digit behind one would join it; a
 * question mark is escaped because two of them begin a trigraph.
 */
static void
put_byte(int c)
{
	if (c == '\t')
		fputs("\\t", stdout);
	else if (c == '"' || c == '\\' || c == '?')
		printf("\\%c", c);
	else if (c < ' ' || c > '~')
		printf("\\%03o", (unsigned)c);
	else
		putchar(c);
}

/*
 * Write the text of one file as string literals, a line of the file on a
 * line of its own.
 */
static void
put_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	int c, open = 0;

	if (f == NULL)
		die(path, strerror(errno));
	printf("\t{ \"%s\", TEXT(\"\"", base_name(path));
	while ((c = getc(f)) != EOF) {
		if (c == '\0')
			die(path, "holds a NUL byte, so it is no text");
		if (!open)
			fputs("\n\t    \"", stdout);
		open = c != '\n';
		if (open)
			put_byte(c);
		else
			fputs("\\n\"", stdout);
	}
	if (ferror(f) != 0)
		die(path, strerror(errno));
	fputs(open ? "\") },\n" : ") },\n", stdout);
	fclose(f);
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		fputs("usage: embed NAME FILE...\n", stderr);
		return 2;
	}
	qsort(argv + 2, (size_t)argc - 2, sizeof *argv, by_name);
	printf("/* Made by src/tools/embed while building. */\n"
	       "#include \"base/embedded.h\"\n\n"
	       "#define TEXT(s) (s), sizeof(s) - 1\n\n"
	       "extern const struct embedded %s[];\n"
	       "const struct embedded %s[] = {\n",
	    argv[1], argv[1]);
	for (int i = 2; i < argc; i++)
		put_file(argv[i]);
	printf("\t{ NULL, NULL, 0 }\n};\n");
	if (fflush(stdout) != 0 || ferror(stdout) != 0)
		die("standard output", strerror(errno));
	return 0;
}
