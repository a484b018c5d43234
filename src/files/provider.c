/*
 * provider.c: providers as storages.
 */
#include "config.h"

#include "files/provider.h"

#include <string.h>

#include "base/random.h"
#include "core/ask.h"
#include "core/resource.h"
#include "files/entry.h"

#define PROVIDERS_MAX 200
#define PROBE	      "it works\n"

/* One whose config cannot be read is shown all the same, so that it can be mended. */
static enum fault
shown(struct work *w, const struct resource *r, struct provider *p)
{
	struct place place;

	*p = (struct provider){ .id = r->id,
		.name = r->name,
		.config = r->config,
		.created_by = r->created_by,
		.created_at = r->created_at };
	if (place_config(w, r, &place) == FAULT_NONE) {
		p->driver = place.driver->name;
		p->quota = place.quota;
	}
	return files_used(w, w->actor->org_id, r->id, &p->used);
}

enum fault
provider_list(struct work *w, struct provider **made, size_t *n)
{
	struct page page = page_first(), next;
	struct resource *rows;
	enum fault f;

	page.limit = PROVIDERS_MAX;
	if ((f = resource_list(w, "provider", NULL, &page, &rows, n, &next)) != FAULT_NONE)
		return f;
	*made = arena_array(w->arena, struct provider, *n + 1);
	for (size_t i = 0; i < *n && f == FAULT_NONE; i++)
		f = shown(w, &rows[i], &(*made)[i]);
	return f;
}

enum fault
provider_get(struct work *w, const char *id, struct provider *p)
{
	struct resource r;
	struct reach reach;
	enum fault f;

	if ((f = reach_open(w, id, &reach)) != FAULT_NONE)
		return f;
	if (reach_base(w, &reach) == NULL)
		return reach_may(w, &reach, ACTION_READ, "/");
	if ((f = resources_get(w, w->actor->org_id, id, &r)) != FAULT_NONE)
		return f;
	return shown(w, &r, p);
}

/* --- does it work --- */

static enum fault
probe_next(struct stream *s, struct work *w, struct str *piece)
{
	(void)w;
	*piece = s->ctx == NULL ? STR_NONE : STR(PROBE);
	s->ctx = NULL;
	return FAULT_NONE;
}

static enum fault
read_back(struct place *p, const char *path)
{
	struct stream s = { .close = NULL };
	struct str piece = STR_NONE;
	struct found x;
	enum fault f;

	if ((f = p->driver->look(p, path, &x)) != FAULT_NONE ||
	    (f = p->driver->read(p, path, &x, 0, x.size - 1, &s)) != FAULT_NONE)
		return f;
	f = s.next(&s, p->w, &piece);
	if (f == FAULT_NONE && !str_eq(piece, STR(PROBE)))
		f = place_fault(p, "what was read is not what was written");
	stream_close(&s);
	return f;
}

static enum fault
try_all(struct place *p, const char *provider_id, struct provider_test *t)
{
	struct stream s = { .next = probe_next, .ctx = t, .length = sizeof PROBE - 1 };
	struct files_page page = { .limit = 1 };
	struct terms terms = { .replace = false };
	const char *path = arena_print(p->w->arena, "/" PLACE_RESERVED "probe-%s", p->w->request_id);
	struct found *rows, x;
	size_t n, total;
	enum fault f, removed;

	t->step = "connect";
	if ((f = place_open(p->w, p->w->actor->org_id, provider_id, p)) != FAULT_NONE)
		return f;
	t->step = "list";
	if ((f = p->driver->list(p, "/", &page, &rows, &n, &total)) != FAULT_NONE)
		return f;
	t->step = "write";
	if ((f = p->driver->write(p, path, &s, &terms, &x)) != FAULT_NONE)
		return f;
	t->step = "read";
	f = read_back(p, path);
	removed = p->driver->remove(p, path, false);
	if (f == FAULT_NONE)
		t->step = removed == FAULT_NONE ? "done" : "remove";
	return f != FAULT_NONE ? f : removed;
}

enum fault
provider_test(struct work *w, const char *id, struct provider_test *t)
{
	struct place p = { .w = w, .root = -1 };
	struct reach reach;
	enum fault f;

	if ((f = reach_open(w, id, &reach)) != FAULT_NONE ||
	    (f = ask_actor(w, ACTION_ADMIN, id)) != FAULT_NONE)
		return f;
	*t = (struct provider_test){ .works = false };
	f = try_all(&p, id, t);
	place_close(&p);
	t->works = f == FAULT_NONE;
	if (f == FAULT_UNAVAILABLE || f == FAULT_INTERNAL)
		return f;
	if (f != FAULT_NONE)
		t->problem = w->trouble.detail != NULL ? w->trouble.detail : fault_title(f);
	w->trouble = (struct trouble){ .field = NULL }; /* it was only a question */
	return FAULT_NONE;
}
