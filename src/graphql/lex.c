/*
 * lex.c: a GraphQL document in tokens (October 2021, sections 2.1 and 2.9).
 *
 * The text is UTF-8 already.  A token that is none stays TOKEN_BROKEN for good,
 * so that the parser needs to look once.
 */
#include "graphql/lex.h"

#include "base/text.h"

static bool
is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The character so many bytes ahead; NUL past the end, where no token has one. */
static char
ahead(const struct gql_lexer *l, size_t n)
{
	return n < l->rest.n ? l->rest.s[n] : '\0';
}

static void
skip(struct gql_lexer *l, size_t n)
{
	l->rest = str_from(l->rest, n);
}

static void
broken(struct gql_lexer *l, const char *why)
{
	gql_error(l->errors, l->at, "Syntax Error: %s.", why);
	l->token = TOKEN_BROKEN;
}

static void
new_line(struct gql_lexer *l)
{
	l->line++;
	l->line_start = l->rest.s;
}

/* CR LF is one end of a line. */
static void
skip_line_end(struct gql_lexer *l)
{
	skip(l, ahead(l, 0) == '\r' && ahead(l, 1) == '\n' ? 2 : 1);
	new_line(l);
}

static void
skip_comment(struct gql_lexer *l)
{
	while (l->rest.n > 0 && ahead(l, 0) != '\n' && ahead(l, 0) != '\r')
		skip(l, 1);
}

/* Blanks, commas, comments and a byte order mark mean nothing. */
static void
skip_ignored(struct gql_lexer *l)
{
	for (;;) {
		char c = ahead(l, 0);

		if (c == ' ' || c == '\t' || c == ',')
			skip(l, 1);
		else if (c == '\n' || c == '\r')
			skip_line_end(l);
		else if (c == '#')
			skip_comment(l);
		else if (str_starts(l->rest, STR("\xef\xbb\xbf")))
			skip(l, 3);
		else
			return;
	}
}

static void
take(struct gql_lexer *l, enum gql_token token, size_t n)
{
	l->token = token;
	l->text = (struct str){ l->rest.s, n };
	skip(l, n);
}

static void
take_name(struct gql_lexer *l)
{
	size_t n = 1;

	while (is_name_start(ahead(l, n)) || is_digit(ahead(l, n)))
		n++;
	take(l, TOKEN_NAME, n);
}

/* One digit or more from `at`; its end, or 0. */
static size_t
digits(const struct gql_lexer *l, size_t at)
{
	size_t n = at;

	while (is_digit(ahead(l, n)))
		n++;
	return n > at ? n : 0;
}

static void
take_number(struct gql_lexer *l)
{
	size_t sign = ahead(l, 0) == '-' ? 1 : 0, n = digits(l, sign);
	enum gql_token token = TOKEN_INT;

	if (n == 0 || (ahead(l, sign) == '0' && n > sign + 1)) {
		broken(l, "Invalid number");
		return;
	}
	if (ahead(l, n) == '.') {
		token = TOKEN_FLOAT;
		n = digits(l, n + 1);
	}
	if (n != 0 && (ahead(l, n) | 0x20) == 'e') {
		token = TOKEN_FLOAT;
		n = digits(l, n + (ahead(l, n + 1) == '+' || ahead(l, n + 1) == '-' ? 2 : 1));
	}
	if (n == 0 || is_name_start(ahead(l, n)) || ahead(l, n) == '.')
		broken(l, "Invalid number");
	else
		take(l, token, n);
}

static int
hex(const struct gql_lexer *l, size_t at)
{
	char c = ahead(l, at);

	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hexadecimal digits at the front; -1 if they are none. */
static long
hex4(const struct gql_lexer *l, size_t at)
{
	long v = 0;

	for (size_t i = 0; i < 4; i++) {
		if (hex(l, at + i) < 0)
			return -1;
		v = v << 4 | hex(l, at + i);
	}
	return v;
}

static bool
put_utf8(struct out *o, long c)
{
	char b[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char first[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };

	/* NUL never ends up in a text of ours. */
	if (c <= 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return false;
	for (size_t i = n; i-- > 1; c >>= 6)
		b[i] = (char)(0x80 | (c & 0x3f));
	b[0] = (char)(first[n] | c);
	out_str(o, (struct str){ b, n });
	return true;
}

/* "\u" was seen: XXXX, or a pair of surrogates. */
static bool
unescape_unicode(struct gql_lexer *l, struct out *o)
{
	long c = hex4(l, 2), low;

	if (c < 0xd800 || c >= 0xdc00) {
		skip(l, 6);
		return put_utf8(o, c);
	}
	if (ahead(l, 6) != '\\' || ahead(l, 7) != 'u' || (low = hex4(l, 8)) < 0xdc00 || low >= 0xe000)
		return false;
	skip(l, 12);
	return put_utf8(o, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
}

/* A backslash is next. */
static bool
unescape(struct gql_lexer *l, struct out *o)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	char c = ahead(l, 1);

	if (c == 'u')
		return unescape_unicode(l, o);
	for (size_t i = 0; i < sizeof names - 1; i++) {
		if (names[i] == c) {
			out_char(o, values[i]);
			skip(l, 2);
			return true;
		}
	}
	return false;
}

/* The rest of a text, its first quote read. */
static void
take_text(struct gql_lexer *l)
{
	struct out o = out_limit(l->arena, GQL_SIZE_MAX + 1);

	while (ahead(l, 0) != '"') {
		unsigned char c = (unsigned char)ahead(l, 0);

		if (c < 0x20 && c != '\t') {
			broken(l, "Unterminated string");
			return;
		}
		if (c != '\\') {
			out_char(&o, (char)c);
			skip(l, 1);
		} else if (!unescape(l, &o)) {
			broken(l, "Invalid character escape sequence");
			return;
		}
	}
	skip(l, 1);
	l->token = TOKEN_TEXT;
	l->text = out_text(&o).s == NULL ? STR("") : out_text(&o);
}

/* --- texts between three quotes --- */

/* The lines up to the last quotes, as they stand; false: there are none. */
static bool
raw_block(struct gql_lexer *l, struct out *o)
{
	while (!str_starts(l->rest, STR("\"\"\""))) {
		char c = ahead(l, 0);

		if (l->rest.n == 0 || ((unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\r'))
			return false;
		if (c == '\n' || c == '\r') {
			out_char(o, '\n');
			skip_line_end(l);
		} else if (str_starts(l->rest, STR("\\\"\"\""))) {
			out_put(o, "\"\"\"");
			skip(l, 4);
		} else {
			out_char(o, c);
			skip(l, 1);
		}
	}
	skip(l, 3);
	return true;
}

static size_t
indent(struct str line)
{
	size_t n = 0;

	while (n < line.n && (line.s[n] == ' ' || line.s[n] == '\t'))
		n++;
	return n;
}

/* Of all lines but the first, those of blanks left out. */
static size_t
common_indent(struct str raw)
{
	struct str rest = raw, line;
	size_t common = SIZE_MAX;

	(void)str_cut(&rest, '\n', &line);
	while (str_cut(&rest, '\n', &line))
		if (indent(line) < line.n && indent(line) < common)
			common = indent(line);
	return common == SIZE_MAX ? 0 : common;
}

/* Without the indent that all have, and lines of blanks at both ends (2.9.4). */
static struct str
block_value(struct arena *a, struct str raw)
{
	struct out o = out_limit(a, GQL_SIZE_MAX + 1);
	size_t common = common_indent(raw), blank = 0;
	struct str rest = raw, line;
	bool first = true, begun = false;

	for (; str_cut(&rest, '\n', &line); first = false) {
		if (indent(line) == line.n) {
			blank++;
			continue;
		}
		for (; begun && blank > 0; blank--)
			out_char(&o, '\n');
		blank = 0;
		if (begun)
			out_char(&o, '\n');
		out_str(&o, first ? line : str_from(line, common));
		begun = true;
	}
	return out_text(&o).s == NULL ? STR("") : out_text(&o);
}

static void
take_block(struct gql_lexer *l)
{
	struct out raw = out_limit(l->arena, GQL_SIZE_MAX + 1);

	if (!raw_block(l, &raw)) {
		broken(l, "Unterminated string");
		return;
	}
	l->token = TOKEN_TEXT;
	l->text = block_value(l->arena, out_text(&raw).s == NULL ? STR("") : out_text(&raw));
}

static void
take_quoted(struct gql_lexer *l)
{
	bool block = str_starts(l->rest, STR("\"\"\""));

	skip(l, block ? 3 : 1);
	if (block)
		take_block(l);
	else
		take_text(l);
}

static void
take_mark(struct gql_lexer *l)
{
	bool dots = str_starts(l->rest, STR("..."));

	l->mark = ahead(l, 0);
	if (!dots && (l->mark == '\0' || strchr("!$&():=@[]{|}", l->mark) == NULL)) {
		broken(l, "Unexpected character");
		return;
	}
	take(l, TOKEN_MARK, dots ? 3 : 1);
}

void
lex_next(struct gql_lexer *l)
{
	char c;

	if (l->token == TOKEN_BROKEN)
		return;
	skip_ignored(l);
	l->at = (struct gql_place){ l->line, (unsigned)(l->rest.s - l->line_start) + 1 };
	l->text = STR_NONE;
	c = ahead(l, 0);
	if (l->rest.n == 0)
		l->token = TOKEN_END;
	else if (++l->tokens > GQL_TOKENS_MAX)
		broken(l, "Document contains more tokens than are allowed");
	else if (is_name_start(c))
		take_name(l);
	else if (is_digit(c) || c == '-')
		take_number(l);
	else if (c == '"')
		take_quoted(l);
	else
		take_mark(l);
}

void
lex_open(struct gql_lexer *l, struct arena *a, struct str text, struct gql_errors *errors)
{
	struct str given = text.s == NULL ? STR("") : text;

	*l = (struct gql_lexer){ .arena = a,
		.errors = errors,
		.rest = given,
		.line_start = given.s,
		.line = 1 };
	l->at = (struct gql_place){ 1, 1 };
	if (given.n > GQL_SIZE_MAX)
		broken(l, "Document is larger than is allowed");
	else if (!text_valid(given))
		broken(l, "Document is not UTF-8");
	else
		lex_next(l);
}
