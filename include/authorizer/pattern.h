/*
 * pattern.h: path patterns of the routes file: what they match, what they bind,
 * and the paths that are made of what was bound.
 *
 * A pattern is a list of segments: a text, {name} for one segment that is not
 * empty, and as the last one {name...} or * for all that follows the slash,
 * nothing included.  It is compared with a decoded path that is canonical
 * already, so a slash always parts two segments.
 */
#ifndef AUTHORIZER_PATTERN_H
#define AUTHORIZER_PATTERN_H

#include "base/arena.h"

#define PATTERN_PARTS 32

enum part_sort { PART_TEXT, PART_NAME, PART_REST };

struct part {
	enum part_sort sort;
	struct str text; /* the segment, or the name; * has an empty one */
};

struct pattern {
	struct part *part;
	size_t n;
};

/* What each part of a pattern matched, by its place. */
struct bound {
	struct str v[PATTERN_PARTS];
};

/*
 * Each reads a text that must outlive the pattern, and returns NULL or a
 * sentence (in the arena) that says what is wrong.  In a template every {name}
 * must be one the pattern binds, and nothing stands for "the rest".
 */
const char *pattern_read(struct arena *, struct str text, struct pattern *);
const char *template_read(struct arena *, struct str text, const struct pattern *, struct pattern *tmpl);

bool pattern_match(const struct pattern *, struct str path, struct bound *);
/* Every path the second one matches, the first one matches too. */
bool pattern_covers(const struct pattern *, const struct pattern *);
/* The part that binds the name; NULL if none does. */
const struct part *pattern_part(const struct pattern *, struct str name);

/* What the part of that name matched. */
struct str pattern_value(const struct pattern *, const struct bound *, struct str name);
/* The template with its names filled in. */
const char *template_fill(struct arena *, const struct pattern *tmpl, const struct pattern *,
    const struct bound *);

#endif
