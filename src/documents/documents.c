/*
 * documents.c: opening a source, and its paths.
 */
#include "config.h"

#include "documents/documents.h"

#include <unistd.h>

#include "base/text.h"
#include "core/ask.h"
#include "core/local_root.h"
#include "documents/path.h"
#include "documents/tracked.h"
#include "store/resources.h"

enum fault
documents_open(struct work *w, const char *source_id, struct documents *d)
{
	struct resource r;
	enum fault f;

	*d = (struct documents){ .root = -1, .index = -1 };
	if ((f = ask_actor(w, ACTION_READ, source_id)) != FAULT_NONE ||
	    (f = resources_get(w, w->actor->org_id, source_id, &r)) != FAULT_NONE)
		return f;
	if (type_named(str_of(r.type)) != type_of(TYPE_SOURCE))
		return FAULT_NOT_FOUND;
	d->id = r.id;
	d->name = r.name;
	if (local_root_open(w, r.config, &d->root) != FAULT_NONE)
		return fault_at(w, FAULT_CONFLICT, "source", "its directory cannot be reached now");
	return tracked_open(w, d);
}

void
documents_close(struct documents *d)
{
	if (d->root >= 0)
		(void)close(d->root);
	d->root = -1;
	tracked_close(d);
}

bool
documents_hides(struct str name)
{
	return name.n == 0 || str_is_nocase(name, ".git") || str_is(name, ".") || str_is(name, "..") ||
	    !text_valid(name) || text_has_control(name);
}

const char *
documents_path(struct work *w, struct str given)
{
	struct str rest = given, segment;
	struct out o = out_limit(w->arena, DOCUMENT_PATH_MAX);

	while (str_cut(&rest, '/', &segment)) {
		if (segment.n == 0)
			continue;
		if (documents_hides(segment))
			return NULL;
		out_char(&o, '/');
		out_str(&o, segment);
	}
	if (out_text(&o).n == 0)
		out_char(&o, '/');
	return out_failed(&o) ? NULL : out_text(&o).s;
}
