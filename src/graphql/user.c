/*
 * user.c: people, as clients of Drivebase know them.
 */
#include <string.h>

#include "core/ask.h"
#include "graphql/rows.h"
#include "graphql/run.h"
#include "store/users.h"

struct person {
	const char *id, *name, *email, *role;
	bool yes;
	int64_t never, created_at;
};

static const char *const roles[] = { "VIEWER", "EDITOR", "ADMIN", "OWNER", NULL };

/* A member may do here what an editor may there. */
static const char *
role_word(bool admin)
{
	return admin ? "ADMIN" : "EDITOR";
}

static struct person *
person(struct gql_run *r, const struct user *u, bool admin)
{
	struct person *p = arena_new(r->work->arena, struct person);

	*p = (struct person){ u->id, u->name, u->email, role_word(admin), true, 0, u->created_at };
	return p;
}

enum fault
rows_me(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct standing *who = r->work->actor;
	struct user u;
	enum fault f;

	(void)source;
	(void)arguments;
	if (who->owner != OWNER_MEMBER)
		return FAULT_NONE;
	if ((f = users_get(r->work, who->owner_id, &u)) != FAULT_NONE)
		return f;
	*got = (struct gql_got){ .sort = GOT_OBJECT, .object = person(r, &u, who->org_rank == RANK_ADMIN) };
	return FAULT_NONE;
}

enum fault
rows_person(struct gql_run *r, const char *id, struct gql_got *got)
{
	struct user u = { .id = "", .name = "", .email = "", .created_at = r->work->now };
	const struct standing *who = r->work->actor;
	bool told;
	enum fault f = id == NULL ? FAULT_NOT_FOUND : users_get(r->work, id, &u);

	if (f != FAULT_NONE && f != FAULT_NOT_FOUND)
		return f;
	told = f == FAULT_NONE && (strcmp(u.id, who->owner_id) == 0 || actor_is_admin(r->work));
	if (!told)
		u.email = "";
	*got = (struct gql_got){ .sort = GOT_OBJECT, .object = person(r, &u, false) };
	return FAULT_NONE;
}

static const struct gql_field fields[] = {
	GQL_HAS(MEMBER_TEXT, person, id, "id", "ID!", NULL),
	GQL_HAS(MEMBER_TEXT, person, name, "name", "String!", NULL),
	GQL_HAS(MEMBER_TEXT, person, email, "email", "String!", NULL),
	GQL_HAS(MEMBER_TEXT, person, role, "role", "UserRole!", "ADMIN, or EDITOR for other members."),
	GQL_HAS(MEMBER_FLAG, person, yes, "isActive", "Boolean!", NULL),
	GQL_HAS(MEMBER_FLAG, person, yes, "onboardingCompleted", "Boolean!", NULL),
	GQL_HAS(MEMBER_TIME, person, never, "lastLoginAt", "DateTime", "Not told."),
	GQL_HAS(MEMBER_TIME, person, created_at, "createdAt", "DateTime!", NULL),
	GQL_HAS(MEMBER_TIME, person, created_at, "updatedAt", "DateTime!", NULL),
	GQL_LAST,
};

const struct gql_type rows_user = { .sort = GQL_IS_OBJECT, .name = "User", .fields = fields };
const struct gql_type rows_user_role = { .sort = GQL_IS_ENUM, .name = "UserRole", .words = roles };
