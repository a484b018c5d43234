/*
 * s3.h: what the rooms of the S3 driver share.
 */
#ifndef FILES_S3_H
#define FILES_S3_H

#include "base/out.h"
#include "files/driver.h"
#include "files/wire.h"

#define S3_PART_LEAST (INT64_C(5) << 20)
#define S3_PARTS_MOST 10000

/* A bucket, with the credentials for it; texts that are secret lie in the vault. */
struct s3 {
	const char *scheme, *host; /* with its port */
	const char *before;	   /* of each path: "" or "/bucket", with what the endpoint has */
	const char *bucket, *region, *prefix;
	struct str access_key, secret_key;
	bool public_only, not_allowed;
	/* What came of the last request; the status is 0, or there is no code, where none was told. */
	enum wire_failure failure;
	int status;
	const char *code;
};

/* One request: at most so many parameters, sorted by their names. */
#define S3_PARAMS_MAX 8

struct s3_ask {
	const char *method;
	const char *key; /* "": of the bucket */
	struct {
		const char *name, *value;
	} param[S3_PARAMS_MAX];
	const char *copy_of;	     /* another key */
	const char *range, *only_if; /* headers; NULL: none */
	struct stream *body;	     /* NULL: none */
};

/* The query of a request as it is signed and sent, and its path; and the header that signs it. */
const char *s3_query(struct work *, const struct s3_ask *);
void s3_escape(struct out *, struct str, bool slash);
#define S3_SIGNATURE_SIZE 1024
void s3_authorization(struct work *, const struct s3 *, const struct s3_ask *, const char *path,
    const char *query, const char *stamp, const char *payload, char header[static S3_SIGNATURE_SIZE]);

/*
 * Whether an endpoint is one of those the administrator lists; of an empty list, any of
 * https, and *public_only is true.
 */
bool s3_endpoint_allowed(const char *allowed, struct str endpoint, bool *public_only);

/* The key of a path; with a slash behind it, of a folder. */
const char *s3_key(struct place *, const char *path, bool folder);
/*
 * Send it.  Whatever is no success is a fault: FAULT_TRY_AGAIN for 412, FAULT_NOT_FOUND for an
 * object that is not there.  A bucket that is gone is a storage that fails.
 */
enum fault s3_open(struct place *, const struct s3_ask *, struct wire *);
/* The same where nothing is wanted of the answer's body but that it is not an error. */
enum fault s3_do(struct place *, const struct s3_ask *, struct wire *);
/* A body of a text. */
struct stream s3_text(struct work *, struct str text);

/* What an answer in XML has, as it is read. */
struct s3_listed {
	char *key, *tag;
	bool folder; /* a common prefix */
	int64_t size, modified;
};
struct s3_page {
	struct s3_listed *row; /* in the arena */
	size_t room, n;
	char *next;	 /* where to go on; NULL: that was all */
	char *upload_id; /* of one that begins */
	char *error;	 /* the code of an error: letters only */
};
#define S3_PAGE 1000
/* FAULT_BODY_TOO_LARGE: there is not enough memory left for its rows. */
enum fault s3_read_xml(struct place *, struct wire *, struct s3_page *);
/* What lies below a key, at most S3_PAGE of it, and nothing else; not into folders if flat. */
enum fault s3_page(struct place *, const char *below, bool flat, const char *from, size_t most,
    struct s3_page *);

enum fault s3_look(struct place *, const char *path, struct found *);
enum fault s3_list(struct place *, const char *path, const struct files_page *, struct found **, size_t *n,
    size_t *total);
enum fault s3_move(struct place *, const char *from, const char *to, bool folder);
enum fault s3_remove(struct place *, const char *path, bool folder);
enum fault s3_chunks_begin(struct place *, struct upload_row *);
enum fault s3_chunk(struct place *, const struct upload_row *, int64_t number, int64_t size, struct stream *,
    const char **tag);
enum fault s3_chunks_end(struct place *, const struct upload_row *, const struct upload_chunk *, size_t n,
    struct found *);
enum fault s3_chunks_drop(struct place *, const struct upload_row *);

#endif
