/*
 * ui_static.c: style, script and icon, as the program itself serves them.
 *
 * The name of a file has a hash of what is in it, so it never changes: a web
 * server that serves them from disk saves the way to here.
 */
#include "ui/ui.h"

#include <assert.h>

#include "base/embedded.h"
#include "ui/assets.h"
#include "ui/frame.h"

extern const struct embedded static_files[];

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
};

static const char *
type_of(struct str name)
{
	for (size_t i = 0; i < COUNT(types); i++) {
		struct str ending = str_of(types[i].ending);

		if (name.n > ending.n && str_eq(str_from(name, name.n - ending.n), ending))
			return types[i].type;
	}
	return NULL;
}

enum fault
ui_static(struct call *c)
{
	const char *name = c->route->path + sizeof "/static/" - 1;

	for (const struct embedded *e = static_files; e->name != NULL; e++) {
		if (strcmp(e->name, name) != 0)
			continue;
		assert(type_of(str_of(name)) != NULL);
		response_header(c->resp, "Content-Type", type_of(str_of(name)));
		response_header(c->resp, "Cache-Control", "public, max-age=31536000, immutable");
		response_header(c->resp, "Cross-Origin-Resource-Policy", "same-origin");
		out_str(&c->resp->body, (struct str){ e->text, e->size });
		return FAULT_NONE;
	}
	return FAULT_NOT_FOUND;
}

/* Browsers ask for it unbidden. */
enum fault
ui_favicon(struct call *c)
{
	response_status(c->resp, 303);
	response_header(c->resp, "Location", "/static/" ASSET_ICON);
	response_header(c->resp, "Cache-Control", "public, max-age=86400");
	return FAULT_NONE;
}
