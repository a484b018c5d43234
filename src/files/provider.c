/*
 * provider.c: providers as storages.
 */
#include "config.h"

#include "files/provider.h"

#include <string.h>

#include "core/ask.h"
#include "core/resource.h"
#include "files/entry.h"

#define PROVIDERS_MAX 200

/*
 * One whose config cannot be read is shown all the same, so that it can be mended.
 * Who may read but a part of it sees what it is, and not where, or how full.
 */
static enum fault
shown(struct work *w, const struct resource *r, bool whole, struct provider *p)
{
	struct place place;

	*p = (struct provider){ .id = r->id,
		.name = r->name,
		.config = r->config,
		.created_by = r->created_by,
		.created_at = r->created_at };
	if (place_config(w, r, &place) == FAULT_NONE) {
		p->driver = place.driver->name;
		p->quota = whole ? place.quota : 0;
	}
	if (!whole) {
		p->config = p->created_by = NULL;
		return FAULT_NONE;
	}
	return files_used(w, w->actor->org_id, r->id, &p->used);
}

enum fault
provider_list(struct work *w, struct provider **made, size_t *n)
{
	struct page page = page_first(), next;
	struct resource *rows;
	struct reach reach;
	enum fault f;

	page.limit = PROVIDERS_MAX;
	if ((f = resource_list(w, "provider", NULL, &page, &rows, n, &next)) != FAULT_NONE)
		return f;
	*made = arena_array(w->arena, struct provider, *n + 1);
	for (size_t i = 0; i < *n && f == FAULT_NONE; i++)
		if ((f = reach_open(w, rows[i].id, &reach)) == FAULT_NONE)
			f = shown(w, &rows[i], reach_reads(w, &reach, "/"), &(*made)[i]);
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
	return shown(w, &r, reach_reads(w, &reach, "/"), p);
}
