/*
 * sockets.h: the listening sockets of the master: made here, or handed over.
 */
#ifndef FRONT_SOCKETS_H
#define FRONT_SOCKETS_H

#include <sys/socket.h>
#include <sys/types.h>

#include "front/pools.h"

struct listener {
	int fd;		  /* -1: none */
	const char *path; /* made by us: to be removed again; NULL otherwise */
	dev_t dev;
	ino_t ino;
};

struct sockets {
	struct listener of[POOL__MAX];
	bool inherited;
};

/*
 * Take those that were handed over, as LISTEN_FDS or as descriptor 0, or make
 * those of the settings.  All problems are told; false if there was one.
 */
bool sockets_open(struct sockets *, const struct settings *, settings_problem *, void *ctx);
/* Remove the names of those we made, so that nobody new comes. */
void sockets_unlink(struct sockets *);
void sockets_close(struct sockets *);

/* In a child: close all but the one of this pool. */
void sockets_keep(struct sockets *, enum pool_id);

/* The settings name other sockets than before. */
bool sockets_differ(const struct settings *, const struct settings *);

/* "127.0.0.1:8482", "[::1]:8482", "localhost:8482"; NULL, or what is wrong. */
const char *sockets_loopback(const char *text, struct sockaddr_storage *, socklen_t *);

/*
 * Sockets that were handed over: from systemd by name ("app", "gate"), or in
 * their order; from a web server or spawn-fcgi as descriptor 0, which is the
 * app's unless CLAVIGER_SOCKET is "gate".  *n is how many; false after a problem
 * has been told.
 */
bool inherit_sockets(struct sockets *, int *n, settings_problem *, void *ctx);

#endif
