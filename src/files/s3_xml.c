/*
 * s3_xml.c: what S3 answers in XML, read as it comes.
 */
#include "config.h"

#include <string.h>

#include <expat.h>

#include "base/clock.h"
#include "files/s3.h"

#define TEXT_MAX  4096
#define DEPTH_MAX 8

struct reading {
	struct place *place;
	struct s3_page *page;
	char text[TEXT_MAX];
	size_t n;
	int depth;
	bool too_long, in_row, escaped, root_is_error;
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
		r->too_long = true;
		return;
	}
	memcpy(r->text + r->n, s, (size_t)n);
	r->n += (size_t)n;
}

static const char *
kept(struct reading *r)
{
	return arena_text(r->place->w->arena, (struct str){ r->text, r->n });
}

/* What was not asked for, or more than was, is left out: a storage may answer anything. */
static void
end_of_row(struct reading *r)
{
	r->in_row = false;
	if (r->row.key != NULL && r->page->n < r->page->room)
		r->page->row[r->page->n++] = r->row;
}

static void
ended(void *ctx, const XML_Char *name)
{
	struct reading *r = ctx;
	struct str s = { r->text, r->n };

	r->depth--;
	if (strcmp(name, "Contents") == 0 || strcmp(name, "CommonPrefixes") == 0)
		end_of_row(r);
	else if (r->in_row && (strcmp(name, "Key") == 0 || strcmp(name, "Prefix") == 0))
		r->row.key = kept(r);
	else if (r->in_row && strcmp(name, "Size") == 0)
		(void)str_int(s, &r->row.size);
	else if (r->in_row && strcmp(name, "LastModified") == 0)
		(void)clock_parse(s, &r->row.modified);
	else if (r->in_row && strcmp(name, "ETag") == 0)
		r->row.tag = kept(r);
	else if (strcmp(name, "NextContinuationToken") == 0)
		r->page->next = kept(r);
	else if (strcmp(name, "UploadId") == 0)
		r->page->upload_id = kept(r);
	else if (strcmp(name, "EncodingType") == 0)
		r->escaped = str_is(s, "url");
	else if (r->root_is_error && strcmp(name, "Code") == 0)
		r->page->error = kept(r);
	r->n = 0;
}

static int
hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, c | 0x20);

	return c == '\0' || at == NULL ? -1 : (int)(at - digits);
}

static const char *
unescaped(struct work *w, const char *key)
{
	char *to = arena_take(w->arena, strlen(key) + 1), *at = to;

	for (; *key != '\0'; key++) {
		int high = *key == '%' ? hex_digit(key[1]) : -1, low = high < 0 ? -1 : hex_digit(key[2]);

		*at++ = (char)(low < 0 ? (*key == '+' ? ' ' : *key) : high << 4 | low);
		key += low < 0 ? 0 : 2;
	}
	return to;
}

/* No entity of its own is anything here: what declares some is refused. */
static void
declared(void *ctx, const XML_Char *name, int parameter, const XML_Char *value, int n, const XML_Char *base,
    const XML_Char *system, const XML_Char *public, const XML_Char *notation)
{
	(void)name, (void)parameter, (void)value, (void)n, (void)base, (void)system, (void)public,
	    (void)notation;
	((struct reading *)ctx)->too_long = true;
}

static enum fault
read_all(struct place *p, struct wire *x, XML_Parser parser, struct reading *r)
{
	struct str piece;
	bool any = false;
	enum fault f;

	do {
		if ((f = wire_next(p->w, x, &piece)) != FAULT_NONE)
			return f;
		any = any || piece.n > 0;
		if (!any)
			return FAULT_NONE;
		if (XML_Parse(parser, piece.s, (int)piece.n, piece.n == 0) != XML_STATUS_OK || r->too_long ||
		    r->depth > DEPTH_MAX)
			return place_fault(p, "its answer is no XML that was expected");
	} while (piece.n > 0);
	return FAULT_NONE;
}

enum fault
s3_read_xml(struct place *p, struct wire *x, struct s3_page *page)
{
	struct reading *r = arena_new(p->w->arena, struct reading);
	XML_Parser parser = XML_ParserCreate(NULL);
	enum fault f;

	*r = (struct reading){ .place = p, .page = page };
	XML_SetUserData(parser, r);
	XML_SetElementHandler(parser, started, ended);
	XML_SetCharacterDataHandler(parser, text);
	XML_SetEntityDeclHandler(parser, declared);
	f = read_all(p, x, parser, r);
	XML_ParserFree(parser);
	for (size_t i = 0; f == FAULT_NONE && r->escaped && i < page->n; i++)
		page->row[i].key = unescaped(p->w, page->row[i].key);
	return f;
}
