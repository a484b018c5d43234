/*
 * forms.h: the rows of forms that were sent.
 */
#ifndef STORE_FORMS_H
#define STORE_FORMS_H

#include "base/work.h"

/* FAULT_TAKEN if the session has sent it before. */
enum fault forms_insert(struct work *, const char *session_id, const char *once);
/* Forget those that were sent before the instant. */
enum fault forms_forget(struct work *, int64_t before);

#endif
