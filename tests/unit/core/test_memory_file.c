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
	memory_keep(&w, tag_nr(1), small("key_1"));
	return is_found();
}

static bool
opens_and_finds(void)
{
	return open_memory() == NULL && is_found();
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
	forget_mapping();
	return memory_attach(settings);
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
	is_true(!other_master(attaches), "short: nothing to tell a change to");
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
	is_true(!other_master(attaches), "foreign: nothing to tell a change to");
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
	memory_keep(&w, tag_nr(1), small("key_1"));
	is_true(is_found(), "before");
	is_true(other_master(attaches_and_changes), "a command");
	is_true(!is_found(), "in flux here");
	is_true(memory_orphan(&o), "it died");
	is_text(o.org_id, ORG_ID, "in a change of this one");
	another_file();
	is_true(other_master(attaches), "no service: nothing to tell");
	is_true(access(path, F_OK) < 0, "and no file is made");
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
	};

	return cmocka_run_group_tests(tests, start, finish);
}
