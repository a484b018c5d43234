/*
 * leak.h: reports that a key's text was found where everybody can read it, from
 * those who look for such things, in the shape of GitHub's secret scanning partner
 * program.
 *
 * Whoever reports must have signed it.  The text of a key is enough to end it, and a
 * report that comes again finds it ended: so there is nothing to be gained by
 * sending one twice.
 */
#ifndef CORE_LEAK_H
#define CORE_LEAK_H

#include "base/settings.h"
#include "base/work.h"

#define LEAK_BODY_MAX ((size_t)256 << 10)

/* The keys reports are signed with: read by the master before it forks. */
struct leak_keys;

/*
 * NULL if [leaks] keys_file cannot be used; the problem has been told.  Without that
 * setting there are none, and nothing is taken for signed.
 */
struct leak_keys *leak_keys_read(const struct settings *, settings_problem *, void *ctx);
void leak_keys_free(struct leak_keys **);
/* These are the ones from now on; those before are freed. */
void leak_keys_use(struct leak_keys *);
/* Is this the signature, in base64 and DER, of these bytes by the key of this name? */
bool leak_signed(struct arena *, struct str name, struct str signature, struct str bytes);

struct leak {
	struct str token, type, url, source;
	bool real; /* by leak_report: some key has or had this text */
};

/* A body: a list of objects.  FAULT_BAD_JSON, FAULT_BAD_FIELD, FAULT_BODY_TOO_LARGE. */
enum fault leak_read(struct work *, struct str body, struct leak **, size_t *n);

/*
 * End the key that has this text, if [leaks] revoke says so, note it and tell its
 * owner and the admins, in a transaction of its own.  Nothing is done for one that
 * is dead for good, nor, where keys are not ended, for one that was told of within
 * a day.  No Argon2id runs.
 */
enum fault leak_report(struct work *, struct leak *);

#endif
