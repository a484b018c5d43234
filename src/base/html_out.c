/*
 * html_out.c: writing what is not ours into HTML.
 */
#include "base/html_out.h"

static const char *const entities[256] = { ['&'] = "&amp;",
	['<'] = "&lt;",
	['>'] = "&gt;",
	['"'] = "&quot;",
	['\''] = "&#39;",
	[0] = "\357\277\275" }; /* U+FFFD, as browsers read a NUL */

void
html_text_str(struct out *o, struct str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *entity = entities[(unsigned char)s.s[i]];

		if (entity == NULL)
			continue;
		out_str(o, (struct str){ s.s + from, i - from });
		out_put(o, entity);
		from = i + 1;
	}
	out_str(o, str_from(s, from));
}

void
html_text_chars(struct out *o, const char *z)
{
	html_text_str(o, str_of(z));
}

void
html_text_int(struct out *o, int64_t n)
{
	out_int(o, n);
}

/* A browser drops control bytes and reads a backslash as a slash: neither may be in it. */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] <= ' ' || s.s[i] == '\\' || s.s[i] == 0x7f)
			return false;
	return true;
}

void
html_url(struct out *o, const char *z)
{
	struct str s = str_of(z);
	bool own = s.n > 0 && s.s[0] == '/' && (s.n == 1 || s.s[1] != '/');

	if (is_plain(s) && (own || str_starts_nocase(s, STR("https://"))))
		html_text_str(o, s);
	else
		out_char(o, '#');
}

void
html_segment(struct out *o, const char *z)
{
	static const char hex[] = "0123456789ABCDEF";
	static struct charset plain =
	    CHARSET("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

	for (; z != NULL && *z != '\0'; z++) {
		unsigned char c = (unsigned char)*z;

		if (str_all((struct str){ z, 1 }, &plain)) {
			out_char(o, *z);
		} else {
			out_char(o, '%');
			out_char(o, hex[c >> 4]);
			out_char(o, hex[c & 15]);
		}
	}
}

void
html_query(struct out *o, const char *z)
{
	html_segment(o, z);
}
