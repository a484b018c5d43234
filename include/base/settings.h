/*
 * settings.h: how this installation is set up.  The list is settings.def; here
 * is the struct it fills, from an ini file and the environment.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include "base/str.h"

enum setting_sort { SETTING_TEXT, SETTING_INT, SETTING_FLAG };

struct settings {
#define SETTING_TEXT_ROW(section, name, initial, check, about)	  const char *section##_##name;
#define SETTING_INT_ROW(section, name, initial, low, high, about) int64_t section##_##name;
#define SETTING_FLAG_ROW(section, name, initial, about)		  bool section##_##name;
#include "base/settings.def"
};

/* Told of each problem: where (file:line, or the environment), and what. */
typedef void settings_problem(void *ctx, const char *where, const char *what);

/*
 * Read the file (NULL: defaults only) and then the environment
 * (CLAVIGER_SECTION_NAME) into fresh settings, which the caller frees.  All
 * problems are told; returns NULL if there was one.
 */
struct settings *settings_read(const char *file, settings_problem *, void *ctx);
void settings_free(struct settings **);

#endif
