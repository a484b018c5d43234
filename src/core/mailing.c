/*
 * mailing.c: taking messages out of the outbox, sending them, marking them.
 */
#include "core/mailing.h"

#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "core/letter.h"
#include "core/reminder_letter.h"
#include "db/db.h"

#define AT_ONCE	    20
#define PAUSE_FIRST 60
#define PAUSE_MAX   (6 * 3600)
#define LEASE_SPARE 120	   /* more than a message may take; then its sender is dead */
#define MARK_FOR    300000 /* ms to go on trying to mark one that was sent */
#define MARK_PAUSE  500
#define LATE	    3600 /* seconds after which nobody is sending it any more */
#define KEPT	    (90 * CLOCK_DAY)

const char *
mailed_name(enum mailed m)
{
	static const char *const names[] = { [MAILED_SENT] = "sent",
		[MAILED_LATER] = "waiting",
		[MAILED_FAILED] = "failed",
		[MAILED_DROPPED] = "dropped" };

	return names[m];
}

int64_t
mailing_pause(int64_t attempts)
{
	return attempts >= 9 ? PAUSE_MAX : PAUSE_FIRST << attempts;
}

static bool
must_stop(const struct mailing *m)
{
	return m->stop != NULL && m->stop(m->stop_ctx);
}

static void
tell(struct mailing *m, const struct message *q, enum mailed what, const char *why)
{
	static const enum counter counters[] = { [MAILED_SENT] = COUNT_MAILS_SENT,
		[MAILED_LATER] = COUNT_MAILS_LATER,
		[MAILED_FAILED] = COUNT_MAILS_FAILED,
		[MAILED_DROPPED] = COUNT_MAILS_DROPPED };
	static const char *const events[] = { [MAILED_SENT] = "mail_sent",
		[MAILED_LATER] = "mail_waits",
		[MAILED_FAILED] = "mail_failed",
		[MAILED_DROPPED] = "mail_dropped" };

	count(counters[what]);
	if (m->tell != NULL) {
		m->tell(m->ctx, q, what, why);
		return;
	}
	log_event(what == MAILED_LATER || what == MAILED_FAILED ? LOG_WARN : LOG_NOTE, events[what], "id",
	    q->id, "template", q->template, "user", q->user_id, "key", q->key_id, "why",
	    why[0] == '\0' ? NULL : why, NULL);
}

/*
 * It was sent: what is lost now would be sent again, so a database that comes
 * back soon is waited for.
 */
static enum fault
mark_sent(struct work *w, struct mailing *m, const struct message *q)
{
	int64_t until = clock_ms() + MARK_FOR;
	enum fault f;

	while ((f = outbox_end(w, q->id, mailed_name(MAILED_SENT), NULL)) != FAULT_NONE &&
	    clock_ms() < until && !must_stop(m))
		(void)poll(NULL, 0, MARK_PAUSE);
	if (f != FAULT_NONE)
		log_event(LOG_ERROR, "mail_sent_not_marked", "id", q->id, "fault", fault_name(f), NULL);
	return f;
}

static enum fault
finish(struct work *w, struct mailing *m, const struct message *q, enum mailed what, const char *why)
{
	enum fault f = what == MAILED_SENT
	    ? mark_sent(w, m, q)
	    : outbox_end(w, q->id, mailed_name(what), why[0] == '\0' ? NULL : why);

	tell(m, q, what, why);
	return f;
}

static enum fault
put_off(struct work *w, struct mailing *m, const struct message *q, const char *why)
{
	int64_t at = w->now + mailing_pause(q->attempts);
	enum fault f;

	if (at > q->good_until)
		return finish(w, m, q, MAILED_FAILED, why);
	f = outbox_put_back(w, q, q->attempts + 1, at, why);
	tell(m, q, MAILED_LATER, why);
	return f;
}

static enum fault
hand_over(struct work *w, struct mailing *m, struct smtp *s, const struct message *q, struct str text)
{
	const struct smtp_letter letter = { letter_from(w), q->email, text };
	char why[SMTP_WHY_SIZE];
	enum smtp_end end = smtp_send(s, &letter, why);

	w->now = clock_now();
	switch (end) {
	case SMTP_SENT:
		return finish(w, m, q, MAILED_SENT, "");
	case SMTP_REFUSED:
		return finish(w, m, q, MAILED_FAILED, why);
	case SMTP_STOPPED:
		return outbox_put_back(w, q, q->attempts, w->now, q->last_error);
	case SMTP_AWAY:
		m->away = true;
		break;
	case SMTP_LATER:
		break;
	}
	return put_off(w, m, q, why);
}

/* What it says; *why_not if it is not to be said any more. */
static enum fault
read_values(struct work *w, const struct message *q, struct mail_value *v, size_t *n, const char **why_not)
{
	*why_not = NULL;
	if (w->now > q->good_until)
		*why_not = "it is too late";
	else if (q->key_id != NULL && q->sealed.s == NULL)
		return reminder_letter(w, q, v, n, why_not);
	else if (!mail_values(w, q, v, n) || *n == MAIL_VALUES_MAX)
		*why_not = "its seal is broken";
	else
		v[(*n)++] = (struct mail_value){ "to", q->name };
	return FAULT_NONE;
}

static enum fault
send_taken(struct work *w, struct mailing *m, struct smtp *s, const struct message *q)
{
	struct mail_value v[MAIL_VALUES_MAX];
	struct letter_values values = { v, 0 };
	const char *why_not;
	struct str text;
	enum fault f = read_values(w, q, v, &values.n, &why_not);

	if (f != FAULT_NONE)
		return f;
	if (why_not != NULL)
		return finish(w, m, q, MAILED_DROPPED, why_not);
	if ((f = letter_write(w, q, &values, &text)) == FAULT_NONE)
		return hand_over(w, m, s, q, text);
	return f == FAULT_INTERNAL ? put_off(w, m, q, w->trouble.detail) : f;
}

static enum fault
send_one(struct work *w, struct mailing *m, struct smtp *s, struct message *q)
{
	bool taken;
	enum fault f;

	arena_reset(w->vault);
	w->now = clock_now();
	f = outbox_take(w, q, w->settings->mail_timeout + LEASE_SPARE, &taken);
	return f == FAULT_NONE && taken ? send_taken(w, m, s, q) : f;
}

/* A connection only when there is something to send. */
static enum fault
send_all(struct work *w, struct mailing *m, struct message *rows, size_t n)
{
	const char *why;
	struct smtp *s = smtp_open(w->settings, w->vault, m->stop, m->stop_ctx, &why);
	enum fault f = FAULT_NONE;

	if (s == NULL) {
		m->away = true;
		return fault_at(w, FAULT_INTERNAL, NULL, "%s", why);
	}
	for (size_t i = 0; f == FAULT_NONE && i < n && !m->away && !must_stop(m); i++)
		f = send_one(w, m, s, &rows[i]);
	smtp_close(&s);
	return f;
}

enum fault
mailing_tidy(struct work *w, bool *more)
{
	int64_t late = 0, gone = 0;
	enum fault f = outbox_drop_late(w, w->now - LATE, OUTBOX_TIDIED, &late);

	if (late > 0)
		log_event(LOG_WARN, "mails_too_late", "messages", log_number(late), NULL);
	if (f == FAULT_NONE)
		f = outbox_forget(w, w->now - KEPT, OUTBOX_TIDIED, &gone);
	*more = late == OUTBOX_TIDIED || gone == OUTBOX_TIDIED;
	return f;
}

enum fault
mailing_run(struct work *w, struct mailing *m)
{
	struct message *rows;
	size_t n = AT_ONCE;
	enum fault f = FAULT_NONE;

	m->away = false;
	while (f == FAULT_NONE && n == AT_ONCE && !m->away && !must_stop(m)) {
		arena_reset(w->arena);
		w->now = clock_now();
		f = outbox_due(w, AT_ONCE, &rows, &n);
		if (f == FAULT_NONE && n > 0)
			f = send_all(w, m, rows, n);
	}
	return f;
}
