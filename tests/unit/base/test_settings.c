/*
 * test_settings.c: the settings from a file and from the environment; every
 * mistake is told, with its place.
 */
#include "base/settings.h"

#include <stdlib.h>

#include "base/is.h"

static char path[] = "/tmp/claviger-conf.XXXXXX";

static int
start(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd >= 0)
		close(fd);
	return fd >= 0 ? 0 : -1;
}

static int
stop(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

/* The problems told, a line each: "where: what", the file's own name left out. */
struct told {
	char text[8192];
	size_t n, count;
};

static void
remember(void *ctx, const char *where, const char *what)
{
	struct told *t = ctx;

	if (strncmp(where, path, strlen(path)) == 0)
		where += strlen(path);
	t->n += (size_t)snprintf(t->text + t->n, sizeof t->text - t->n, "%s: %s\n", where, what);
	t->count++;
}

static struct settings *
read_text(const char *text, struct told *t)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
	*t = (struct told){ .n = 0 };
	return settings_read(path, remember, t);
}

static void
without_a_file_all_is_as_written(void **state)
{
	struct told t = { .n = 0 };
	struct settings *s = settings_read(NULL, remember, &t);

	(void)state;
	is_text(t.text, "", "problems");
	assert_non_null(s);
	is_text(s->service_app_socket, "/run/claviger/app.sock", "app_socket");
	is_text(s->service_socket_mode, "0660", "socket_mode");
	is_int(s->service_app_workers, 4, "app_workers");
	is_text(s->database_socket, "/run/mysqld/mysqld.sock", "socket");
	is_int(s->keys_argon2_memory, 19456, "argon2_memory");
	is_int(s->keys_argon2_passes, 2, "argon2_passes");
	is_int(s->keys_argon2_at_once, 0, "argon2_at_once");
	is_int(s->keys_argon2_wait, 250, "argon2_wait");
	is_text(s->keys_personal_prefix, "drvp_", "personal_prefix");
	is_text(s->keys_machine_prefix, "drvm_", "machine_prefix");
	is_text(s->keys_organization_prefix, "dk_", "organization_prefix");
	is_text(s->keys_provider_prefix, "drv_", "provider_prefix");
	is_text(s->keys_space_prefix, "dnt_", "space_prefix");
	is_int(s->limits_failed_per_minute, 60, "failed_per_minute");
	is_int(s->limits_logins_per_minute, 10, "logins_per_minute");
	is_int(s->limits_personal_per_member, 50, "personal_per_member");
	is_int(s->limits_machines_per_organization, 200, "machines_per_organization");
	is_int(s->access_passwords, true, "passwords");
	settings_free(&s);
	assert_null(s);
	settings_free(&s);
}

static void
a_file_is_read(void **state)
{
	struct told t;
	struct settings *s = read_text("# what is set here\n"
				       "\n"
				       "[service]\n"
				       "app_socket = /srv/app.sock\n"
				       "app_workers=8\n"
				       "  ; another remark\n"
				       "base_url = https://keys.example.org\n"
				       "[limits]\n"
				       "throttle_exempt = 10.0.0.0/8 ::1\n"
				       "[keys]\n"
				       "personal_prefix = acme_\n"
				       "[access]\n"
				       "passwords = no\n"
				       "local_roots = /srv/files /srv/more\n",
	    &t);

	(void)state;
	is_text(t.text, "", "problems");
	assert_non_null(s);
	is_text(s->service_app_socket, "/srv/app.sock", "app_socket");
	is_int(s->service_app_workers, 8, "app_workers");
	is_int(s->service_gate_workers, 4, "not set");
	is_text(s->service_base_url, "https://keys.example.org", "base_url");
	is_text(s->limits_throttle_exempt, "10.0.0.0/8 ::1", "throttle_exempt");
	is_text(s->keys_personal_prefix, "acme_", "personal_prefix");
	is_int(s->access_passwords, false, "passwords");
	is_text(s->access_local_roots, "/srv/files /srv/more", "local_roots");
	settings_free(&s);
}

static void
a_mistake_is_told_with_its_line(void **state)
{
	static const struct {
		const char *text, *told;
	} cases[] = {
		{ "[service]\napp_worker = 8\n", ":2: there is no setting 'app_worker' in [service]\n" },
		{ "[servise]\napp_workers = 8\n", ":2: there is no setting 'app_workers' in [servise]\n" },
		{ "app_workers = 8\n", ":1: there is no setting 'app_workers' in []\n" },
		{ "[limits]\napp_workers = 8\n", ":2: there is no setting" },
		{ "[service]\n\n\napp_workers = 0\n",
		    ":4: service app_workers: must be a number from 1 to 256\n" },
		{ "[service]\napp_workers = 257\n", ":2: service app_workers: must be" },
		{ "[service]\napp_workers = many\n", ":2: service app_workers: must be" },
		{ "[service]\napp_workers =\n", ":2: service app_workers: must be" },
		{ "[service]\napp_workers = 99999999999999999999\n", ":2: service app_workers: must be" },
		{ "[service]\napp_socket = run/app.sock\n",
		    ":2: service app_socket: must be an absolute path" },
		{ "[service]\napp_socket =\n", ":2: service app_socket: must be an absolute path" },
		{ "[service]\nsocket_mode = 0666\n", ":2: service socket_mode: must give nothing to others" },
		{ "[service]\nsocket_mode = 660\n", ":2: service socket_mode: must be four octal digits" },
		{ "[service]\nsocket_mode = 0680\n", ":2: service socket_mode: must be four octal digits" },
		{ "[service]\nbase_url = keys.example.org\n", ":2: service base_url: must start with http" },
		{ "[service]\nbase_url = https://keys.example.org/\n",
		    ":2: service base_url: must not end in /" },
		{ "[service]\nrealm = a \"realm\"\n", ":2: service realm: must be letters" },
		{ "[service]\nrealm =\n", ":2: service realm: must be letters" },
		{ "[database]\nname = cl`; DROP\n", ":2: database name: must be letters" },
		{ "[keys]\npersonal_prefix = drvp\n", ":2: keys personal_prefix: must be 1 to 15" },
		{ "[keys]\npersonal_prefix = _\n", ":2: keys personal_prefix: must be 1 to 15" },
		{ "[keys]\npersonal_prefix = a_b_\n", ":2: keys personal_prefix: must be 1 to 15" },
		{ "[keys]\npersonal_prefix = a-b_\n",
		    ":2: keys personal_prefix: must be letters and digits" },
		{ "[keys]\npersonal_prefix = a.b_\n",
		    ":2: keys personal_prefix: must be letters and digits" },
		{ "[keys]\npersonal_prefix = abcdefghijklmnop_\n",
		    ":2: keys personal_prefix: must be 1 to 15" },
		{ "[keys]\nargon2_memory = 63\n", ":2: keys argon2_memory: must be a number from 64" },
		{ "[keys]\nargon2_memory = 1048577\n",
		    ":2: keys argon2_memory: must be a number from 64 to 1048576" },
		{ "[keys]\nargon2_passes = 65\n", ":2: keys argon2_passes: must be a number from 1 to 64" },
		{ "[limits]\nthrottle_exempt = 10.0.0.1/8\n",
		    ":2: limits throttle_exempt: must be address ranges" },
		{ "[access]\nmetrics_from = localhost\n", ":2: access metrics_from: must be address ranges" },
		{ "[access]\nlocal_roots = /srv files\n",
		    ":2: access local_roots: must be absolute directories" },
		{ "[access]\npasswords = true\n", ":2: access passwords: must be yes or no" },
		{ "[access]\npasswords = YES\n", ":2: access passwords: must be yes or no" },
		{ "[service\n", ":1: is neither [section] nor name = value" },
		{ "[service]\nnonsense\n", ":2: is neither [section] nor name = value" },
	};
	struct told t;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_true(read_text(cases[i].text, &t) == NULL, cases[i].text);
		has_text(t.text, cases[i].told, cases[i].text);
		is_int(t.count, 1, cases[i].text);
	}
}

static void
all_mistakes_are_told_at_once(void **state)
{
	struct told t;

	(void)state;
	assert_null(read_text("[service]\napp_workers = x\nfoo = 1\n[access]\npasswords = maybe\n", &t));
	is_int(t.count, 3, t.text);
	has_text(t.text, ":2: service app_workers", "the first");
	has_text(t.text, ":3: there is no setting 'foo'", "the second");
	has_text(t.text, ":5: access passwords", "the third");
}

/* Half of a value, or the last of two, is not what anybody meant. */
static void
no_part_of_a_value_is_taken_for_the_whole(void **state)
{
	static const struct {
		const char *before, *part;
		size_t times;
		const char *after, *told;
	} cases[] = {
		{ "[limits]\nthrottle_exempt =", " 10.0.0.0/8", 16, "\n", NULL },
		{ "[limits]\nthrottle_exempt =", " 10.0.0.0/8", 17, "\n", ":2: the line is longer than 199" },
		{ "[limits]\nthrottle_exempt =", " 10.0.0.0/8", 200, "\n", ":2: the line is longer than" },
		{ "[service]\nrealm = ", "a", 300, "\n", ":2: the line is longer than" },
		{ "[service]\nrealm = ", "a", 300, "", ":2: the line is longer than" },
		{ "#", " remark", 100, "\n[service]\nfoo = 1\n", ":3: there is no setting 'foo'" },
		{ "[service]\nrealm = a\n", "  b\n", 1, "", ":3: service realm: only lists go on" },
		{ "[service]\n  app_workers = 8\n", "  gate_workers = 9\n", 1, "",
		    ":3: service app_workers: only" },
		{ "[limits]\nthrottle_exempt = ::1\n", "  personal_per_member = 9\n", 1, "",
		    ":3: limits throttle_exempt: must be address ranges" },
		{ "[service]\nrealm = a\n", "realm = b\n", 1, "", ":3: service realm: is set twice" },
		{ "[service]\nrealm = a\n[access]\n[service]\n", "realm = a\n", 1, "",
		    ":5: service realm: is set twice" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct settings *s;
		struct told t;
		char text[4096];
		size_t n = (size_t)snprintf(text, sizeof text, "%s", cases[i].before);

		for (size_t j = 0; j < cases[i].times; j++)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s", cases[i].part);
		snprintf(text + n, sizeof text - n, "%s", cases[i].after);
		s = read_text(text, &t);
		is_int(s != NULL, cases[i].told == NULL, cases[i].before);
		if (cases[i].told != NULL)
			has_text(t.text, cases[i].told, cases[i].before);
		settings_free(&s);
	}
}

static void
a_list_may_go_on_in_the_next_line(void **state)
{
	struct told t;
	struct settings *s =
	    read_text("[limits]\nthrottle_exempt = 10.0.0.0/8\n\t192.0.2.0/24\n  ::1/128 ::2\n", &t);

	(void)state;
	is_text(t.text, "", "problems");
	assert_non_null(s);
	is_text(s->limits_throttle_exempt, "10.0.0.0/8 192.0.2.0/24 ::1/128 ::2", "all of it");
	settings_free(&s);
}

static void
prefixes_must_differ(void **state)
{
	struct told t;

	(void)state;
	assert_null(read_text("[keys]\npersonal_prefix = acme_\nspace_prefix = acme_\n", &t));
	has_text(t.text, "keys space_prefix: is the prefix of another kind", "two alike");
	assert_null(read_text("[keys]\nprovider_prefix = dk_\n", &t));
	has_text(t.text, "is the prefix of another kind", "one like another's own");
}

static void
a_file_that_is_not_there_is_told(void **state)
{
	struct told t = { .n = 0 };

	(void)state;
	assert_null(settings_read("/nowhere/claviger.conf", remember, &t));
	is_text(t.text, "/nowhere/claviger.conf: cannot be read: No such file or directory\n", "told");
}

static void
the_environment_has_the_last_word(void **state)
{
	struct settings *s;
	struct told t;

	(void)state;
	setenv("CLAVIGER_SERVICE_APP_WORKERS", "2", 1);
	setenv("CLAVIGER_ACCESS_PASSWORDS", "no", 1);
	setenv("CLAVIGER_DATABASE_NAME", "other", 1);
	setenv("CLAVIGER_NO_SUCH", "x", 1);
	s = read_text("[service]\napp_workers = 8\n", &t);
	is_text(t.text, "", "problems");
	assert_non_null(s);
	is_int(s->service_app_workers, 2, "over the file");
	is_int(s->access_passwords, false, "a flag");
	is_text(s->database_name, "other", "a text");
	settings_free(&s);
	setenv("CLAVIGER_SERVICE_APP_WORKERS", "none", 1);
	assert_null(read_text("", &t));
	is_text(t.text, "CLAVIGER_SERVICE_APP_WORKERS: service app_workers: must be a number from 1 to 256\n",
	    "named by the variable");
	unsetenv("CLAVIGER_SERVICE_APP_WORKERS");
	unsetenv("CLAVIGER_ACCESS_PASSWORDS");
	unsetenv("CLAVIGER_DATABASE_NAME");
	unsetenv("CLAVIGER_NO_SUCH");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_file_all_is_as_written),
		cmocka_unit_test(a_file_is_read),
		cmocka_unit_test(a_mistake_is_told_with_its_line),
		cmocka_unit_test(all_mistakes_are_told_at_once),
		cmocka_unit_test(no_part_of_a_value_is_taken_for_the_whole),
		cmocka_unit_test(a_list_may_go_on_in_the_next_line),
		cmocka_unit_test(prefixes_must_differ),
		cmocka_unit_test(a_file_that_is_not_there_is_told),
		cmocka_unit_test(the_environment_has_the_last_word),
	};

	return cmocka_run_group_tests_name("base/settings", tests, start, stop);
}
