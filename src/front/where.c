/*
 * where.c: looking a setting up in its file, which was read before and is sound.
 */
#include "config.h"

#include "front/where.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

static const char *
variable_of(const char *section, const char *name)
{
	static char variable[128];

	(void)snprintf(variable, sizeof variable, "CLAVIGER_%s_%s", section, name);
	for (char *c = variable; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	return variable;
}

/* Is it "[section]"?  *here becomes whether it is the one that is sought. */
static bool
begins_section(struct str line, const char *section, bool *here)
{
	ptrdiff_t end = str_find(line, ']');

	if (line.n == 0 || line.s[0] != '[' || end < 0)
		return false;
	*here = str_is((struct str){ line.s + 1, (size_t)end - 1 }, section);
	return true;
}

static int
find_line(FILE *f, const char *section, const char *name)
{
	char text[1024];
	bool here = false;

	for (int n = 1; fgets(text, sizeof text, f) != NULL; n++) {
		struct str line = str_trim(str_of(text)), word;

		if (begins_section(line, section, &here) || !here)
			continue;
		(void)str_cut(&line, '=', &word);
		if (str_is(str_trim(word), name))
			return n;
	}
	return 0;
}

const char *
where_setting(const char *config, const char *section, const char *name)
{
	static char where[512];
	const char *variable = variable_of(section, name);
	FILE *f;
	int n = 0;

	if (getenv(variable) != NULL)
		return variable;
	if (config != NULL && (f = fopen(config, "re")) != NULL) {
		n = find_line(f, section, name);
		fclose(f);
	}
	if (n > 0)
		(void)snprintf(where, sizeof where, "%s:%d", config, n);
	else
		(void)snprintf(where, sizeof where, "%s", config == NULL ? "settings" : config);
	return where;
}
