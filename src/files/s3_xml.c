/*
 * s3_xml.c: what S3 answers in XML, read as it comes.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "base/clock.h"
#include "base/settings.h"
#include "files/s3.h"

#define TEXT_MAX   4096
#define DEPTH_MAX  8
#define ANSWER_MAX ((size_t)8 << 20)
#define ROWS_ROOM  ((size_t)6 << 20) /* of the arena: for what is done with the rows that were listed */

/* Whose answer this is may be nobody's friend: each thing is kept once, and of all there is an end. */
struct reading {
	struct place *place;
	struct s3_page *page;
	char text[TEXT_MAX];
	size_t n, all; /* bytes of a text, and of the answer */
	int64_t began_ms;
	int depth;
	bool odd, in_row, escaped, root_is_error;
	enum fault fault; /* there is no room for the rows */
	struct s3_listed row;
};

static void
started(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *r = ctx;

	(void)attributes;
	if (r->depth++ == 0)
		r->root_is_error = strcmp(name, "Error") == 0;
	if (strcmp(name, "Contents") == 0 || strcmp(name, "CommonPrefixes") == 0) {
		r->in_row = true;
		r->row = (struct s3_listed){ .folder = name[1] == 'o' && name[2] == 'm' };
	}
	r->n = 0;
}

static void
text(void *ctx, const XML_Char *s, int n)
{
	struct reading *r = ctx;

	if ((size_t)n >= TEXT_MAX - r->n) {
		r->odd = true;
		return;
	}
	memcpy(r->text + r->n, s, (size_t)n);
	r->n += (size_t)n;
}

/* An element that is empty is as good as none. */
static void
keep(struct reading *r, char **text)
{
	if (*text != NULL)
		r->odd = true;
	else if (r->n > 0)
		*text = arena_text(r->place->w->arena, (struct str){ r->text, r->n });
}

static bool
is_full(const struct reading *r)
{
	return r->page->n == r->page->room;
}

/* What was not asked for, or more than was, is left out: a storage may answer anything. */
static void
keep_in_row(struct reading *r, char **text)
{
	if (is_full(r) || r->fault != FAULT_NONE)
		return;
	if ((r->fault = work_room(r->place->w, ROWS_ROOM)) == FAULT_NONE)
		keep(r, text);
}

static void
keep_size(struct reading *r)
{
	if (!str_int((struct str){ r->text, r->n }, &r->row.size) || r->row.size < 0)
		r->odd = true;
}

static void
end_of_row(struct reading *r)
{
	r->in_row = false;
	if (r->row.key != NULL && !is_full(r))
		r->page->row[r->page->n++] = r->row;
}

static void
end_in_row(struct reading *r, const char *name)
{
	if (strcmp(name, "Key") == 0 || strcmp(name, "Prefix") == 0)
		keep_in_row(r, &r->row.key);
	else if (strcmp(name, "ETag") == 0)
		keep_in_row(r, &r->row.tag);
	else if (strcmp(name, "Size") == 0)
		keep_size(r);
	else if (strcmp(name, "LastModified") == 0)
		(void)clock_parse((struct str){ r->text, r->n }, &r->row.modified);
}

static void
ended(void *ctx, const XML_Char *name)
{
	struct reading *r = ctx;

	r->depth--;
	if (strcmp(name, "Contents") == 0 || strcmp(name, "CommonPrefixes") == 0)
		end_of_row(r);
	else if (r->in_row)
		end_in_row(r, name);
	else if (strcmp(name, "NextContinuationToken") == 0)
		keep(r, &r->page->next);
	else if (strcmp(name, "UploadId") == 0)
		keep(r, &r->page->upload_id);
	else if (strcmp(name, "EncodingType") == 0)
		r->escaped = str_is((struct str){ r->text, r->n }, "url");
	else if (r->root_is_error && strcmp(name, "Code") == 0)
		keep(r, &r->page->error);
	r->n = 0;
}

static int
hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, c | 0x20);

	return c == '\0' || at == NULL ? -1 : (int)(at - digits);
}

/* In its place: it becomes no longer by that. */
static void
unescape(char *key)
{
	char *at = key;

	for (; *key != '\0'; key++) {
		int high = *key == '%' ? hex_digit(key[1]) : -1, low = high < 0 ? -1 : hex_digit(key[2]);

		*at++ = (char)(low < 0 ? (*key == '+' ? ' ' : *key) : high << 4 | low);
		key += low < 0 ? 0 : 2;
	}
	*at = '\0';
}

/* No entity of its own is anything here: what declares some is refused. */
static void
declared(void *ctx, const XML_Char *name, int parameter, const XML_Char *value, int n, const XML_Char *base,
    const XML_Char *system, const XML_Char *public, const XML_Char *notation)
{
	(void)name, (void)parameter, (void)value, (void)n, (void)base, (void)system, (void)public,
	    (void)notation;
	((struct reading *)ctx)->odd = true;
}

/*
 * A listing, or a refusal, that comes a little at a time could go on for ever.  While something is
 * put together, blanks are sent so that nobody thinks it had ended.
 */
static bool
is_late(const struct place *p, const struct wire *x, const struct reading *r)
{
	if (r->page->room == 0 && x->status < 300)
		return false;
	return clock_ms() - r->began_ms > p->w->settings->files_s3_timeout * 1000;
}

static enum fault
go_on(struct place *p, const struct wire *x, const struct reading *r)
{
	if (r->fault != FAULT_NONE)
		return r->fault;
	if (r->odd || r->depth > DEPTH_MAX || r->all > ANSWER_MAX)
		return place_fault(p, "its answer is no XML that was expected");
	return is_late(p, x, r) ? place_fault(p, "its answer takes too long") : FAULT_NONE;
}

static enum fault
read_all(struct place *p, struct wire *x, XML_Parser parser, struct reading *r)
{
	struct str piece;
	enum fault f;

	do {
		if ((f = wire_next(p->w, x, &piece)) != FAULT_NONE)
			return f;
		if ((r->all += piece.n) == 0)
			return FAULT_NONE;
		if (XML_Parse(parser, piece.s, (int)piece.n, piece.n == 0) != XML_STATUS_OK)
			r->odd = true;
		if ((f = go_on(p, x, r)) != FAULT_NONE)
			return f;
	} while (piece.n > 0);
	return FAULT_NONE;
}

enum fault
s3_read_xml(struct place *p, struct wire *x, struct s3_page *page)
{
	struct reading r = { .place = p, .page = page, .began_ms = clock_ms() };
	XML_Parser parser = XML_ParserCreate(NULL);
	enum fault f;

	if (parser == NULL)
		abort();
	XML_SetUserData(parser, &r);
	XML_SetElementHandler(parser, started, ended);
	XML_SetCharacterDataHandler(parser, text);
	XML_SetEntityDeclHandler(parser, declared);
	f = read_all(p, x, parser, &r);
	XML_ParserFree(parser);
	for (size_t i = 0; f == FAULT_NONE && r.escaped && i < page->n; i++)
		unescape(page->row[i].key);
	return f;
}
