/*
 * ui_orgs.c: the organizations one is in, for whoever is in none, too.
 */
#include "ui/ui.h"

#include "base/settings.h"
#include "core/organization.h"
#include "core/reset.h"
#include "ui/org.h"

static const struct field org_fields[] = { FIELD_NEEDED(organization_wish, name) };
const struct shape shape_ui_org_new = SHAPE("OrganizationForm", organization_wish, org_fields);

void
offer_confirmation(struct call *c, struct board *b)
{
	struct board_form *form;

	if (!c->caller->unproven || !c->work->settings->access_passwords ||
	    c->work->settings->mail_server[0] == '\0')
		return;
	form = board_form(c, b, WORDS_unconfirmed, WORDS_forgot_button, "/settings/organizations/confirm");
	form->text = WORDS_unconfirmed_text;
}

enum fault
ui_orgs(struct call *c)
{
	struct board_form *form;
	struct board *b;
	size_t n, first;
	enum fault f = board_begin(c, WORDS_organizations, NAV_ORGANIZATIONS, &b);

	if (f != FAULT_NONE)
		return f;
	b->intro = words_text(WORDS_organizations_intro);
	board_list(c, b, WORDS_no_organizations, WORDS_role, WORDS_none, WORDS_none);
	n = board_slice(c, b, "/settings/organizations", b->frame.orgs.n, &first);
	for (size_t i = first; i < first + n; i++) {
		struct line *l = board_line(b, b->frame.orgs.v[i].name);

		l->link = arena_print(c->work->arena, "/settings/tokens?org=%s", b->frame.orgs.v[i].id);
		l->first = role_word(b->frame.orgs.v[i].role);
	}
	offer_confirmation(c, b);
	form = board_form(c, b, WORDS_new_organization, WORDS_create, "/settings/organizations");
	form->text = WORDS_new_organization_text;
	form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_none);
	return board_show(c, b);
}

enum fault
ui_org_make(struct call *c)
{
	struct org o;
	enum fault f = organization_create(c->work, c->body, c->caller->owner_id, &o);

	if (f != FAULT_NONE)
		return f;
	return frame_go(c, arena_print(c->work->arena, "/settings/organization?org=%s", o.id), "made");
}

/* The same mail as for a forgotten password: choosing one by it shows whose the address is. */
enum fault
ui_confirm_send(struct call *c)
{
	struct reset_wish wish = { .email = { GIVEN, str_of(c->caller->owner_email) } };
	enum fault f = reset_ask(c->work, &wish);

	return f != FAULT_NONE ? f : frame_go(c, "/settings/organizations", "mail_sent");
}
