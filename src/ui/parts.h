/*
 * parts.h: what the parts of pages take.
 */
#ifndef UI_PARTS_H
#define UI_PARTS_H

#include "ui/words.h"

/* One line of text in a form. */
struct input {
	const char *name;
	enum words label, hint; /* WORDS_none: there is no hint */
	const char *value;	/* what is there, if nothing was typed; may be NULL */
	int max;
	bool needed;
};

/* How a client of MCP is set up with a key. */
struct mcp_view {
	const char *url, *variable, *placeholder; /* where a program looks for the text; "${NAME}" */
};

#define INPUT(name, label, hint, value, max, needed) \
	(&(const struct input){ name, WORDS_##label, WORDS_##hint, value, max, needed })

#endif
