/*
 * git_index.c: reading the list of what Git tracks.
 *
 * A header; the entries, each with what stat(2) said of the file, the name of its
 * content, flags and its path; extensions; a checksum, which is not asked: whoever
 * can write the index can write that, too.  Everything that does not fit together
 * makes it broken.
 */
#include "config.h"

#include "documents/git_index.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK	     ((size_t)64 << 10)
#define STAT_BYTES   40
#define MODE_AT	     24
#define SHA1_BYTES   20
#define SHA256_BYTES 32
#define HEAD_BYTES   12
#define FLAG_MORE    0x4000 /* two more bytes of flags, from version 3 on */
#define LENGTH_MAX   0xfff  /* of a path in the flags: or longer */
#define STAGE	     0x3000
#define ALIGNED	     8
#define SHORT_PATH   64 /* looked at first */

#define MODE_TYPE   0170000
#define MODE_FILE   0100000
#define MODE_LINK   0120000
#define MODE_MODULE 0160000
#define MODE_FOLDER 0040000 /* of a sparse index: all that is in it is not here */

struct reader {
	int fd;
	unsigned char block[BLOCK];
	size_t at, n;	  /* in the block */
	int64_t passed;	  /* bytes before the block */
	int64_t size;	  /* of the file */
	size_t hash;	  /* bytes of a content's name */
	unsigned version; /* of the format */
	char path[GIT_PATH_MAX + 1];
	size_t path_n, stage;
};

static int64_t
offset(const struct reader *r)
{
	return r->passed + (int64_t)r->at;
}

/* So many bytes from here on, all in the block; NULL: there are not so many. */
static const unsigned char *
look(struct reader *r, size_t n)
{
	if (r->n - r->at < n) {
		r->passed += (int64_t)r->at;
		memmove(r->block, r->block + r->at, r->n - r->at);
		r->n -= r->at;
		r->at = 0;
	}
	while (r->n < n) {
		ssize_t got = pread(r->fd, r->block + r->n, BLOCK - r->n, (off_t)(r->passed + (int64_t)r->n));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return NULL;
		r->n += (size_t)got;
	}
	return r->block + r->at;
}

static const unsigned char *
take(struct reader *r, size_t n)
{
	const unsigned char *p = look(r, n);

	if (p != NULL)
		r->at += n;
	return p;
}

static uint32_t
number(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The rest of a path behind the bytes that are kept, up to its NUL. */
static bool
take_text(struct reader *r, size_t keep, size_t *n)
{
	const unsigned char *p = NULL, *end = NULL;
	int64_t left = r->size - offset(r);
	size_t most = GIT_PATH_MAX + 1 - keep;

	if (left < (int64_t)most)
		most = left < 0 ? 0 : (size_t)left;
	for (size_t bytes = 0; end == NULL && bytes < most;) {
		bytes = bytes == 0 ? SHORT_PATH : 2 * bytes;
		if (bytes > most)
			bytes = most;
		if ((p = look(r, bytes)) == NULL)
			return false;
		end = memchr(p, '\0', bytes);
	}
	if (end == NULL)
		return false;
	*n = (size_t)(end - p);
	memcpy(r->path + keep, p, *n + 1);
	return take(r, *n + 1) != NULL;
}

/* How many bytes of the path before are not in this one: 7 bits in each byte, each but the last counts one more. */
static bool
take_strip(struct reader *r, size_t *strip)
{
	const unsigned char *p = take(r, 1);
	size_t value = p == NULL ? 0 : *p & 0x7f;

	while (p != NULL && (*p & 0x80) != 0) {
		if ((p = take(r, 1)) != NULL)
			value = (value + 1) << 7 | (*p & 0x7f);
		if (value > GIT_PATH_MAX)
			return false;
	}
	*strip = value;
	return p != NULL;
}

/* Behind the path there is zero until the entry's length can be divided by eight. */
static bool
take_padding(struct reader *r, size_t bytes)
{
	size_t n = (ALIGNED - bytes % ALIGNED) % ALIGNED;
	const unsigned char *p = take(r, n);

	for (size_t i = 0; p != NULL && i < n; i++)
		if (p[i] != 0)
			return false;
	return p != NULL;
}

/* As the paths of Git are: no empty step in them; a folder of a sparse index ends with '/'. */
static bool
is_path(struct str path, bool folder)
{
	struct str step;

	if (folder && path.n > 0 && path.s[path.n - 1] == '/')
		path.n--;
	if (path.n == 0 || path.s[path.n - 1] == '/')
		return false;
	while (str_cut(&path, '/', &step))
		if (step.n == 0)
			return false;
	return true;
}

/* The path of the next entry, behind the one before. */
static bool
take_path(struct reader *r, unsigned flags, size_t fixed, bool folder)
{
	char before[GIT_PATH_MAX + 1];
	size_t keep = 0, strip = 0, n, stage = (flags & STAGE) >> 12;
	int order;

	memcpy(before, r->path, r->path_n + 1);
	if (r->version == 4) {
		if (!take_strip(r, &strip) || strip > r->path_n)
			return false;
		keep = r->path_n - strip;
	}
	if (!take_text(r, keep, &n))
		return false;
	r->path_n = keep + n;
	if ((flags & LENGTH_MAX) != (r->path_n < LENGTH_MAX ? r->path_n : LENGTH_MAX) ||
	    !is_path((struct str){ r->path, r->path_n }, folder) ||
	    (r->version < 4 && !take_padding(r, fixed + n + 1)))
		return false;
	order = strcmp(before, r->path);
	if (order > 0 || (order == 0 && stage <= r->stage))
		return false;
	r->stage = stage;
	return true;
}

/* *mode is what sort of entry it is. */
static bool
take_entry(struct reader *r, uint32_t *mode)
{
	size_t fixed = STAT_BYTES + r->hash + 2;
	const unsigned char *p = take(r, fixed);
	unsigned flags;

	if (p == NULL)
		return false;
	*mode = number(p + MODE_AT) & MODE_TYPE;
	flags = (unsigned)p[fixed - 2] << 8 | p[fixed - 1];
	if ((flags & FLAG_MORE) != 0) {
		if (r->version < 3 || take(r, 2) == NULL)
			return false;
		fixed += 2;
	}
	return (*mode == MODE_FILE || *mode == MODE_LINK || *mode == MODE_MODULE || *mode == MODE_FOLDER) &&
	    take_path(r, flags, fixed, *mode == MODE_FOLDER);
}

static bool
skip(struct reader *r, int64_t n)
{
	while (n > 0) {
		size_t piece = n < (int64_t)BLOCK ? (size_t)n : BLOCK;

		if (take(r, piece) == NULL)
			return false;
		n -= (int64_t)piece;
	}
	return true;
}

/* Those that must be understood begin with a small letter; of these only that of a sparse index changes nothing. */
static bool
skip_extensions(struct reader *r)
{
	int64_t end = r->size - (int64_t)r->hash;

	while (end - offset(r) >= 8) {
		const unsigned char *p = take(r, 8);
		int64_t n = p == NULL ? 0 : number(p + 4);

		if (p == NULL || n > end - offset(r) ||
		    ((p[0] < 'A' || p[0] > 'Z') && memcmp(p, "sdir", 4) != 0) || !skip(r, n))
			return false;
	}
	return offset(r) == end;
}

static bool
begin(struct reader *r, uint32_t *n)
{
	const unsigned char *p = take(r, HEAD_BYTES);

	r->path[0] = '\0';
	if (p == NULL || memcmp(p, "DIRC", 4) != 0)
		return false;
	r->version = number(p + 4);
	*n = number(p + 8);
	return r->version >= 2 && r->version <= 4;
}

/* Contents are named by SHA-1 or by SHA-256, and only one of them makes sense of the first entry. */
static bool
find_hash(struct reader *r, uint32_t n)
{
	static const size_t sizes[] = { SHA1_BYTES, SHA256_BYTES };
	struct reader start = *r;
	uint32_t mode;

	for (size_t i = 0; i < COUNT(sizes); i++) {
		*r = start;
		r->hash = sizes[i];
		if (n > 0 ? take_entry(r, &mode) : skip_extensions(r)) {
			*r = start;
			r->hash = sizes[i];
			return true;
		}
	}
	return false;
}

bool
git_index_read(int fd, git_index_file *each, void *ctx)
{
	struct reader r = { .fd = fd };
	struct stat st;
	uint32_t n, mode;

	if (fstat(fd, &st) < 0)
		return false;
	r.size = st.st_size;
	if (!begin(&r, &n) || !find_hash(&r, n))
		return false;
	for (; n > 0; n--) {
		if (!take_entry(&r, &mode))
			return false;
		if (mode == MODE_FILE && !each(ctx, (struct str){ r.path, r.path_n }))
			return true;
	}
	return skip_extensions(&r);
}
