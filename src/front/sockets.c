/*
 * sockets.c: making the listening sockets.
 *
 * The mode of a socket decides who may ask, and with libfcgi who may end a
 * worker, so a socket never has a wider mode than it shall have in the end, not
 * even for a moment.
 */
#include "config.h"

#include "front/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/address.h"

#define BACKLOG 1024

/* What is wrong, in a static buffer. */
static const char *failed(const char *what, ...) __attribute__((format(printf, 1, 2)));

static const char *
failed(const char *what, ...)
{
	static char text[256];
	va_list args;

	va_start(args, what);
	(void)vsnprintf(text, sizeof text, what, args);
	va_end(args);
	return text;
}

/*
 * Two masters that start at once must not remove each other's socket: whoever
 * looks at the name, removes it or makes it holds the directory's lock.
 */
static int
lock_directory(const char *path)
{
	char directory[sizeof((struct sockaddr_un *)0)->sun_path];
	const char *slash = strrchr(path, '/');
	int n = slash == path ? 1 : (int)(slash - path), fd;

	(void)snprintf(directory, sizeof directory, "%.*s", n, path);
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		(void)flock(fd, LOCK_EX);
	return fd;
}

/* A socket that is left over, and that nobody listens on, goes away. */
static const char *
clear_stale(const struct sockaddr_un *at)
{
	struct stat st;
	bool alive;
	int fd;

	if (lstat(at->sun_path, &st) < 0)
		return errno == ENOENT ? NULL : strerror(errno);
	if (!S_ISSOCK(st.st_mode))
		return "there is a file of that name, and it is no socket";
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
		return strerror(errno);
	alive = connect(fd, (const struct sockaddr *)at, sizeof *at) == 0 || errno != ECONNREFUSED;
	close(fd);
	if (alive)
		return "somebody listens there already";
	return unlink(at->sun_path) < 0 ? strerror(errno) : NULL;
}

/* Bound with the mode it shall have, and remembered as ours. */
static const char *
make_name(struct listener *l, const struct sockaddr_un *at, mode_t mode)
{
	mode_t before;
	struct stat st;
	int bound;

	if ((l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
		return strerror(errno);
	before = umask(~mode & 0777);
	bound = bind(l->fd, (const struct sockaddr *)at, sizeof *at);
	(void)umask(before);
	if (bound < 0 || lstat(at->sun_path, &st) < 0)
		return strerror(errno);
	l->path = strdup(at->sun_path);
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	return NULL;
}

/* Before it listens nobody can connect, so this is early enough for the group. */
static const char *
give_to_group(const struct sockaddr_un *at, const char *name)
{
	const struct group *group;

	if (name[0] == '\0')
		return NULL;
	if ((group = getgrnam(name)) == NULL)
		return failed("there is no group %.64s", name);
	if (lchown(at->sun_path, (uid_t)-1, group->gr_gid) < 0)
		return failed("cannot give it to the group %.64s: %s", name, strerror(errno));
	return NULL;
}

static const char *
open_unix(struct listener *l, const char *path, const struct settings *s)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	mode_t mode = (mode_t)strtol(s->service_socket_mode, NULL, 8);
	const char *why;
	int lock;

	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	if ((lock = lock_directory(path)) < 0)
		return failed("its directory: %s", strerror(errno));
	if ((why = clear_stale(&at)) == NULL && (why = make_name(l, &at, mode)) == NULL &&
	    (why = give_to_group(&at, s->service_socket_group)) == NULL && listen(l->fd, BACKLOG) < 0)
		why = strerror(errno);
	close(lock);
	return why;
}

static bool
is_loopback(const struct address *a)
{
	static const struct str loopback = { "127.0.0.0/8 ::1/128", 19 };

	return ranges_hold(loopback, a);
}

static socklen_t
fill_address(const struct address *a, bool v6, in_port_t port, struct sockaddr_storage *at)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };

	memset(at, 0, sizeof *at);
	if (v6) {
		memcpy(&in6.sin6_addr, a->byte, 16);
		memcpy(at, &in6, sizeof in6);
		return sizeof in6;
	}
	memcpy(&in.sin_addr, a->byte + 12, 4);
	memcpy(at, &in, sizeof in);
	return sizeof in;
}

const char *
sockets_loopback(const char *text, struct sockaddr_storage *at, socklen_t *n)
{
	const char *colon = strrchr(text, ':');
	struct str host = { text, colon == NULL ? 0 : (size_t)(colon - text) };
	bool v6 = host.n > 2 && host.s[0] == '[' && host.s[host.n - 1] == ']';
	struct address a;
	int64_t port;

	if (colon == NULL || !str_int(str_of(colon + 1), &port) || port < 1 || port > 65535)
		return "must be host:port";
	if (v6)
		host = (struct str){ host.s + 1, host.n - 2 };
	a = address_parse(str_is(host, "localhost") ? STR("127.0.0.1") : host);
	if (!a.known || v6 != (str_find(host, ':') >= 0))
		return "must be an address and a port, like 127.0.0.1:8482 or [::1]:8482";
	if (!is_loopback(&a))
		return "must be a loopback address: whoever reaches this socket may ask for verdicts";
	*n = fill_address(&a, v6, (in_port_t)port, at);
	return NULL;
}

static const char *
open_tcp(struct listener *l, const char *text)
{
	struct sockaddr_storage at;
	const char *why;
	socklen_t n;
	int on = 1;

	if ((why = sockets_loopback(text, &at, &n)) != NULL)
		return why;
	l->fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0 || setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
	    bind(l->fd, (const struct sockaddr *)&at, n) < 0 || listen(l->fd, BACKLOG) < 0)
		return strerror(errno);
	return NULL;
}

static bool
told(const char *name, const char *why, settings_problem *tell, void *ctx)
{
	if (why != NULL)
		tell(ctx, name, why);
	return why == NULL;
}

static bool
open_own(struct sockets *k, const struct settings *s, settings_problem *tell, void *ctx)
{
	const char *app = s->service_app_socket, *gate = s->service_gate_socket;
	bool ok = told(app, open_unix(&k->of[POOL_APP], app, s), tell, ctx);

	return told(gate, open_unix(&k->of[POOL_GATE], gate, s), tell, ctx) && ok;
}

bool
sockets_open(struct sockets *k, const struct settings *s, settings_problem *tell, void *ctx)
{
	const char *tcp = s->service_gate_listen;
	int inherited = 0;
	bool ok;

	*k = (struct sockets){ .inherited = false };
	for (int i = 0; i < POOL__MAX; i++)
		k->of[i].fd = -1;
	ok = inherit_sockets(k, &inherited, tell, ctx);
	k->inherited = inherited > 0;
	if (ok && !k->inherited)
		ok = open_own(k, s, tell, ctx);
	/* It belongs to the gate: two masters that were each handed one socket do not both open it. */
	if (ok && tcp[0] != '\0' && k->of[POOL_GATE].fd >= 0 && k->of[POOL_GATE_TCP].fd < 0)
		ok = told(tcp, open_tcp(&k->of[POOL_GATE_TCP], tcp), tell, ctx);
	if (!ok) {
		sockets_unlink(k);
		sockets_close(k);
	}
	return ok;
}

static void
forget_name(struct listener *l)
{
	free((void *)(uintptr_t)l->path);
	l->path = NULL;
}

void
sockets_unlink(struct sockets *k)
{
	struct stat st;

	for (int i = 0; i < POOL__MAX; i++) {
		struct listener *l = &k->of[i];

		if (l->path == NULL)
			continue;
		/* It may be another one's by now. */
		if (lstat(l->path, &st) == 0 && st.st_dev == l->dev && st.st_ino == l->ino)
			(void)unlink(l->path);
		forget_name(l);
	}
}

void
sockets_close(struct sockets *k)
{
	sockets_keep(k, POOL__MAX);
	for (int i = 0; i < POOL__MAX; i++)
		forget_name(&k->of[i]);
}

void
sockets_keep(struct sockets *k, enum pool_id which)
{
	for (int i = 0; i < POOL__MAX; i++) {
		if (i == (int)which || k->of[i].fd < 0)
			continue;
		close(k->of[i].fd);
		k->of[i].fd = -1;
	}
}

bool
sockets_differ(const struct settings *a, const struct settings *b)
{
	return strcmp(a->service_app_socket, b->service_app_socket) != 0 ||
	    strcmp(a->service_gate_socket, b->service_gate_socket) != 0 ||
	    strcmp(a->service_gate_listen, b->service_gate_listen) != 0 ||
	    strcmp(a->service_socket_group, b->service_socket_group) != 0 ||
	    strcmp(a->service_socket_mode, b->service_socket_mode) != 0;
}
