/*
 * tools_files.c: files in the storages (providers) a credential may use.
 *
 * A message is at most 64 KiB, so what is written here is small; larger things go
 * by the addresses for uploads.
 */
#include "config.h"

#include "mcp/tools.h"

#include "base/hex.h"
#include "base/text.h"
#include "files/files.h"

#define TEXT   JSON_IS_TEXT
#define NUMBER JSON_IS_NUMBER
#define FLAG   JSON_IS_FLAG

#define ID_BYTES     64
#define PATH_BYTES   1024
#define CURSOR_BYTES 2000
#define CONTENT_MAX  ((size_t)128 << 10)

/* --- list_providers --- */

enum { PROVIDERS_CURSOR };

static const struct tool_arg providers_args[] = {
	{ "cursor", TEXT, false, 1, CURSOR_BYTES, "next of the page before; absent for the first page" },
};

static enum fault
list_providers(struct tool_call *t)
{
	return tool_resources(t, "provider", NULL, "providers", arg_text(t, PROVIDERS_CURSOR), PAGE_LIMIT,
	    NULL);
}

/* --- list_files --- */

static void
write_file_row(struct json *j, const char *name, const struct file *f)
{
	json_object(j, name);
	json_text(j, "path", f->path);
	json_text(j, "name", f->name);
	json_text(j, "type", f->folder ? "folder" : "file");
	if (!f->folder) {
		json_int(j, "size", f->size);
		json_text(j, "mime", f->mime);
	}
	json_time(j, "updated_at", f->updated_at);
	json_end(j);
}

enum { LIST_PROVIDER, LIST_PATH, LIST_SKIP, LIST_LIMIT };

static const struct tool_arg list_args[] = {
	{ "provider", TEXT, true, 1, ID_BYTES, "id of the provider" },
	{ "path", TEXT, false, 0, PATH_BYTES, "the folder; the provider's top if absent" },
	{ "skip", NUMBER, false, 0, FILES_COUNT_MAX, "leave out so many at the beginning" },
	{ "limit", NUMBER, false, 1, FILES_LIMIT_MAX, "at most so many; 100 if absent" },
};
#define LIST_USUAL 100

static bool
is_top(struct str path)
{
	return path.n == 0 || str_is(path, "/");
}

static enum fault
list_files(struct tool_call *t)
{
	struct files_page page = { .offset = (size_t)arg_number(t, LIST_SKIP, 0),
		.limit = (size_t)arg_number(t, LIST_LIMIT, LIST_USUAL) };
	struct str path = arg_text(t, LIST_PATH);
	struct file folder = { .id = NULL }, *rows;
	size_t n, total;
	enum fault f = FAULT_NONE;

	if (!is_top(path))
		f = files_find(t->work, arg_id(t, LIST_PROVIDER), path, &folder);
	if (f != FAULT_NONE ||
	    (f = files_list(t->work, arg_id(t, LIST_PROVIDER), folder.id, &page, &rows, &n, &total)) !=
		FAULT_NONE)
		return f;
	json_list(t->j, "files");
	for (size_t i = 0; i < n; i++)
		write_file_row(t->j, NULL, &rows[i]);
	json_end(t->j);
	json_int(t->j, "total", (int64_t)total);
	return FAULT_NONE;
}

/* --- read_file --- */

enum { READ_PROVIDER, READ_PATH };

static const struct tool_arg read_args[] = {
	{ "provider", TEXT, true, 1, ID_BYTES, "id of the provider" },
	{ "path", TEXT, true, 1, PATH_BYTES, "the file" },
};

static struct str
padded_base64(struct arena *a, struct str bytes)
{
	static const char *const padding[] = { "", "==", "=" };

	return str_of(arena_print(a, "%s%s", base64_text(a, bytes), padding[bytes.n % 3]));
}

static enum fault
read_file(struct tool_call *t)
{
	struct str content;
	struct file file;
	bool text;
	enum fault f;

	if ((f = files_find(t->work, arg_id(t, READ_PROVIDER), arg_text(t, READ_PATH), &file)) !=
		FAULT_NONE ||
	    (f = files_read_whole(t->work, file.id, CONTENT_MAX, &content, &file)) != FAULT_NONE)
		return f;
	text = text_valid(content) && (content.n == 0 || memchr(content.s, '\0', content.n) == NULL);
	t->text = text ? content : padded_base64(t->work->arena, content);
	if (t->text.s == NULL)
		t->text = STR("");
	write_file_row(t->j, "file", &file);
	json_text(t->j, "encoding", text ? "text" : "base64");
	json_str(t->j, "content", t->text);
	return FAULT_NONE;
}

/* --- write_file --- */

enum { WRITE_PROVIDER, WRITE_PATH, WRITE_CONTENT, WRITE_BASE64, WRITE_REPLACE };

static const struct tool_arg write_args[] = {
	{ "provider", TEXT, true, 1, ID_BYTES, "id of the provider" },
	{ "path", TEXT, true, 1, PATH_BYTES, "the file" },
	{ "content", TEXT, true, 0, ROUTE_BODY_JSON, "what is to be in it" },
	{ "base64", FLAG, false, 0, 0, "content is base64 of it" },
	{ "replace", FLAG, false, 0, 0,
	    "take the place of what is there; refused if absent and there is a file" },
};

/* All of it is here: one piece, and the end. */
static enum fault
next_of_memory(struct stream *s, struct work *w, struct str *piece)
{
	struct str *left = s->ctx;

	(void)w;
	*piece = *left;
	*left = STR("");
	return FAULT_NONE;
}

static enum fault
content_of(struct tool_call *t, struct str *content)
{
	struct str given = arg_text(t, WRITE_CONTENT);

	*content = given.s == NULL ? STR("") : given;
	if (!arg_flag(t, WRITE_BASE64) || content->n == 0)
		return FAULT_NONE;
	for (int i = 0; i < 2 && content->n > 0 && content->s[content->n - 1] == '='; i++)
		content->n--;
	*content = base64_bytes(t->work->arena, *content);
	return content->s != NULL ? FAULT_NONE
				  : fault_at(t->work, FAULT_BAD_FIELD, "content", "content is no base64");
}

static enum fault
write_file(struct tool_call *t)
{
	struct str content;
	struct file file;
	struct stream s = { .next = next_of_memory, .ctx = &content };
	enum fault f = content_of(t, &content);

	if (f != FAULT_NONE)
		return f;
	s.length = (int64_t)content.n;
	f = files_put(t->work, arg_id(t, WRITE_PROVIDER), arg_text(t, WRITE_PATH), arg_flag(t, WRITE_REPLACE),
	    &s, &file);
	if (f == FAULT_NONE)
		write_file_row(t->j, "file", &file);
	return f;
}

const struct tool mcp_file_tools[MCP_FILE_TOOLS] = {
	{ "list_providers", "List providers", "The storages of files that can be used.", providers_args,
	    COUNT(providers_args), TOOL_ASKS, ACTION_READ, TYPE_PROVIDER, TOOL_SHOWS, list_providers, NULL },
	{ "list_files", "List files", "What is in a folder of a provider, by name.", list_args,
	    COUNT(list_args), TOOL_ASKS, ACTION_READ, TYPE_PROVIDER, TOOL_ALONE, list_files, NULL },
	{ "read_file", "Read a file", "A file of at most 128 KiB, as text or as base64.", read_args,
	    COUNT(read_args), TOOL_ASKS, ACTION_READ, TYPE_PROVIDER, TOOL_ALONE, read_file, NULL },
	{ "write_file", "Write a file", "A new file, or one in the place of what is there.", write_args,
	    COUNT(write_args), TOOL_ASKS, ACTION_WRITE, TYPE_PROVIDER, TOOL_ALONE, write_file, NULL },
};
