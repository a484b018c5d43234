/*
 * sheet.c: columns, records and lines of JSON.
 */
#include "config.h"

#include "front/sheet.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"

struct sheet
sheet_start(struct arena *a, enum sheet_form form)
{
	return (struct sheet){ .form = form, .out = out_limit(a, OUT_BODY_MAX) };
}

void
sheet_begin(struct sheet *s)
{
	s->tab = false;
	s->json = json_into(&s->out);
	if (s->form == SHEET_JSON)
		json_object(&s->json, NULL);
}

void
sheet_end(struct sheet *s)
{
	if (s->form == SHEET_JSON)
		json_end(&s->json);
	if (s->form != SHEET_RECORD)
		out_char(&s->out, '\n');
}

/* A name may be what somebody gave it: no byte of it may end a line or a column. */
static void
put_plain(struct sheet *s, const char *value)
{
	for (; *value != '\0'; value++)
		out_char(&s->out, (unsigned char)*value < ' ' || *value == 0x7f ? ' ' : *value);
}

static void
put(struct sheet *s, const char *name, const char *value)
{
	bool named = s->form == SHEET_RECORD && s->list == NULL;

	if (s->form == SHEET_IDS && strcmp(name, "id") != 0)
		return;
	if (named)
		out_print(&s->out, "%s\t", name);
	else if (s->tab)
		out_char(&s->out, '\t');
	put_plain(s, value == NULL || value[0] == '\0' ? "-" : value);
	if (named)
		out_char(&s->out, '\n');
	s->tab = !named;
}

void
sheet_text(struct sheet *s, const char *name, const char *value)
{
	if (s->form == SHEET_JSON)
		json_text(&s->json, name, value);
	else
		put(s, name, value);
}

void
sheet_raw(struct sheet *s, const char *name, const char *json)
{
	if (s->form == SHEET_JSON)
		json_raw(&s->json, name, str_of(json));
	else
		put(s, name, json);
}

void
sheet_int(struct sheet *s, const char *name, int64_t v)
{
	if (s->form == SHEET_JSON)
		json_int(&s->json, name, v);
	else
		put(s, name, arena_print(s->out.arena, "%lld", (long long)v));
}

void
sheet_time(struct sheet *s, const char *name, int64_t at)
{
	char text[CLOCK_TEXT_SIZE];

	if (s->form == SHEET_JSON) {
		json_time(&s->json, name, at);
		return;
	}
	if (at != 0)
		clock_text(at, text);
	put(s, name, at == 0 ? NULL : text);
}

void
sheet_flag(struct sheet *s, const char *name, bool v)
{
	if (s->form == SHEET_JSON)
		json_flag(&s->json, name, v);
	else
		put(s, name, v ? "yes" : "no");
}

void
sheet_words(struct sheet *s, const char *name, const char *words)
{
	struct str rest = str_of(words), word;

	if (s->form != SHEET_JSON || words == NULL) {
		sheet_text(s, name, words);
		return;
	}
	json_list(&s->json, name);
	while (str_word(&rest, &word))
		json_str(&s->json, NULL, word);
	json_end(&s->json);
}

void
sheet_list(struct sheet *s, const char *name)
{
	assert(s->form == SHEET_RECORD || s->form == SHEET_JSON);
	s->list = name;
	if (s->form == SHEET_JSON)
		json_list(&s->json, name);
}

void
sheet_item(struct sheet *s)
{
	if (s->form == SHEET_JSON) {
		json_object(&s->json, NULL);
		return;
	}
	out_put(&s->out, s->list);
	s->tab = true;
}

void
sheet_item_end(struct sheet *s)
{
	if (s->form == SHEET_JSON)
		json_end(&s->json);
	else
		out_char(&s->out, '\n');
	s->tab = false;
}

void
sheet_list_end(struct sheet *s)
{
	if (s->form == SHEET_JSON)
		json_end(&s->json);
	s->list = NULL;
}
