/*
 * notify.c: datagrams to $NOTIFY_SOCKET, and the pid file.
 */
#include "config.h"

#include "front/notify.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Nobody waits for it where the variable is not set. */
static void
tell(const char *state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t n = path == NULL ? 0 : strlen(path);
	int fd;

	if (n < 2 || n >= sizeof at.sun_path || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(at.sun_path, path, n);
	/* An abstract name begins with NUL. */
	if (at.sun_path[0] == '@')
		at.sun_path[0] = '\0';
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
		return;
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&at,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}

void
notify_ready(void)
{
	tell("READY=1");
}

/* The time tells the manager this reload from one before it. */
void
notify_reloading(void)
{
	struct timespec t;
	char state[64];

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	(void)snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000);
	tell(state);
}

void
notify_stopping(void)
{
	tell("STOPPING=1");
}

bool
pid_file_write(const char *path)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%ld\n", (long)getpid()), fd;
	bool ok;

	if (path[0] == '\0')
		return true;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return false;
	ok = write(fd, text, (size_t)n) == n;
	return close(fd) == 0 && ok;
}

void
pid_file_remove(const char *path)
{
	if (path[0] != '\0')
		(void)unlink(path);
}
