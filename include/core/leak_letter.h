/*
 * leak_letter.h: telling people that a key leaked.
 */
#ifndef CORE_LEAK_LETTER_H
#define CORE_LEAK_LETTER_H

#include "core/leak.h"
#include "core/standing.h"

#define LEAK_TEMPLATE "key_leaked"

/* To the owner, and to the admins of the organization; in the transaction at hand. */
enum fault leak_mail(struct work *, const struct standing *key, const struct leak *);

#endif
