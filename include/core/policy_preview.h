/*
 * policy_preview.h: what a change of an organization's policy would do, before it
 * is made.
 *
 * Only the switch stops keys, or lets them live again.  A cap holds for keys that
 * are made from then on; those there are go on to their own end.
 */
#ifndef CORE_POLICY_PREVIEW_H
#define CORE_POLICY_PREVIEW_H

#include "core/expiry.h"
#include "core/organization.h"

#define PREVIEW_KEYS_MAX 200

/* What changes for a kind. */
struct policy_effect {
	const struct kind *kind;
	int64_t stopping, returning;		 /* live keys */
	const char *refused[EXPIRY_CHOICES_MAX]; /* ends that could be asked for, and could not then */
	size_t refused_n;
	int64_t outliving; /* live keys that end later than a new one could, or never */
};

struct policy_preview {
	struct org policy; /* as it would be */
	struct policy_effect effects[KIND__MAX];
	size_t effects_n;
	struct key *keys; /* the first of those that would stop, the last used before the others */
	size_t keys_n;
};

/* The same wishes and faults as organization_set_policy. */
enum fault policy_preview(struct work *, const char *org_id, const struct policy_wish *,
    struct policy_preview *);

#endif
