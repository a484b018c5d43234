/*
 * local.h: what the rooms of the local driver share.
 */
#ifndef FILES_LOCAL_H
#define FILES_LOCAL_H

#include "base/beneath.h"
#include "files/driver.h"

/* What errno means for whoever asked. */
enum fault local_fault(struct place *, const char *what);
/*
 * Folders keep their places while it is held (LOCK_SH), or nothing is put into place
 * (LOCK_EX): close(2) it; -1: errno.
 */
int local_hold(struct place *, int how);
void local_found(struct place *, const struct beneath_seen *, struct found *);

enum fault local_list(struct place *, const char *path, const struct files_page *, struct found **, size_t *n,
    size_t *total);
enum fault local_write(struct place *, const char *path, struct stream *, const struct terms *,
    struct found *);
enum fault local_chunks_begin(struct place *, struct upload_row *);
enum fault local_chunk_claim(struct place *, const struct upload_row *, int64_t number, int64_t size);
enum fault local_chunk(struct place *, const struct upload_row *, int64_t number, int64_t size,
    struct stream *, const char **tag);
enum fault local_chunks_end(struct place *, const struct upload_row *, const struct upload_chunk *, size_t n,
    struct found *);
enum fault local_chunks_drop(struct place *, const struct upload_row *);

#endif
