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

/* Those the acting credential may read, wherever in them. */
enum fault provider_list(struct work *, struct provider **, size_t *n);
enum fault provider_get(struct work *, const char *id, struct provider *);

/* What came of trying: list its top, write, read and remove something small. */
struct provider_test {
	bool works;
	const char *step;    /* "connect", "list", "write", "read", "remove" or "done" */
	const char *problem; /* a sentence for people, without secrets; NULL: it works */
};

/* By whoever rules the whole of it. */
enum fault provider_test(struct work *, const char *id, struct provider_test *);

#endif
