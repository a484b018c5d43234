/*
 * resource.h: what the pages of resources have in common.
 */
#ifndef UI_RESOURCE_H
#define UI_RESOURCE_H

#include "core/resource.h"
#include "ui/board.h"

enum resource_tab { TAB_ROLES, TAB_CONTENTS, TAB_VIEWS, TAB_SETTINGS };

/* A page about the resource in the address, with its tabs. */
enum fault resource_begin(struct call *, enum resource_tab, struct resource *, struct board **);
/* An address of it: "/grants"; "" is the first page. */
const char *resource_path(struct call *, const char *rest);
/* The form that tries whether what it is connected to works. */
void offer_test(struct call *, struct board *, const struct resource *);

/* The same about a table, and FAULT_NOT_FOUND about anything else; before a change of it. */
enum fault table_begin(struct call *, enum resource_tab, struct resource *, struct board **);
enum fault table_only(struct call *);
/* The fields of a table, on the page of what is in it. */
enum fault table_contents(struct call *, struct board *, const struct resource *);
/* What a source is: its directory, and of which kind. */
void source_facts(struct call *, struct board *, const struct resource *);

/* What a resource of a type is connected to. */
enum connection { CONNECTION_NONE, CONNECTION_SOURCE, CONNECTION_LOCAL, CONNECTION_S3 };

#define CONNECTION_MEMBERS \
	struct given_text root, endpoint, bucket, region, access_key, secret_key, prefix; \
	struct given_int quota
#define CONNECTION_FIELDS(type) \
	FIELD(type, root), FIELD(type, endpoint), FIELD(type, bucket), FIELD(type, region), \
	    FIELD(type, access_key), FIELD(type, secret_key), FIELD(type, prefix), FIELD(type, quota)
#define CONNECTION_GIVEN(form) \
	.root = (form)->root, .endpoint = (form)->endpoint, .bucket = (form)->bucket, \
	.region = (form)->region, .access_key = (form)->access_key, .secret_key = (form)->secret_key, \
	.prefix = (form)->prefix, .quota = (form)->quota

/* Its fields in a form, as they are (NULL: there is nothing yet); secrets are never shown. */
void offer_connection(struct call *, struct board_form *, enum connection, const struct resource_config *now);
/* As core takes it: what was left empty is not given. */
struct given_rows connection_given(enum connection, const char *driver, struct resource_config *);

/* Where a new one is made: of this sort, in that one ("": in none). */
const char *resource_new_link(struct call *, const char *what, const char *parent);
const char *type_word(const char *type);
/* In a list with the columns type and created. */
enum fault resource_line(struct call *, struct board *, const struct resource *);
enum fault resource_lines(struct call *, struct board *, const char *parent, const char *path);

#endif
