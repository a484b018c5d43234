/*
 * record.c: making, changing and removing records.
 *
 * Of an audit they are no part: who made a record and who changed it last stands in
 * the record itself.  Nothing here changes what a key may do.
 */
#include "records/record.h"

#include <string.h>

#include "base/hex.h"
#include "base/json_tree.h"
#include "core/change.h"
#include "core/id.h"
#include "core/standing.h"
#include "records/scan.h"
#include "records/value.h"
#include "store/record_values.h"

#define RECORD_ROOM ((size_t)1 << 20)	/* what changing one takes at most, with all its columns */
#define VALUES_MAX  ((size_t)256 << 10) /* bytes of the values of one record, as JSON */

/* A record's value for the indexes. */
struct entry {
	struct str field, key;
};

static struct str
key_of(struct work *w, const struct columns *c, const struct json_value *member)
{
	const struct column *one = c == NULL ? NULL : column_find(c, str_of(member->name));

	if (c == NULL)
		return value_key(w->arena, member);
	return one == NULL ? STR_NONE : column_key(w->arena, one, member);
}

static struct entry *
entries_of(struct work *w, const struct columns *c, const struct json_value *fields, size_t *n)
{
	struct entry *made = arena_array(w->arena, struct entry, fields->n + 1);

	*n = 0;
	for (size_t i = 0; i < fields->n; i++) {
		struct entry e = { str_of(fields->items[i].name), key_of(w, c, &fields->items[i]) };

		if (e.key.s != NULL)
			made[(*n)++] = e;
	}
	return made;
}

static const struct entry *
entry_of(const struct entry *all, size_t n, struct str field)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(all[i].field, field))
			return &all[i];
	return NULL;
}

static void
write_hex(struct json *j, const char *name, struct str bytes)
{
	char digits[2 * RECORD_VALUE_BYTES + 1];

	hex_text(bytes.s, bytes.n, digits);
	json_text(j, name, digits);
}

/* Those that are new or another than before. */
static enum fault
put_entries(struct work *w, const char *table, int64_t n, const struct entry *all, size_t all_n,
    const struct entry *before, size_t before_n)
{
	struct out o = out_limit(w->arena, VALUES_MAX);
	const struct entry *last = NULL;
	struct json j = json_into(&o);
	size_t put = 0;

	json_list(&j, NULL);
	for (size_t i = 0; i < all_n; i++) {
		const struct entry *was = entry_of(before, before_n, all[i].field);

		if (was != NULL && str_eq(was->key, all[i].key))
			continue;
		json_object(&j, NULL);
		write_hex(&j, "f", all[i].field);
		write_hex(&j, "v", all[i].key);
		json_end(&j);
		last = &all[i];
		put++;
	}
	json_end(&j);
	if (out_failed(&o))
		return FAULT_BODY_TOO_LARGE;
	if (put == 1)
		return record_values_put_one(w, w->actor->org_id, table, n, last->field, last->key);
	return put == 0 ? FAULT_NONE : record_values_put(w, w->actor->org_id, table, n, out_text(&o));
}

/* Those that are gone or become another. */
static enum fault
remove_entries(struct work *w, const char *table, int64_t n, const struct entry *all, size_t all_n,
    const struct entry *before, size_t before_n)
{
	enum fault f = FAULT_NONE;

	for (size_t i = 0; i < before_n && f == FAULT_NONE; i++) {
		const struct entry *now = entry_of(all, all_n, before[i].field);

		if (now == NULL || !str_eq(now->key, before[i].key))
			f = record_values_remove(w, w->actor->org_id, table, n, before[i].field);
	}
	return f;
}

/* As text, without what is null: an empty field is one that is not there. */
static enum fault
text_of(struct work *w, const struct json_value *fields, struct json_value *filled, const char **text)
{
	struct json_value *members = arena_array(w->arena, struct json_value, fields->n + 1);
	struct str whole;

	*filled = (struct json_value){ .sort = JSON_IS_OBJECT, .items = members };
	for (size_t i = 0; i < fields->n; i++)
		if (fields->items[i].sort != JSON_IS_NULL)
			members[filled->n++] = fields->items[i];
	whole = json_tree_text(w->arena, filled, RECORD_BYTES_MAX + 1);
	if (whole.s == NULL || whole.n > RECORD_BYTES_MAX)
		return fault_at(w, FAULT_BODY_TOO_LARGE, "fields", "a record has at most %zu bytes",
		    RECORD_BYTES_MAX);
	*text = arena_text(w->arena, whole);
	return FAULT_NONE;
}

static enum fault
make_one(struct work *w, const char *table, const struct columns *c, const struct json_value *fields,
    struct record *r)
{
	struct json_value filled;
	struct entry *entries;
	size_t n;
	enum fault f = text_of(w, fields, &filled, &r->fields);

	if (f != FAULT_NONE)
		return f;
	r->id = id_make(w, "rec");
	r->version = 1;
	r->created_at = r->updated_at = w->now;
	r->created_by = r->updated_by = actor_id(w);
	entries = entries_of(w, c, &filled, &n);
	if ((f = records_insert(w, w->actor->org_id, table, r)) != FAULT_NONE)
		return f;
	return put_entries(w, table, r->n, entries, n, NULL, 0);
}

enum fault
records_make(struct work *w, const char *table, const struct columns *c, const struct json_value *fields,
    size_t n, struct record **made)
{
	struct record *rows = arena_array(w->arena, struct record, n + 1);
	int64_t first;
	enum fault f = records_reserve(w, w->actor->org_id, table, (int64_t)n, &first);

	*made = rows;
	for (size_t i = 0; i < n && f == FAULT_NONE; i++) {
		rows[i].n = first + (int64_t)i;
		f = make_one(w, table, c, &fields[i], &rows[i]);
	}
	return f;
}

/* What there was with what was given in its place.  Of a column that is gone nothing is left. */
static struct json_value
merged(struct work *w, const struct columns *c, const struct json_value *was, const struct json_value *given)
{
	struct json_value *members = arena_array(w->arena, struct json_value, was->n + given->n + 1);
	struct json_value all = { .sort = JSON_IS_OBJECT, .items = members };

	for (size_t i = 0; i < was->n; i++)
		if (json_member(given, was->items[i].name) == NULL &&
		    (c == NULL || column_find(c, str_of(was->items[i].name)) != NULL))
			members[all.n++] = was->items[i];
	for (size_t i = 0; i < given->n; i++)
		members[all.n++] = given->items[i];
	return all;
}

/* The record, held, if it is still the version that was seen. */
static enum fault
hold(struct work *w, const char *table, const char *id, int64_t version, struct record *r)
{
	enum fault f = records_hold(w, w->actor->org_id, table, id, r);

	if (f == FAULT_NONE && version != 0 && version != r->version)
		return FAULT_PRECONDITION_FAILED;
	return f;
}

enum fault
record_change(struct work *w, const char *table, const struct columns *c, const char *id,
    const struct json_value *fields, int64_t version, struct record *r)
{
	struct json_value was, all, filled;
	struct entry *before, *after;
	size_t before_n, after_n;
	enum fault f;

	if ((f = work_room(w, RECORD_ROOM)) != FAULT_NONE ||
	    (f = hold(w, table, id, version, r)) != FAULT_NONE)
		return f;
	/* What was is only needed until the next record is looked at. */
	if ((f = scan_fields(r, &was)) != FAULT_NONE)
		return f;
	all = merged(w, c, &was, fields);
	if ((f = text_of(w, &all, &filled, &r->fields)) != FAULT_NONE)
		return f;
	before = entries_of(w, c, &was, &before_n);
	after = entries_of(w, c, &filled, &after_n);
	r->version++;
	r->updated_at = w->now;
	r->updated_by = actor_id(w);
	if ((f = records_change(w, w->actor->org_id, table, r)) != FAULT_NONE ||
	    (f = remove_entries(w, table, r->n, after, after_n, before, before_n)) != FAULT_NONE)
		return f;
	return put_entries(w, table, r->n, after, after_n, before, before_n);
}

enum fault
record_remove(struct work *w, const char *table, const char *id, int64_t version, struct record *r)
{
	enum fault f = hold(w, table, id, version, r);

	return f != FAULT_NONE ? f : records_delete(w, w->actor->org_id, table, r->n);
}
