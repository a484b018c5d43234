/*
 * mime.h: the parts of a mail (RFC 5322, 2045, 2047): headers that nobody can
 * add lines to, and bodies that pass through any server.
 */
#ifndef BASE_MIME_H
#define BASE_MIME_H

#include "base/out.h"

#define MIME_ADDRESS_MAX 254

/* An address that can stand alone in a header and in a command of SMTP. */
bool mime_address(struct str);
/* "address" or "Name <address>", as in a setting; the name may be empty. */
bool mime_mailbox(struct str text, struct str *name, struct str *address);

/* A whole line, or several: what is not printable ASCII goes into encoded words; a control is a blank. */
void mime_header(struct out *, const char *field, struct str value);
/* The same for a person: the name may be empty. */
void mime_header_person(struct out *, const char *field, struct str name, struct str address);
/* "Sun, 22 Nov 2026 08:15:00 +0000" */
void mime_header_date(struct out *, int64_t at);
/* A body as quoted-printable: lines of at most 76 characters that end in CRLF. */
void mime_quoted(struct out *, struct str text);

#endif
