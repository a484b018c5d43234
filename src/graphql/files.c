/*
 * files.c: files and folders, in the words of Drivebase: looking at them.
 *
 * Which of them may be seen is the service's matter, which asks about each path.
 */
#include "files/files.h"

#include <string.h>

#include "files/provider.h"
#include "graphql/files.h"
#include "graphql/run.h"

#define LIMIT	  50
#define LIMIT_MAX FILES_LIMIT_MAX

enum fault
files_fault(struct gql_run *r, enum fault f, const char *what)
{
	return f == FAULT_NOT_FOUND ? fault_at(r->work, f, NULL, "%s not found", what) : f;
}

const char *
files_id(struct gql_run *r, const struct gql_value *arguments, const char *name)
{
	return arena_text(r->work->arena, gql_given_str(arguments, name));
}

static const char *
word(bool folder)
{
	return folder ? "Folder" : "File";
}

/* One that is what it is asked for as. */
enum fault
file_found(struct gql_run *r, const char *id, bool folder, struct gql_got *got)
{
	struct file *file = arena_new(r->work->arena, struct file);
	enum fault f = files_get(r->work, id, file);

	if (f == FAULT_NONE && file->folder != folder)
		f = FAULT_NOT_FOUND;
	*got = (struct gql_got){ .sort = GOT_OBJECT, .object = file };
	return files_fault(r, f, word(folder));
}

enum fault
rows_file_get(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)source;
	return file_found(r, files_id(r, arguments, "id"), false, got);
}

enum fault
rows_folder_get(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)source;
	return file_found(r, files_id(r, arguments, "id"), true, got);
}

/* --- lists --- */

static struct gql_got
got_files(const struct file *files, size_t n)
{
	return (struct gql_got){ .sort = GOT_OBJECTS, .object = files, .n = n, .size = sizeof *files };
}

/* The argument `limit`, within what may be asked for. */
static enum fault
limit_of(struct gql_run *r, const struct gql_value *arguments, size_t most, size_t *limit)
{
	const struct gql_value *v = gql_given(arguments, "limit");

	*limit = LIMIT;
	if (v == NULL)
		return FAULT_NONE;
	if (v->number < 1)
		return fault_at(r->work, FAULT_BAD_FIELD, "limit", "must be 1 or more");
	*limit = (size_t)v->number < most ? (size_t)v->number : most;
	return FAULT_NONE;
}

/* A piece of a list over several places, one after the other. */
struct gathered {
	struct file *files;
	size_t n, total;
	size_t offset, limit; /* of what is asked for yet */
};

static enum fault
gather(struct gql_run *r, const char *provider, const char *folder, enum files_sort sort, struct gathered *g)
{
	struct files_page page = { sort, g->offset, g->limit };
	struct file *files;
	size_t n, total;
	enum fault f = files_list(r->work, provider, folder, &page, &files, &n, &total);

	if (f != FAULT_NONE)
		return f;
	if (n > 0)
		memcpy(g->files + g->n, files, n * sizeof *files);
	g->n += n;
	g->limit -= n;
	g->total += total;
	g->offset -= g->offset < total ? g->offset : total;
	return FAULT_NONE;
}

static bool
is_wanted(const struct gql_value *providers, const char *id)
{
	if (providers == NULL)
		return true;
	for (const struct gql_value *v = providers->items; v != NULL; v = v->next)
		if (str_is(v->text, id))
			return true;
	return false;
}

/* The top of all providers.  One whose storage is away must not hide the others. */
static enum fault
gather_tops(struct gql_run *r, const struct gql_value *providers, enum files_sort sort, struct gathered *g)
{
	struct provider *rows;
	size_t n;
	enum fault f = provider_list(r->work, &rows, &n);

	for (size_t i = 0; i < n && f == FAULT_NONE; i++) {
		if (!is_wanted(providers, rows[i].id))
			continue;
		f = gather(r, rows[i].id, NULL, sort, g);
		if (f == FAULT_STORAGE || f == FAULT_NOT_FOUND)
			f = FAULT_NONE;
	}
	return f;
}

static enum fault
gather_all(struct gql_run *r, const struct file *folder, const struct gql_value *providers,
    enum files_sort sort, struct gathered *g)
{
	g->files = arena_array(r->work->arena, struct file, g->limit);
	if (folder == NULL)
		return gather_tops(r, providers, sort, g);
	return is_wanted(providers, folder->provider_id) ? gather(r, folder->provider_id, folder->id, sort, g)
							 : FAULT_NONE;
}

/* The folder that is named; NULL: the top. */
static enum fault
folder_named(struct gql_run *r, const struct gql_value *arguments, const char *name,
    const struct file **folder)
{
	const char *id = files_id(r, arguments, name);
	struct gql_got got;
	enum fault f;

	*folder = NULL;
	if (id == NULL)
		return FAULT_NONE;
	if ((f = file_found(r, id, true, &got)) == FAULT_NONE)
		*folder = got.object;
	return f;
}

struct connection {
	struct gathered g;
	int64_t total;
	bool more;
};

enum fault
rows_files(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	struct connection *c = arena_new(r->work->arena, struct connection);
	const struct gql_value *offset = gql_given(arguments, "offset");
	const struct file *folder;
	size_t from = 0;
	enum fault f;

	(void)source;
	if (offset != NULL && offset->number < 0)
		return fault_at(r->work, FAULT_BAD_FIELD, "offset", "must be 0 or more");
	if (offset != NULL)
		c->g.offset = from = (size_t)offset->number;
	if ((f = limit_of(r, arguments, LIMIT_MAX, &c->g.limit)) != FAULT_NONE ||
	    (f = folder_named(r, arguments, "folderId", &folder)) != FAULT_NONE ||
	    (f = gather_all(r, folder, NULL, FILES_ONLY, &c->g)) != FAULT_NONE)
		return f;
	c->total = (int64_t)c->g.total;
	c->more = from + c->g.n < c->g.total;
	*got = (struct gql_got){ .sort = GOT_OBJECT, .object = c };
	return FAULT_NONE;
}

struct contents {
	struct gathered files, folders;
	const struct file *folder;
};

enum fault
rows_contents_get(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	struct contents *c = arena_new(r->work->arena, struct contents);
	const struct gql_value *providers = gql_given(arguments, "providerIds");
	enum fault f;

	(void)source;
	c->files.limit = c->folders.limit = LIMIT_MAX;
	if ((f = folder_named(r, arguments, "folderId", &c->folder)) != FAULT_NONE ||
	    (f = gather_all(r, c->folder, providers, FILES_ONLY, &c->files)) != FAULT_NONE ||
	    (f = gather_all(r, c->folder, providers, FOLDERS_ONLY, &c->folders)) != FAULT_NONE)
		return f;
	*got = (struct gql_got){ .sort = GOT_OBJECT, .object = c };
	return FAULT_NONE;
}

enum fault
rows_folders(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	struct gathered g = { .limit = LIMIT_MAX };
	const struct file *parent;
	enum fault f;

	(void)source;
	if ((f = folder_named(r, arguments, "parentId", &parent)) == FAULT_NONE)
		f = gather_all(r, parent, gql_given(arguments, "providerIds"), FOLDERS_ONLY, &g);
	*got = got_files(g.files, g.n);
	return f;
}

static enum fault
search(struct gql_run *r, const struct gql_value *arguments, bool folders, struct gql_got *got)
{
	struct file *files = NULL;
	size_t limit, n = 0;
	enum fault f = limit_of(r, arguments, FILES_SEARCH_MAX, &limit);

	if (f == FAULT_NONE)
		f = files_search(r->work, NULL, gql_given_str(arguments, "query"), folders, limit, &files,
		    &n);
	*got = got_files(files, n);
	return f;
}

enum fault
rows_search_files(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	(void)source;
	return search(r, arguments, false, got);
}

enum fault
rows_search_folders(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	(void)source;
	return search(r, arguments, true, got);
}

/* No content is read: a name that matches is the best there is. */
enum fault
rows_smart(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)source;
	return search(r, arguments, false, got);
}

enum fault
rows_recent(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	struct file *files = NULL;
	size_t limit, n = 0;
	enum fault f = limit_of(r, arguments, FILES_SEARCH_MAX, &limit);

	(void)source;
	if (f == FAULT_NONE)
		f = files_recent(r->work, limit, &files, &n);
	*got = got_files(files, n);
	return f;
}

static enum fault
starred(struct gql_run *r, bool folders, struct gql_got *got)
{
	struct file *files = NULL;
	size_t n = 0;
	enum fault f = files_starred(r->work, folders, &files, &n);

	*got = got_files(files, n);
	return f;
}

enum fault
rows_starred_files(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	(void)source;
	(void)arguments;
	return starred(r, false, got);
}

enum fault
rows_starred_folders(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	(void)source;
	(void)arguments;
	return starred(r, true, got);
}

/* --- members of lists --- */

static enum fault
connection_files(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	const struct connection *c = source;

	(void)r;
	(void)arguments;
	*got = got_files(c->g.files, c->g.n);
	return FAULT_NONE;
}

static enum fault
contents_files(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct contents *c = source;

	(void)r;
	(void)arguments;
	*got = got_files(c->files.files, c->files.n);
	return FAULT_NONE;
}

static enum fault
contents_folders(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	const struct contents *c = source;

	(void)r;
	(void)arguments;
	*got = got_files(c->folders.files, c->folders.n);
	return FAULT_NONE;
}

static enum fault
contents_folder(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct contents *c = source;

	(void)r;
	(void)arguments;
	if (c->folder != NULL)
		*got = (struct gql_got){ .sort = GOT_OBJECT, .object = c->folder };
	return FAULT_NONE;
}

static enum fault
rank(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)r;
	(void)source;
	(void)arguments;
	*got = (struct gql_got){ .sort = GOT_REAL, .real = 1 };
	return FAULT_NONE;
}

static const struct gql_field connection_fields[] = {
	GQL_ASKED(connection_files, NULL, "files", "[File!]!", NULL),
	GQL_HAS(MEMBER_INT, connection, total, "total", "Int!", "Counted up to 10,000 in a folder."),
	GQL_HAS(MEMBER_FLAG, connection, more, "hasMore", "Boolean!", NULL),
	GQL_LAST,
};

static const struct gql_field contents_fields[] = {
	GQL_ASKED(contents_files, NULL, "files", "[File!]!", "The first 500."),
	GQL_ASKED(contents_folders, NULL, "folders", "[Folder!]!", "The first 500."),
	GQL_ASKED(contents_folder, NULL, "folder", "Folder", "Null: the top."),
	GQL_LAST,
};

static const struct gql_field smart_fields[] = {
	GQL_IS(MEMBER_ITSELF, "file", "File!", NULL),
	GQL_HAS(MEMBER_TEXT, file, name, "headline", "String!", "The name: contents are not searched."),
	GQL_ASKED(rank, NULL, "rank", "Float!", NULL),
	GQL_LAST,
};

const struct gql_argument rows_page_arguments[] = {
	{ "folderId", "ID", NULL, "Not given: the top of all providers." },
	{ "limit", "Int", NULL, "50, or what is given, up to 500." },
	{ "offset", "Int", NULL, NULL },
	{ .name = NULL },
};
const struct gql_argument rows_contents_arguments[] = {
	{ "folderId", "ID", NULL, NULL },
	{ "providerIds", "[ID!]", NULL, NULL },
	{ .name = NULL },
};
const struct gql_argument rows_folders_arguments[] = {
	{ "parentId", "ID", NULL, NULL },
	{ "providerIds", "[ID!]", NULL, NULL },
	{ .name = NULL },
};
const struct gql_argument rows_search_arguments[] = {
	{ "query", "String!", NULL, "Parts of names." },
	{ "limit", "Int", NULL, NULL },
	{ .name = NULL },
};
const struct gql_argument rows_limit_arguments[] = {
	{ "limit", "Int", NULL, NULL },
	{ .name = NULL },
};

const struct gql_type rows_connection = { .sort = GQL_IS_OBJECT,
	.name = "FileConnection",
	.fields = connection_fields };
const struct gql_type rows_contents = { .sort = GQL_IS_OBJECT,
	.name = "PathContents",
	.fields = contents_fields };
const struct gql_type rows_smart_result = { .sort = GQL_IS_OBJECT,
	.name = "SmartSearchResult",
	.fields = smart_fields };
