/*
 * inherit.c: listening sockets that somebody else has made.
 *
 * systemd hands over descriptors from 3 on and says so in LISTEN_FDS, with their
 * names in LISTEN_FDNAMES (sd_listen_fds(3)); whoever starts FastCGI programs
 * itself (lighttpd, spawn-fcgi) hands over one, as descriptor 0.
 */
#include "config.h"

#include "front/sockets.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define FIRST_FD 3

static bool
listens(int fd)
{
	int yes = 0;
	socklen_t n = sizeof yes;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &n) == 0 && yes != 0;
}

static bool
take(struct sockets *k, enum pool_id id, int fd, const char **why)
{
	if (id == POOL__MAX || k->of[id].fd >= 0) {
		*why = "more sockets than app, gate and gate_tcp were handed over, or one twice";
		return false;
	}
	if (!listens(fd) || fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
		*why = "a descriptor was handed over that is no listening socket";
		return false;
	}
	k->of[id].fd = fd;
	return true;
}

/* By its name; else the first that is missing. */
static enum pool_id
pool_named(const struct sockets *k, struct str name)
{
	int i;

	for (i = 0; i < POOL__MAX; i++)
		if (pools[i].answer != NULL && str_is(name, pools[i].name))
			return (enum pool_id)i;
	for (i = 0; i < POOL__MAX; i++)
		if (pools[i].answer != NULL && k->of[i].fd < 0)
			return (enum pool_id)i;
	return POOL__MAX;
}

/* How many, if they are for this process and not for one that started it. */
static int
listen_fds(void)
{
	int64_t pid, n;

	if (!str_int(str_of(getenv("LISTEN_PID")), &pid) || pid != getpid() ||
	    !str_int(str_of(getenv("LISTEN_FDS")), &n) || n < 0 || n > 64)
		return 0;
	return (int)n;
}

static bool
take_listed(struct sockets *k, int n, const char **why)
{
	struct str names = str_of(getenv("LISTEN_FDNAMES")), name;

	for (int i = 0; i < n; i++) {
		if (!str_cut(&names, ':', &name))
			name = STR("");
		if (!take(k, pool_named(k, name), FIRST_FD + i, why))
			return false;
	}
	return true;
}

/* Another descriptor for it: whatever reads standard input must not find the socket. */
static bool
take_standard_input(struct sockets *k, const char **why)
{
	enum pool_id id = str_is(str_of(getenv("CLAVIGER_SOCKET")), "gate") ? POOL_GATE : POOL_APP;
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, FIRST_FD), null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0) {
		*why = "out of descriptors";
		return false;
	}
	close(null);
	return take(k, id, fd, why);
}

bool
inherit_sockets(struct sockets *k, int *n, settings_problem *tell, void *ctx)
{
	const char *why = NULL;
	bool ok = true;

	*n = listen_fds();
	if (*n > 0) {
		ok = take_listed(k, *n, &why);
	} else if (listens(STDIN_FILENO)) {
		*n = 1;
		ok = take_standard_input(k, &why);
	}
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
	if (!ok)
		tell(ctx, "inherited sockets", why);
	return ok;
}
