/*
 * reminder_letter.h: what a reminder says.
 */
#ifndef CORE_REMINDER_LETTER_H
#define CORE_REMINDER_LETTER_H

#include "core/mail.h"

/*
 * Read the key of a message again.  *why_not is a word if there is nothing to
 * remind of any more or nobody to remind, else NULL, and the values are filled.
 */
enum fault reminder_letter(struct work *, const struct message *,
    struct mail_value values[static MAIL_VALUES_MAX], size_t *n, const char **why_not);

#endif
