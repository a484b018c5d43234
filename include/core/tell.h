/*
 * tell.h: what a thing is, as the audit has it before and after a change: JSON
 * with the names of claviger-api(7).  Never a secret.
 */
#ifndef CORE_TELL_H
#define CORE_TELL_H

#include "core/kind.h"
#include "store/keys.h"
#include "store/resources.h"

/*
 * A key that is made, with all that it may; restrictions is NULL if it has none.
 * If they are very long their number stands for them.
 */
struct str tell_key(struct work *, const struct key_new *, const struct restriction *restrictions, size_t n);
/* What of a key is other text or time after it was renewed. */
struct str tell_text(struct work *, const char *prefix, int64_t expires_at);
/* The same, and until when the text before it is good. */
struct str tell_rotation(struct work *, const char *prefix, int64_t expires_at, int64_t until);
/* A key that ends; name may be NULL: not known. */
struct str tell_end(struct work *, const char *name, const char *prefix);
/* What may be changed of a key. */
struct str tell_change(struct work *, const struct key *);
/* What people call it. */
struct str tell_names(struct work *, const char *name, const char *description);
struct str tell_member(struct work *, const char *email, const char *role);
/* admin may be NULL: it has none yet. */
struct str tell_organization(struct work *, const char *name, const char *admin);
/* new_secret: its secret part was given with it; maker_role: of who made it, NULL: none by that. */
struct str tell_resource(struct work *, const struct resource *, bool new_secret, const char *maker_role);
/* A role on something; role may be NULL: none. */
struct str tell_grant(struct work *, const char *subject_id, const char *role);

#endif
