/*
 * master.c: the loop of the master.
 *
 * It sleeps in sigtimedwait(2); all signals it knows are blocked, so there is no
 * handler and no race.
 */
#include "config.h"

#include "front/master.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "core/admission.h"
#include "core/census.h"
#include "core/denial.h"
#include "core/memory.h"
#include "core/rate.h"
#include "core/throttle.h"
#include "front/notify.h"
#include "front/process.h"

#define DRAIN_MS	30000 /* then what is left is killed */
#define QUEUE_MS	25000 /* for what is queued on our own sockets: nobody new comes there */
#define QUEUE_THEIRS_MS 2000  /* on sockets that stay, for the next who serves them */
#define TICK_MS		1000
#define TICK_SOON_MS	20 /* while waiting for processes to become ready or to end */

static void
announce(struct master *m)
{
	if (m->announced || !crew_ready(&m->crew, m->generation))
		return;
	m->announced = true;
	notify_ready();
	log_event(LOG_NOTE, "ready", "processes", log_number(crew_count(&m->crew, CREW_ALL)), NULL);
}

/*
 * First our names go, so that nobody new comes; then the workers answer what is
 * queued; the keeper ends last.
 */
static void
drain_begin(struct master *m)
{
	int64_t now = clock_ms();

	log_event(LOG_NOTE, "stopping", NULL);
	notify_stopping();
	m->state = MASTER_DRAINS;
	m->deadline = now + DRAIN_MS;
	sockets_unlink(&m->sockets);
	atomic_store(&m->crew.slots->drain_until, now + (m->sockets.inherited ? QUEUE_THEIRS_MS : QUEUE_MS));
	crew_dismiss(&m->crew, 0, CREW_WORKERS);
}

static void
drain_tick(struct master *m)
{
	if (crew_count(&m->crew, CREW_WORKERS) == 0)
		crew_dismiss(&m->crew, 0, CREW_KEEPER);
	if (clock_ms() < m->deadline)
		return;
	log_event(LOG_WARN, "killing", "processes", log_number(crew_count(&m->crew, CREW_ALL)), NULL);
	crew_dismiss(&m->crew, 0, CREW_ALL);
	crew_signal(&m->crew, SIGKILL);
	m->deadline += DRAIN_MS;
}

/* After the file was renamed, by whoever rotates logs. */
static void
reopen_log(struct master *m)
{
	if (!log_open(m->setup->settings->service_log_file))
		log_event(LOG_WARN, "log_not_opened", "file", m->setup->settings->service_log_file, "error",
		    strerror(errno), NULL);
	atomic_fetch_add(&m->crew.slots->log_opening, 1);
	crew_signal(&m->crew, SIGUSR1);
}

static void
on_signal(struct master *m, int number)
{
	switch (number) {
	case SIGHUP:
		if (m->state == MASTER_SERVES)
			reload_begin(m);
		else
			m->again = true;
		break;
	case SIGTERM:
	case SIGINT:
	case SIGQUIT:
		if (m->state == MASTER_DRAINS)
			m->deadline = clock_ms(); /* asked twice: now */
		else
			drain_begin(m);
		break;
	case SIGUSR1:
		reopen_log(m);
		break;
	default:
		break;
	}
}

static void
tick(struct master *m)
{
	crew_reap(&m->crew);
	crew_watch(&m->crew);
	if (m->state == MASTER_DRAINS)
		drain_tick(m);
	else
		crew_start(&m->crew);
	if (m->state == MASTER_RELOADS)
		reload_tick(m);
	if (m->state == MASTER_SERVES)
		announce(m);
}

static void
loop(struct master *m)
{
	struct timespec wait = { 0, 0 };
	sigset_t signals;
	int64_t ms;
	int number;

	process_signals(&signals);
	while (m->state != MASTER_DRAINS || crew_count(&m->crew, CREW_ALL) > 0) {
		tick(m);
		ms = crew_next(&m->crew, m->state == MASTER_SERVES && m->announced ? TICK_MS : TICK_SOON_MS);
		wait.tv_sec = ms / 1000;
		wait.tv_nsec = ms % 1000 * 1000000;
		if ((number = sigtimedwait(&signals, NULL, &wait)) > 0)
			on_signal(m, number);
	}
}

/* All that the processes share is made before the first of them. */
static bool
prepare(struct master *m, settings_problem *tell, void *ctx)
{
	const struct settings *s = m->setup->settings;
	const char *why;

	clock_hold();
	counters_open();
	census_open();
	throttle_open();
	rate_open(s);
	denial_open();
	admission_open();
	memory_open(s, &why);
	if (why != NULL)
		log_event(LOG_WARN, "nothing_remembered", "file", s->keys_memory_file, "problem", why, NULL);
	m->crew.slots = slots_open();
	m->crew.sockets = &m->sockets;
	if (!sockets_open(&m->sockets, s, tell, ctx))
		return false;
	if (!pid_file_write(s->service_pid_file)) {
		tell(ctx, s->service_pid_file, strerror(errno));
		sockets_unlink(&m->sockets);
		return false;
	}
	return true;
}

int
master_run(const char *config, struct setup *setup, settings_problem *tell, void *ctx)
{
	static struct master m;
	char *pid_file = strdup(setup->settings->service_pid_file);
	sigset_t signals;

	process_harden();
	process_signals(&signals);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
	log_role("master");
	m = (struct master){ .config = config, .setup = setup, .generation = 1, .last_generation = 1 };
	if (!prepare(&m, tell, ctx)) {
		setup_free(&m.setup);
		free(pid_file);
		return 1;
	}
	log_event(LOG_NOTE, "starting", "version", PACKAGE_VERSION, NULL);
	(void)crew_enlist(&m.crew, setup, m.generation);
	loop(&m);
	sockets_close(&m.sockets);
	pid_file_remove(pid_file);
	log_event(LOG_NOTE, "stopped", NULL);
	setup_free(&m.setup);
	setup_free(&m.wanted);
	free(pid_file);
	return 0;
}
