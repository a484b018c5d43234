/*
 * reload.c: new settings without losing a request.
 *
 * The new settings are read and looked over; a new generation is started beside
 * the old one; when all of it is ready the old one is told to finish.  Both
 * take from the same sockets meanwhile.  Whatever goes wrong before leaves the
 * old generation serving as if nothing had been asked.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/secrets.h"
#include "front/master.h"
#include "front/notify.h"

#define READY_MS 30000

static void
log_problem(void *ctx, const char *where, const char *what)
{
	(void)ctx;
	log_event(LOG_ERROR, "reload_problem", "where", where, "what", what, NULL);
}

static void
refused(const char *why)
{
	log_event(LOG_ERROR, "reload_refused", "why", why, "now", "the old settings stay", NULL);
	notify_ready();
}

static void
use_log(const struct settings *s)
{
	if (!log_open(s->service_log_file))
		log_event(LOG_WARN, "log_not_opened", "file", s->service_log_file, "error", strerror(errno),
		    NULL);
}

void
reload_begin(struct master *m)
{
	struct setup *s;

	log_event(LOG_NOTE, "reloading", NULL);
	notify_reloading();
	/* The time of a clock that was wrong is not for ever. */
	clock_follow();
	m->again = false;
	s = setup_read(m->config, log_problem, NULL);
	if (s == NULL) {
		refused("the new settings have problems");
		return;
	}
	if (sockets_differ(m->setup->settings, s->settings))
		log_event(LOG_WARN, "restart_needed", "why", "settings of the sockets have changed", NULL);
	m->wanted = s;
	m->wanted_generation = ++m->last_generation;
	m->deadline = clock_ms() + READY_MS;
	m->state = MASTER_RELOADS;
	if (!crew_enlist(&m->crew, s, m->wanted_generation))
		m->deadline = 0;
}

static void
give_up(struct master *m, const char *why)
{
	crew_dismiss(&m->crew, m->wanted_generation, CREW_ALL);
	setup_free(&m->wanted);
	m->state = MASTER_SERVES;
	if (!secrets_load(m->setup->settings, log_problem, NULL))
		log_event(LOG_ERROR, "secrets_differ", "why", "the old secrets cannot be read again", NULL);
	refused(why);
}

static void
finish(struct master *m)
{
	crew_dismiss(&m->crew, m->generation, CREW_ALL);
	setup_free(&m->setup);
	m->setup = m->wanted;
	m->wanted = NULL;
	m->generation = m->wanted_generation;
	m->state = MASTER_SERVES;
	m->announced = true;
	use_log(m->setup->settings);
	notify_ready();
	log_event(LOG_NOTE, "reloaded", NULL);
	if (m->again)
		reload_begin(m);
}

void
reload_tick(struct master *m)
{
	if (m->crew.misfit == m->wanted_generation)
		give_up(m, "the new generation does not fit the database");
	else if (clock_ms() > m->deadline)
		give_up(m, "the new generation is not ready in time");
	else if (crew_ready(&m->crew, m->wanted_generation))
		finish(m);
}
