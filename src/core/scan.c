/*
 * scan.c: finding the texts of keys.
 */
#include "core/scan.h"

#include <assert.h>

#include "base/secret.h"
#include "core/token.h"

void
scan_begin(struct scan *s, const struct settings *settings, scan_found *found, void *ctx)
{
	s->settings = settings;
	s->found = found;
	s->ctx = ctx;
	s->n = s->looked = s->counted = 0;
	s->line = 1;
	s->at = s->line_from = 0;
}

static void
count_lines(struct scan *s, size_t to)
{
	const char *end;

	while (s->counted < to && (end = memchr(s->buf + s->counted, '\n', to - s->counted)) != NULL) {
		s->counted = (size_t)(end - s->buf) + 1;
		s->line++;
		s->line_from = s->at + s->counted;
	}
	s->counted = to;
}

/* More of the same digits behind it: a longer number of somebody else's. */
static bool
goes_on(const struct scan *s, size_t end)
{
	char c = end < s->n ? s->buf[end] : '\0';

	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* A text of this kind whose prefix ends before the byte `body`. */
static bool
is_text(const struct scan *s, const struct kind *k, size_t body, struct str *text)
{
	const struct token_form *form = token_form(k);
	size_t prefix = strlen(kind_prefix(k, s->settings));

	if (prefix > body || form->body > s->n - body)
		return false;
	*text = (struct str){ s->buf + body - prefix, prefix + form->body };
	return token_kind(s->settings, *text) == k && (form->checked || !goes_on(s, body + form->body));
}

/* Of prefixes that end alike the longest is meant. */
static void
look_at(struct scan *s, size_t body)
{
	struct scan_hit hit = { .kind = NULL };
	const struct kind *k;
	struct str text;

	for (size_t i = 0; (k = kind_at(i)) != NULL; i++) {
		if (!is_text(s, k, body, &text) || (hit.kind != NULL && text.n <= hit.text.n))
			continue;
		hit.kind = k;
		hit.text = text;
	}
	if (hit.kind == NULL)
		return;
	count_lines(s, (size_t)(hit.text.s - s->buf));
	hit.sure = token_form(hit.kind)->checked;
	hit.line = s->line;
	hit.column = s->at + s->counted - s->line_from + 1;
	s->found(s->ctx, &hit);
}

/* Up to the byte `to`; all of a text that has its underscore before must be here. */
static void
look(struct scan *s, size_t to)
{
	const char *mark;

	while (s->looked < to && (mark = memchr(s->buf + s->looked, '_', to - s->looked)) != NULL) {
		s->looked = (size_t)(mark - s->buf) + 1;
		look_at(s, s->looked);
	}
	if (s->looked < to)
		s->looked = to;
}

char *
scan_space(struct scan *s, size_t *room)
{
	*room = sizeof s->buf - s->n < SCAN_AT_ONCE ? sizeof s->buf - s->n : SCAN_AT_ONCE;
	return s->buf + s->n;
}

/* What the prefix before the next underscore may reach back to stays. */
static void
forget(struct scan *s)
{
	size_t gone = s->looked > KIND_TEXT_MAX ? s->looked - KIND_TEXT_MAX : 0;

	if (s->counted < gone)
		count_lines(s, gone);
	memmove(s->buf, s->buf + gone, s->n - gone);
	s->at += gone;
	s->n -= gone;
	s->looked -= gone;
	s->counted -= gone;
}

void
scan_bytes(struct scan *s, size_t n)
{
	assert(n <= sizeof s->buf - s->n);
	s->n += n;
	if (s->n > KIND_TEXT_MAX)
		look(s, s->n - KIND_TEXT_MAX);
	forget(s);
}

void
scan_end(struct scan *s)
{
	look(s, s->n);
	secret_wipe(s->buf, sizeof s->buf);
	s->n = 0;
}
