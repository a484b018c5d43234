/*
 * test_guard.c: which records may begin a connection.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "front/guard.h"

struct bytes {
	uint8_t b[4096];
	size_t n;
};

static void
add(struct bytes *to, const void *p, size_t n)
{
	memcpy(to->b + to->n, p, n);
	to->n += n;
}

static void
add_record(struct bytes *to, int type, int id, const char *content, size_t n, int padding)
{
	const uint8_t head[8] = { 1, (uint8_t)type, (uint8_t)(id >> 8), (uint8_t)id, (uint8_t)(n >> 8),
		(uint8_t)n, (uint8_t)padding, 0 };
	static const char zeros[256];

	add(to, head, sizeof head);
	add(to, content, n);
	add(to, zeros, (size_t)padding);
}

#define RECORD(to, type, id, literal, padding) add_record(to, type, id, literal, sizeof(literal) - 1, padding)
#define BEGIN(to, id)			       RECORD(to, 1, id, "\0\2\0\0\0\0\0\0", 0)

/* The guard moves bytes about, so it gets a copy of the very size. */
static enum guarded
look_further(const struct bytes *from, size_t n, bool *whole)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);
	enum guarded seen;

	assert_non_null(copy);
	memcpy(copy, from->b, n);
	seen = guard_look(copy, n, whole);
	free(copy);
	return seen;
}

static enum guarded
look(const struct bytes *from, size_t n)
{
	bool whole;

	return look_further(from, n, &whole);
}

static void
a_request_in_any_pieces(void **state)
{
	struct bytes r = { .n = 0 };

	(void)state;
	BEGIN(&r, 7);
	RECORD(&r, 4, 7, "\1\1Ab\x80\0", 3);
	RECORD(&r, 4, 7, "\0\1\0C", 0);
	RECORD(&r, 4, 7, "", 0);
	for (size_t n = 0; n < r.n; n++)
		assert_int_equal(look(&r, n), GUARD_MORE);
	assert_int_equal(look(&r, r.n), GUARD_SOUND);
	add(&r, "whatever follows is not looked at", 20);
	assert_int_equal(look(&r, r.n), GUARD_SOUND);
}

/* Only an empty record of the input, all of it, of the same request. */
static void
whole_when_the_input_ends_at_once(void **state)
{
	static const struct {
		int type, id;
		const char *content;
		size_t n;
		int padding;
		bool whole;
	} cases[] = {
		{ 5, 7, "", 0, 0, true },
		{ 5, 7, "", 0, 5, true },
		{ 5, 7, "x", 1, 0, false },
		{ 5, 8, "", 0, 0, false },
		{ 4, 7, "", 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bytes r = { .n = 0 };
		bool whole;

		BEGIN(&r, 7);
		RECORD(&r, 4, 7, "\1\1Ab", 0);
		RECORD(&r, 4, 7, "", 3);
		assert_int_equal(look_further(&r, r.n, &whole), GUARD_SOUND);
		assert_false(whole);
		add_record(&r, cases[i].type, cases[i].id, cases[i].content, cases[i].n, cases[i].padding);
		assert_int_equal(look_further(&r, r.n - 1, &whole), GUARD_SOUND);
		assert_false(whole);
		assert_int_equal(look_further(&r, r.n, &whole), GUARD_SOUND);
		if (whole != cases[i].whole)
			fail_msg("case %zu", i);
	}
}

static void
without_parameters(void **state)
{
	struct bytes r = { .n = 0 };

	(void)state;
	BEGIN(&r, 1);
	RECORD(&r, 4, 1, "", 0);
	assert_int_equal(look(&r, r.n), GUARD_SOUND);
}

/* Lengths that do not fit, also those that wrap when they are added. */
static void
lengths_that_lie(void **state)
{
	static const struct str cases[] = {
		{ "\1", 1 },
		{ "\1\1A", 3 },
		{ "\2\1Ab", 4 },
		{ "\1\1Abc", 5 },
		{ "\x80\0\0", 3 },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff"
		  "A",
		    9 },
		{ "\x80\0\0\1\xff\xff\xff\xff"
		  "A",
		    9 },
		{ "\xff\xff\xff\xff\x80\0\0\1"
		  "A",
		    9 },
		{ "\1\xc0\0\0\0"
		  "A",
		    6 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bytes r = { .n = 0 };

		BEGIN(&r, 1);
		add_record(&r, 4, 1, cases[i].s, cases[i].n, 0);
		RECORD(&r, 4, 1, "", 0);
		if (look(&r, r.n) != GUARD_BAD)
			fail_msg("case %zu", i);
	}
}

static void
only_what_the_specification_has_there(void **state)
{
	struct bytes r;

	(void)state;
	r.n = 0; /* a management record first */
	RECORD(&r, 9, 0, "\17\0FCGI_MPXS_CONNS", 0);
	assert_int_equal(look(&r, r.n), GUARD_BAD);

	r.n = 0; /* and in between */
	BEGIN(&r, 1);
	RECORD(&r, 9, 0, "\17\0FCGI_MPXS_CONNS", 0);
	assert_int_equal(look(&r, r.n), GUARD_BAD);

	r.n = 0; /* a second request */
	BEGIN(&r, 1);
	BEGIN(&r, 2);
	assert_int_equal(look(&r, r.n), GUARD_BAD);

	r.n = 0; /* another request's parameters */
	BEGIN(&r, 1);
	RECORD(&r, 4, 2, "", 0);
	assert_int_equal(look(&r, r.n), GUARD_BAD);

	r.n = 0; /* the body first */
	BEGIN(&r, 1);
	RECORD(&r, 5, 1, "x", 0);
	assert_int_equal(look(&r, r.n), GUARD_BAD);

	r.n = 0; /* no id */
	BEGIN(&r, 0);
	assert_int_equal(look(&r, r.n), GUARD_BAD);

	r.n = 0; /* a short beginning */
	RECORD(&r, 1, 1, "\0\1\0", 0);
	assert_int_equal(look(&r, r.n), GUARD_BAD);

	r.n = 0; /* not FastCGI at all; the first byte tells */
	add(&r, "GET / HTTP/1.0\r\n\r\n", 18);
	assert_int_equal(look(&r, 1), GUARD_BAD);
	assert_int_equal(look(&r, r.n), GUARD_BAD);
}

static void
waiting_has_an_end(void **state)
{
	struct bytes r = { .n = 0 };
	int64_t began = clock_ms();
	uint8_t left[sizeof r.b];
	bool whole;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	BEGIN(&r, 1);
	assert_int_equal(write(pair[0], r.b, r.n), (ssize_t)r.n);
	assert_false(guard_wait(pair[1], clock_ms() + 50, &whole));
	assert_true(clock_ms() - began >= 50 && clock_ms() - began < 1000);

	r.n = 0;
	RECORD(&r, 4, 1, "", 0);
	assert_int_equal(write(pair[0], r.b, r.n), (ssize_t)r.n);
	assert_true(guard_wait(pair[1], clock_ms() + 1000, &whole));
	/* All of it is still there to be read. */
	assert_int_equal(read(pair[1], left, sizeof left), 24);
	close(pair[0]);
	assert_false(guard_wait(pair[1], clock_ms() + 1000, &whole));
	close(pair[1]);
}

static void
an_early_end_is_not_waited_for(void **state)
{
	struct bytes r = { .n = 0 };
	int64_t began = clock_ms();
	bool whole;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	BEGIN(&r, 1);
	assert_int_equal(write(pair[0], r.b, r.n), (ssize_t)r.n);
	assert_int_equal(shutdown(pair[0], SHUT_WR), 0);
	assert_false(guard_wait(pair[1], clock_ms() + 5000, &whole));
	assert_true(clock_ms() - began < 1000);
	close(pair[0]);
	close(pair[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_in_any_pieces),
		cmocka_unit_test(whole_when_the_input_ends_at_once),
		cmocka_unit_test(without_parameters),
		cmocka_unit_test(lengths_that_lie),
		cmocka_unit_test(only_what_the_specification_has_there),
		cmocka_unit_test(waiting_has_an_end),
		cmocka_unit_test(an_early_end_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
