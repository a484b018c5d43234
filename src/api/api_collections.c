/*
 * api_collections.c: the collections of an organization: appointments, contacts,
 * availability, team.
 */
#include "api/api.h"

#include "base/clock.h"
#include "base/hex.h"
#include "base/secret.h"
#include "http/etag.h"
#include "records/collection.h"

#define MARK_BYTES 8

const struct shape shape_record = SHAPE_FREE("RecordFields");

/* The second of the address, whatever it is called there. */
static const char *
record_id(struct call *c)
{
	return arena_text(c->work->arena, c->param[1]);
}

static struct str
tag_of(struct call *c, const struct record *r)
{
	return str_of(arena_print(c->work->arena, "\"%lld\"", (long long)r->version));
}

static enum fault
list_record(struct call *c, struct json *j, const void *row)
{
	(void)c;
	return collection_write(j, NULL, row);
}

static enum fault
show_record(struct call *c, const struct record *r)
{
	struct json *j = call_json(c);

	response_header(c->resp, "ETag", tag_of(c, r).s);
	return collection_write(j, NULL, r);
}

/* The version that the caller has seen; 0: it did not say. */
static enum fault
version_seen(struct call *c, int64_t *version)
{
	struct str header = c->req->header[HEADER_IF_MATCH];
	struct record r;
	enum fault f;

	*version = 0;
	if (header.s == NULL)
		return FAULT_NONE;
	f = records_get(c->work, c->work->actor->org_id, call_collection(c), record_id(c), &r);
	if (f != FAULT_NONE)
		return f;
	*version = r.version;
	return etag_listed(header, tag_of(c, &r), false) ? FAULT_NONE : FAULT_PRECONDITION_FAILED;
}

/* --- lists --- */

struct asking {
	struct call *call;
	struct collection_query query;
	enum fault fault;
};

/* A bare date is where its day begins. */
static enum fault
read_since(struct call *c, struct str text, struct collection_query *q)
{
	q->by_change = true;
	return clock_parse_start(text, &q->since) ? FAULT_NONE
						  : fault_at(c->work, FAULT_BAD_FIELD, "updated_since",
							"must be a date or an instant as in RFC 3339");
}

static bool
read_one(void *ctx, struct str name, struct str value)
{
	struct asking *a = ctx;

	if (str_is(name, "limit") || str_is(name, "cursor"))
		return true;
	a->fault = str_is(name, "updated_since") ? read_since(a->call, value, &a->query)
						 : collection_wants(a->call->work, &a->query, name, value);
	return a->fault == FAULT_NONE;
}

/* What a cursor of another list does not have: the query without cursor and limit. */
static const char *
mark_of(struct call *c, const struct collection_query *q)
{
	uint8_t digest[SECRET_SIZE] = { 0 };
	struct str before = { (const char *)digest, sizeof digest };
	char *mark = arena_take(c->work->arena, 2 * MARK_BYTES + 1);

	/* Each digest has the one before it in it: no text can be read as the end of another. */
	secret_sha256(str_of(call_collection(c)),
	    str_of(arena_print(c->work->arena, " %d %lld", q->by_change, (long long)q->since)), digest);
	for (size_t i = 0; i < q->n; i++) {
		secret_sha256(before, str_of(q->want[i].name), digest);
		secret_sha256(before, q->want[i].text, digest);
	}
	hex_text(digest, MARK_BYTES, mark);
	return mark;
}

/* Where a page begins, from its cursor: the id in it is a number. */
static enum fault
place_of(const struct page *p, const struct collection_query *q, struct record_at *at)
{
	*at = (struct record_at){ .n = -1, .at = q->since };
	if (p->after_id[0] == '\0')
		return FAULT_NONE;
	at->at = p->after_at;
	return str_int(str_of(p->after_id), &at->n) ? FAULT_NONE : FAULT_BAD_CURSOR;
}

static const char *
cursor_of(struct call *c, const char *mark, const struct record_at *at)
{
	char digits[OUT_DIGITS];

	if (at == NULL)
		return NULL;
	return page_marked(c->work->arena, mark, at->at,
	    arena_text(c->work->arena, out_digits(digits, at->n)), NULL);
}

static const struct listing record_listing = LISTING_SORTED(list_record, record, NULL);

enum fault
api_records_list(struct call *c)
{
	struct asking a = { .call = c };
	struct record_at at, *next;
	struct record *rows;
	const char *mark;
	struct page p;
	size_t n;
	enum fault f;

	query_each(c->work->arena, c->req->query, read_one, &a);
	mark = mark_of(c, &a.query);
	if ((f = a.fault) != FAULT_NONE || (f = call_page_marked(c, mark, &p)) != FAULT_NONE ||
	    (f = place_of(&p, &a.query, &at)) != FAULT_NONE ||
	    (f = collection_list(c->work, call_collection(c), &a.query, &at, (size_t)p.limit - 1, &rows, &n,
		 &next)) != FAULT_NONE)
		return f;
	return call_list_from(c, &record_listing, rows, n, cursor_of(c, mark, next));
}

/* --- one --- */

enum fault
api_record_get(struct call *c)
{
	struct record r;
	enum fault f = records_get(c->work, c->work->actor->org_id, call_collection(c), record_id(c), &r);

	if (f != FAULT_NONE)
		return f;
	if (!etag_listed(c->req->header[HEADER_IF_NONE_MATCH], tag_of(c, &r), true))
		return show_record(c, &r);
	response_status(c->resp, 304);
	response_header(c->resp, "ETag", tag_of(c, &r).s);
	return FAULT_NONE;
}

enum fault
api_record_create(struct call *c)
{
	struct record *r;
	enum fault f;

	if ((f = collection_take(c->work, c->body)) != FAULT_NONE ||
	    (f = records_make(c->work, call_collection(c), NULL, c->body, 1, &r)) != FAULT_NONE)
		return f;
	return show_record(c, r);
}

enum fault
api_record_change(struct call *c)
{
	struct record r;
	int64_t seen;
	enum fault f;

	if ((f = collection_take(c->work, c->body)) != FAULT_NONE ||
	    (f = version_seen(c, &seen)) != FAULT_NONE ||
	    (f = record_change(c->work, call_collection(c), NULL, record_id(c), c->body, seen, &r)) !=
		FAULT_NONE)
		return f;
	return show_record(c, &r);
}

enum fault
api_record_remove(struct call *c)
{
	struct record r;
	int64_t seen;
	enum fault f = version_seen(c, &seen);

	if (f != FAULT_NONE)
		return f;
	return record_remove(c->work, call_collection(c), record_id(c), seen, &r);
}
