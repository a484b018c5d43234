/*
 * hex.h: bytes as lower-case hexadecimal digits and back; base64 and base64url
 * (RFC 4648 sections 4 and 5) without padding.
 */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "base/arena.h"

/* Writes 2 * n digits and a NUL. */
void hex_text(const void *bytes, size_t n, char *text);
/* Exactly 2 * n digits; false otherwise. */
bool hex_bytes(struct str text, void *bytes, size_t n);

char *base64url_text(struct arena *, struct str bytes);
/* STR_NONE if it is not base64url. */
struct str base64url_bytes(struct arena *, struct str text);
char *base64_text(struct arena *, struct str bytes);
struct str base64_bytes(struct arena *, struct str text);

#endif
