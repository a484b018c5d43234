/*
 * test_db_mail.c: the outbox: what a message tells is sealed and wiped, and one
 * sender at a time has it.
 */
#include "base/clock.h"
#include "core/mail.h"
#include "core/mailing.h"
#include "core/secret_files.h"
#include "db/db.h"
#include "store/world.h"

static const struct mail_value values[] = { { "link", "https://keys.example.org/reset?token=hidden-word" },
	{ "name", "" }, { "null", NULL } };

static int
start(void **state)
{
	if (world_open(state) != 0 || !secret_files_open())
		return -1;
	secret_files_load("1 " A64 "\n", A64 "\n");
	return 0;
}

static int
stop(void **state)
{
	secret_files_close();
	return world_close(state);
}

static struct message
post(void)
{
	const struct mail_wish wish = { .template = "reset",
		.user_id = "usr_bob",
		.good_until = w.now + 3600,
		.values = values,
		.n = COUNT(values) };
	struct message *rows;
	size_t n;

	must(mail_post(&w, &wish));
	must(outbox_due(&w, 10, &rows, &n));
	is_int(n, 1, "one is due");
	return rows[0];
}

static void
what_it_tells_is_sealed(void **state)
{
	struct mail_value got[MAIL_VALUES_MAX];
	struct message m = post(), other;
	size_t n;

	(void)state;
	is_text(m.email, "bob@example.org", "to whom");
	is_int(sql_number("SELECT LOCATE('hidden-word', sealed) FROM outbox"), 0, "not to be read");
	is_true(mail_values(&w, &m, got, &n), "opened");
	is_int(n, 3, "all");
	is_text(got[0].name, "link", "name");
	is_text(got[0].value, values[0].value, "value");
	is_text(got[1].value, "", "empty");
	is_text(got[2].value, "", "none");
	other = m;
	other.id = "eml_other";
	is_true(!mail_values(&w, &other, got, &n), "moved to another");
	sql_must("UPDATE outbox SET sealed = CONCAT(LEFT(sealed, 20), 'x', SUBSTR(sealed, 22))");
	m = (struct message){ .sealed = arena_str(w.arena, m.sealed), .id = m.id };
	((char *)(uintptr_t)m.sealed.s)[20] ^= 1;
	is_true(!mail_values(&w, &m, got, &n), "changed");
}

static void
when_it_was_sent_it_is_wiped(void **state)
{
	static const char *const ends[] = { "sent", "failed", "dropped" };
	int64_t gone;

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct message m = post(), *rows;
		size_t n;

		must(outbox_end(&w, m.id, ends[i], NULL));
		is_int(sql_number("SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL"), 0, ends[i]);
		must(outbox_due(&w, 10, &rows, &n));
		is_int(n, 0, "nothing is due");
	}
	must(outbox_forget(&w, w.now, 10, &gone));
	is_int(sql_number("SELECT COUNT(*) FROM outbox"), 3, "kept for a while");
	must(outbox_forget(&w, w.now + 1, 2, &gone));
	is_int(gone, 2, "so many at once");
	must(outbox_forget(&w, w.now + 1, 2, &gone));
	is_int(sql_number("SELECT COUNT(*) FROM outbox"), 0, "and forgotten");
}

/* As where no mail server is set, or one was away for long. */
static void
what_nobody_sent_has_an_end(void **state)
{
	struct message m = post();
	int64_t now = w.now;
	bool more, had;

	(void)state;
	must(outbox_take(&w, &m, 100, &had));
	m = post();
	w.now = m.good_until + 3600;
	must(mailing_tidy(&w, &more));
	is_int(sql_number("SELECT COUNT(*) FROM outbox WHERE ended_at IS NULL"), 2,
	    "somebody may be sending it");
	w.now++;
	must(mailing_tidy(&w, &more));
	is_int(sql_number("SELECT COUNT(*) FROM outbox WHERE state = 'dropped' AND sealed IS NULL"), 2,
	    "dropped");
	w.now += 90 * CLOCK_DAY + 1;
	must(mailing_tidy(&w, &more));
	is_int(sql_number("SELECT COUNT(*) FROM outbox"), 0, "and forgotten");
	is_true(!more, "all of them");
	w.now = now;
}

static void
one_has_it_at_a_time(void **state)
{
	struct message m = post(), copy = m, *rows;
	bool taken;
	size_t n;

	(void)state;
	must(outbox_take(&w, &m, 100, &taken));
	is_true(taken, "the first");
	must(outbox_take(&w, &copy, 100, &taken));
	is_true(!taken, "not the second");
	w.now += 99;
	must(outbox_due(&w, 10, &rows, &n));
	is_int(n, 0, "it is his");
	w.now += 1;
	must(outbox_due(&w, 10, &rows, &n));
	is_int(n, 1, "whoever took it is dead");
	copy = rows[0];
	must(outbox_take(&w, &copy, 100, &taken));
	is_true(taken, "by another");
	must(outbox_put_back(&w, &m, 1, w.now, "late"));
	is_int(sql_number("SELECT COUNT(*) FROM outbox WHERE state = 'sending' AND attempts = 0"), 1,
	    "the dead one cannot put back what is another's");
	must(outbox_put_back(&w, &copy, 1, w.now + 60, "451"));
	must(outbox_due(&w, 10, &rows, &n));
	is_int(n, 0, "it waits");
	w.now += 60;
	must(outbox_due(&w, 10, &rows, &n));
	is_int(n, 1, "its time has come");
	is_int(rows[0].attempts, 1, "attempts");
	is_text(rows[0].last_error, "451", "why");
}

/* A clock that was 400 days ahead left a time that will not come. */
static void
a_time_too_far_ahead_is_no_time(void **state)
{
	struct message m, *rows;
	size_t n;

	(void)state;
	w.now += INT64_C(400) * 86400;
	m = post();
	w.now -= INT64_C(400) * 86400;
	must(outbox_due(&w, 10, &rows, &n));
	is_int(n, 1, "due at once");
	is_text(rows[0].id, m.id, "it");
}

static void
there_must_be_such_a_person(void **state)
{
	const struct mail_wish wish = { .template = "reset", .user_id = "usr_nobody", .good_until = w.now };

	(void)state;
	is_fault(mail_post(&w, &wish), FAULT_CONFLICT, "nobody");
}

#define CASE(name) cmocka_unit_test_setup(name, world_fresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_it_tells_is_sealed),
		CASE(when_it_was_sent_it_is_wiped),
		CASE(what_nobody_sent_has_an_end),
		CASE(one_has_it_at_a_time),
		CASE(a_time_too_far_ahead_is_no_time),
		CASE(there_must_be_such_a_person),
	};

	return cmocka_run_group_tests_name("core/mail", tests, start, stop);
}
