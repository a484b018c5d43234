/*
 * search.c: looking through the documents of a source, line by line.
 *
 * A search is bounded in every direction: time, folders, names, steps of the
 * expression on one line, and what is shown.  What stopped it is told, so that
 * the caller can look in a smaller place.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/clock.h"
#include "base/regex.h"
#include "base/settings.h"
#include "base/text.h"
#include "documents/documents.h"
#include "documents/file.h"
#include "documents/path.h"
#include "documents/tracked.h"

#define BLOCK	     ((size_t)256 << 10) /* a longer line is looked at in pieces */
#define DEPTH_MAX    32
#define ENTRIES_MAX  50000
#define NAMES_MAX    ((size_t)2 << 20) /* bytes of all names */
#define GIVEN_UP_MAX 100	       /* lines; then the expression is refused */
#define BEFORE	     100	       /* bytes of a long line that are shown before the match */
#define LOOK_EVERY   64		       /* lines, at the clock */

struct search {
	struct work *work;
	const struct documents *source;
	struct regex *regex;
	struct document_matches *found;
	size_t limit;
	int64_t deadline;
	size_t entries, names; /* read so far, and their bytes */
	char *block;
	char path[DOCUMENT_PATH_MAX + 2];
	size_t path_n;
};

struct entry {
	const char *name;
	bool folder;
};

struct entries {
	struct search *search;
	struct entry *entry;
	size_t n, room;
};

static bool
stop(struct search *s, const char *why)
{
	if (s->found->stopped == NULL)
		s->found->stopped = why;
	return false;
}

/* The line as it is shown: all of it, or the part around the match. */
static struct str
part_shown(struct search *s, struct str line, size_t from)
{
	bool lossy;
	size_t begin = line.n > DOCUMENTS_SHOWN_MAX && from > BEFORE ? from - BEFORE : 0;
	struct str part = str_from(line, begin);

	while (part.n > 0 && begin > 0 && ((unsigned char)part.s[0] & 0xc0) == 0x80)
		part = str_from(part, 1);
	if (part.n > DOCUMENTS_SHOWN_MAX)
		part.n = DOCUMENTS_SHOWN_MAX;
	while (part.n > 0 && part.n < line.n - begin && ((unsigned char)part.s[part.n] & 0xc0) == 0x80)
		part.n--;
	return text_readable(s->work->arena, arena_str(s->work->arena, part), &lossy);
}

/* False: no further. */
static bool
look_at_line(struct search *s, struct str line, int64_t number, int64_t offset)
{
	size_t from = 0, to = 0;
	enum regex_found f;

	if (line.n > 0 && line.s[line.n - 1] == '\r')
		line.n--;
	f = regex_find(s->regex, line, &from, &to);
	if (f == REGEX_TOO_HARD)
		return ++s->found->unsearched < GIVEN_UP_MAX && (clock_ms() < s->deadline || stop(s, "time"));
	if (f == REGEX_YES) {
		s->found->match[s->found->n++] = (struct document_match){
			.path = arena_text(s->work->arena, (struct str){ s->path, s->path_n }),
			.line = number,
			.offset = offset,
			.text = part_shown(s, line, from),
		};
		if (s->found->n == s->limit)
			return stop(s, "matches");
	}
	return number % LOOK_EVERY != 0 || clock_ms() < s->deadline || stop(s, "time");
}

/* The whole lines of a block; *used: bytes of them. */
static bool
look_at_block(struct search *s, struct str block, bool last, int64_t offset, int64_t *line, size_t *used)
{
	const char *newline;

	for (*used = 0; *used < block.n;) {
		struct str rest = str_from(block, *used);

		newline = memchr(rest.s, '\n', rest.n);
		/* More of it comes with the next block, unless it fills one by itself. */
		if (newline == NULL && !last && *used > 0)
			return true;
		if (newline != NULL)
			rest.n = (size_t)(newline - rest.s);
		if (!look_at_line(s, rest, *line, offset + (int64_t)*used))
			return false;
		*used += rest.n + (newline != NULL);
		*line += newline != NULL;
	}
	return true;
}

static bool
look_through(struct search *s, int fd)
{
	int64_t offset = 0, line = 1;
	size_t used;
	ssize_t n;

	while ((n = document_bytes(fd, s->block, BLOCK, offset)) > 0) {
		struct str block = { s->block, (size_t)n };
		bool last = block.n < BLOCK;

		if (offset == 0 && !document_is_text(block))
			return true;
		if (!look_at_block(s, block, last, offset, &line, &used))
			return false;
		s->found->bytes += (int64_t)used;
		if (last)
			break;
		offset += (int64_t)used;
		if (clock_ms() >= s->deadline)
			return stop(s, "time");
	}
	return true;
}

/* What cannot be opened, or is gone since its folder was read, is passed over. */
static bool
look_at_file(struct search *s)
{
	int fd = beneath_open(s->source->root, s->path, O_RDONLY, 0);
	struct beneath_seen seen;
	bool on = true;

	if (fd < 0)
		return true;
	if (beneath_look(fd, &seen) == 0 && seen.sort == BENEATH_FILE) {
		s->found->files++;
		on = look_through(s, fd);
	}
	(void)close(fd);
	return on;
}

static bool
note_entry(void *ctx, const char *name, const struct beneath_seen *seen)
{
	struct entries *e = ctx;
	struct search *s = e->search;
	struct str text = str_of(name);

	if (seen->sort == BENEATH_OTHER || documents_hides(text))
		return true;
	s->names += text.n + 1;
	if (++s->entries > ENTRIES_MAX || s->names > NAMES_MAX)
		return stop(s, "files");
	if (e->n == e->room) {
		size_t room = e->room == 0 ? 16 : 2 * e->room;
		struct entry *more = arena_array(s->work->arena, struct entry, room);

		if (e->n > 0)
			memcpy(more, e->entry, e->n * sizeof *more);
		e->entry = more;
		e->room = room;
	}
	e->entry[e->n++] = (struct entry){ arena_text(s->work->arena, text), seen->sort == BENEATH_FOLDER };
	return true;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* One step down, and back up; false if the path has no room for it. */
static bool
step_into(struct search *s, const char *name)
{
	size_t n = strlen(name);

	if (s->path_n == 1)
		s->path_n = 0; /* the root's own slash */
	if (s->path_n + n + 1 > DOCUMENT_PATH_MAX)
		return false;
	s->path[s->path_n] = '/';
	memcpy(s->path + s->path_n + 1, name, n + 1);
	s->path_n += n + 1;
	return true;
}

static void
step_back(struct search *s, size_t path_n)
{
	s->path_n = path_n;
	if (path_n == 1)
		s->path[0] = '/';
	s->path[path_n] = '\0';
}

static bool
look_at_folder(struct search *s, int depth)
{
	struct entries e = { .search = s };
	size_t path_n = s->path_n;
	bool on = true;

	/* One that is gone, or may not be read, is passed over. */
	(void)beneath_list(s->source->root, s->path, note_entry, &e);
	if (e.n > 0)
		qsort(e.entry, e.n, sizeof *e.entry, by_name);
	for (size_t i = 0; i < e.n && on; i++) {
		if (!step_into(s, e.entry[i].name))
			(void)stop(s, "depth");
		else if (!e.entry[i].folder)
			on = look_at_file(s);
		else if (depth == DEPTH_MAX)
			(void)stop(s, "depth");
		else
			on = look_at_folder(s, depth + 1);
		step_back(s, path_n);
		if (on && clock_ms() >= s->deadline)
			on = stop(s, "time");
	}
	return on;
}

/* The next file that Git tracks. */
static bool
look_at_tracked(void *ctx, struct str path)
{
	struct search *s = ctx;

	if (++s->entries > ENTRIES_MAX)
		return stop(s, "files");
	if (path.n > DOCUMENT_PATH_MAX)
		return true;
	s->path[0] = '/';
	memcpy(s->path + 1, path.s, path.n);
	s->path_n = path.n + 1;
	s->path[s->path_n] = '\0';
	return look_at_file(s) && (clock_ms() < s->deadline || stop(s, "time"));
}

static enum fault
look_at_all(struct search *s, const char *path, enum beneath_sort sort)
{
	if (sort == BENEATH_FILE)
		(void)look_at_file(s);
	else if (!s->source->tracked)
		(void)look_at_folder(s, 0);
	else if (!tracked_files(s->source, path, look_at_tracked, s))
		return tracked_broken(s->work);
	return FAULT_NONE;
}

static enum fault
look_from(struct search *s, struct str path)
{
	const char *plain = documents_path(s->work, path);
	struct beneath_seen seen;
	bool shown = false;
	enum fault f;

	if (plain != NULL && beneath_stat(s->source->root, plain, &seen) == 0 && seen.sort != BENEATH_OTHER &&
	    (f = tracked_shows(s->work, s->source, plain, seen.sort, &shown)) != FAULT_NONE)
		return f;
	if (!shown)
		return fault_at(s->work, FAULT_NOT_FOUND, "path", "there is no such document or folder");
	s->path_n = strlen(plain);
	memcpy(s->path, plain, s->path_n + 1);
	return look_at_all(s, plain, seen.sort);
}

enum fault
documents_search(struct work *w, const struct documents *d, const struct document_wish *wish,
    struct document_matches *found)
{
	struct search *s = arena_new(w->arena, struct search);
	unsigned how = (wish->regex ? 0 : REGEX_LITERAL) | (wish->any_case ? REGEX_ANY_CASE : 0);
	const char *why;
	enum fault f;

	*found = (struct document_matches){ .n = 0 };
	*s = (struct search){ .work = w,
		.source = d,
		.found = found,
		.limit = wish->limit < DOCUMENTS_MATCHES_MAX ? (size_t)wish->limit : DOCUMENTS_MATCHES_MAX,
		.deadline = clock_ms() + w->settings->access_search_ms };
	if ((s->regex = regex_make(w->arena, wish->text, how, &why)) == NULL)
		return fault_at(w, FAULT_BAD_FIELD, "text", "cannot be looked for: %s", why);
	found->match = arena_array(w->arena, struct document_match, s->limit);
	s->block = arena_take(w->arena, BLOCK);
	f = look_from(s, wish->path);
	if (f == FAULT_NONE && found->unsearched >= GIVEN_UP_MAX)
		return fault_at(w, FAULT_BAD_FIELD, "text", "takes too many steps on these documents");
	return f;
}
