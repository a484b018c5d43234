/*
 * show.h: how this door writes what it shows.
 */
#ifndef TABLES_SHOW_H
#define TABLES_SHOW_H

#include "http/call.h"
#include "records/column.h"
#include "store/resources.h"

#define TOKENS_SHOWN 1000 /* of a member: the lists of this door have no pages */
#define THINGS_SHOWN 1000

/* A space, a base or a table, with the caller's role on it. */
enum fault show_thing(struct call *, struct json *, const struct resource *);
/* All of a type below a parent (NULL: anywhere) that the caller may read, as a bare list. */
enum fault show_things(struct call *, const char *type, const char *parent);

void show_field(struct json *, const struct column *);
/* All fields of a table, as a bare list; name: of the member. */
enum fault show_fields(struct call *, struct json *, const char *name, const char *table);
void show_view(struct json *, const struct record_view *);

#endif
