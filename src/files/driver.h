/*
 * driver.h: what a kind of storage can do: a table of functions for each.
 *
 * Paths are normalized and may be used: who asks was let in before.  Each
 * function gives FAULT_NOT_FOUND for what is not there, FAULT_TAKEN for what is
 * in the way, FAULT_STORAGE_FULL, and FAULT_STORAGE with a sentence for what
 * fails; no sentence holds a secret.
 */
#ifndef FILES_DRIVER_H
#define FILES_DRIVER_H

#include "base/stream.h"
#include "files/files.h"
#include "store/resources.h"
#include "store/uploads.h"

struct driver;
struct trial;

/* A provider that is connected. */
struct place {
	struct work *w;
	const char *org_id;
	const struct driver *driver;
	struct resource resource;
	int64_t quota;
	int root; /* local: the directory; else -1 */
	const char *root_path;
	struct s3 *s3;
	/* local: what a chunk is written to, its part locked as long as this is open; -1: none */
	int held;
	/* Of what goes on for long: where it is asked about again, and when it was; NULL: it is not. */
	const struct reach *reach;
	const char *again_at[2];
	int64_t asked_ms;
	unsigned steps;
};

struct found {
	const char *name; /* of what is listed */
	bool folder;
	int64_t size, modified;
	const char *tag; /* NULL: of a folder, or not known */
};

struct terms {
	bool replace;	    /* what is there; else it is in the way */
	struct str only_if; /* the tag it must have; STR_NONE: any */
};

struct driver {
	const char *name;
	int64_t chunk_least; /* bytes of a chunk that is not the last */
	int64_t chunks_most;
	enum fault (*open)(struct place *);
	void (*close)(struct place *);
	enum fault (*look)(struct place *, const char *path, struct found *);
	/* By name; *total up to FILES_COUNT_MAX. */
	enum fault (*list)(struct place *, const char *path, const struct files_page *, struct found **,
	    size_t *n, size_t *total);
	/* Bytes first...last of the content that has the tag. */
	enum fault (*read)(struct place *, const char *path, const struct found *, int64_t first,
	    int64_t last, struct stream *);
	enum fault (
	    *write)(struct place *, const char *path, struct stream *, const struct terms *, struct found *);
	enum fault (*make_folder)(struct place *, const char *path);
	enum fault (*move)(struct place *, const char *from, const char *to, bool folder);
	enum fault (*remove)(struct place *, const char *path, bool folder);
	/* Chunks: r->token is set by the first, and known to the others. */
	enum fault (*chunks_begin)(struct place *, struct upload_row *r);
	/*
	 * So that nobody else writes that chunk until the place is closed, or the chunk let go; NULL:
	 * it is enough that the last one counts.
	 */
	enum fault (*chunk_claim)(struct place *, const struct upload_row *, int64_t number, int64_t size);
	enum fault (*chunk)(struct place *, const struct upload_row *, int64_t number, int64_t size,
	    struct stream *, const char **tag);
	enum fault (*chunks_end)(struct place *, const struct upload_row *, const struct upload_chunk *,
	    size_t n, struct found *);
	enum fault (*chunks_drop)(struct place *, const struct upload_row *);
	/* Is there room for anything at all?  NULL: that cannot be asked. */
	enum fault (*space)(struct place *);
	/* Of a storage that was tried, and of why it failed: what the driver's checks are (trial.h). */
	void (*trial)(struct place *, enum fault, struct trial *);
};

extern const struct driver driver_local, driver_s3;

/* What the service keeps for itself in a storage: not shown, and not to be asked for. */
#define PLACE_RESERVED ".claviger-"

/* The storage of a provider; close it. */
enum fault place_open(struct work *, const char *org_id, const char *provider_id, struct place *);
void place_close(struct place *);
/* Somebody else may write the chunk again. */
void place_let_go(struct place *);
/*
 * To be called for each of many things: now and then it is asked again whether who
 * began may go on, who may have been put out since.
 */
enum fault place_goes_on(struct place *);
/* The driver and the quota alone, of a resource that was read. */
enum fault place_config(struct work *, const struct resource *, struct place *);

/* Said of a storage that failed. */
#define place_fault(p, ...) fault_at((p)->w, FAULT_STORAGE, NULL, __VA_ARGS__)

/* Whether a name that was found can be asked for; what cannot is not shown. */
bool place_shows(const char *name);
/* The end of a path; its folder; a name in a folder. */
const char *path_name(const char *path);
const char *path_folder(struct work *, const char *path);
const char *path_in(struct work *, const char *folder, const char *name);
/* From the name's end, as IANA has it; "application/octet-stream" for all others. */
const char *mime_of(const char *name);

#endif
