/*
 * process.c: limits and signals.
 */
#include "config.h"

#include "front/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "core/secrets.h"

#define LOOK_EVERY 64 /* requests of one that never sleeps */

static volatile sig_atomic_t asked_to_leave;
static pid_t master_pid;
static int log_opened;

/*
 * A descriptor that is closed would be taken by the next socket, and what is
 * written to standard error would go to a client.
 */
static void
hold_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

void
process_harden(void)
{
	struct rlimit none = { 0, 0 };

	hold_standard_descriptors();
	/* A core file would hold keys. */
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static const int waited_for[] = { SIGCHLD, SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGPIPE };

void
process_signals(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < COUNT(waited_for); i++)
		sigaddset(set, waited_for[i]);
}

static void
leave(int number)
{
	(void)number;
	asked_to_leave = 1;
}

static void
wake(int number)
{
	(void)number;
}

static void
set_handler(int number, void (*handler)(int))
{
	struct sigaction act = { .sa_handler = handler };

	sigfillset(&act.sa_mask);
	(void)sigaction(number, &act, NULL);
}

/*
 * Those that a terminal sends to all at once are the master's business.  A
 * handler for SIGPIPE, which never runs, keeps libfcgi from setting its own.
 */
static void
set_handlers(void)
{
	set_handler(SIGTERM, leave);
	set_handler(SIGUSR1, wake);
	set_handler(SIGPIPE, wake);
	set_handler(SIGHUP, SIG_IGN);
	set_handler(SIGINT, SIG_IGN);
	set_handler(SIGQUIT, SIG_IGN);
	set_handler(SIGCHLD, SIG_DFL);
}

void
process_child(const struct post *post, long master)
{
	char name[16];

	set_handlers();
	secrets_lock();
	master_pid = (pid_t)master;
	log_opened = atomic_load_explicit(&post->slots->log_opening, memory_order_relaxed);
	log_role(post->pool->name);
	(void)snprintf(name, sizeof name, "claviger-%s", post->pool->name);
	(void)prctl(PR_SET_NAME, name, 0, 0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	/* It may have ended before that line. */
	if (getppid() != master_pid)
		_exit(0);
}

void
process_let_others_finish(void)
{
	const struct sched_param none = { .sched_priority = 0 };

	/* Only a matter of speed: where it is forbidden, all is as it was. */
	(void)sched_setscheduler(0, SCHED_BATCH, &none);
}

void
process_misfit(const char *problem)
{
	log_event(LOG_ERROR, "statement_misfit", "problem", problem, NULL);
	_exit(EXIT_MISFIT);
}

static void
follow_log(const struct post *post)
{
	int opening = atomic_load_explicit(&post->slots->log_opening, memory_order_relaxed);

	if (opening == log_opened)
		return;
	log_opened = opening;
	if (!log_open(post->setup->settings->service_log_file))
		log_event(LOG_WARN, "log_not_opened", "file", post->setup->settings->service_log_file, NULL);
}

bool
process_orphaned(void)
{
	return getppid() != master_pid;
}

bool
process_leaving(const struct post *post)
{
	static unsigned asked;

	/* Whoever sleeps is told by the signal of the master's death. */
	if (++asked % LOOK_EVERY == 0 && process_orphaned())
		asked_to_leave = 1;
	follow_log(post);
	return asked_to_leave != 0 || atomic_load_explicit(&post->slot->leave, memory_order_relaxed);
}

/* The signals that stay blocked while this process sleeps. */
static const sigset_t *
while_asleep(void)
{
	static sigset_t blocked;
	static bool made;

	if (!made) {
		process_signals(&blocked);
		sigdelset(&blocked, SIGTERM);
		sigdelset(&blocked, SIGUSR1);
		made = true;
	}
	return &blocked;
}

void
process_sleep(int fd, int64_t ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	log_flush();
	(void)ppoll(&p, 1, ms < 0 ? NULL : &t, while_asleep());
}

/*
 * poll(2) would wake all who wait for one connection; this wakes one
 * (EPOLLEXCLUSIVE).  If that one ends instead of taking it, nobody else knows of
 * it: then the master wakes the others (crew_reap).
 */
static int
watch(int listener)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd >= 0 && epoll_ctl(fd, EPOLL_CTL_ADD, listener, &e) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

void
process_wait(const struct post *post)
{
	static int watcher = -1;
	struct epoll_event e;

	if (watcher < 0 && (watcher = watch(post->listener)) < 0) {
		process_sleep(post->listener, -1);
		return;
	}
	log_flush();
	(void)epoll_pwait(watcher, &e, 1, -1, while_asleep());
}
