/*
 * resources.h: the rows of resources, a tree.
 */
#ifndef STORE_RESOURCES_H
#define STORE_RESOURCES_H

#include "base/page.h"
#include "base/work.h"

struct resource {
	const char *id, *type, *parent_id, *name;
	const char *config; /* JSON that may be shown; NULL: none */
	struct str config_sealed;
	const char *created_by;
	int64_t created_at;
};

enum { RESOURCES_BY_CREATION, RESOURCES_BY_NAME };
extern const struct page_orders resources_orders;

/* A resource with its parents' ids up to the top. */
struct resource_chain {
	const char *id, *type, *parent1, *parent2, *parent3;
};

enum fault resources_insert(struct work *, const char *org, const struct resource *);
enum fault resources_get(struct work *, const char *org, const char *id, struct resource *);
enum fault resources_chain(struct work *, const char *org, const char *id, struct resource_chain *);
/* The organization of a resource, if the user is a member of it; FAULT_NOT_FOUND. */
enum fault resources_org(struct work *, const char *id, const char *user_id, const char **org_id);
/* The first collection of the name; FAULT_NOT_FOUND. */
enum fault resources_collection(struct work *, const char *org, const char *name, const char **id);
/* type and parent may be NULL: any.  The organization's own row is not listed. */
enum fault resources_page(struct work *, const char *org, const char *type, const char *parent,
    const struct page *, struct resource **, size_t *n);
enum fault resources_change(struct work *, const char *org, const struct resource *);
/* With its children, grants and restrictions. */
enum fault resources_delete(struct work *, const char *org, const char *id);

#endif
