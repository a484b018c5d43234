/*
 * conf.c: small files of the administrator.
 */
#include "config.h"

#include "base/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct str
conf_file(struct arena *a, const char *path, size_t max, bool secret, const char **why)
{
	struct stat st;
	struct str text = STR_NONE;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	char *buf;

	*why = NULL;
	if (fd < 0 || fstat(fd, &st) < 0)
		*why = arena_print(a, "%s: cannot be read: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode) || (size_t)st.st_size > max)
		*why = arena_print(a, "%s: must be a file of at most %zu bytes", path, max);
	else if (secret && (st.st_mode & 07) != 0)
		*why = arena_print(a, "%s: others may read it; make its mode 0600", path);
	if (*why == NULL) {
		buf = arena_take(a, max + 1);
		if ((n = read(fd, buf, max)) < 0)
			*why = arena_print(a, "%s: cannot be read: %s", path, strerror(errno));
		else
			text = (struct str){ buf, (size_t)n };
		while (text.n > 0 && (buf[text.n - 1] == '\n' || buf[text.n - 1] == '\r'))
			buf[--text.n] = '\0';
	}
	if (fd >= 0)
		close(fd);
	return text;
}
