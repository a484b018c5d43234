/*
 * meta.h: what the database says about itself.
 */
#ifndef STORE_META_H
#define STORE_META_H

#include "base/work.h"

/* The newest migration that was applied. */
enum fault meta_schema_version(struct work *, int64_t *);

#endif
