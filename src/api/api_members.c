/*
 * api_members.c: the people of an organization.
 */
#include "api/api.h"

#include <string.h>

#include "api/write.h"
#include "core/ask.h"
#include "core/member.h"

static const struct field member_fields[] = {
	FIELD_NEEDED(member_wish, email),
	FIELD(member_wish, name),
	FIELD_NEEDED(member_wish, role),
	FIELD(member_wish, password),
};
const struct shape shape_member = SHAPE("MemberWish", member_wish, member_fields);

static const struct field role_fields[] = { FIELD_NEEDED(member_wish, role) };
const struct shape shape_member_role = SHAPE("MemberRoleWish", member_wish, role_fields);

static enum fault
list_member(struct call *c, struct json *j, const void *row)
{
	(void)c;
	write_member(j, NULL, row);
	return FAULT_NONE;
}

static const struct listing member_listing = LISTING_SORTED(list_member, member, &members_orders);

enum fault
api_members_list(struct call *c)
{
	struct member *rows;
	struct page p;
	size_t n;
	enum fault f;

	if ((f = call_page_sorted(c, &members_orders, &p)) != FAULT_NONE ||
	    (f = members_page(c->work, c->work->actor->org_id, &p, &rows, &n)) != FAULT_NONE)
		return f;
	return call_list(c, &member_listing, &p, rows, n);
}

enum fault
api_member_add(struct call *c)
{
	struct member m;
	enum fault f = member_add(c->work, c->body, &m);

	if (f == FAULT_NONE)
		write_member(call_json(c), NULL, &m);
	return f;
}

enum fault
api_member_role(struct call *c)
{
	struct member m;
	enum fault f = member_set_role(c->work, call_param(c, "user"), c->body, &m);

	if (f == FAULT_NONE)
		write_member(call_json(c), NULL, &m);
	return f;
}

/* Oneself may always leave; to send another away takes an admin. */
enum fault
api_member_leave(struct call *c)
{
	const char *user = call_param(c, "user");
	bool own = c->work->actor->kind == NULL && strcmp(c->work->actor->owner_id, user) == 0;
	enum fault f = own ? FAULT_NONE : ask_actor(c->work, ACTION_ADMIN, c->work->actor->org_id);

	return f != FAULT_NONE ? f : member_leave(c->work, user);
}
