/*
 * kind.h: the kinds of key, one row each in kinds.def.
 *
 * Everything that differs from kind to kind is a column there.  No other room
 * asks which kind a key is; it asks what the row says.
 */
#ifndef CORE_KIND_H
#define CORE_KIND_H

#include "base/settings.h"
#include "base/work.h"

enum kind_id {
#define KIND(id, ...) KIND_##id,
#include "core/kinds.def"
#undef KIND
	KIND__MAX
};

/* Bits of a set of scopes, as stored. */
enum { SCOPE_READ = 1, SCOPE_WRITE = 2, SCOPE_ADMIN = 4, SCOPE_FULL = 8 };

enum body { BODY_BASE62_CRC, BODY_HEX40 };
/* Who is behind a credential.  No key is the operator's: that is the command line. */
enum owner { OWNER_MEMBER, OWNER_MACHINE, OWNER_ORGANIZATION, OWNER_OPERATOR };
enum creator { CREATOR_MEMBER, CREATOR_ADMIN };
/* How a wish says when the key ends. */
enum expiry { EXPIRY_DAYS, EXPIRY_PERIOD, EXPIRY_DATE, EXPIRY_DATE_NEEDED };
/* How a wish says what the key may do; ALL: whatever its owner may. */
enum scoping { SCOPING_ALL, SCOPING_PERMISSION, SCOPING_SET };
/* What "write" says about "read". */
enum scope_sense { ADDITIVE, INDEPENDENT };
/* What gives the key a new text in place. */
enum renewal { RENEW_NEVER, RENEW_REFRESH, RENEW_REGENERATE };
/* What is left to see of an ended key. */
enum ending { ENDS_HIDDEN, ENDS_MARKED };
/* Which part of the organization's policy rules this kind. */
enum policy { POLICY_NONE, POLICY_PERSONAL, POLICY_MACHINE, POLICY_SPACE };

struct kind {
	enum kind_id id;
	const char *name;      /* as in the API and in the database */
	const char *title;     /* for people */
	size_t prefix_setting; /* offset in struct settings */
	enum body body;
	size_t shown; /* characters of the text that may be displayed, prefix included */
	enum owner owner;
	enum creator creator;
	enum expiry expiry;
	enum scoping scoping;
	enum scope_sense sense;
	unsigned scopes;       /* those that may be asked for; all that a SCOPING_ALL key has */
	unsigned restrictable; /* bits of resource types it may be restricted to */
	enum renewal renewal;
	bool rotates; /* may have a new text while the old one is good for a while */
	enum ending ending;
	bool unique_name; /* among the owner's keys that are not ended */
	bool asks;	  /* may ask for verdicts about others */
	enum policy policy;
};

#define KIND_TEXT_MAX 80 /* no key of any kind is longer, the NUL included */

const struct kind *kind_of(enum kind_id);
/* By its name; NULL if there is none. */
const struct kind *kind_named(struct str);
/* All their names, with commas between: what is said to whoever names another. */
const char *kind_names(void);
const char *kind_prefix(const struct kind *, const struct settings *);
/* Every kind in turn, from 0; NULL at the end. */
const struct kind *kind_at(size_t);

/* Do keys of the kind count now, where an organization allows personal keys or not? */
bool kind_counts(const struct kind *, bool personal_enabled);

/* "read", "write", "admin", "full"; 0 if it is none of them. */
unsigned scope_named(struct str);
/* The names of the scopes that a kind has, as kind_names(). */
const char *scope_names(struct arena *, const struct kind *);
const char *scope_name(unsigned bit);
/* The bits that are in effect: additive sets grow downward, full is all. */
unsigned scope_effective(const struct kind *, unsigned scopes);
/* Calls each with the name of every bit set, in order. */
void scope_each(unsigned scopes, void each(void *ctx, const char *name), void *ctx);

#endif
