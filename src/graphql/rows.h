/*
 * rows.h: the types of this door, each room with its own.
 */
#ifndef GRAPHQL_ROWS_H
#define GRAPHQL_ROWS_H

#include "graphql/schema.h"

/* All types, ended by NULL. */
extern const struct gql_type *const rows_types[];

/* Who somebody is. */
extern const struct gql_type rows_user, rows_user_role;
gql_resolver rows_me;
/*
 * By the id of an account; "" or none: nobody we know.  The address is told of oneself,
 * and to admins.
 */
enum fault rows_person(struct gql_run *, const char *id, struct gql_got *);

/* Keys of the kind provider. */
extern const struct gql_type rows_key, rows_key_scope, rows_minted, rows_key_scope_input, rows_key_input,
    rows_key_change_input;
gql_resolver rows_keys, rows_key_get, rows_key_create, rows_key_update, rows_key_revoke;
extern const struct gql_argument rows_key_create_arguments[], rows_key_update_arguments[];

/* {id: ID!} */
extern const struct gql_argument rows_by_id[];

#endif
