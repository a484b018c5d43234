/*
 * cmd_remind.c: "claviger remind": what mail would go, or go now.
 */
#include "config.h"

#include <stdio.h>

#include "core/mailing.h"
#include "core/reminder.h"
#include "front/command.h"
#include "front/sheet.h"
#include "front/workplace.h"

#define MESSAGES_AT_ONCE 200

struct shown {
	const char *state, *template, *org, *key, *to, *why;
	int64_t days, expires_at, attempts, next_at;
};

static void
show(struct sheet *s, const struct shown *m)
{
	sheet_begin(s);
	sheet_text(s, "state", m->state);
	sheet_text(s, "template", m->template);
	sheet_text(s, "to", m->to);
	sheet_text(s, "organization", m->org);
	sheet_text(s, "key", m->key);
	if (m->key == NULL)
		sheet_text(s, "days", NULL);
	else
		sheet_int(s, "days", m->days);
	sheet_time(s, "expires_at", m->expires_at);
	sheet_int(s, "attempts", m->attempts);
	sheet_time(s, "next_at", m->next_at);
	sheet_text(s, "last_error", m->why);
	sheet_end(s);
}

static void
show_message(struct sheet *s, const struct message *m)
{
	const struct shown row = { m->state, m->template, m->org_id, m->key_id, m->email, m->last_error,
		m->days, m->expires_at, m->attempts, m->next_at };

	show(s, &row);
}

/* One line for each person a reminder would go to. */
static enum fault
show_reminder(struct work *w, struct sheet *s, const struct reminder *r)
{
	const struct ending_key *k = &r->key;
	struct recipient *to;
	size_t n = 0;
	enum fault f = reminder_recipients(w, k, &to, &n);

	for (size_t i = 0; f == FAULT_NONE && i < n; i++) {
		const struct shown row = { "due", reminder_template(r->days), k->org_id, k->id, to[i].email,
			NULL, r->days, k->expires_at, 0, w->now };

		show(s, &row);
	}
	return f;
}

static int
print_due(struct work *w, enum sheet_form form)
{
	struct reminder_look look;
	struct reminder *found;
	struct sheet s;
	size_t n = 1;
	enum fault f = reminder_look(w, &look);
	int status = COMMAND_DONE;

	while (f == FAULT_NONE && status == COMMAND_DONE && n > 0) {
		workplace_clear(w);
		s = sheet_start(w->arena, form);
		f = reminder_next(w, &look, &found, &n);
		for (size_t i = 0; f == FAULT_NONE && i < n; i++)
			f = show_reminder(w, &s, &found[i]);
		if (f == FAULT_NONE)
			status = command_print(&s.out);
	}
	return f == FAULT_NONE ? status : command_fault(w, f);
}

static int
print_waiting(struct work *w, enum sheet_form form)
{
	struct message *rows;
	char after[ID_MAX + 1] = "";
	struct sheet s;
	size_t n = MESSAGES_AT_ONCE;
	enum fault f = FAULT_NONE;
	int status = COMMAND_DONE;

	while (f == FAULT_NONE && status == COMMAND_DONE && n == MESSAGES_AT_ONCE) {
		workplace_clear(w);
		s = sheet_start(w->arena, form);
		if ((f = outbox_waiting(w, after, MESSAGES_AT_ONCE, &rows, &n)) != FAULT_NONE)
			break;
		for (size_t i = 0; i < n; i++)
			show_message(&s, &rows[i]);
		if (n > 0)
			(void)snprintf(after, sizeof after, "%s", rows[n - 1].id);
		status = command_print(&s.out);
	}
	return f == FAULT_NONE ? status : command_fault(w, f);
}

/* What is in the outbox already, and what would be put there. */
static int
dry_run(struct work *w, enum sheet_form form)
{
	int status = print_waiting(w, form);

	return status == COMMAND_DONE ? print_due(w, form) : status;
}

struct running {
	struct work *w;
	enum sheet_form form;
	int status;
};

/* Each as soon as it is known: a slow server makes many of them a long wait. */
static void
show_mailed(void *ctx, const struct message *m, enum mailed what, const char *why)
{
	struct running *r = ctx;
	bool later = what == MAILED_LATER;
	struct sheet s = sheet_start(r->w->arena, r->form);
	struct message row = *m;

	row.state = mailed_name(what);
	row.attempts = m->attempts + 1;
	row.next_at = later ? r->w->now + mailing_pause(m->attempts) : 0;
	row.last_error = why[0] == '\0' ? NULL : why;
	show_message(&s, &row);
	if (command_print(&s.out) != COMMAND_DONE || later || what == MAILED_FAILED)
		r->status = COMMAND_FAILED;
}

static int
run(struct work *w, enum sheet_form form)
{
	struct running r = { w, form, COMMAND_DONE };
	struct mailing m = { .tell = show_mailed, .ctx = &r };
	enum fault f = FAULT_NONE;
	size_t n;

	if (w->settings->mail_server[0] == '\0')
		return command_failed("[mail] server is not set: there is nobody to hand mail to");
	if (w->settings->mail_remind)
		f = reminder_post_all(w, &n);
	if (f == FAULT_NONE)
		f = mailing_run(w, &m);
	return f == FAULT_NONE ? r.status : command_fault(w, f);
}

int
cmd_remind(const struct command_line *line)
{
	bool dry = false, as_json = false;
	const struct command_option options[] = { OPTION_FLAG("dry-run", &dry), OPTION_FLAG("json", &as_json),
		OPTION_END };
	struct command_words words;
	struct work *w;
	int status;

	if (!command_options(line, options, 0, 0, &words, &status))
		return status;
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = (dry ? dry_run : run)(w, as_json ? SHEET_JSON : SHEET_COLUMNS);
	command_close(&w);
	return status;
}
