/*
 * json_out.c: writing JSON.
 */
#include "base/json_out.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

struct json
json_into(struct out *o)
{
	return (struct json){ .out = o };
}

/* What would end a string, or an HTML document around it, and control bytes. */
static const bool special[256] = {
	[0 ... 0x1f] = true,
	['"'] = true,
	['\\'] = true,
	['<'] = true,
	['>'] = true,
	['&'] = true,
	[0x7f] = true,
};

static void
put_special(struct out *o, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	if (c == '"' || c == '\\') {
		out_char(o, '\\');
		out_char(o, (char)c);
	} else if (c == '\n') {
		out_put(o, "\\n");
	} else {
		out_put(o, "\\u00");
		out_char(o, hex[c >> 4]);
		out_char(o, hex[c & 15]);
	}
}

static void
put_escaped(struct out *o, struct str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!special[(unsigned char)s.s[i]])
			continue;
		out_str(o, (struct str){ s.s + from, i - from });
		put_special(o, (unsigned char)s.s[i]);
		from = i + 1;
	}
	out_str(o, str_from(s, from));
}

static void
put_name(struct json *j, const char *name)
{
	if (j->depth > 0) {
		if (j->comma[j->depth - 1])
			out_char(j->out, ',');
		j->comma[j->depth - 1] = true;
	}
	if (name == NULL)
		return;
	out_char(j->out, '"');
	put_escaped(j->out, str_of(name));
	out_put(j->out, "\":");
}

static void
open_level(struct json *j, const char *name, char open, char close)
{
	assert(j->depth < JSON_DEPTH_MAX);
	put_name(j, name);
	out_char(j->out, open);
	j->close[j->depth] = close;
	j->comma[j->depth] = false;
	j->depth++;
}

void
json_object(struct json *j, const char *name)
{
	open_level(j, name, '{', '}');
}

void
json_list(struct json *j, const char *name)
{
	open_level(j, name, '[', ']');
}

void
json_end(struct json *j)
{
	assert(j->depth > 0);
	j->depth--;
	out_char(j->out, j->close[j->depth]);
}

void
json_str(struct json *j, const char *name, struct str value)
{
	if (value.s == NULL) {
		json_null(j, name);
		return;
	}
	put_name(j, name);
	out_char(j->out, '"');
	put_escaped(j->out, value);
	out_char(j->out, '"');
}

void
json_text(struct json *j, const char *name, const char *value)
{
	json_str(j, name, str_of(value));
}

void
json_int(struct json *j, const char *name, int64_t value)
{
	put_name(j, name);
	out_int(j->out, value);
}

void
json_real(struct json *j, const char *name, double value)
{
	char text[32];

	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof text, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	put_name(j, name);
	out_put(j->out, text);
}

void
json_flag(struct json *j, const char *name, bool value)
{
	put_name(j, name);
	out_put(j->out, value ? "true" : "false");
}

void
json_null(struct json *j, const char *name)
{
	put_name(j, name);
	out_put(j->out, "null");
}

void
json_time(struct json *j, const char *name, int64_t at)
{
	char text[CLOCK_TEXT_SIZE];

	if (at == 0) {
		json_null(j, name);
		return;
	}
	clock_text(at, text);
	json_text(j, name, text);
}

void
json_raw(struct json *j, const char *name, struct str value)
{
	if (value.s == NULL) {
		json_null(j, name);
		return;
	}
	put_name(j, name);
	out_str(j->out, value);
}
