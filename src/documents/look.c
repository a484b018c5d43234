/*
 * look.c: what of a source is seen, counted for whoever sets it up.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/clock.h"
#include "base/json_in.h"
#include "base/out.h"
#include "core/ask.h"
#include "core/local_root.h"
#include "documents/documents.h"
#include "documents/path.h"
#include "documents/tracked.h"
#include "store/resources.h"

#define LOOK_DEPTH 32
#define LOOK_MS	   2000

struct looking {
	const struct documents *source;
	struct documents_seen *seen;
	char path[DOCUMENT_PATH_MAX + 1];
	size_t n;
	int depth;
	int64_t deadline;
};

static void look_into(struct looking *);

static bool
full(struct looking *l)
{
	if (l->seen->documents + l->seen->hidden >= DOCUMENTS_COUNTED_MAX || clock_ms() > l->deadline)
		l->seen->more = true;
	return l->seen->more;
}

static void
enter(struct looking *l, const char *name)
{
	size_t was = l->n, n = strlen(name);

	if (l->depth == LOOK_DEPTH || was + 1 + n > DOCUMENT_PATH_MAX) {
		l->seen->more = true;
		return;
	}
	l->path[was] = '/';
	memcpy(l->path + was + 1, name, n + 1);
	l->n = was + 1 + n;
	l->depth++;
	look_into(l);
	l->depth--;
	l->n = was;
	l->path[was] = '\0';
}

/* What Git keeps is nobody's document, and nothing that anybody misses. */
static bool
count(void *ctx, const char *name, const struct beneath_seen *seen)
{
	struct looking *l = ctx;

	if (strcmp(name, ".git") == 0)
		return true;
	if (seen->sort == BENEATH_OTHER || documents_hides(str_of(name)))
		l->seen->hidden++;
	else if (seen->sort == BENEATH_FILE)
		l->seen->documents++;
	else
		enter(l, name);
	return !full(l);
}

static void
look_into(struct looking *l)
{
	if (tracked_list(l->source, l->n == 0 ? "/" : l->path, count, l) == 0)
		l->seen->folders++;
	else if (l->source->tracked)
		l->seen->how = SOURCE_UNTOLD;
	else
		l->seen->unread++;
}

static enum fault
why_not(struct work *w, const char *source_id, struct documents_seen *seen)
{
	struct json_value v;
	struct resource r;
	const char *root;
	enum fault f = resources_get(w, w->actor->org_id, source_id, &r);

	if (f != FAULT_NONE)
		return f;
	root = r.config != NULL && json_in(w->arena, str_of(r.config), &v)
	    ? arena_text(w->arena, json_member_text(&v, "root"))
	    : NULL;
	seen->how = root != NULL && local_root_named(w, root) ? SOURCE_GONE : SOURCE_NOT_ALLOWED;
	return FAULT_CONFLICT;
}

enum fault
documents_look(struct work *w, const char *source_id, struct documents_seen *seen)
{
	struct looking *l = arena_new(w->arena, struct looking);
	struct documents source;
	enum fault f = documents_open(w, source_id, &source);

	*seen = (struct documents_seen){ .how = SOURCE_SEEN };
	if (f == FAULT_CONFLICT && source.root >= 0)
		seen->how = SOURCE_UNTOLD;
	else if (f == FAULT_CONFLICT)
		f = why_not(w, source_id, seen);
	if (f != FAULT_NONE || seen->how != SOURCE_SEEN) {
		documents_close(&source);
		w->trouble = (struct trouble){ .field = NULL }; /* it was only a question */
		return f == FAULT_CONFLICT ? FAULT_NONE : f;
	}
	seen->git = source.tracked;
	*l = (struct looking){ .source = &source, .seen = seen, .deadline = clock_ms() + LOOK_MS };
	w->waited = true;
	look_into(l);
	documents_close(&source);
	return FAULT_NONE;
}
