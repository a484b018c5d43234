/*
 * letter.h: a mail as it goes over the wire, made from a template.
 *
 * A template is a pair of files of src/core/mail.  NAME.txt begins with the line
 * "Subject: ...", the rest is the plain text; NAME.html is the same for those
 * who like it so.  {{x}} is filled with a value; {{#x}}...{{/x}} stays where the
 * value is not empty.  A line that holds nothing but such a mark vanishes.
 */
#ifndef CORE_LETTER_H
#define CORE_LETTER_H

#include "base/out.h"
#include "core/mail.h"

struct letter_values {
	const struct mail_value *v;
	size_t n;
};

/* False for a hole that nothing is known for, or a mark without its other end. */
bool letter_fill(struct out *, struct str template, const struct letter_values *, bool html);
bool letter_known(const char *template);

/*
 * Header and body, in the vault, as the message says and with these values.
 * FAULT_INTERNAL if there is no such template, or it does not go with them.
 */
enum fault letter_write(struct work *, const struct message *, const struct letter_values *,
    struct str *text);
/* The address the mail comes from, as SMTP wants it; "" if none is set. */
const char *letter_from(struct work *);

#endif
