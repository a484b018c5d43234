/*
 * token.h: the text of a key: making one, and telling whether a text can be one.
 *
 * 43 base62 digits carry 256 bits; six more are the CRC-32 (ISO-HDLC, as in
 * zlib) of all before them, so that a slip of the pen is told from a wrong key
 * without asking anybody.  Provider keys are 40 hexadecimal digits.
 */
#ifndef CORE_TOKEN_H
#define CORE_TOKEN_H

#include "core/kind.h"

/* The kind whose prefix, length, alphabet and checksum the text has; or NULL. */
const struct kind *token_kind(const struct settings *, struct str text);

/* What follows the prefix of a kind. */
struct token_form {
	size_t body;	     /* characters */
	bool checked;	     /* has a checksum: what passes token_kind is no accident */
	const char *letters; /* as in a regular expression: "[0-9a-f]" */
};

const struct token_form *token_form(const struct kind *);

/* A new text of the kind, in the vault. */
struct str token_make(struct work *, const struct kind *);

/* CRC-32 as six base62 digits, most significant first. */
void token_checksum(struct str text, char digits[static 6]);

#endif
