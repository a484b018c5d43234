/*
 * member.c: accounts of people and their places in organizations.
 */
#include "core/member.h"

#include <string.h>

#include "core/change.h"
#include "core/id.h"
#include "core/login.h"
#include "core/name.h"
#include "core/password.h"
#include "core/standing.h"
#include "core/tell.h"
#include "store/sessions.h"

static enum fault
email_check(struct work *w, const struct given_text *g, const char **email)
{
	if (g->is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, "email", "must be given");
	if (g->is == IS_NULL || (*email = login_email(w, g->v)) == NULL)
		return fault_at(w, FAULT_BAD_FIELD, "email", "must be an e-mail address");
	return FAULT_NONE;
}

static enum fault
role_check(struct work *w, const struct given_text *g, const char **role)
{
	if (g->is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, "role", "must be given");
	if (g->is == GIVEN && str_is(g->v, "admin"))
		*role = "admin";
	else if (g->is == GIVEN && str_is(g->v, "member"))
		*role = "member";
	else
		return fault_at(w, FAULT_BAD_FIELD, "role", "must be admin or member");
	return FAULT_NONE;
}

/* The hash of a password that was given, or NULL. */
static enum fault
hash_given(struct work *w, const struct given_text *g, const char **hash)
{
	struct str normal;
	enum fault f;

	*hash = NULL;
	if (g->is != GIVEN)
		return FAULT_NONE;
	if (!w->settings->access_passwords)
		return fault_at(w, FAULT_BAD_FIELD, "password", "this installation keeps no passwords");
	if ((f = password_check(w, "password", g->v, &normal)) != FAULT_NONE)
		return f;
	return password_hash(w, normal, hash);
}

/* Who runs the installation vouches for the accounts made there. */
static bool
by_operator(const struct work *w)
{
	return w->actor == NULL || w->actor->owner == OWNER_OPERATOR;
}

static enum fault
make_user(struct work *w, const char *email, const struct member_wish *wish, struct user *u)
{
	struct given_text name = wish->name;
	enum fault f;

	/* Who gives no name is called by the address. */
	if (name.is != GIVEN)
		name = (struct given_text){ GIVEN, str_of(email) };
	*u = (struct user){ .id = id_make(w, "usr_"),
		.email = email,
		.created_at = w->now,
		.confirmed_at = by_operator(w) ? w->now : 0 };
	if ((f = name_check(w, "name", &name, &u->name)) != FAULT_NONE ||
	    (f = hash_given(w, &wish->password, &u->password_hash)) != FAULT_NONE)
		return f;
	if (u->password_hash != NULL && !by_operator(w))
		u->password_org = w->actor->org_id;
	return users_insert(w, u);
}

enum fault
user_create(struct work *w, const struct member_wish *wish, struct user *u)
{
	const char *email;
	enum fault f;

	if ((f = email_check(w, &wish->email, &email)) != FAULT_NONE)
		return f;
	if ((f = make_user(w, email, wish, u)) == FAULT_TAKEN)
		return fault_at(w, FAULT_TAKEN, "email", "has an account already");
	return f;
}

enum fault
user_set_password(struct work *w, const char *address, struct str password)
{
	struct given_text given = { GIVEN, password };
	const char *email = login_email(w, str_of(address)), *hash;
	struct user u;
	enum fault f;

	if (email == NULL)
		return fault_at(w, FAULT_BAD_FIELD, "email", "must be an e-mail address");
	if ((f = users_by_email(w, email, &u)) != FAULT_NONE ||
	    (f = hash_given(w, &given, &hash)) != FAULT_NONE ||
	    (f = users_set_password(w, u.id, hash)) != FAULT_NONE ||
	    (f = users_confirm(w, u.id)) != FAULT_NONE ||
	    (f = change_user(w, ACT_USER_PASSWORD, u.id, STR_NONE)) != FAULT_NONE)
		return f;
	return sessions_end_of_user(w, u.id, NULL);
}

/* The account of the address as it is, or a new one. */
static enum fault
find_or_make(struct work *w, const char *email, const struct member_wish *wish, struct user *u)
{
	enum fault f = users_by_email(w, email, u);

	if (f != FAULT_NOT_FOUND)
		return f;
	/* A key that could set a password could log in, and so make keys. */
	if (wish->password.is == GIVEN && w->actor->kind != NULL)
		return FAULT_SESSION_REQUIRED;
	return make_user(w, email, wish, u);
}

/* An admin could log in and make keys: no key makes one. */
static enum fault
may_give(struct work *w, const char *role)
{
	return w->actor->kind != NULL && strcmp(role, "admin") == 0 ? FAULT_SESSION_REQUIRED : FAULT_NONE;
}

bool
member_awaits(const struct user *u, const char *org_id)
{
	return u->password_hash != NULL && u->confirmed_at == 0 &&
	    (u->password_org == NULL || strcmp(u->password_org, org_id) != 0);
}

enum fault
member_add(struct work *w, const struct member_wish *wish, struct member *m)
{
	const char *org = w->actor->org_id, *email, *role;
	struct user u;
	enum fault f;

	if ((f = email_check(w, &wish->email, &email)) != FAULT_NONE ||
	    (f = role_check(w, &wish->role, &role)) != FAULT_NONE || (f = may_give(w, role)) != FAULT_NONE ||
	    (f = find_or_make(w, email, wish, &u)) != FAULT_NONE)
		return f;
	f = members_insert(w, org, id_make(w, "mem_"), u.id, role, member_awaits(&u, org));
	if (f == FAULT_TAKEN)
		return fault_at(w, FAULT_TAKEN, "email", "is a member already");
	if (f != FAULT_NONE ||
	    (f = change(w, ACT_MEMBER_ADD, org, u.id, STR_NONE, tell_member(w, u.email, role))) != FAULT_NONE)
		return f;
	return members_of_user(w, org, u.id, m);
}

/* Somebody stops being an admin: is another one left?  The rows stay locked. */
static enum fault
another_admin(struct work *w, const char *org, const struct member *m)
{
	int64_t admins;
	enum fault f;

	if (strcmp(m->role, "admin") != 0)
		return FAULT_NONE;
	if ((f = members_count_admins(w, org, &admins)) != FAULT_NONE)
		return f;
	return admins < 2 ? FAULT_LAST_ADMIN : FAULT_NONE;
}

enum fault
member_set_role(struct work *w, const char *user_id, const struct member_wish *wish, struct member *m)
{
	const char *org = w->actor->org_id, *role;
	enum fault f;

	if ((f = members_of_user(w, org, user_id, m)) != FAULT_NONE ||
	    (f = role_check(w, &wish->role, &role)) != FAULT_NONE || (f = may_give(w, role)) != FAULT_NONE)
		return f;
	if (strcmp(role, "admin") != 0 && (f = another_admin(w, org, m)) != FAULT_NONE)
		return f;
	if ((f = members_set_role(w, org, m->id, role)) != FAULT_NONE ||
	    (f = change(w, ACT_MEMBER_ROLE, org, user_id, tell_member(w, m->email, m->role),
		 tell_member(w, m->email, role))) != FAULT_NONE)
		return f;
	m->role = role;
	return FAULT_NONE;
}

enum fault
member_leave(struct work *w, const char *user_id)
{
	const char *org = w->actor->org_id;
	struct member m;
	enum fault f;

	if ((f = members_of_user(w, org, user_id, &m)) != FAULT_NONE ||
	    (f = another_admin(w, org, &m)) != FAULT_NONE || (f = members_leave(w, org, m.id)) != FAULT_NONE)
		return f;
	return change(w, ACT_MEMBER_LEAVE, org, user_id, tell_member(w, m.email, m.role), STR_NONE);
}
