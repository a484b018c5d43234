/*
 * tools_records.c: records of tables and of an organization's collections.
 */
#include "config.h"

#include "mcp/tools.h"

#include "base/clock.h"
#include "base/json_tree.h"
#include "core/ask.h"
#include "records/collection.h"
#include "records/find.h"
#include "records/record.h"
#include "records/scan.h"

#define TEXT   JSON_IS_TEXT
#define NUMBER JSON_IS_NUMBER
#define OBJECT JSON_IS_OBJECT

#define ID_BYTES     64
#define CURSOR_BYTES 2000
#define FARTHEST     INT64_C(1000000000)
#define MARK	     "mcp"

/* --- tables --- */

enum { TABLES_BASE, TABLES_CURSOR };

static const struct tool_arg tables_args[] = {
	{ "base", TEXT, false, 1, ID_BYTES, "only the tables of this base" },
	{ "cursor", TEXT, false, 1, CURSOR_BYTES, "next of the page before; absent for the first page" },
};

static enum fault
write_table(struct tool_call *t, const struct resource *r)
{
	struct columns c;
	enum fault f = columns_of(t->work, r->id, &c);

	if (f != FAULT_NONE)
		return f;
	json_object(t->j, NULL);
	json_text(t->j, "id", r->id);
	json_text(t->j, "name", r->name);
	json_text(t->j, "base", r->parent_id);
	json_list(t->j, "fields");
	for (size_t i = 0; i < c.n; i++) {
		json_object(t->j, NULL);
		json_text(t->j, "name", c.v[i].row.name);
		json_text(t->j, "type", c.v[i].type->name);
		json_end(t->j);
	}
	json_end(t->j);
	json_end(t->j);
	return FAULT_NONE;
}

static enum fault
list_tables(struct tool_call *t)
{
	return tool_resources(t, "table", arg_text(t, TABLES_BASE).s == NULL ? NULL : arg_id(t, TABLES_BASE),
	    "tables", arg_text(t, TABLES_CURSOR), PAGE_LIMIT, write_table);
}

/* --- records of a table: its id is the first argument --- */

/* The table, if the credential may do that there. */
static enum fault
open_table(struct tool_call *t, enum action action, const char **table, struct columns *c)
{
	struct target *target;
	enum fault f;

	*table = arg_id(t, 0);
	f = ask_actor(t->work, action, *table);
	if (f == FAULT_NONE)
		f = ask_target(t->work, t->work->actor->org_id, *table, &target);
	if (f == FAULT_NONE && target->type != type_of(TYPE_TABLE))
		f = FAULT_NOT_FOUND;
	if (f == FAULT_NOT_FOUND)
		return fault_at(t->work, f, "table",
		    "the credential may see no such table; list_tables shows those it may");
	return f != FAULT_NONE ? f : columns_of(t->work, *table, c);
}

/* The fields by their names, as people know them. */
static enum fault
write_row(struct json *j, const char *name, const struct columns *c, const struct record *r)
{
	struct json_value fields;
	enum fault f = scan_fields(r, &fields);

	if (f != FAULT_NONE)
		return f;
	json_object(j, name);
	json_text(j, "id", r->id);
	json_object(j, "fields");
	for (size_t i = 0; i < c->n; i++) {
		const struct json_value *v = json_member(&fields, c->v[i].row.id);

		if (v != NULL)
			json_value(j, c->v[i].row.name, v);
	}
	json_end(j);
	json_time(j, "created_at", r->created_at);
	json_time(j, "updated_at", r->updated_at);
	json_end(j);
	return FAULT_NONE;
}

enum { LIST_TABLE, LIST_FILTER, LIST_SKIP, LIST_LIMIT };

static const struct tool_arg list_args[] = {
	{ "table", TEXT, true, 1, ID_BYTES, "id of the table" },
	{ "filter", OBJECT, false, 0, 1,
	    "only such records: {\"conjunction\": \"and\" or \"or\", \"filterSet\": [{\"fieldId\": name of a "
	    "field, \"operator\": \"is\", \"contains\", \"isGreater\" ..., \"value\"}]}" },
	{ "skip", NUMBER, false, 0, FARTHEST, "leave out so many at the beginning" },
	{ "limit", NUMBER, false, 1, 200, "at most so many records; 50 if absent" },
};
#define LIST_USUAL 50

static enum fault
list_records(struct tool_call *t)
{
	struct find find = { .skip = arg_number(t, LIST_SKIP, 0),
		.take = arg_number(t, LIST_LIMIT, LIST_USUAL) };
	struct columns c;
	struct record *rows;
	size_t n;
	enum fault f = open_table(t, ACTION_READ, &find.table, &c);

	if (f == FAULT_NONE && t->given[LIST_FILTER] != NULL)
		f = filter_take(t->work, &c, t->given[LIST_FILTER], &find.filter);
	if (f != FAULT_NONE || (f = find_records(t->work, &find, &rows, &n)) != FAULT_NONE)
		return f;
	json_list(t->j, "records");
	for (size_t i = 0; f == FAULT_NONE && i < n; i++)
		f = write_row(t->j, NULL, &c, &rows[i]);
	json_end(t->j);
	/* As many as were asked for: there may be more. */
	if ((int64_t)n == find.take)
		json_int(t->j, "next_skip", find.skip + find.take);
	else
		json_null(t->j, "next_skip");
	return f;
}

enum { CREATE_TABLE, CREATE_FIELDS };

static const struct tool_arg create_args[] = {
	{ "table", TEXT, true, 1, ID_BYTES, "id of the table" },
	{ "fields", OBJECT, true, 0, 1, "values by the names of the table's fields" },
};

static enum fault
create_record(struct tool_call *t)
{
	struct json_value stored;
	struct record *made;
	struct columns c;
	const char *table;
	enum fault f;

	if ((f = open_table(t, ACTION_WRITE, &table, &c)) != FAULT_NONE ||
	    (f = columns_take(t->work, &c, t->given[CREATE_FIELDS], true, &stored)) != FAULT_NONE ||
	    (f = records_make(t->work, table, &c, &stored, 1, &made)) != FAULT_NONE)
		return f;
	return write_row(t->j, "record", &c, made);
}

enum { UPDATE_TABLE, UPDATE_RECORD, UPDATE_FIELDS };

static const struct tool_arg update_args[] = {
	{ "table", TEXT, true, 1, ID_BYTES, "id of the table" },
	{ "record", TEXT, true, 1, ID_BYTES, "id of the record" },
	{ "fields", OBJECT, true, 0, 1,
	    "the values that change, by the names of the table's fields; null empties" },
};

static enum fault
update_record(struct tool_call *t)
{
	struct json_value stored;
	struct record changed;
	struct columns c;
	const char *table;
	enum fault f;

	if ((f = open_table(t, ACTION_WRITE, &table, &c)) != FAULT_NONE ||
	    (f = columns_take(t->work, &c, t->given[UPDATE_FIELDS], true, &stored)) != FAULT_NONE ||
	    (f = record_change(t->work, table, &c, arg_id(t, UPDATE_RECORD), &stored, 0, &changed)) !=
		FAULT_NONE)
		return f;
	return write_row(t->j, "record", &c, &changed);
}

/* --- collections: the row of the tool says which --- */

enum { ITEMS_SINCE, ITEMS_CURSOR, ITEMS_LIMIT };

static const struct tool_arg items_args[] = {
	{ "updated_since", TEXT, false, 1, 40,
	    "only those changed since this date or instant (RFC 3339), oldest change first" },
	{ "cursor", TEXT, false, 1, CURSOR_BYTES, "next of the page before, with the same updated_since" },
	{ "limit", NUMBER, false, 1, PAGE_LIMIT_MAX, "at most so many; 50 if absent" },
};

static enum fault
items_from(struct tool_call *t, struct collection_query *q, struct page *p, struct record_at *at)
{
	struct str since = arg_text(t, ITEMS_SINCE), cursor = arg_text(t, ITEMS_CURSOR);

	if (since.s != NULL && !clock_parse_start(since, &q->since))
		return fault_at(t->work, FAULT_BAD_FIELD, "updated_since",
		    "must be a date or an instant as in RFC 3339");
	q->by_change = since.s != NULL;
	p->mark = since.s != NULL ? MARK "c" : MARK;
	*at = (struct record_at){ .n = -1, .at = q->since };
	if (cursor.s == NULL)
		return FAULT_NONE;
	if (!page_marked_read(t->work->arena, cursor, p) || !str_int(str_of(p->after_id), &at->n))
		return FAULT_BAD_CURSOR;
	at->at = p->after_at;
	return FAULT_NONE;
}

static enum fault
list_items(struct tool_call *t)
{
	struct collection_query q = { .n = 0 };
	struct page p = page_first();
	struct record_at at, *next;
	struct record *rows;
	size_t n;
	enum fault f;

	if ((f = ask_collection(t->work, ACTION_READ, t->tool->of)) != FAULT_NONE ||
	    (f = items_from(t, &q, &p, &at)) != FAULT_NONE ||
	    (f = collection_list(t->work, t->tool->of, &q, &at,
		 (size_t)arg_number(t, ITEMS_LIMIT, PAGE_LIMIT), &rows, &n, &next)) != FAULT_NONE)
		return f;
	json_list(t->j, "items");
	for (size_t i = 0; f == FAULT_NONE && i < n; i++)
		f = collection_write(t->j, NULL, &rows[i]);
	json_end(t->j);
	json_text(t->j, "next",
	    next == NULL ? NULL
			 : page_marked(t->work->arena, p.mark, next->at,
			       arena_print(t->work->arena, "%lld", (long long)next->n), NULL));
	return f;
}

enum { ITEM_FIELDS, ITEM_ID };

static const struct tool_arg item_args[] = {
	{ "fields", OBJECT, true, 0, 1, "any members, in all at most 32 KiB" },
};
static const struct tool_arg item_change_args[] = {
	{ "fields", OBJECT, true, 0, 1, "the members that change; null empties" },
	{ "id", TEXT, true, 1, ID_BYTES, "which one" },
};

static enum fault
create_item(struct tool_call *t)
{
	const struct json_value *fields = t->given[ITEM_FIELDS];
	struct record *made;
	enum fault f;

	if ((f = ask_collection(t->work, ACTION_WRITE, t->tool->of)) != FAULT_NONE ||
	    (f = collection_take(t->work, fields)) != FAULT_NONE ||
	    (f = records_make(t->work, t->tool->of, NULL, fields, 1, &made)) != FAULT_NONE)
		return f;
	return collection_write(t->j, "item", made);
}

static enum fault
update_item(struct tool_call *t)
{
	const struct json_value *fields = t->given[ITEM_FIELDS];
	struct record changed;
	enum fault f;

	if ((f = ask_collection(t->work, ACTION_WRITE, t->tool->of)) != FAULT_NONE ||
	    (f = collection_take(t->work, fields)) != FAULT_NONE ||
	    (f = record_change(t->work, t->tool->of, NULL, arg_id(t, ITEM_ID), fields, 0, &changed)) !=
		FAULT_NONE)
		return f;
	return collection_write(t->j, "item", &changed);
}

#define ON_TABLES(action, tx)	  TOOL_ASKS, ACTION_##action, TYPE_TABLE, TOOL_##tx
#define ON_COLLECTION(action, tx) TOOL_ASKS, ACTION_##action, TYPE_COLLECTION, TOOL_##tx
/* clang-format off */
#define COLLECTION(of, one, what) \
	{ "list_" of, "List " what, "The organization's " what ", a page at a time.", \
	    items_args, COUNT(items_args), ON_COLLECTION(READ, SHOWS), list_items, of }, \
	{ "create_" one, "Add to " what, "Add one to the organization's " what ".", \
	    item_args, COUNT(item_args), ON_COLLECTION(WRITE, ADDS), create_item, of }, \
	{ "update_" one, "Change one of " what, "Change members of one of the organization's " what ".", \
	    item_change_args, COUNT(item_change_args), ON_COLLECTION(WRITE, ADDS), update_item, of }

const struct tool mcp_record_tools[MCP_RECORD_TOOLS] = {
	{ "list_tables", "List tables", "The tables that can be read, with the names and types of their fields.",
	    tables_args, COUNT(tables_args), ON_TABLES(READ, SHOWS), list_tables, NULL },
	{ "list_records", "List records", "Records of a table in the order they were made, all or those of a filter.",
	    list_args, COUNT(list_args), ON_TABLES(READ, SHOWS), list_records, NULL },
	{ "create_record", "Create a record", "Put a new record into a table.",
	    create_args, COUNT(create_args), ON_TABLES(WRITE, ADDS), create_record, NULL },
	{ "update_record", "Update a record", "Change fields of a record; the others stay as they are.",
	    update_args, COUNT(update_args), ON_TABLES(WRITE, ADDS), update_record, NULL },
	COLLECTION("appointments", "appointment", "appointments"),
	COLLECTION("contacts", "contact", "contacts"),
	COLLECTION("availability", "slot", "availability"),
	COLLECTION("team", "person", "team"),
};
/* clang-format on */
