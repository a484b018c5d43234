/*
 * letter.c: templates filled, and put into an envelope of headers.
 *
 * What fills a hole was often written by somebody else than the reader: it loses
 * its control characters, and in HTML its marks.
 */
#include "core/letter.h"

#include "base/embedded.h"
#include "base/mime.h"
#include "base/settings.h"

#define LETTER_MAX ((size_t)64 << 10)

extern const struct embedded mail_texts[];

static const struct mail_value *
value_of(const struct letter_values *values, struct str name)
{
	for (size_t i = 0; i < values->n; i++)
		if (str_is(name, values->v[i].name))
			return &values->v[i];
	return NULL;
}

static void
put_html(struct out *o, char c)
{
	static const struct {
		char c;
		const char *as;
	} marks[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
		{ '\'', "&#39;" } };

	for (size_t i = 0; i < COUNT(marks); i++) {
		if (c == marks[i].c) {
			out_put(o, marks[i].as);
			return;
		}
	}
	out_char(o, c);
}

static void
put_value(struct out *o, const char *text, bool html)
{
	for (; text != NULL && *text != '\0'; text++) {
		char c = (unsigned char)*text < ' ' || *text == 0x7f ? ' ' : *text;

		if (html)
			put_html(o, c);
		else
			out_char(o, c);
	}
}

/* What is being filled, and where. */
struct filling {
	struct out *o;
	const struct letter_values *values;
	bool html;
	struct str rest;
	const char *start; /* of the template */
	int off;	   /* depth of sections that are left out */
	int depth;
	bool failed;
};

/* A mark alone on its line takes the line with it. */
static void
skip_line_end(struct filling *f, const char *mark)
{
	if ((mark == f->start || mark[-1] == '\n') && f->rest.n > 0 && f->rest.s[0] == '\n')
		f->rest = str_from(f->rest, 1);
}

static void
begin_section(struct filling *f, const struct mail_value *v)
{
	bool empty = v->value == NULL || v->value[0] == '\0';

	f->depth++;
	if (f->off > 0 || empty)
		f->off++;
}

static void
end_section(struct filling *f)
{
	if (f->depth-- == 0)
		f->failed = true;
	if (f->off > 0)
		f->off--;
}

/* The rest begins with "{{". */
static void
take_mark(struct filling *f)
{
	const char *mark = f->rest.s, *end = memchr(mark, '}', f->rest.n);
	struct str name = { mark + 2, end == NULL ? 0 : (size_t)(end - mark) - 2 };
	bool section = name.n > 0 && (name.s[0] == '#' || name.s[0] == '/');
	const struct mail_value *v = value_of(f->values, str_from(name, section ? 1 : 0));

	if (end == NULL || v == NULL || (size_t)(end - mark) + 2 > f->rest.n) {
		f->failed = true;
		return;
	}
	f->rest = str_from(f->rest, (size_t)(end - mark) + 2);
	if (section)
		skip_line_end(f, mark);
	if (section && name.s[0] == '#')
		begin_section(f, v);
	else if (section)
		end_section(f);
	else if (f->off == 0)
		put_value(f->o, v->value, f->html);
}

bool
letter_fill(struct out *o, struct str template, const struct letter_values *values, bool html)
{
	struct filling f = { .o = o, .values = values, .html = html, .rest = template, .start = template.s };

	while (f.rest.n > 0 && !f.failed) {
		if (str_starts(f.rest, STR("{{"))) {
			take_mark(&f);
			continue;
		}
		if (f.off == 0)
			out_char(o, f.rest.s[0]);
		f.rest = str_from(f.rest, 1);
	}
	return !f.failed && f.depth == 0;
}

static struct str
text_named(struct work *w, const char *template, const char *ending)
{
	const char *name = arena_print(w->arena, "%s.%s", template, ending);

	for (const struct embedded *e = mail_texts; e->name != NULL; e++)
		if (strcmp(e->name, name) == 0)
			return (struct str){ e->text, e->size };
	return STR_NONE;
}

bool
letter_known(const char *template)
{
	size_t n = strlen(template);

	for (const struct embedded *e = mail_texts; e->name != NULL; e++)
		if (strncmp(e->name, template, n) == 0 && strcmp(e->name + n, ".txt") == 0)
			return true;
	return false;
}

const char *
letter_from(struct work *w)
{
	struct str name, address;

	return mime_mailbox(str_of(w->settings->mail_from), &name, &address) ? arena_text(w->arena, address)
									     : "";
}

/* Subject, text and page, filled. */
struct filled {
	struct str subject, text, html;
};

static bool
fill_one(struct work *w, struct str template, const struct letter_values *v, bool html, struct str *filled)
{
	struct out o = out_limit(w->vault, LETTER_MAX);
	bool ok = template.s != NULL && letter_fill(&o, template, v, html) && !out_failed(&o);

	*filled = ok ? out_text(&o) : STR_NONE;
	return ok;
}

static bool
fill_all(struct work *w, const char *template, const struct letter_values *v, struct filled *f)
{
	static const struct str subject = { "Subject: ", 9 };
	struct str text = text_named(w, template, "txt"), line;

	return str_starts(text, subject) && str_cut(&text, '\n', &line) &&
	    fill_one(w, str_from(line, subject.n), v, false, &f->subject) &&
	    fill_one(w, text, v, false, &f->text) &&
	    fill_one(w, text_named(w, template, "html"), v, true, &f->html);
}

/* Nobody's holiday note is to answer: RFC 3834, and what Exchange knows of it. */
static void
put_headers(struct work *w, struct out *o, const struct message *m, struct str subject)
{
	const struct settings *s = w->settings;
	struct str name, address;

	(void)mime_mailbox(str_of(s->mail_from), &name, &address);
	mime_header_person(o, "From", name, address);
	mime_header_person(o, "To", str_of(m->name), str_of(m->email));
	out_print(o, "Message-ID: <%s@%.*s>\r\n", m->id, (int)address.n - (int)str_find(address, '@') - 1,
	    address.s + str_find(address, '@') + 1);
	if (s->mail_reply_to[0] != '\0' && mime_mailbox(str_of(s->mail_reply_to), &name, &address))
		mime_header_person(o, "Reply-To", name, address);
	mime_header(o, "Subject", subject);
	mime_header_date(o, w->now);
	out_put(o,
	    "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n");
}

/* In quoted-printable a line never begins with what the boundary does. */
static void
put_part(struct out *o, const struct message *m, const char *type, struct str text)
{
	out_print(o,
	    "--=_%s\r\nContent-Type: text/%s; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
	    m->id, type);
	mime_quoted(o, text);
	out_put(o, "\r\n");
}

enum fault
letter_write(struct work *w, const struct message *m, const struct letter_values *values, struct str *text)
{
	struct out o = out_limit(w->vault, LETTER_MAX);
	struct filled f;

	if (letter_from(w)[0] == '\0')
		return fault_at(w, FAULT_INTERNAL, NULL, "[mail] from is not set");
	if (!fill_all(w, m->template, values, &f))
		return fault_at(w, FAULT_INTERNAL, NULL, "the template %s does not go with what it is to say",
		    m->template);
	put_headers(w, &o, m, f.subject);
	out_print(&o, "Content-Type: multipart/alternative; boundary=\"=_%s\"\r\n\r\n", m->id);
	put_part(&o, m, "plain", f.text);
	put_part(&o, m, "html", f.html);
	out_print(&o, "--=_%s--\r\n", m->id);
	*text = out_text(&o);
	return out_failed(&o) ? fault_at(w, FAULT_INTERNAL, NULL, "the mail is too large") : FAULT_NONE;
}
