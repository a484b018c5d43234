/*
 * test_sockets.c: the sockets the master makes, and the addresses it refuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "front/sockets.h"

static char directory[] = "/tmp/claviger-test-XXXXXX";
static char app[64], gate[64], last[512];
static struct settings settings;
static struct sockets sockets;

static void
remember(void *ctx, const char *where, const char *what)
{
	(void)ctx;
	(void)snprintf(last, sizeof last, "%s: %s", where, what);
}

static int
start(void **state)
{
	(void)state;
	if (mkdtemp(directory) == NULL)
		return -1;
	(void)snprintf(app, sizeof app, "%s/app.sock", directory);
	(void)snprintf(gate, sizeof gate, "%s/gate.sock", directory);
	settings = (struct settings){ .service_app_socket = app,
		.service_gate_socket = gate,
		.service_socket_mode = "0660",
		.service_socket_group = "",
		.service_gate_listen = "" };
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	return rmdir(directory);
}

static bool
open_them(void)
{
	last[0] = '\0';
	return sockets_open(&sockets, &settings, remember, NULL);
}

static void
close_them(void)
{
	sockets_unlink(&sockets);
	sockets_close(&sockets);
}

static bool
connects(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool yes;

	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	yes = connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;
	close(fd);
	return yes;
}

static void
both_are_made_with_their_mode(void **state)
{
	struct stat st;

	(void)state;
	assert_true(open_them());
	assert_int_equal(stat(app, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_true(connects(app));
	assert_true(connects(gate));
	assert_int_equal(sockets.of[POOL_GATE_TCP].fd, -1);
	close_them();
	assert_int_equal(access(app, F_OK), -1);
	assert_int_equal(access(gate, F_OK), -1);
}

static void
a_left_over_is_replaced(void **state)
{
	(void)state;
	assert_true(open_them());
	sockets_close(&sockets); /* as after kill -9: the names stay */
	assert_int_equal(access(app, F_OK), 0);
	assert_true(open_them());
	assert_true(connects(app));
	close_them();
}

static void
one_in_use_is_not_taken(void **state)
{
	struct sockets first;

	(void)state;
	assert_true(open_them());
	first = sockets;
	assert_false(open_them());
	assert_non_null(strstr(last, "somebody listens there already"));
	assert_true(connects(app));
	sockets = first;
	close_them();
}

static void
a_file_of_that_name_stays(void **state)
{
	FILE *f = fopen(gate, "w");

	(void)state;
	assert_non_null(f);
	fclose(f);
	assert_false(open_them());
	assert_non_null(strstr(last, "it is no socket"));
	assert_int_equal(access(app, F_OK), -1);
	assert_int_equal(unlink(gate), 0);
}

/* Another service may have taken the name over meanwhile. */
static void
only_our_own_name_is_removed(void **state)
{
	struct sockets old;

	(void)state;
	assert_true(open_them());
	old = sockets;
	assert_int_equal(unlink(app), 0);
	assert_int_equal(unlink(gate), 0);
	assert_true(open_them());
	sockets_unlink(&old);
	sockets_close(&old);
	assert_true(connects(app));
	close_them();
}

static void
problems_are_told(void **state)
{
	(void)state;
	settings.service_socket_group = "no-such-group-here";
	assert_false(open_them());
	assert_non_null(strstr(last, "there is no group no-such-group-here"));
	assert_int_equal(access(app, F_OK), -1);
	settings.service_socket_group = "";
	settings.service_app_socket = "/nonexistent/app.sock";
	assert_false(open_them());
	assert_non_null(strstr(last, "its directory"));
	settings.service_app_socket = app;
}

static void
addresses_for_apache(void **state)
{
	static const struct {
		const char *in;
		bool good;
	} cases[] = {
		{ "127.0.0.1:8482", true },
		{ "127.1.2.3:1", true },
		{ "localhost:65535", true },
		{ "[::1]:8482", true },
		{ "::1:8482", false },
		{ "[127.0.0.1]:8482", false },
		{ "0.0.0.0:8482", false },
		{ "192.0.2.1:8482", false },
		{ "[::]:8482", false },
		{ "[::ffff:192.0.2.1]:8482", false },
		{ "example.org:8482", false },
		{ "127.0.0.1", false },
		{ "127.0.0.1:", false },
		{ "127.0.0.1:0", false },
		{ "127.0.0.1:65536", false },
		{ "127.0.0.1:8482x", false },
		{ ":8482", false },
		{ "8482", false },
	};
	struct sockaddr_storage at;
	socklen_t n;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if ((sockets_loopback(cases[i].in, &at, &n) == NULL) != cases[i].good)
			fail_msg("%s", cases[i].in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_are_made_with_their_mode),
		cmocka_unit_test(a_left_over_is_replaced),
		cmocka_unit_test(one_in_use_is_not_taken),
		cmocka_unit_test(a_file_of_that_name_stays),
		cmocka_unit_test(only_our_own_name_is_removed),
		cmocka_unit_test(problems_are_told),
		cmocka_unit_test(addresses_for_apache),
	};

	/* A test run by a service manager must not take that one's sockets. */
	(void)unsetenv("LISTEN_FDS");
	return cmocka_run_group_tests(tests, start, stop);
}
