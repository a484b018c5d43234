/*
 * provider.h: providers as storages: which there are, how full, and whether they
 * can be reached.  They are made, renamed and ended as resources (core/resource.h).
 */
#ifndef FILES_PROVIDER_H
#define FILES_PROVIDER_H

#include "base/work.h"

struct provider {
	const char *id, *name, *driver; /* "local" or "s3" */
	const char *config;		/* JSON, without secrets */
	int64_t quota;			/* bytes; 0: none */
	int64_t used;			/* bytes, as far as files have been seen */
	const char *created_by;
	int64_t created_at;
};

/*
 * Those the acting credential may read, wherever in them.  If not in all of one, there
 * is no config, quota, use, or who created it.
 */
enum fault provider_list(struct work *, struct provider **, size_t *n);
enum fault provider_get(struct work *, const char *id, struct provider *);

/* --- does it work --- */

enum provider_check {
#define CHECK(id, code, en, de) CHECK_##id,
#include "files/checks.def"
	CHECK__MAX
};

enum provider_advice {
	ADVICE_NONE,
#define ADVICE(id, en, de) ADVICE_##id,
#include "files/checks.def"
	ADVICE__MAX
};

enum check_state { CHECK_PASSED, CHECK_FAILED, CHECK_SKIPPED /* not come to, or needless here */ };

struct provider_step {
	enum provider_check check;
	enum check_state state;
};

/* What came of trying: each step up to the first that failed, and what to do about that. */
struct provider_test {
	bool works;
	struct provider_step step[CHECK__MAX];
	size_t n;
	enum provider_check failed; /* CHECK__MAX: none */
	const char *problem;	    /* a sentence for people, without secrets; NULL: it works */
	enum provider_advice advice;
};

const char *check_code(enum provider_check);
const char *check_state_code(enum check_state);
/* In English; NULL for ADVICE_NONE. */
const char *advice_text(enum provider_advice);

/*
 * By whoever rules the whole of it, outside a transaction: the storage is waited for.
 * With `write` something small is written there, read back and removed.
 */
enum fault provider_test(struct work *, const char *id, bool write, struct provider_test *);

#endif
