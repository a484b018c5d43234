/*
 * org.h: what the pages of an organization have in common.
 */
#ifndef UI_ORG_H
#define UI_ORG_H

#include "ui/board.h"

enum org_tab { ORG_POLICY, ORG_MEMBERS, ORG_TEAMS, ORG_RESOURCES };

/* A page with the tabs of the organization. */
enum fault org_begin(struct call *, enum org_tab, struct board **);

/* A field to choose a role, which stands at this one. */
void org_offer_role(struct call *, struct board *, struct board_form *, const char *role, bool editors);
/*
 * A field to choose a person, and a machine or a team, of the organization.  Who is
 * in it is shown to its admins only: others choose among teams and everyone.
 */
enum fault org_offer_subjects(struct call *, struct board *, struct board_form *, const char *name,
    bool teams, bool everyone);

/* For whose address is not confirmed: a form that sends the mail for it. */
void offer_confirmation(struct call *, struct board *);

#endif
