/*
 * test_scan.c: texts of keys found in bytes, in pieces of any size.
 */
#include "core/scan.h"

#include <stdlib.h>

#include "base/bench.h"
#include "core/token.h"

#define PERSONAL "drvp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1hgl5n"
#define MACHINE	 "drvm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA121JjB"
#define ORGKEY	 "dk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA39pxGB"
#define SPACE	 "dnt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA3S2Koj"
#define PROVIDER "drv_0123456789abcdef0123456789abcdef01234567"
#define WRONG	 "drvp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1hgl5m"

static struct scan scan;
static char report[4096];

/* "kind:line:column" of each, with "?" for what is none for sure. */
static void
note(void *ctx, const struct scan_hit *hit)
{
	size_t n = strlen(report);

	(void)ctx;
	(void)snprintf(report + n, sizeof report - n, "%s%s:%d:%d%s", n == 0 ? "" : " ", hit->kind->name,
	    (int)hit->line, (int)hit->column, hit->sure ? "" : "?");
	is_true(token_kind(settings, hit->text) == hit->kind, "the text is whole");
}

/* Fed in pieces of this size. */
static const char *
scanned(struct str bytes, size_t piece)
{
	size_t room;

	report[0] = '\0';
	scan_begin(&scan, settings, note, NULL);
	for (size_t at = 0; at < bytes.n;) {
		char *space = scan_space(&scan, &room);
		size_t n = bytes.n - at;

		n = n > piece ? piece : n;
		n = n > room ? room : n;
		memcpy(space, bytes.s + at, n);
		scan_bytes(&scan, n);
		at += n;
	}
	scan_end(&scan);
	return report;
}

static void
what_is_found(void **state)
{
	static const struct {
		struct str in;
		const char *want;
	} cases[] = {
		{ STR(""), "" },
		{ STR("nothing_here"), "" },
		{ STR(PERSONAL), "personal:1:1" },
		{ STR("x = \"" MACHINE "\"\n"), "machine:1:6" },
		{ STR("\n\n  " ORGKEY "\n" SPACE), "organization:3:3 space:4:1" },
		{ STR(PERSONAL MACHINE ORGKEY), "personal:1:1 machine:1:55 organization:1:109" },
		{ STR("\0\377\0" PERSONAL "\0\n\0" MACHINE "\0"), "personal:1:4 machine:2:2" },
		{ STR("KEY" PERSONAL "more"), "personal:1:4" },
		{ STR("_" PERSONAL "_"), "personal:1:2" },
		{ STR(WRONG), "" },
		{ STR("drvp_AAAA\n" PERSONAL), "personal:2:1" },
		{ STR("DRVP_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1hgl5n"), "" },
		{ STR("\342\202\254 " PERSONAL), "personal:1:5" },
		{ STR("\r\n" PERSONAL "\r\n"), "personal:2:1" },
		{ STR(PROVIDER), "provider:1:1?" },
		{ STR(PROVIDER "\n"), "provider:1:1?" },
		{ STR("a" PROVIDER "g"), "provider:1:2?" },
		{ STR(PROVIDER "0"), "" },
		{ STR(PROVIDER "f" PROVIDER), "provider:1:46?" },
		{ STR("drv_0123456789abcdef0123456789abcdef0123456"), "" },
		{ STR("drv_0123456789ABCDEF0123456789abcdef01234567"), "" },
		{ STR("Authorization: Bearer secret-token:" PERSONAL "\n"), "personal:1:36" },
		{ STR("https://example.org/?key=" SPACE "&x=1"), "space:1:26" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (size_t piece = 1; piece <= cases[i].in.n + 1; piece++)
			is_text(scanned(cases[i].in, piece), cases[i].want, shown(cases[i].in));
}

/* Wherever it stands to the borders of what is read at once. */
static void
far_from_the_beginning(void **state)
{
	static const size_t places[] = { SCAN_AT_ONCE - 60, SCAN_AT_ONCE - 30, SCAN_AT_ONCE - 1, SCAN_AT_ONCE,
		SCAN_AT_ONCE + 79, SCAN_AT_ONCE + 81, 3 * SCAN_AT_ONCE - 7 };
	size_t n = 4 * SCAN_AT_ONCE;
	char *bytes = malloc(n), want[64];

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < COUNT(places); i++) {
		memset(bytes, '_', n);
		for (size_t line = 1000; line < n; line += 1000)
			bytes[line - 1] = '\n';
		memcpy(bytes + places[i], PERSONAL, sizeof PERSONAL - 1);
		(void)snprintf(want, sizeof want, "personal:%zu:%zu", places[i] / 1000 + 1,
		    places[i] % 1000 + 1);
		for (size_t piece = SCAN_AT_ONCE; piece > 1000; piece = piece / 3 + 1)
			is_text(scanned((struct str){ bytes, n }, piece), want, "far away");
	}
	free(bytes);
}

static void
nothing_is_left_behind(void **state)
{
	(void)state;
	(void)scanned(STR(PERSONAL), 100);
	for (size_t i = 0; i < sizeof scan.buf; i++)
		if (scan.buf[i] != '\0')
			fail_msg("byte %zu is not wiped", i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_found),
		cmocka_unit_test(far_from_the_beginning),
		cmocka_unit_test(nothing_is_left_behind),
	};

	return cmocka_run_group_tests_name("core/scan", tests, bench_open, bench_close);
}
