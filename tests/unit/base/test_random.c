/*
 * test_random.c: randomness: the alphabet, and that no digit is favoured.
 */
#include "base/random.h"

#include "base/is.h"

static void
the_digits_are_in_their_order(void **state)
{
	(void)state;
	is_text(base62_digits, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "base62");
}

/*
 * 620,000 digits, 10,000 expected of each: the standard deviation is about 99.
 * Eight times that is met by chance once in 10^13 runs; a digit taken from a
 * byte modulo 62 without care would lie 2,000 above.
 */
static void
every_digit_is_as_likely(void **state)
{
	static char text[620000];
	size_t seen[256] = { 0 };

	(void)state;
	random_base62(text, sizeof text);
	for (size_t i = 0; i < sizeof text; i++)
		seen[(unsigned char)text[i]]++;
	for (int c = 0; c < 256; c++) {
		char what[] = { (char)c, '\0' };
		bool digit = c != 0 && strchr(base62_digits, c) != NULL;

		is_true(digit ? seen[c] > 9200 && seen[c] < 10800 : seen[c] == 0, what);
	}
}

/* The same for the 256 values of a byte: 4,096 expected, deviation 64. */
static void
every_byte_is_as_likely(void **state)
{
	static uint8_t bytes[1 << 20];
	size_t seen[256] = { 0 };

	(void)state;
	random_bytes(bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		seen[bytes[i]]++;
	for (int c = 0; c < 256; c++)
		is_true(seen[c] > 3584 && seen[c] < 4608, "a value of a byte");
}

static void
exactly_so_many_are_written(void **state)
{
	char text[130];

	(void)state;
	for (size_t n = 0; n < 128; n++) {
		memset(text, '!', sizeof text);
		random_base62(text + 1, n);
		is_int(text[0], '!', "before");
		is_int(text[n + 1], '!', "behind");
		is_true(memchr(text + 1, '!', n) == NULL, "between");
		memset(text, 0, sizeof text);
		random_bytes(text + 1, n);
		is_int(text[0], 0, "before");
		is_int(text[n + 1], 0, "behind");
	}
}

static void
nothing_comes_twice(void **state)
{
	static char text[1000][22];

	(void)state;
	for (size_t i = 0; i < COUNT(text); i++) {
		random_base62(text[i], 22);
		for (size_t j = 0; j < i; j++)
			is_true(memcmp(text[i], text[j], 22) != 0, "two texts");
	}
}

/* A forked worker must not repeat what its brother drew. */
static void
processes_draw_apart(void **state)
{
	char ours[22], theirs[22];
	int ends[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	if ((pid = fork()) == 0) {
		random_base62(theirs, sizeof theirs);
		_exit(write(ends[1], theirs, sizeof theirs) == sizeof theirs ? 0 : 1);
	}
	random_base62(ours, sizeof ours);
	assert_int_equal(read(ends[0], theirs, sizeof theirs), sizeof theirs);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_memory_not_equal(ours, theirs, sizeof ours);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_digits_are_in_their_order),
		cmocka_unit_test(every_digit_is_as_likely),
		cmocka_unit_test(every_byte_is_as_likely),
		cmocka_unit_test(exactly_so_many_are_written),
		cmocka_unit_test(nothing_comes_twice),
		cmocka_unit_test(processes_draw_apart),
	};

	return cmocka_run_group_tests_name("base/random", tests, NULL, NULL);
}
