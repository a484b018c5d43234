/*
 * tools_documents.c: the sources a credential may read, and what they hold.
 */
#include "config.h"

#include "mcp/tools.h"

#include "documents/documents.h"

#define TEXT   JSON_IS_TEXT
#define NUMBER JSON_IS_NUMBER
#define FLAG   JSON_IS_FLAG

#define ID_BYTES     64
#define PATH_BYTES   2000
#define CURSOR_BYTES 2000
#define FARTHEST     (INT64_C(1) << 50)

/* --- list_sources --- */

enum { SOURCES_CURSOR, SOURCES_LIMIT };

static const struct tool_arg sources_args[] = {
	{ "cursor", TEXT, false, 1, CURSOR_BYTES, "next of the page before; absent for the first page" },
	{ "limit", NUMBER, false, 1, PAGE_LIMIT_MAX, "at most so many sources; 50 if absent" },
};

static enum fault
list_sources(struct tool_call *t)
{
	return tool_resources(t, "source", NULL, "sources", arg_text(t, SOURCES_CURSOR),
	    arg_number(t, SOURCES_LIMIT, PAGE_LIMIT), NULL);
}

/* --- the rest is within a source --- */

static enum fault
open_source(struct tool_call *t, struct documents *d)
{
	enum fault f = documents_open(t->work, arg_id(t, 0), d);

	return f == FAULT_NOT_FOUND
	    ? fault_at(t->work, f, "source",
		  "the credential may read no such source; list_sources shows those it may")
	    : f;
}

/* --- list_documents --- */

enum { LIST_SOURCE, LIST_PATH, LIST_CURSOR, LIST_LIMIT };

static const struct tool_arg list_args[] = {
	{ "source", TEXT, true, 1, ID_BYTES, "id of the source" },
	{ "path", TEXT, false, 0, PATH_BYTES, "the folder; the source's top if absent" },
	{ "cursor", TEXT, false, 1, CURSOR_BYTES, "next of the page before; absent for the first page" },
	{ "limit", NUMBER, false, 1, DOCUMENTS_LIST_MAX, "at most so many entries; 100 if absent" },
};
#define LIST_USUAL 100

static enum fault
list_folder(struct tool_call *t, const struct documents *d)
{
	struct str cursor = arg_text(t, LIST_CURSOR);
	struct document_entry *e;
	bool more;
	size_t n;
	enum fault f = documents_list(t->work, d, arg_text(t, LIST_PATH),
	    cursor.s == NULL ? "" : arena_text(t->work->arena, cursor), arg_number(t, LIST_LIMIT, LIST_USUAL),
	    &e, &n, &more);

	if (f != FAULT_NONE)
		return f;
	json_list(t->j, "entries");
	for (size_t i = 0; i < n; i++) {
		json_object(t->j, NULL);
		json_text(t->j, "name", e[i].name);
		json_text(t->j, "type", e[i].folder ? "folder" : "document");
		if (!e[i].folder)
			json_int(t->j, "size", e[i].size);
		json_time(t->j, "modified_at", e[i].modified);
		json_end(t->j);
	}
	json_end(t->j);
	json_text(t->j, "next", more ? e[n - 1].name : NULL);
	return FAULT_NONE;
}

static enum fault
list_documents(struct tool_call *t)
{
	struct documents d;
	enum fault f = open_source(t, &d);

	if (f == FAULT_NONE)
		f = list_folder(t, &d);
	documents_close(&d);
	return f;
}

/* --- search_source --- */

enum { SEARCH_SOURCE, SEARCH_TEXT, SEARCH_PATH, SEARCH_REGEX, SEARCH_ANY_CASE, SEARCH_LIMIT };

static const struct tool_arg search_args[] = {
	{ "source", TEXT, true, 1, ID_BYTES, "id of the source" },
	{ "text", TEXT, true, 1, 512, "what to look for, within a line" },
	{ "path", TEXT, false, 0, PATH_BYTES, "only in this folder or document" },
	{ "regex", FLAG, false, 0, 0, "text is a regular expression as in Perl" },
	{ "ignore_case", FLAG, false, 0, 0, "capital and small letters are the same" },
	{ "limit", NUMBER, false, 1, DOCUMENTS_MATCHES_MAX, "at most so many lines; 50 if absent" },
};
#define SEARCH_USUAL 50

static void
write_matches(struct json *j, const struct document_matches *m)
{
	json_list(j, "matches");
	for (size_t i = 0; i < m->n; i++) {
		json_object(j, NULL);
		json_text(j, "path", m->match[i].path);
		json_int(j, "line", m->match[i].line);
		json_int(j, "offset", m->match[i].offset);
		json_str(j, "text", m->match[i].text);
		json_end(j);
	}
	json_end(j);
	json_flag(j, "complete", m->stopped == NULL && m->unsearched == 0);
	json_text(j, "stopped_by", m->stopped);
	json_int(j, "documents_searched", m->files);
	json_int(j, "lines_given_up", m->unsearched);
}

static enum fault
search_source(struct tool_call *t)
{
	struct document_wish wish = { .text = arg_text(t, SEARCH_TEXT),
		.path = arg_text(t, SEARCH_PATH),
		.regex = arg_flag(t, SEARCH_REGEX),
		.any_case = arg_flag(t, SEARCH_ANY_CASE),
		.limit = arg_number(t, SEARCH_LIMIT, SEARCH_USUAL) };
	struct document_matches m;
	struct documents d;
	enum fault f = open_source(t, &d);

	if (f == FAULT_NONE)
		f = documents_search(t->work, &d, &wish, &m);
	documents_close(&d);
	if (f == FAULT_NONE)
		write_matches(t->j, &m);
	return f;
}

/* --- read_document --- */

enum { READ_SOURCE, READ_PATH, READ_OFFSET, READ_LIMIT, READ_LINE, READ_LINES };

static const struct tool_arg read_args[] = {
	{ "source", TEXT, true, 1, ID_BYTES, "id of the source" },
	{ "path", TEXT, true, 1, PATH_BYTES, "the document" },
	{ "offset", NUMBER, false, 0, FARTHEST, "byte to begin at; the start if absent" },
	{ "limit", NUMBER, false, 1, DOCUMENTS_READ_MAX,
	    "at most so many bytes; all that one answer holds if absent" },
	{ "line", NUMBER, false, 1, FARTHEST, "line to begin at, from 1, instead of offset" },
	{ "lines", NUMBER, false, 1, FARTHEST, "at most so many lines" },
};

static void
write_piece(struct tool_call *t, const struct document_piece *p)
{
	json_text(t->j, "path", p->path);
	json_int(t->j, "size", p->size);
	json_time(t->j, "modified_at", p->modified);
	json_int(t->j, "offset", p->offset);
	if (p->more)
		json_int(t->j, "next_offset", p->next);
	else
		json_null(t->j, "next_offset");
	json_flag(t->j, "lossy", p->lossy);
	json_str(t->j, "text", p->text);
	t->text = p->text.s == NULL ? STR("") : p->text;
}

static enum fault
read_document(struct tool_call *t)
{
	struct document_range range = { .offset = arg_number(t, READ_OFFSET, 0),
		.limit = arg_number(t, READ_LIMIT, 0),
		.line = arg_number(t, READ_LINE, 0),
		.lines = arg_number(t, READ_LINES, 0) };
	struct document_piece p;
	struct documents d;
	enum fault f;

	if (range.line > 0 && range.offset > 0)
		return fault_at(t->work, FAULT_BAD_FIELD, "line",
		    "either line or offset says where to begin");
	if ((f = open_source(t, &d)) == FAULT_NONE)
		f = documents_read(t->work, &d, arg_text(t, READ_PATH), &range, &p);
	documents_close(&d);
	if (f == FAULT_NONE)
		write_piece(t, &p);
	return f;
}

const struct tool mcp_document_tools[MCP_DOCUMENT_TOOLS] = {
	{ "list_sources", "List sources", "The sources of documents that can be read.", sources_args,
	    COUNT(sources_args), TOOL_ASKS, ACTION_READ, TYPE_SOURCE, TOOL_SHOWS, list_sources, NULL },
	{ "list_documents", "List documents",
	    "The documents and folders in a folder of a source, in the order of their names.", list_args,
	    COUNT(list_args), TOOL_ASKS, ACTION_READ, TYPE_SOURCE, TOOL_SHOWS, list_documents, NULL },
	{ "search_source", "Search a source",
	    "The lines of a source's documents in which a text or a regular expression is found. A search that "
	    "was stopped says why: look in a smaller place.",
	    search_args, COUNT(search_args), TOOL_ASKS, ACTION_READ, TYPE_SOURCE, TOOL_SHOWS, search_source,
	    NULL },
	{ "read_document", "Read a document",
	    "A document's text, or a piece of it by bytes or lines. next_offset is where to go on; null at the end.",
	    read_args, COUNT(read_args), TOOL_ASKS, ACTION_READ, TYPE_SOURCE, TOOL_SHOWS, read_document,
	    NULL },
};
