/*
 * request.c: reading what a request says.
 */
#include "http/request.h"

#include <string.h>

#include "base/settings.h"
#include "base/text.h"

static const char *const methods[] = { [METHOD_GET] = "GET",
	[METHOD_HEAD] = "HEAD",
	[METHOD_POST] = "POST",
	[METHOD_PUT] = "PUT",
	[METHOD_PATCH] = "PATCH",
	[METHOD_DELETE] = "DELETE",
	[METHOD_OPTIONS] = "OPTIONS" };

enum method
method_of(struct str name)
{
	for (size_t i = 0; i < COUNT(methods); i++)
		if (str_is(name, methods[i]))
			return (enum method)i;
	return METHOD_OTHER;
}

const char *
method_text(enum method m)
{
	return m < COUNT(methods) ? methods[m] : "OTHER";
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "%41" at the front of s; -1 if it is no escape. */
static int
escape_value(struct str s)
{
	int high, low;

	if (s.n < 3 || s.s[0] != '%' || (high = hex_value(s.s[1])) < 0 || (low = hex_value(s.s[2])) < 0)
		return -1;
	return high << 4 | low;
}

/* Escapes that another reader may take for structure. */
static bool
is_structure(int c)
{
	return c == '/' || c == '\\' || c == ';' || c == 0;
}

/* Decode once; what could be decoded again is refused. */
static bool
decode_path(struct str raw, char *to, size_t *n)
{
	for (*n = 0; raw.n > 0;) {
		int c = (unsigned char)raw.s[0];
		bool escaped = c == '%';

		if (escaped && ((c = escape_value(raw)) < 0 || is_structure(c)))
			return false;
		if (!escaped && (c <= 0x20 || c >= 0x7f || c == '\\' || c == ';'))
			return false;
		to[(*n)++] = (char)c;
		raw = str_from(raw, escaped ? 3 : 1);
	}
	for (size_t i = 0; i < *n; i++)
		if (escape_value((struct str){ to + i, *n - i }) >= 0)
			return false;
	return true;
}

/* No empty segment but the last, no "." and no "..". */
static bool
segments_are_plain(struct str path)
{
	struct str rest = str_from(path, 1), segment;

	while (str_cut(&rest, '/', &segment)) {
		if (segment.n == 0 && rest.s != NULL)
			return false;
		if (str_is(segment, ".") || str_is(segment, ".."))
			return false;
	}
	return true;
}

/* Printable ASCII has one Unicode form only. */
static bool
is_plain_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] < 0x20 || (unsigned char)s.s[i] >= 0x7f)
			return false;
	return true;
}

enum fault
request_path(struct arena *a, struct str target, struct str *path)
{
	struct str raw = target;
	ptrdiff_t mark = str_find(target, '?');
	char *decoded;
	size_t n;

	if (mark >= 0)
		raw.n = (size_t)mark;
	if (raw.n == 0 || raw.s[0] != '/' || raw.n > TARGET_MAX || str_find(raw, '#') >= 0)
		return FAULT_NOT_CANONICAL;
	decoded = arena_take(a, raw.n + 1);
	if (!decode_path(raw, decoded, &n))
		return FAULT_NOT_CANONICAL;
	*path = (struct str){ decoded, n };
	if (is_plain_ascii(*path))
		return segments_are_plain(*path) ? FAULT_NONE : FAULT_NOT_CANONICAL;
	if (!text_valid(*path) || text_has_control(*path) || !segments_are_plain(*path))
		return FAULT_NOT_CANONICAL;
	/* Another Unicode form is another name to a file system, but the same to a rule. */
	return str_eq(text_nfc(a, *path), *path) ? FAULT_NONE : FAULT_NOT_CANONICAL;
}

/* The next character of a name or a value of a query or a form; what is no escape stands for itself. */
static char
query_next(struct str *raw)
{
	int c = escape_value(*raw);
	char first = raw->s[0];

	*raw = str_from(*raw, c >= 0 ? 3 : 1);
	return c >= 0 ? (char)c : first == '+' ? ' ' : first;
}

/* The next pair that is not empty, as it stands there. */
static bool
query_pair(struct str *query, struct str *name, struct str *value)
{
	while (str_cut(query, '&', value))
		if (value->n > 0)
			return str_cut(value, '=', name);
	return false;
}

static bool
query_is(struct str raw, const char *text)
{
	for (; raw.n > 0; text++)
		if (*text == '\0' || query_next(&raw) != *text)
			return false;
	return *text == '\0';
}

/* Written to `to`, which has room for as much as it was and a NUL. */
static struct str
query_decode(struct str raw, char *to)
{
	size_t n = 0;

	while (raw.n > 0)
		to[n++] = query_next(&raw);
	to[n] = '\0';
	return (struct str){ to, n };
}

/*
 * Into one piece as long as the query was: so many pairs as there may be, they
 * take no more.  A NUL stands where '=' or '&' stood, or at the end.
 */
void
query_each(struct arena *a, struct str query, bool each(void *ctx, struct str name, struct str value),
    void *ctx)
{
	char *to = arena_take(a, query.n + 1);
	struct str name, value;

	while (query_pair(&query, &name, &value)) {
		name = query_decode(name, to);
		to += name.n;
		/* Without a value the NUL of the name is that of the value as well. */
		value = query_decode(value, value.n > 0 ? ++to : to);
		to += value.n + 1;
		if (!each(ctx, name, value))
			return;
	}
}

struct str
query_value(struct arena *a, struct str query, const char *name)
{
	struct str found, value;

	while (query_pair(&query, &found, &value))
		if (query_is(found, name))
			return query_decode(value, arena_take(a, value.n + 1));
	return STR_NONE;
}

bool
query_has(struct str query, const char *name, const char *value)
{
	struct str found, its;

	while (query_pair(&query, &found, &its))
		if (query_is(found, name) && query_is(its, value))
			return true;
	return false;
}

struct str
request_cookie(const struct request *r, const char *name)
{
	struct str rest = r->header[HEADER_COOKIE], pair, key;

	while (str_cut(&rest, ';', &pair)) {
		pair = str_trim(pair);
		if (str_cut(&pair, '=', &key) && str_is(key, name) && pair.s != NULL)
			return pair;
	}
	return STR_NONE;
}

bool
request_wants_page(const struct request *r)
{
	struct str rest = r->header[HEADER_ACCEPT], item, type;

	while (str_cut(&rest, ',', &item)) {
		(void)str_cut(&item, ';', &type);
		type = str_trim(type);
		if (str_is_nocase(type, "text/html"))
			return true;
		if (str_is_nocase(type, "application/json"))
			return false;
	}
	return false;
}

/* Letters, digits, dots, dashes, colons and brackets: a host and nothing else. */
static bool
host_shape(struct str h)
{
	return h.n > 0 && h.n < 256 &&
	    str_only(h, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]");
}

/* Some servers always name the port: the default one does not belong there. */
static struct str
without_default_port(struct str host, bool https)
{
	struct str port = https ? STR(":443") : STR(":80");

	if (host.n > port.n && str_eq(str_from(host, host.n - port.n), port))
		host.n -= port.n;
	return host;
}

const char *
request_base_url(struct arena *a, const struct request *r, const struct settings *s)
{
	struct str host = without_default_port(r->header[HEADER_HOST], r->https);

	if (s->service_base_url[0] != '\0')
		return s->service_base_url;
	if (!host_shape(host))
		return "";
	return arena_print(a, "%s://%.*s", r->https ? "https" : "http", (int)host.n, host.s);
}
