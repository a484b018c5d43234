/*
 * standing.c: what is known of who presents a credential, read from the rows.
 */
#include "core/standing.h"

#include <string.h>

#include "store/grants.h"
#include "store/keys.h"
#include "store/members.h"
#include "store/orgs.h"
#include "store/sessions.h"

static const char *const ranks[] = { "none", "member", "editor", "admin" };

const char *
rank_name(enum rank r)
{
	return ranks[r];
}

enum rank
rank_named(struct str name)
{
	for (size_t i = RANK_MEMBER; i < COUNT(ranks); i++)
		if (str_is(name, ranks[i]))
			return (enum rank)i;
	return RANK_NONE;
}

const char *
standing_type(const struct standing *s)
{
	static const char *const types[] = { [OWNER_MEMBER] = "user",
		[OWNER_MACHINE] = "machine",
		[OWNER_ORGANIZATION] = "organization",
		[OWNER_OPERATOR] = "operator" };

	return types[s->owner];
}

int64_t
standing_end(const struct standing *s)
{
	if (s->past == 0)
		return s->expires_at;
	return s->expires_at == 0 || s->past_until < s->expires_at ? s->past_until : s->expires_at;
}

int64_t
standing_rotates(const struct standing *s, int64_t now)
{
	return s->past_until > now ? s->past_until : 0;
}

/* On the organization a member may write, too; an admin everything. */
static enum rank
member_rank(const char *role)
{
	return role == NULL ? RANK_NONE : strcmp(role, "admin") == 0 ? RANK_ADMIN : RANK_EDITOR;
}

/* An organization key has its level on the whole organization. */
static enum rank
level_rank(const struct kind *k, unsigned scopes)
{
	unsigned set = scope_effective(k, scopes);

	return (set & SCOPE_ADMIN) != 0 ? RANK_ADMIN : (set & SCOPE_WRITE) != 0 ? RANK_EDITOR : RANK_MEMBER;
}

static void
take_grants(struct work *w, struct standing *s, const struct grant_of *rows, size_t n)
{
	struct granted *g = arena_array(w->arena, struct granted, n + 1);

	for (size_t i = 0; i < n; i++)
		g[i] = (struct granted){ rows[i].resource_id, rank_named(str_of(rows[i].role)), rows[i].via };
	s->granted = g;
	s->granted_n = n;
}

enum fault
standing_roles(struct work *w, struct standing *s)
{
	struct grant_of *rows = NULL;
	size_t n = 0;
	enum fault f = FAULT_NONE;

	if (s->owner == OWNER_MEMBER)
		f = grants_of_member(w, s->org_id, s->membership_id, &rows, &n);
	else if (s->owner == OWNER_MACHINE)
		f = grants_of_machine(w, s->org_id, s->machine_id, &rows, &n);
	if (f == FAULT_NONE)
		take_grants(w, s, rows, n);
	return f;
}

static enum fault
read_confine(struct work *w, struct standing *s)
{
	struct restriction *rows;
	struct confine *c;
	size_t n;
	enum fault f;

	if (!s->restricted)
		return FAULT_NONE;
	if ((f = keys_restrictions(w, s->org_id, s->key_id, &rows, &n)) != FAULT_NONE)
		return f;
	c = arena_array(w->arena, struct confine, n + 1);
	for (size_t i = 0; i < n; i++)
		c[i] = (struct confine){ rows[i].resource_id, rows[i].type, rows[i].base_path,
			rows[i].parent1, rows[i].parent2 };
	s->confine = c;
	s->confine_n = n;
	return FAULT_NONE;
}

static void
take_owner(struct standing *s, const struct key_found *row)
{
	s->owner = s->kind->owner;
	s->membership_id = row->membership_id;
	s->machine_id = row->machine_id;
	s->owner_alive = row->left_at == 0 && row->machine_deleted_at == 0;
	switch (s->owner) {
	case OWNER_MEMBER:
		s->owner_id = row->user_id;
		s->owner_name = row->user_name;
		s->owner_email = row->user_email;
		s->org_rank = member_rank(row->role);
		break;
	case OWNER_MACHINE:
		s->owner_id = row->machine_id;
		s->owner_name = row->machine_name;
		s->org_rank = RANK_NONE;
		break;
	case OWNER_ORGANIZATION:
		s->owner_id = row->org_id;
		s->owner_name = row->org_name;
		s->org_rank = level_rank(s->kind, (unsigned)row->scopes);
		break;
	case OWNER_OPERATOR:
		break;
	}
}

enum fault
standing_of_key(struct work *w, const struct key_found *row, struct standing **made)
{
	struct standing *s = arena_new(w->arena, struct standing);
	enum fault f;

	*made = s;
	if ((s->kind = kind_named(str_of(row->kind))) == NULL)
		return FAULT_INTERNAL; /* a row of a newer program: nobody can say what it may do */
	s->org_id = row->org_id;
	s->org_name = row->org_name;
	s->org_alive = row->org_deleted_at == 0;
	s->kind_allowed = kind_counts(s->kind, row->org_personal_enabled != 0);
	s->key_id = row->id;
	s->key_name = row->name;
	s->key_prefix = row->prefix;
	s->created_at = row->created_at;
	s->expires_at = row->expires_at;
	s->ended_at = row->ended_at;
	s->scopes = (unsigned)row->scopes;
	s->restricted = row->restricted != 0;
	s->allowed_ips = row->allowed_ips;
	s->past = row->past;
	s->past_until = row->past_until;
	s->rate_requests = row->rate_requests;
	s->rate_seconds = row->rate_seconds;
	s->epoch = row->org_epoch;
	s->version = row->version;
	take_owner(s, row);
	if ((f = read_confine(w, s)) != FAULT_NONE)
		return f;
	return standing_roles(w, s);
}

struct standing *
standing_of_session(struct work *w, const struct session *row)
{
	struct standing *s = arena_new(w->arena, struct standing);

	*s = (struct standing){ .session_id = row->id,
		.owner = OWNER_MEMBER,
		.owner_id = row->user_id,
		.owner_name = row->user_name,
		.owner_email = row->user_email,
		.owner_alive = true,
		.org_alive = true,
		.kind_allowed = true,
		.expires_at = row->expires_at,
		.ended_at = row->ended_at,
		.unproven = row->unproven != 0 };
	return s;
}

enum fault
standing_in(struct work *w, const struct standing *session, const char *org_id, struct standing **made)
{
	struct standing *s = arena_new(w->arena, struct standing);
	struct org_brief org;
	struct member m;
	enum fault f;

	if ((f = orgs_brief(w, org_id, &org)) != FAULT_NONE ||
	    (f = members_of_user(w, org_id, session->owner_id, &m)) != FAULT_NONE)
		return f;
	/* Whoever may have chosen the password is no member here; see member_awaits. */
	if (session->unproven && m.awaits != 0)
		return FAULT_NOT_FOUND;
	*s = *session;
	s->org_id = org.id;
	s->org_name = org.name;
	s->org_alive = true;
	s->membership_id = m.id;
	s->org_rank = member_rank(m.role);
	s->epoch = org.epoch;
	*made = s;
	return standing_roles(w, s);
}

static void
name_operator(struct standing *s)
{
	s->owner = OWNER_OPERATOR;
	s->owner_id = s->owner_name = "operator";
	s->owner_alive = true;
}

enum fault
standing_operator(struct work *w, const char *org_id, struct standing **made)
{
	struct standing *s = arena_new(w->arena, struct standing);
	struct org_brief org = { .id = NULL };
	enum fault f;

	*made = s;
	if (org_id != NULL && (f = orgs_brief(w, org_id, &org)) != FAULT_NONE)
		return f;
	*s = (struct standing){ .org_id = org.id,
		.org_name = org.name,
		.org_alive = true,
		.epoch = org.epoch,
		.kind_allowed = true,
		.org_rank = RANK_ADMIN };
	name_operator(s);
	return FAULT_NONE;
}

enum fault
standing_operator_for(struct work *w, const char *org_id, const char *user_id, struct standing **made)
{
	struct standing place = { .owner = OWNER_MEMBER, .owner_id = user_id, .kind_allowed = true };
	enum fault f = standing_in(w, &place, org_id, made);

	if (f == FAULT_NONE)
		name_operator(*made);
	return f;
}
