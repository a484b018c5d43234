/*
 * local_trial.c: a directory of this host that was tried.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/local_root.h"
#include "files/local.h"
#include "files/trial.h"

/* File systems that have no fixed number of files say that there may be none. */
enum fault
local_space(struct place *p)
{
	struct statvfs s;

	if (fstatvfs(p->root, &s) < 0)
		return place_fault(p, "its file system cannot be asked: %s", strerror(errno));
	return s.f_bavail > 0 && (s.f_files == 0 || s.f_favail > 0) ? FAULT_NONE : FAULT_STORAGE_FULL;
}

/* Of what lies outside the directories that are allowed nothing is told, not even that it is there. */
static void
blame_root(struct place *p, struct trial *x)
{
	struct stat st;

	if (p->root_path == NULL)
		return;
	x->failed = CHECK_ALLOWED;
	x->advice = ADVICE_ASK_ADMINISTRATOR;
	if (!local_root_named(p->w, p->root_path))
		return;
	x->failed = CHECK_DIRECTORY;
	if (lstat(p->root_path, &st) < 0)
		x->advice = errno == EACCES ? ADVICE_ALLOW_ACCOUNT : ADVICE_MAKE_DIRECTORY;
	else if (!S_ISDIR(st.st_mode) && !S_ISLNK(st.st_mode))
		x->advice = ADVICE_MAKE_DIRECTORY;
	else
		x->advice = p->root < 0 && S_ISDIR(st.st_mode) && access(p->root_path, R_OK | X_OK) < 0
		    ? ADVICE_ALLOW_ACCOUNT
		    : ADVICE_NO_LINKS;
}

static enum provider_advice
advice_on_writing(const struct place *p, enum fault f)
{
	if (f == FAULT_STORAGE_FULL)
		return ADVICE_MAKE_ROOM;
	return faccessat(p->root, ".", W_OK, AT_EACCESS) < 0 && errno == EROFS ? ADVICE_MOUNT_WRITABLE
									       : ADVICE_ALLOW_ACCOUNT;
}

void
local_trial(struct place *p, enum fault f, struct trial *x)
{
	x->checks = TRIAL_BIT(SETTINGS) | TRIAL_BIT(ALLOWED) | TRIAL_BIT(DIRECTORY) | TRIAL_BIT(LIST) |
	    TRIAL_BIT(SPACE) | TRIAL_BIT(WRITE) | TRIAL_BIT(READ) | TRIAL_BIT(REMOVE);
	if (x->failed == CHECK_SETTINGS)
		blame_root(p, x);
	else if (x->failed == CHECK_SPACE)
		x->advice = ADVICE_MAKE_ROOM;
	else if (x->failed != CHECK__MAX)
		x->advice = advice_on_writing(p, f);
	if (x->failed == CHECK_WRITE && f == FAULT_STORAGE_FULL)
		x->failed = CHECK_SPACE;
}
