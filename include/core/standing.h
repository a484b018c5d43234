/*
 * standing.h: all that is known of who presents a credential: what decide()
 * needs, and nothing it would have to ask the database for.
 */
#ifndef CORE_STANDING_H
#define CORE_STANDING_H

#include "core/kind.h"

/* Ranks: a higher one includes the lower. */
enum rank { RANK_NONE, RANK_MEMBER, RANK_EDITOR, RANK_ADMIN };

/* A role somebody has on a resource, and by what: a link of the chain of grants. */
struct granted {
	const char *resource_id;
	enum rank rank;
	const char *via; /* "direct", "everyone" or the id of a team */
};

struct confine {
	const char *resource_id;
	const char *type;
	const char *base_path; /* NULL unless the type has paths */
	const char *parent1, *parent2;
};

/*
 * Times and ids are as stored; texts live in the arena of the work that loaded
 * them.  kind == NULL: a session.
 */
struct standing {
	const struct kind *kind;
	/* the organization; org_id == NULL: a session that names none */
	const char *org_id, *org_name;
	bool org_alive;
	bool kind_allowed; /* the organization allows this kind now */
	/* the owner */
	enum owner owner;
	const char *owner_id; /* of the user, the machine, the organization */
	const char *owner_name, *owner_email;
	const char *membership_id, *machine_id; /* what owns personal things; or NULL */
	bool owner_alive;
	enum rank org_rank; /* a member's role, an organization key's level */
	const struct granted *granted;
	size_t granted_n;
	/* the key */
	const char *key_id, *key_name, *key_prefix;
	int64_t created_at, expires_at, ended_at; /* 0: never */
	unsigned scopes;			  /* as stored; see scope_effective */
	bool restricted;			  /* then only what confine lists, even if that is nothing */
	const struct confine *confine;
	size_t confine_n;
	const char *allowed_ips;	     /* ranges with blanks between; NULL: any */
	int64_t rate_requests, rate_seconds; /* 0: no limit of its own */
	int64_t past; /* the text was replaced: the version of the key it was of; 0: it is the one there is */
	int64_t past_until; /* when it ends; or the text before it does, or did; 0: there is none */
	/* the session */
	const char *session_id;
	bool header_only; /* somebody else's token: never a cookie */
	bool unproven;	  /* its password may be another's than whose the address is */
	bool by_server;	  /* the web server says who it is, each time anew: there is nothing to end */
	/* what remembering it needs */
	int64_t epoch, version;
};

/* When the text ends as far as can be said now; 0: never. */
int64_t standing_end(const struct standing *);
/* Until when the key has two texts; 0: it has one. */
int64_t standing_rotates(const struct standing *, int64_t now);

const char *rank_name(enum rank);
/* "member", "editor", "admin"; RANK_NONE for anything else. */
enum rank rank_named(struct str);

/*
 * Fill in the owner's side: roles of a member, a machine or the organization.
 * For a session the organization is chosen here; FAULT_NOT_FOUND if its user is
 * no member there.
 */
enum fault standing_in(struct work *, const struct standing *session, const char *org_id, struct standing **);
enum fault standing_roles(struct work *, struct standing *);

/* The administrator of the machine, at the command line: an admin of the organization (may be NULL). */
enum fault standing_operator(struct work *, const char *org_id, struct standing **);
/*
 * The same in a member's place: may what the member may, and what is made belongs to
 * the member; who did it is still the operator.  FAULT_NOT_FOUND if the user is no
 * member.
 */
enum fault standing_operator_for(struct work *, const char *org_id, const char *user_id, struct standing **);

struct key_found; /* store/keys.h */
struct session;	  /* store/sessions.h */

/* The standing of a session: a person, in no organization yet. */
struct standing *standing_of_session(struct work *, const struct session *);

/* The standing of a key from its rows; restrictions and roles are read too. */
enum fault standing_of_key(struct work *, const struct key_found *, struct standing **);

/* The words of API.md for a credential's owner: "user", "machine", "organization". */
const char *standing_type(const struct standing *);

#endif
