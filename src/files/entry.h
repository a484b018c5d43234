/*
 * entry.h: what the rooms of the service share: rows, and what a storage says.
 */
#ifndef FILES_ENTRY_H
#define FILES_ENTRY_H

#include "files/driver.h"
#include "files/reach.h"
#include "store/files.h"

/* As callers see it; found may be NULL: nothing is known but the row. */
void entry_of(const struct file_row *, const struct found *, struct file *);

/* The row of an id that may be seen; of what is folder and leads to the base, too. */
enum fault entry_load(struct work *, const char *id, struct reach *, struct file_row *);
/* The same for doing something to it. */
enum fault entry_load_to(struct work *, const char *id, enum action, struct reach *, struct file_row *);
/* The path of a folder by its id; NULL: the top.  It must be a folder of the provider. */
enum fault entry_folder(struct work *, const struct reach *, const char *folder_id, const char **path);

/* A name that may be given: FAULT_BAD_FIELD names the field. */
enum fault entry_name(struct work *, const char *field, struct str name, const char **good);
/* A path that was given, in its plain form; of names that can be asked for.  FAULT_BAD_FIELD. */
enum fault entry_plain(struct work *, struct str path, const char **plain);
/* A path with such a name at its end, and not too long. */
enum fault entry_path(struct work *, const char *folder, const char *name, const char **path);

#define ENTRY_OF_NOBODY "" /* what somebody else brought into the storage */

/* Rows for what was found in a folder; made where there are none, as brought there by whom it says. */
enum fault entries_see(struct place *, const char *by, const char *folder, const struct found *, size_t n,
    struct file **);
/* What is there no more. */
enum fault entry_gone(struct work *, const char *id);

/* Of a credential: whose stars and uploads are meant. */
const char *entry_owner(const struct work *);

#endif
