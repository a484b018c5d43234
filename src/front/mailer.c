/*
 * mailer.c: looking for ends of keys, and sending what is in the outbox.
 *
 * It is a process beside the keeper, because a mail server may take a minute for
 * one letter and the keeper's duties may not wait.  When it is to leave, a letter
 * that is not over yet is taken back; the answer to one that is over is waited for
 * a little, or it would be sent twice.
 */
#include "config.h"

#include "front/mailer.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "core/mailing.h"
#include "core/reminder.h"
#include "front/process.h"
#include "front/workplace.h"

#define PAUSE_MS   2000
#define AWAY_MS	   60000 /* before a server that could not be used is tried again */
#define LOOK_EVERY 600	 /* seconds, for ends of keys */

struct mailer {
	const struct post *post;
	struct work work;
	int64_t looked_at;  /* w->now */
	int64_t away_until; /* clock_ms */
};

static bool
must_leave(void *ctx)
{
	const struct mailer *m = ctx;

	return process_leaving(m->post) || process_orphaned();
}

/* A clock that went back must not make it wait for the time that was. */
static bool
is_time(int64_t last, int64_t every, int64_t now)
{
	return last == 0 || now < last || now >= last + every;
}

static enum fault
look(struct mailer *m)
{
	struct work *w = &m->work;
	size_t n = 0;
	enum fault f = FAULT_NONE;

	if (!w->settings->mail_remind || !is_time(m->looked_at, LOOK_EVERY, w->now))
		return FAULT_NONE;
	if ((f = reminder_post_all(w, &n)) == FAULT_NONE)
		m->looked_at = w->now;
	if (n > 0)
		log_event(LOG_NOTE, "reminders", "messages", log_number((int64_t)n), NULL);
	return f;
}

static enum fault
send_due(struct mailer *m)
{
	struct mailing mailing = { .stop = must_leave, .stop_ctx = m };
	enum fault f;

	if (clock_ms() < m->away_until)
		return FAULT_NONE;
	f = mailing_run(&m->work, &mailing);
	if (mailing.away)
		m->away_until = clock_ms() + AWAY_MS;
	return f;
}

static enum fault
count_waiting(struct work *w)
{
	int64_t n = 0;
	enum fault f = outbox_count(w, &n);

	if (f == FAULT_NONE)
		counter_set(COUNT_MAILS_WAITING, (uint64_t)n);
	return f;
}

/* The keeper says it when the database is away. */
static void
told(struct mailer *m, const char *doing, enum fault f)
{
	if (f != FAULT_NONE && f != FAULT_UNAVAILABLE)
		log_event(LOG_WARN, "mailing_failed", "doing", doing, "fault", fault_name(f), "why",
		    m->work.trouble.detail, NULL);
	m->work.trouble = (struct trouble){ .field = NULL };
}

/* Each by itself: where nothing new can be put into the outbox, what is in it is sent all the same. */
static void
do_all(struct mailer *m)
{
	told(m, "look", look(m));
	told(m, "send", send_due(m));
	told(m, "count", count_waiting(&m->work));
}

static void
take_turn(struct mailer *m)
{
	struct work *w = &m->work;
	enum fault f;

	slot_set(m->post->slot, SLOT_BUSY);
	workplace_next(w);
	f = db_ready(w->db);
	if (f != FAULT_NONE && f != FAULT_UNAVAILABLE)
		process_misfit(db_problem(w->db));
	if (f == FAULT_NONE)
		do_all(m);
	slot_set(m->post->slot, SLOT_READY);
}

void
mailer_run(const struct post *post)
{
	struct mailer m = { .post = post };

	workplace_open(&m.work, post->setup->settings, post->pool->account);
	while (!process_leaving(post)) {
		take_turn(&m);
		process_sleep(-1, PAUSE_MS);
	}
	workplace_close(&m.work);
	_exit(0);
}
