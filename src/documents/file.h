/*
 * file.h: one document, opened.
 */
#ifndef DOCUMENTS_FILE_H
#define DOCUMENTS_FILE_H

#include <sys/types.h>

#include "base/beneath.h"
#include "documents/documents.h"

#define DOCUMENT_LOOK 8192 /* bytes of a beginning that tell a text from other things, as Git does */

/* Open a file to be read; path as of documents_path, NULL for none.  FAULT_NONE: close *fd. */
enum fault document_file(struct work *, const struct documents *, const char *path, int *fd,
    struct beneath_seen *);

/* As many bytes as there are, up to n; -1 if they cannot be read. */
ssize_t document_bytes(int fd, char *to, size_t n, int64_t at);

bool document_is_text(struct str beginning);

#endif
