/*
 * limit.h: forms that keys and machines have in common: a limit on requests, where
 * from they may come, and a new text while the old one goes on.
 */
#ifndef UI_LIMIT_H
#define UI_LIMIT_H

#include "core/mint.h"
#include "ui/board.h"

/* "100 in 60 seconds", or that there is no limit: requests == 0. */
const char *limit_text(struct call *, int64_t requests, int64_t seconds);
/* Its two fields, and what was written there: nothing at all takes the limit away. */
void offer_limit(struct call *, struct board_form *, int64_t requests, int64_t seconds);
struct given_rows limit_given(struct work *, const struct given_int *requests,
    const struct given_int *seconds);

/* Addresses and ranges, as they were written with blanks or commas between. */
struct given_texts ranges_given(struct work *, struct given_text);

/* The form for a new text (shape_ui_rotate); while the old one is good, the one that ends it. */
void offer_rotation(struct call *, struct board *, int64_t past_until, const char *path, const char *end);
struct mint_wish rotate_wish(const struct call *);

#endif
