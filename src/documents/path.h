/*
 * path.h: paths within a source.
 */
#ifndef DOCUMENTS_PATH_H
#define DOCUMENTS_PATH_H

#include "base/out.h"
#include "base/work.h"

#define DOCUMENT_PATH_MAX 2000

/*
 * One spelling: a leading '/', no '//' and none at the end.  NULL if nothing can
 * lie there.  The names stay as they are, in whatever Unicode form: only the file
 * system knows them.
 */
const char *documents_path(struct work *, struct str given);

/* Is it a name that is not shown: Git's own, or one that nobody can ask for? */
bool documents_hides(struct str name);

#endif
