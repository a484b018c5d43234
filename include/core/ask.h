/*
 * ask.h: asking decide() about a resource by its id.
 */
#ifndef CORE_ASK_H
#define CORE_ASK_H

#include "core/decide.h"

/* A resource of the organization with its parents; FAULT_NOT_FOUND. */
enum fault ask_target(struct work *, const char *org_id, const char *resource_id, struct target **);

/* The organization a resource is in, of those the session's user is a member of; FAULT_NOT_FOUND. */
enum fault ask_org(struct work *, const struct standing *session, const char *resource_id,
    const char **org_id);

/*
 * May this standing do the action on the resource (NULL: anywhere), at the path
 * (NULL: none; else already decoded, normalized here)?  A resource the
 * organization does not have is REASON_RESOURCE.
 */
enum fault ask(struct work *, const struct standing *, enum action, const char *resource_id, struct str path,
    struct verdict *);

/*
 * The same for the acting credential, as a fault: FAULT_NONE if it may.  What it
 * may not even see is FAULT_NOT_FOUND.
 */
enum fault ask_actor(struct work *, enum action, const char *resource_id);
/*
 * The same for a collection of the acting credential's organization by its name.  It
 * has the roles of the resource of that name, if somebody made one, and always those
 * of the organization.
 */
enum fault ask_collection(struct work *, enum action, const char *name);
/*
 * May the acting credential do the action on anything of the type?  It may still
 * be that there is none: this tells what is of no use to it at all.
 */
enum fault ask_any(struct work *, enum action, enum type_id);
/* Is the acting credential an admin of its organization? */
bool actor_is_admin(struct work *);

#endif
