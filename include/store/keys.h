/*
 * keys.h: the rows of keys and their restrictions.
 */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include "base/work.h"

#define LOOKUP_SIZE	 16
#define RESTRICTIONS_MAX 100

/* A key as it is stored; what is never shown is only in struct key_found. */
struct key {
	const char *id, *kind, *name, *description, *prefix;
	const char *membership_id, *machine_id;
	const char *owner_id, *owner_name; /* of the user, the machine or the organization */
	const char *allowed_ips, *created_by, *last_used_ip;
	int64_t scopes, restricted, created_at, expires_at, last_used_at, ended_at, owner_ended_at, version;
	int64_t ends_at;		     /* expires_at for sorting: INT64_MAX where it is 0 */
	int64_t rate_requests, rate_seconds; /* 0: no limit of its own */
	/* the text before this one, if the key was rotated: it is, or was, good until then */
	const char *past_prefix, *past_used_ip;
	int64_t past_version, past_until, past_used_at;
};

/* A key found by its digest, with what its standing needs of other rows. */
struct key_found {
	const char *id, *org_id, *kind, *name, *prefix, *secret_hash;
	const char *membership_id, *machine_id, *allowed_ips;
	int64_t scopes, restricted, rate_requests, rate_seconds;
	int64_t created_at, expires_at, ended_at, version, last_used_at;
	int64_t past;	    /* of a text that was replaced: the version it was of; 0: of the text there is */
	int64_t past_until; /* of that text, or of the one before the text there is */
	const char *org_name;
	int64_t org_epoch, org_personal_enabled, org_deleted_at;
	const char *user_id, *user_name, *user_email, *role;
	int64_t left_at;
	const char *machine_name;
	int64_t machine_deleted_at;
};

struct restriction {
	const char *resource_id, *type, *base_path;
	const char *parent1, *parent2; /* of the resource; only read */
};

/* What goes in when a key is made. */
struct key_new {
	const char *id, *kind, *name, *description, *prefix, *secret_hash;
	uint8_t lookup[LOOKUP_SIZE];
	const char *membership_id, *machine_id, *allowed_ips, *created_by, *unique_name;
	int64_t scopes, restricted, expires_at, rate_requests, rate_seconds;
	int64_t past_version; /* of a new text: of the one before, if that was kept */
};

/* What may be changed of a key: each as it is to be. */
struct key_change {
	const char *name, *description, *unique_name;
	int64_t rate_requests, rate_seconds;
};

/* FAULT_TAKEN if the name must be the only one and is not. */
enum fault keys_insert(struct work *, const char *org, const struct key_new *);
enum fault keys_restrict(struct work *, const char *org, const char *key_id, const struct restriction *);
/* FAULT_NO_ROW if no key has the digest, or had it before it was rotated.  Like the next one it asks about all organizations. */
enum fault keys_by_lookup(struct work *, const uint8_t lookup[static LOOKUP_SIZE], struct key_found *);
/* The digests of all texts there are and were, of dead ones too, in their order: at most max behind this one. */
struct key_lookup {
	struct str lookup;
};
enum fault keys_lookups(struct work *, const uint8_t from[static LOOKUP_SIZE], size_t max,
    struct key_lookup **, size_t *n);
/* The same for a key whose id is known already. */
enum fault keys_found(struct work *, const char *org, const char *id, struct key_found *);
/* Which of the organizations a user is in now has the key; FAULT_NOT_FOUND. */
enum fault keys_org_for_user(struct work *, const char *id, const char *user_id, const char **org);
enum fault keys_get(struct work *, const char *org, const char *id, struct key *);
enum fault keys_restrictions(struct work *, const char *org, const char *key_id, struct restriction **,
    size_t *n);
enum fault keys_count_live(struct work *, const char *org, const char *membership_id, const char *kind,
    int64_t *n);
/* Name, description, scopes and whether it is restricted, of a row as it is to be. */
enum fault keys_rescope(struct work *, const char *org, const struct key *);
/* Away with what it is restricted to. */
enum fault keys_unrestrict(struct work *, const char *org, const char *key_id);
enum fault keys_change(struct work *, const char *org, const char *id, const struct key_change *);
/* *changed: 0 if it was ended before: the first time stands. */
enum fault keys_end(struct work *, const char *org, const char *id, const char *by, int64_t *changed);
/* The same for many: JSON, a list of {t: key}. */
enum fault keys_end_many(struct work *, const char *org, struct str ids, const char *by, int64_t *changed);
enum fault keys_end_of_machine(struct work *, const char *org, const char *machine_id, const char *by);
/* Keep the text of this version, good until then, for another takes its place.  *changed: 0 if it is gone. */
enum fault keys_past_insert(struct work *, const char *org, const char *id, int64_t version, int64_t until,
    int64_t *changed);
/* A text that was kept is good no longer.  *changed: 0 if it was not any more. */
enum fault keys_past_end(struct work *, const char *org, const char *id, int64_t version, int64_t *changed);
/*
 * Put a new text in the place of version `version`.  *changed: 0 if another
 * did so first.
 */
enum fault keys_replace(struct work *, const char *org, const char *id, int64_t version,
    const struct key_new *, int64_t *changed);
enum fault keys_rehash(struct work *, const char *org, const char *id, int64_t version,
    const char *secret_hash);
/* The same for many: JSON, a list of {o: org, k: key, t: seconds, a: address}. */
enum fault keys_used_many(struct work *, struct str uses);
enum fault keys_used(struct work *, const char *org, const char *id, int64_t at, const char *ip);
/* Of a text that was replaced; of many: those of the list that have p, its version. */
enum fault keys_past_used(struct work *, const char *org, const char *id, int64_t version, int64_t at,
    const char *ip);
enum fault keys_past_used_many(struct work *, struct str uses);

#endif
