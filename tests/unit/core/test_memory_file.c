/*
 * test_memory_file.c: the file of what is remembered: used again where it is ours,
 * begun anew where it is not, reached by the command line.
 */
#include "core/remembered.h"

/* Another master, in a process of its own: it says why not, by its status. */
static bool (*other_wish)(void);

static bool
other_master(bool wish(void))
{
	int status;
	pid_t pid;

	other_wish = wish;
	fflush(NULL);
	if ((pid = fork()) == 0)
		_exit(other_wish() ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 0;
}

static bool
opens_and_keeps(void)
{
	if (open_memory() != NULL)
		return false;
	memory_keep(&w, tag_nr(1), small("key_1"), true);
	return is_found();
}

static bool
opens_and_finds(void)
{
	return open_memory() == NULL && is_found();
}

static bool
opens_and_tells(void)
{
	struct memory_use u;
	size_t turn = 0;

	return open_memory() == NULL && memory_uses(&w, true, &u, 1, &turn) == 1 && u.at == w.now &&
	    strcmp(u.key_id, "key_1") == 0;
}

static bool
opens_and_misses(void)
{
	return open_memory() == NULL && memory.head != NULL && !is_found();
}

static bool
is_refused(void)
{
	return open_memory() != NULL && memory.head == NULL;
}

static bool
attaches(void)
{
	const char *why;

	forget_mapping();
	return memory_attach(settings, &why);
}

static bool
attaches_to_none(void)
{
	return attaches() && memory.head == NULL;
}

/* A file that nobody holds. */
static void
another_file(void)
{
	size_t n = strlen(path);

	path[n] = 'x';
	path[n + 1] = '\0';
	forget_mapping();
}

static void
it_outlives_the_service(void **state)
{
	(void)state;
	another_file();
	is_true(other_master(opens_and_keeps), "the first");
	is_true(other_master(opens_and_finds), "the second finds it");
	is_true(other_master(opens_and_tells), "and a use that was not written");
}

static void
another_installation_begins_anew(void **state)
{
	const char *name = settings->database_name;

	(void)state;
	another_file();
	is_true(other_master(opens_and_keeps), "the first");
	settings->database_name = "other";
	is_true(other_master(opens_and_misses), "another database");
	settings->database_name = name;
	is_true(other_master(opens_and_misses), "nothing is left");
	is_true(other_master(opens_and_keeps), "again");
	settings->keys_remembered = 128;
	is_true(other_master(opens_and_misses), "another size");
	is_true(other_master(opens_and_keeps), "again");
	is_int(truncate(path, 100), 0, "short");
	is_true(other_master(attaches_to_none), "short: no service has it");
	is_true(other_master(opens_and_misses), "begun anew");
}

static void
another_format_begins_anew(void **state)
{
	int fd;

	(void)state;
	another_file();
	is_true(other_master(opens_and_keeps), "the first");
	fd = open(path, O_RDWR);
	is_int(pwrite(fd, "CLAVIGER", 8, 0), 8, "foreign");
	close(fd);
	is_true(other_master(attaches_to_none), "foreign: no service has it");
	is_true(other_master(opens_and_misses), "begun anew");
}

static void
what_is_not_ours_is_refused(void **state)
{
	char other[80], linked[80];
	FILE *f;

	(void)state;
	is_true(other_master(is_refused), "another service has it");
	another_file();
	is_true(other_master(opens_and_keeps), "made");
	is_int(chmod(path, 0640), 0, "readable by others");
	is_true(other_master(is_refused), "mode");
	is_true(!other_master(attaches), "mode");
	is_int(chmod(path, 0600), 0, "ours again");
	(void)snprintf(linked, sizeof linked, "%s-link", path);
	is_int(symlink(path, linked), 0, "a link");
	settings->keys_memory_file = linked;
	is_true(other_master(is_refused), "a link");
	settings->keys_memory_file = directory;
	is_true(other_master(is_refused), "a directory");
	(void)snprintf(other, sizeof other, "test-memory-%d.tmp", (int)getpid());
	settings->keys_memory_file = other;
	if ((f = fopen(other, "w")) != NULL)
		(void)fclose(f);
	is_int(chmod(other, 0600), 0, "ours");
	is_true(other_master(is_refused), "not on tmpfs, or not a memory");
	(void)unlink(other);
	settings->keys_memory_file = "";
	is_true(open_memory() == NULL && memory.head == NULL, "none is wanted");
}

/* --- commands --- */

static bool
attaches_and_changes(void)
{
	return attaches() && memory.head != NULL && memory_flux(&w, ORG_ID) == FAULT_NONE;
}

static void
a_command_reaches_the_services_memory(void **state)
{
	struct memory_orphan o = { .place = 0 };

	(void)state;
	memory_keep(&w, tag_nr(1), small("key_1"), true);
	is_true(is_found(), "before");
	settings->keys_remembered = 128; /* set since the service has started */
	is_true(other_master(attaches_and_changes), "a command");
	is_true(!is_found(), "in flux here");
	is_true(memory_orphan(&o), "it died");
	is_text(o.org_id, ORG_ID, "in a change of this one");
	another_file();
	is_true(other_master(attaches), "no service: nothing to tell");
	is_true(access(path, F_OK) < 0, "and no file is made");
}

static void
a_memory_that_cannot_be_used_stops_the_command(void **state)
{
	(void)state;
	memory.head->pids++;
	is_true(!other_master(attaches), "another PID namespace");
	memory.head->pids--;
	is_true(other_master(attaches), "the same");
	memory.head->format++;
	is_true(!other_master(attaches), "a service of another version");
	memory.head->format--;
	is_int(chmod(path, 0640), 0, "readable by others");
	is_true(!other_master(attaches), "mode");
	is_int(chmod(path, 0600), 0, "ours again");
	is_int(chmod(directory, 0), 0, "nobody may look");
	is_true(geteuid() == 0 || !other_master(attaches), "not to be reached is not the same as none");
	is_int(chmod(directory, 0700), 0, "ours again");
}

/* A command in a process of its own: it goes on from here to the end of its change when it is told to. */
struct command {
	pid_t pid;
	int ready[2], go[2];
};

static struct command
begin_command(void)
{
	struct command c;
	char one;

	is_true(pipe(c.ready) == 0 && pipe(c.go) == 0, "pipes");
	fflush(NULL);
	if ((c.pid = fork()) != 0) {
		is_int(read(c.ready[0], &one, 1), 1, "it is in the middle of its change");
		return c;
	}
	if (!attaches() || memory_flux(&w, ORG_ID) != FAULT_NONE || write(c.ready[1], "", 1) != 1 ||
	    read(c.go[0], &one, 1) != 1)
		_exit(1);
	w.after_tx(&w, true);
	_exit(0);
}

static void
end_command(struct command c)
{
	int status;

	db.epoch++; /* it has committed */
	is_int(write(c.go[1], "", 1), 1, "go on");
	assert_int_equal(waitpid(c.pid, &status, 0), c.pid);
	is_int(status, 0, "it told everybody");
	for (int i = 0; i < 2; i++) {
		(void)close(c.ready[i]);
		(void)close(c.go[i]);
	}
}

static void
a_service_that_starts_in_the_middle_of_a_change_hears_of_it(void **state)
{
	struct command c;

	(void)state;
	another_file();
	c = begin_command();
	is_text(open_memory(), NULL, "a service starts");
	memory_keep(&w, tag_nr(1), small("key_1"), true);
	is_true(is_found(), "not committed yet");
	end_command(c);
	is_true(!is_found(), "heard");
}

static void
a_service_that_begins_anew_in_the_middle_of_a_change_hears_of_it(void **state)
{
	struct command c;

	(void)state;
	for (int size = 128; size <= 192; size += 64) {
		another_file();
		db.epoch = 7;
		is_true(other_master(opens_and_keeps), "the first service");
		c = begin_command();
		settings->keys_remembered = size;
		is_text(open_memory(), NULL, "a service with another size");
		memory_keep(&w, tag_nr(1), small("key_1"), true);
		is_true(is_found(), "not committed yet");
		end_command(c);
		is_true(!is_found(), "heard");
	}
}

static void
a_service_that_goes_on_stays_in_flux(void **state)
{
	struct command c;

	(void)state;
	another_file();
	is_true(other_master(opens_and_keeps), "the first service");
	c = begin_command();
	is_text(open_memory(), NULL, "a service with the same memory");
	is_true(!is_found(), "in flux");
	end_command(c);
	is_true(!is_found(), "heard");
	is_int(changes_of(word_of_org()), 0, "over");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_outlives_the_service, fresh),
		cmocka_unit_test_setup(another_installation_begins_anew, fresh),
		cmocka_unit_test_setup(another_format_begins_anew, fresh),
		cmocka_unit_test_setup(what_is_not_ours_is_refused, fresh),
		cmocka_unit_test_setup(a_command_reaches_the_services_memory, fresh),
		cmocka_unit_test_setup(a_memory_that_cannot_be_used_stops_the_command, fresh),
		cmocka_unit_test_setup(a_service_that_starts_in_the_middle_of_a_change_hears_of_it, fresh),
		cmocka_unit_test_setup(a_service_that_begins_anew_in_the_middle_of_a_change_hears_of_it,
		    fresh),
		cmocka_unit_test_setup(a_service_that_goes_on_stays_in_flux, fresh),
	};

	return cmocka_run_group_tests(tests, start, finish);
}
