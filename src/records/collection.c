/*
 * collection.c: the collections of an organization.
 */
#include "records/collection.h"

#include <string.h>

#include "base/json_tree.h"
#include "core/standing.h"
#include "records/scan.h"
#include "records/value.h"
#include "store/record_values.h"

#define MEMBERS_MAX 100
#define LOOK_MOST   2000	      /* records in one request */
#define PAGE_BYTES  ((size_t)1 << 20) /* a page ends after the record that reaches this */

static const char *const own_names[] = { "id", "created_at", "updated_at" };

static bool
is_own(const char *name)
{
	for (size_t i = 0; i < COUNT(own_names); i++)
		if (strcmp(own_names[i], name) == 0)
			return true;
	return false;
}

static enum fault
check_name(struct work *w, const char *name)
{
	if (name[0] == '\0' || strlen(name) > RECORD_FIELD_BYTES)
		return fault_at(w, FAULT_BAD_FIELD, "fields", "a name has 1 to %d bytes", RECORD_FIELD_BYTES);
	return is_own(name) ? fault_at(w, FAULT_BAD_FIELD, name, "cannot be chosen") : FAULT_NONE;
}

enum fault
collection_take(struct work *w, const struct json_value *fields)
{
	enum fault f = FAULT_NONE;

	if (fields->n > MEMBERS_MAX)
		return fault_at(w, FAULT_BAD_FIELD, "fields", "a record has at most %d fields", MEMBERS_MAX);
	for (size_t i = 0; i < fields->n && f == FAULT_NONE; i++)
		f = check_name(w, fields->items[i].name);
	return f;
}

enum fault
collection_wants(struct work *w, struct collection_query *q, struct str name, struct str text)
{
	struct collection_want *want = &q->want[q->n];
	enum fault f;

	if (q->n == COLLECTION_WANTS_MAX)
		return fault_at(w, FAULT_BAD_FIELD, NULL, "at most %d conditions", COLLECTION_WANTS_MAX);
	want->name = arena_text(w->arena, name);
	if (strlen(want->name) != name.n)
		return fault_at(w, FAULT_BAD_FIELD, NULL, "a name must not contain NUL");
	if ((f = check_name(w, want->name)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < q->n; i++)
		if (strcmp(q->want[i].name, want->name) == 0)
			return fault_at(w, FAULT_BAD_FIELD, want->name, "is given twice");
	want->text = text;
	if (!json_in(w->arena, text, &want->number) || want->number.sort != JSON_IS_NUMBER)
		want->number = (struct json_value){ .sort = JSON_IS_NULL };
	q->n++;
	return FAULT_NONE;
}

static bool
wants(const struct collection_want *want, const struct json_value *fields)
{
	const struct json_value *v = json_member(fields, want->name);

	if (v == NULL)
		return false;
	switch (v->sort) {
	case JSON_IS_TEXT:
		return str_eq(v->text, want->text);
	case JSON_IS_FLAG:
		return str_is(want->text, v->flag ? "true" : "false");
	case JSON_IS_NUMBER:
		return want->number.sort == JSON_IS_NUMBER &&
		    value_number(v) >= value_number(&want->number) &&
		    value_number(v) <= value_number(&want->number);
	case JSON_IS_NULL:
	case JSON_IS_LIST:
	case JSON_IS_OBJECT:
		break;
	}
	return false;
}

/* Whatever sort the member has. */
static void
keys_of(struct arena *a, const struct collection_want *want, struct str key[static 3])
{
	key[0] = key[1] = key[2] = value_key_text(a, want->text);
	if (want->number.sort == JSON_IS_NUMBER)
		key[1] = value_key_number(a, value_number(&want->number));
	if (str_is(want->text, "true") || str_is(want->text, "false"))
		key[2] = value_key_flag(a, str_is(want->text, "true"));
}

/* The next places in the order asked for. */
static enum fault
places(struct work *w, const char *collection, const struct collection_query *q,
    const struct record_at *after, struct record_at **at, size_t *n)
{
	const char *org = w->actor->org_id;
	struct str key[3];

	if (q->by_change)
		return records_by_change(w, org, collection, after, SCAN_PIECE, at, n);
	if (q->n == 0)
		return records_by_number(w, org, collection, after->n, 0, SCAN_PIECE, at, n);
	keys_of(w->arena, &q->want[0], key);
	return record_values_any(w, org, collection, str_of(q->want[0].name), key, after->n, SCAN_PIECE, at,
	    n);
}

struct page_made {
	struct record *rows;
	size_t n, limit, bytes;
	struct record_at last; /* of those shown */
	bool more;	       /* one was found that had no room */
};

static enum fault
sift(struct work *w, const struct collection_query *q, const struct record *r, struct page_made *p)
{
	struct json_value fields;
	enum fault f = scan_fields(r, &fields);

	for (size_t i = 0; i < q->n && f == FAULT_NONE; i++)
		if (!wants(&q->want[i], &fields))
			return FAULT_NONE;
	if (f != FAULT_NONE)
		return f;
	if ((p->more = p->n == p->limit || p->bytes > PAGE_BYTES))
		return FAULT_NONE;
	p->bytes += strlen(r->fields);
	p->last = (struct record_at){ .n = r->n, .at = r->updated_at };
	p->rows[p->n++] = scan_copy(w->arena, r);
	return FAULT_NONE;
}

static enum fault
sift_piece(struct work *w, struct work *sub, const char *collection, const struct collection_query *q,
    const struct record_at *at, size_t n, struct page_made *p)
{
	int64_t numbers[SCAN_PIECE];
	struct record *rows;
	size_t got;
	enum fault f;

	for (size_t i = 0; i < n; i++)
		numbers[i] = at[i].n;
	f = scan_records(sub, collection, numbers, n, &rows, &got);
	for (size_t i = 0; i < n && f == FAULT_NONE && !p->more; i++) {
		const struct record *one = scan_one(rows, got, numbers[i]);

		if (one != NULL)
			f = sift(w, q, one, p);
	}
	return f;
}

enum fault
collection_list(struct work *w, const char *collection, const struct collection_query *q,
    const struct record_at *after, size_t limit, struct record **rows, size_t *n, struct record_at **next)
{
	struct page_made p = { .rows = arena_array(w->arena, struct record, limit + 1), .limit = limit };
	struct record_at at = *after, *read;
	size_t got = SCAN_PIECE, looked = 0;
	enum fault f = FAULT_NONE;

	for (; got == SCAN_PIECE && looked < LOOK_MOST && !p.more && f == FAULT_NONE; looked += got) {
		struct work *sub = scan_fresh(w);

		if ((f = places(sub, collection, q, &at, &read, &got)) != FAULT_NONE || got == 0)
			break;
		at = (struct record_at){ .n = read[got - 1].n, .at = read[got - 1].at };
		f = sift_piece(w, sub, collection, q, read, got, &p);
	}
	*rows = p.rows;
	*n = p.n;
	*next = NULL;
	if (f == FAULT_NONE && (p.more || got == SCAN_PIECE)) {
		*next = arena_new(w->arena, struct record_at);
		**next = p.more ? p.last : at;
	}
	return f;
}

enum fault
collection_write(struct json *j, const char *name, const struct record *r)
{
	struct json_value fields;
	enum fault f = scan_fields(r, &fields);

	if (f != FAULT_NONE)
		return f;
	json_object(j, name);
	json_text(j, "id", r->id);
	json_time(j, "created_at", r->created_at);
	json_time(j, "updated_at", r->updated_at);
	json_members(j, &fields);
	json_end(j);
	return FAULT_NONE;
}
