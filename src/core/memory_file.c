/*
 * memory_file.c: the file of what is remembered: whose it is, and who uses it.
 */
#include "config.h"

#include "core/memory_map.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <linux/magic.h>

#define MOMENT_MS 10

int
memory_file_open(const char *path, int flags, const char **why)
{
	struct statfs fs;
	struct stat st;
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | flags, 0600);

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		*why = strerror(errno);
	else if (fs.f_type != TMPFS_MAGIC)
		*why = "is not on tmpfs; what is remembered must be gone at boot";
	else if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0)
		*why = "must be a file with mode 0600";
	else
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

size_t
memory_file_size(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? 0 : (size_t)st.st_size;
}

void *
memory_file_map(int fd, size_t size, const char **why)
{
	void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (base == MAP_FAILED) {
		*why = strerror(errno);
		return NULL;
	}
	(void)madvise(base, size, MADV_DONTDUMP);
	/*
	 * Pages are taken when they are used, and then stay.  A refusal (RLIMIT_MEMLOCK) only means that
	 * they could be swapped.
	 */
	(void)mlock2(base, size, MLOCK_ONFAULT);
	return base;
}

void
memory_file_wait(void)
{
	(void)poll(NULL, 0, MOMENT_MS);
}

/*
 * Two masters must not share it: each would count the other's changes away.  A
 * command that looks whether there is one holds the lock for a moment.
 */
bool
memory_file_own(int fd, const char **why)
{
	struct stat st;

	for (int i = 0; i < MOMENTS; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
			/* The other one has put a new file in its place. */
			if (fstat(fd, &st) == 0 && st.st_nlink > 0)
				return true;
			break;
		}
		memory_file_wait();
	}
	*why = "another service uses it";
	return false;
}

/*
 * A new file in the place of one that does not fit.  A command that has the old
 * one open keeps what it has, and tells its change to the new one as well.
 */
int
memory_file_replace(const char *path, size_t size, const char **why)
{
	int fd;

	(void)unlink(path);
	if ((fd = memory_file_open(path, O_CREAT | O_EXCL, why)) < 0)
		return -1;
	if (memory_file_own(fd, why)) {
		if (ftruncate(fd, (off_t)size) == 0)
			return fd;
		*why = strerror(errno);
	}
	close(fd);
	return -1;
}

bool
memory_file_is_held(int fd)
{
	return flock(fd, LOCK_SH | LOCK_NB) < 0;
}
