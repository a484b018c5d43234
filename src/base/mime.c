/*
 * mime.c: headers and bodies of mail.
 */
#include "base/mime.h"

#include <time.h>

#define LINE_MAX_QUOTED 76
#define WORD_MAX	63  /* of 75, without =?UTF-8?Q? and ?= */
#define PLAIN_MAX	900 /* a line may have 998 bytes */

static bool
is_printable(char c)
{
	return c >= ' ' && c <= '~';
}

/* Nothing that would end it, begin another, or hide one: white space, brackets, quotes, lists, comments. */
bool
mime_address(struct str a)
{
	ptrdiff_t at = str_find(a, '@');

	if (at <= 0 || (size_t)at + 1 >= a.n || a.n > MIME_ADDRESS_MAX ||
	    str_find(str_from(a, (size_t)at + 1), '@') >= 0)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if ((unsigned char)a.s[i] <= ' ' || a.s[i] == 0x7f || strchr("<>()[],;:\\\"", a.s[i]) != NULL)
			return false;
	return true;
}

bool
mime_mailbox(struct str text, struct str *name, struct str *address)
{
	struct str rest = str_trim(text);
	ptrdiff_t open = str_find(rest, '<');

	*name = STR("");
	*address = rest;
	if (open >= 0 && rest.s[rest.n - 1] == '>') {
		*name = str_trim((struct str){ rest.s, (size_t)open });
		*address = (struct str){ rest.s + open + 1, rest.n - (size_t)open - 2 };
	}
	for (size_t i = 0; i < name->n; i++)
		if ((unsigned char)name->s[i] < ' ')
			return false;
	return mime_address(*address);
}

/* "=?" would be read as the beginning of an encoded word. */
static bool
is_plain(struct str value)
{
	if (value.n > PLAIN_MAX)
		return false;
	for (size_t i = 0; i < value.n; i++)
		if (!is_printable(value.s[i]) ||
		    (value.s[i] == '=' && i + 1 < value.n && value.s[i + 1] == '?'))
			return false;
	return true;
}

/* Of the bytes of UTF-8 those that belong together; a byte that begins none stands alone. */
static size_t
sequence(struct str s, size_t at)
{
	unsigned char c = (unsigned char)s.s[at];
	size_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

	return at + n > s.n ? s.n - at : n;
}

static size_t
put_encoded(struct out *o, char c)
{
	static const char as_it_is[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/";

	if ((unsigned char)c < ' ' || c == 0x7f || c == ' ') {
		out_char(o, '_');
		return 1;
	}
	if (strchr(as_it_is, c) != NULL) {
		out_char(o, c);
		return 1;
	}
	out_print(o, "=%02X", (unsigned)(unsigned char)c);
	return 3;
}

/*
 * Encoded words, each with whole characters, on lines of their own; the first
 * behind the name of the field.
 */
static void
put_words(struct out *o, const char *field, struct str value)
{
	size_t used = strlen(field) + 1; /* and ": ", for the blank that begins the other lines */

	out_put(o, "=?UTF-8?Q?");
	for (size_t i = 0, n; i < value.n; i += n) {
		n = sequence(value, i);
		if (used + n * 3 > WORD_MAX) {
			out_put(o, "?=\r\n =?UTF-8?Q?");
			used = 0;
		}
		for (size_t j = 0; j < n; j++)
			used += put_encoded(o, value.s[i + j]);
	}
	out_put(o, "?=");
}

void
mime_header(struct out *o, const char *field, struct str value)
{
	out_print(o, "%s: ", field);
	if (is_plain(value))
		out_str(o, value);
	else
		put_words(o, field, value);
	out_put(o, "\r\n");
}

static void
put_quoted_string(struct out *o, struct str name)
{
	out_char(o, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.s[i] == '"' || name.s[i] == '\\')
			out_char(o, '\\');
		out_char(o, name.s[i]);
	}
	out_char(o, '"');
}

void
mime_header_person(struct out *o, const char *field, struct str name, struct str address)
{
	out_print(o, "%s: ", field);
	if (name.n > 0 && is_plain(name))
		put_quoted_string(o, name);
	else if (name.n > 0)
		put_words(o, field, name);
	if (name.n > 0)
		out_put(o, "\r\n ");
	out_print(o, "<%.*s>\r\n", (int)address.n, address.s);
}

/* strftime(3) would speak the language of the system. */
void
mime_header_date(struct out *o, int64_t at)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t t = (time_t)at;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		return;
	out_print(o, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * tm.tm_wday, tm.tm_mday,
	    months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* How wide the byte is in quoted-printable; a blank at the end of a line would be lost. */
static size_t
quoted_width(struct str text, size_t i)
{
	char c = text.s[i];
	bool last = i + 1 == text.n || text.s[i + 1] == '\n';

	if (c == ' ' || c == '\t')
		return last ? 3 : 1;
	return is_printable(c) && c != '=' ? 1 : 3;
}

void
mime_quoted(struct out *o, struct str text)
{
	size_t used = 0;

	for (size_t i = 0; i < text.n; i++) {
		size_t width;

		if (text.s[i] == '\n') {
			out_put(o, "\r\n");
			used = 0;
			continue;
		}
		width = quoted_width(text, i);
		if (used + width > LINE_MAX_QUOTED - 1) {
			out_put(o, "=\r\n");
			used = 0;
		}
		if (width == 1)
			out_char(o, text.s[i]);
		else
			out_print(o, "=%02X", (unsigned)(unsigned char)text.s[i]);
		used += width;
	}
	if (used > 0)
		out_put(o, "\r\n");
}
