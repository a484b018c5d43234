/*
 * etag.h: entity tags and the headers that compare them (RFC 9110 section 13).
 */
#ifndef HTTP_ETAG_H
#define HTTP_ETAG_H

#include "base/str.h"

/*
 * Is the tag (in its quotes) among those of If-Match or If-None-Match?  "*" is any.
 * `weak`: tags that are marked as weak count as well.
 */
bool etag_listed(struct str header, struct str tag, bool weak);

#endif
