/*
 * routes_file.h: the administrator's routes file: which method and path asks
 * for which action on which resource.  claviger-routes(5) is its description.
 *
 * The file is read once, when a process starts, and only looked at afterwards.
 * The first route that matches wins, found by going through them in order: a
 * route that does not match mostly fails at its first segment, so hundreds of
 * them cost less than one question to the database.
 */
#ifndef AUTHORIZER_ROUTES_FILE_H
#define AUTHORIZER_ROUTES_FILE_H

#include "base/fault.h"
#include "base/settings.h"
#include "core/decide.h"

#define ROUTES_FILE_MAX ((size_t)256 << 10) /* bytes */
#define ROUTES_MAX	4096

struct routes;

/* What a request asks for. */
struct routed {
	int line;
	bool open; /* public: nobody is asked who they are */
	enum action action;
	const struct type *type; /* NULL: the action anywhere */
	const char *resource_id; /* as it stood in the path; NULL with type */
	bool fits;		 /* the id could be one of that type; if not, there is nothing to ask about */
	const char *path;	 /* NULL unless the type has paths */
	const char *org;	 /* what the pattern calls {org}; NULL: nothing */
};

/*
 * Read the file into fresh routes, which the caller frees.  All problems are
 * told, each with file and line; false, and no routes, if there was one.
 */
bool routes_read(const char *file, settings_problem *, void *ctx, struct routes **);
/* The same for a text that is in memory already; name stands for the file. */
bool routes_parse(const char *name, struct str text, settings_problem *, void *ctx, struct routes **);
void routes_free(struct routes **);
size_t routes_count(const struct routes *);

/*
 * The first route for the method, exactly as written, and the path as
 * request_path makes it; its texts go into the arena.  FAULT_NO_ROUTE if there is none.
 */
enum fault routes_match(struct arena *, const struct routes *, struct str method, struct str path,
    struct routed *);

#endif
