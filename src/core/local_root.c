/*
 * local_root.c: the directory a source or a local provider stands for.
 *
 * What was allowed when it was made is asked again at each use: the
 * administrator may have taken the permission back, and a directory on the way
 * may have become a link to another place.
 */
#include "config.h"

#include "core/local_root.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/beneath.h"
#include "base/json_in.h"
#include "base/settings.h"
#include "core/base_path.h"

const char *
local_root_allowed(struct work *w, const char *root)
{
	struct str rest = str_of(w->settings->access_local_roots), word;
	char real[PATH_MAX], allowed[PATH_MAX];
	struct stat st;

	if (realpath(root, real) == NULL || stat(real, &st) < 0 || !S_ISDIR(st.st_mode))
		return NULL;
	while (str_word(&rest, &word))
		if (realpath(arena_text(w->arena, word), allowed) != NULL && base_path_covers(allowed, real))
			return arena_text(w->arena, str_of(real));
	return NULL;
}

bool
local_root_named(struct work *w, const char *root)
{
	struct str rest = str_of(w->settings->access_local_roots), word;
	char allowed[PATH_MAX];

	while (str_word(&rest, &word))
		if (realpath(arena_text(w->arena, word), allowed) != NULL && base_path_covers(allowed, root))
			return true;
	return false;
}

enum fault
local_root_open(struct work *w, const char *config, int *root)
{
	struct json_value v;
	const char *named, *real;

	*root = -1;
	if (config == NULL || !json_in(w->arena, str_of(config), &v))
		return FAULT_NOT_FOUND;
	named = arena_text(w->arena, json_member_text(&v, "root"));
	real = named == NULL ? NULL : local_root_allowed(w, named);
	/* Kept with its links resolved: if it is another now, somebody has put one there. */
	if (real == NULL || strcmp(real, named) != 0)
		return FAULT_NOT_FOUND;
	*root = beneath_root(real);
	return *root < 0 ? FAULT_NOT_FOUND : FAULT_NONE;
}
