/*
 * test_db_service.c: files and folders as the service has them: looked at, made,
 * moved, read and written, by those who may and those who may not.
 */
#include "files/disk.h"

#include <sys/mount.h>

static void
put_things(void)
{
	put_folder("/backups");
	put_folder("/backups/2025");
	put_folder("/backups2");
	put_folder("/team");
	put("/backups/a.txt", "a");
	put("/backups/2025/b.txt", "bb");
	put("/backups2/c.txt", "c");
	put("/top.txt", "top");
}

static void
folders_are_listed_by_name_and_in_pages(void **state)
{
	struct files_page page = { .limit = 10 };
	struct file *f, again;
	size_t n, total;

	(void)state;
	put_things();
	is_text(listed(NULL, FILES_BOTH, 0, 10, &total), "backups/ backups2/ team/ top.txt ", "the top");
	is_int(total, 4, "in all");
	is_text(listed(NULL, FILES_BOTH, 1, 2, &total), "backups2/ team/ ", "a piece");
	is_int(total, 4, "in all");
	is_text(listed(NULL, FILES_ONLY, 0, 10, &total), "top.txt ", "files");
	is_text(listed(NULL, FOLDERS_ONLY, 2, 10, &total), "team/ ", "folders");
	is_text(listed(NULL, FILES_BOTH, 9, 10, &total), "", "behind the end");
	is_text(listed(find("/backups").id, FILES_BOTH, 0, 10, &total), "2025/ a.txt ", "a folder");
	must(files_list(&w, PROVIDER, NULL, &page, &f, &n, &total));
	must(files_get(&w, f[3].id, &again));
	is_text(again.id, f[3].id, "ids stay");
	is_int(again.size, 3, "size");
	is_text(again.mime, "text/plain", "type");
	is_text(again.path, "/top.txt", "path");
	is_text(find("/backups/2025/b.txt").parent_id, find("/backups/2025").id, "where it stands");
	is_fault(files_list(&w, PROVIDER, f[3].id, &page, &f, &n, &total), FAULT_NOT_FOUND,
	    "a file is no folder");
	is_fault(files_list(&w, "res_provider_b", NULL, &page, &f, &n, &total), FAULT_NOT_FOUND,
	    "another organization's");
	is_fault(files_list(&w, "res_source_a", NULL, &page, &f, &n, &total), FAULT_NOT_FOUND, "no provider");
}

static void
what_has_no_name_of_ours_is_not_seen(void **state)
{
	static const char *const hidden[] = { "/back\\slash", "/new\nline", "/\xff", "/e\xcc\x81",
		"/.claviger-x" };
	struct file f;
	size_t total;

	(void)state;
	for (size_t i = 0; i < COUNT(hidden); i++)
		put(hidden[i], "x");
	assert_int_equal(symlink("/etc", on_disk("/link")), 0);
	assert_int_equal(mkfifo(on_disk("/pipe"), 0600), 0);
	put("/\xc3\xa9", "x");
	is_text(listed(NULL, FILES_BOTH, 0, 10, &total), "\xc3\xa9 ", "only what can be asked for");
	for (size_t i = 2; i < COUNT(hidden); i++)
		is_true(files_find(&w, PROVIDER, str_of(hidden[i]), &f) != FAULT_NONE ||
			strcmp(f.path, "/\xc3\xa9") == 0,
		    hidden[i]);
	is_fault(files_find(&w, PROVIDER, STR("/link/passwd"), &f), FAULT_NOT_FOUND, "behind a link");
	is_fault(files_find(&w, PROVIDER, STR("/pipe"), &f), FAULT_NOT_FOUND, "a pipe");
}

static void
a_key_with_a_base_sees_the_way_to_it(void **state)
{
	struct file top, backups, inside, f, *rows;
	size_t n, total;

	(void)state;
	put_things();
	(void)listed(NULL, FILES_BOTH, 0, 10, &total);
	top = find("/top.txt");
	backups = find("/backups");
	inside = find("/backups/2025/b.txt");
	ask_as_key(SCOPE_ADMIN, "/backups/2025");
	is_text(listed(NULL, FILES_BOTH, 0, 10, &total), "backups/ ", "the top");
	is_text(listed(NULL, FILES_ONLY, 0, 10, &total), "", "no files there");
	is_text(listed(backups.id, FILES_BOTH, 0, 10, &total), "2025/ ", "the next step, and no more");
	is_text(listed(find("/backups/2025").id, FILES_BOTH, 0, 10, &total), "b.txt ", "the base");
	must(files_get(&w, inside.id, &f));
	must(files_get(&w, backups.id, &f));
	is_fault(files_get(&w, top.id, &f), FAULT_NOT_FOUND, "beside the way");
	is_fault(files_rename(&w, backups.id, STR("x"), &f), FAULT_PATH, "the way is not its own");
	is_fault(files_delete(&w, backups.id), FAULT_PATH, "nor to be removed");
	is_fault(files_rename(&w, top.id, STR("x"), &f), FAULT_NOT_FOUND, "beside the way");
	is_fault(files_move_to(&w, inside.id, NULL, &f), FAULT_PATH, "both ends are asked about");
	is_fault(files_move_to(&w, inside.id, backups.id, &f), FAULT_PATH, "both ends are asked about");
	is_fault(files_make_folder(&w, PROVIDER, NULL, STR("new"), &f), FAULT_PATH, "at the top");
	is_fault(files_rename(&w, find("/backups/2025").id, STR("2026"), &f), FAULT_PATH, "its own base");
	must(files_search(&w, NULL, STR("txt"), false, 10, &rows, &n));
	is_text(names(rows, n), "b.txt ", "found");
	must(files_recent(&w, 10, &rows, &n));
	is_text(names(rows, n), "b.txt ", "recent");
	ask_as_key(SCOPE_READ, NULL);
	is_fault(files_rename(&w, top.id, STR("x"), &f), FAULT_SCOPE, "only reads");
	is_fault(files_set_star(&w, top.id, true, &f), FAULT_SCOPE, "only reads");
	must(files_get(&w, top.id, &f));
}

static void
things_are_made_moved_and_removed(void **state)
{
	struct file folder, a, f;

	(void)state;
	put_things();
	a = find("/backups/a.txt");
	must(files_make_folder(&w, PROVIDER, find("/team").id, STR("n\xc3\xa4w"), &folder));
	is_text(folder.path, "/team/n\xc3\xa4w", "made");
	is_fault(files_make_folder(&w, PROVIDER, find("/team").id, STR("na\xcc\x88w"), &f), FAULT_TAKEN,
	    "another form of the same name");
	must(files_move_to(&w, a.id, folder.id, &f));
	is_text(f.path, "/team/n\xc3\xa4w/a.txt", "moved");
	is_text(f.id, a.id, "the same");
	is_text(content_of("/team/n\xc3\xa4w/a.txt"), "a", "on the disk");
	must(files_rename(&w, find("/team").id, STR("crew"), &f));
	must(files_get(&w, a.id, &f));
	is_text(f.path, "/crew/n\xc3\xa4w/a.txt", "moved with its folder");
	is_fault(files_move_to(&w, find("/crew").id, folder.id, &f), FAULT_CONFLICT, "into itself");
	is_fault(files_rename(&w, find("/crew").id, STR("backups"), &f), FAULT_TAKEN, "over another");
	is_fault(files_rename(&w, a.id, STR("x/y"), &f), FAULT_BAD_FIELD, "a slash");
	is_fault(files_rename(&w, a.id, STR(".."), &f), FAULT_BAD_FIELD, "dots");
	must(files_set_star(&w, a.id, true, &f));
	is_true(f.starred, "starred");
	must(files_delete(&w, find("/crew").id));
	is_fault(files_get(&w, a.id, &f), FAULT_NOT_FOUND, "gone with its folder");
	is_text(content_of("/crew"), NULL, "on the disk");
	is_text(content_of("/backups2/c.txt"), "c", "others stay");
}

static void
contents_are_written_and_read(void **state)
{
	struct upload_wish wish = { .provider_id = PROVIDER, .name = STR("new.bin"), .size = 5 };
	struct files_range all = { .given = false };
	struct files_range none = { .given = true, .first = 9, .last = -1 };
	struct files_content c;
	struct file f, again;
	struct str text;

	(void)state;
	must(upload_ask(&w, &wish, &f));
	is_true(f.pending, "awaited");
	is_fault(upload_ask(&w, &wish, &again), FAULT_TAKEN, "awaited already");
	is_fault(files_make_folder(&w, PROVIDER, NULL, STR("new.bin"), &again), FAULT_TAKEN,
	    "its place is taken");
	is_fault(files_read(&w, f.id, &all, &c), FAULT_NOT_FOUND, "not yet there");
	must(files_write(&w, f.id, body("12345"), STR_NONE, &f));
	is_text(content_of("/new.bin"), "12345", "on the disk");
	is_fault(files_write(&w, f.id, body("x"), STR("other"), &again), FAULT_PRECONDITION_FAILED,
	    "another content");
	must(files_write(&w, f.id, body("678"), str_of(f.tag), &again));
	must(files_read_whole(&w, f.id, 3, &text, &again));
	is_str(text, STR("678"), "read");
	is_fault(files_read_whole(&w, f.id, 2, &text, &again), FAULT_CONTENT_TOO_LARGE, "too large");
	is_fault(files_read(&w, f.id, &none, &c), FAULT_RANGE, "behind its end");
	must(files_put(&w, PROVIDER, STR("/other"), false, body("o"), &f));
	is_fault(files_put(&w, PROVIDER, STR("/other"), false, body("x"), &f), FAULT_TAKEN, "there already");
	must(files_put(&w, PROVIDER, STR("/other"), true, body("x"), &f));
	is_text(content_of("/other"), "x", "replaced");
	is_fault(files_put(&w, PROVIDER, STR("/no/folder"), true, body("x"), &f), FAULT_NOT_FOUND,
	    "no folder");
	assert_int_equal(unlink(on_disk("/other")), 0);
	is_fault(files_get(&w, f.id, &f), FAULT_NOT_FOUND, "taken away behind our back");
}

static void
what_breaks_off_leaves_nothing(void **state)
{
	struct upload_wish wish = { .provider_id = PROVIDER, .name = STR("x"), .size = 5 };
	struct stream *s = body("123");
	struct file f;
	size_t total;

	(void)state;
	must(upload_ask(&w, &wish, &f));
	body_breaks = FAULT_REQUEST_TIMEOUT;
	is_fault(files_write(&w, f.id, s, STR_NONE, &f), FAULT_REQUEST_TIMEOUT, "broken off");
	is_text(listed(NULL, FILES_BOTH, 0, 10, &total), "", "nothing is there");
	must(upload_ask(&w, &wish, &f));
	s = body("123");
	s->length = 5;
	is_fault(files_write(&w, f.id, s, STR_NONE, &f), FAULT_BAD_REQUEST, "less than was announced");
	put("/x", "as it was");
	s = body("123");
	body_breaks = FAULT_REVOKED;
	is_fault(files_write(&w, find("/x").id, s, STR_NONE, &f), FAULT_REVOKED, "the key ended meanwhile");
	is_text(content_of("/x"), "as it was", "still there");
}

/* A small disk of the test's own, where that can be made. */
static void
a_disk_that_is_full_keeps_what_it_had(void **state)
{
	static char big[300000];
	struct stream *s = body("");
	struct file f;
	(void)state;
	memset(big, 'x', sizeof big);
	empty_disk();
	if (mount("none", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=131072") != 0)
		skip();
	put("/a", "as it was");
	body_left = (struct str){ big, sizeof big };
	s->length = sizeof big;
	is_fault(files_write(&w, find("/a").id, s, STR_NONE, &f), FAULT_STORAGE_FULL, "full");
	is_text(content_of("/a"), "as it was", "as it was");
	body_left = (struct str){ big, sizeof big };
	is_fault(files_put(&w, PROVIDER, STR("/b"), false, s, &f), FAULT_STORAGE_FULL, "full");
	must(files_put(&w, PROVIDER, STR("/c"), false, body("small"), &f));
	is_text(content_of("/c"), "small", "there is room again");
	assert_int_equal(umount(root), 0);
}

static void
chunks_come_in_any_order_and_again(void **state)
{
	struct upload_wish wish = { .provider_id = PROVIDER, .name = STR("x"), .size = 12, .chunk_size = 5 };
	struct upload u, *all;
	struct file f;
	bool whole;
	size_t n, total;

	(void)state;
	must(upload_begin(&w, &wish, &u));
	is_int(u.chunks, 3, "chunks");
	is_fault(upload_begin(&w, &wish, &u), FAULT_TAKEN, "its place is taken");
	must(upload_list(&w, &all, &n));
	is_int(n, 1, "one is going on");
	u = all[0];
	is_text(listed(NULL, FILES_BOTH, 0, 10, &total), "", "nothing to see yet");
	must(upload_chunk(&w, u.id, 2, body("12"), &whole));
	is_true(!whole, "one of three");
	is_fault(upload_chunk(&w, u.id, 0, body("1234"), &whole), FAULT_BAD_FIELD, "too short");
	is_fault(upload_chunk(&w, u.id, 3, body("12"), &whole), FAULT_BAD_FIELD, "there is no such chunk");
	must(upload_chunk(&w, u.id, 0, body("12345"), &whole));
	must(upload_chunk(&w, u.id, 2, body("xx"), &whole));
	is_true(!whole, "the same again counts once");
	must(upload_chunk(&w, u.id, 1, body("67890"), &whole));
	is_true(whole, "all are there");
	is_text(content_of("/x"), "123456789012", "put together");
	must(files_get(&w, u.file_id, &f));
	is_int(f.size, 12, "size");
	is_fault(upload_chunk(&w, u.id, 1, body("67890"), &whole), FAULT_NOT_FOUND, "it has ended");
	is_text(listed(NULL, FILES_BOTH, 0, 10, &total), "x ", "and nothing else is left");
}

static void
an_upload_that_is_given_up_leaves_nothing(void **state)
{
	struct upload_wish wish = { .provider_id = PROVIDER, .name = STR("x"), .size = 12, .chunk_size = 5 };
	struct upload u;
	struct file f;
	bool whole;

	(void)state;
	must(upload_begin(&w, &wish, &u));
	must(upload_chunk(&w, u.id, 0, body("12345"), &whole));
	ask_as_key(SCOPE_WRITE, "/backups");
	is_fault(upload_cancel(&w, u.id), FAULT_NOT_FOUND, "out of reach");
	is_fault(upload_chunk(&w, u.id, 1, body("67890"), &whole), FAULT_NOT_FOUND, "out of reach");
	ask_as_admin();
	asker.owner_id = "usr_bob";
	is_fault(upload_cancel(&w, u.id), FAULT_NOT_FOUND, "another's");
	ask_as_admin();
	must(upload_cancel(&w, u.id));
	is_fault(files_get(&w, u.file_id, &f), FAULT_NOT_FOUND, "not awaited any more");
	assert_int_equal(rmdir(root), 0); /* it is empty */
	empty_disk();
	must(upload_begin(&w, &wish, &u));
	w.now += settings->files_upload_hours * 3600 + 1;
	w.actor = NULL;
	upload_upkeep(&w);
	ask_as_admin();
	is_fault(upload_cancel(&w, u.id), FAULT_NOT_FOUND, "the keeper ended it");
	assert_int_equal(rmdir(root), 0);
}

static void
a_provider_can_be_tried(void **state)
{
	struct provider_test t;
	struct provider p;
	size_t total;

	(void)state;
	must(provider_test(&w, PROVIDER, true, &t));
	is_true(t.works, "works");
	is_int(t.failed, CHECK__MAX, "how far");
	is_text(listed(NULL, FILES_BOTH, 0, 10, &total), "", "nothing is left");
	must(provider_get(&w, PROVIDER, &p));
	is_text(p.driver, "local", "its kind");
	has_text(p.config, root, "where");
	ask_as_key(SCOPE_ADMIN, "/backups");
	must(provider_get(&w, PROVIDER, &p));
	is_text(p.driver, "local", "its kind");
	is_text(p.config, NULL, "not the whole of it");
	is_int(p.quota + p.used, 0, "not the whole of it");
	is_fault(provider_test(&w, PROVIDER, true, &t), FAULT_PATH, "not the whole of it");
	ask_as_key(SCOPE_WRITE, NULL);
	is_fault(provider_test(&w, PROVIDER, true, &t), FAULT_SCOPE, "takes admin");
	ask_as_admin();
	assert_int_equal(rmdir(root), 0);
	must(provider_test(&w, PROVIDER, true, &t));
	is_true(!t.works, "its directory is gone");
	is_int(t.failed, CHECK_DIRECTORY, "how far");
	is_int(t.advice, ADVICE_MAKE_DIRECTORY, "what to do");
	connect_provider("{\"driver\":\"local\",\"root\":\"/etc\"}");
	must(provider_test(&w, PROVIDER, true, &t));
	is_int(t.failed, CHECK_ALLOWED, "a directory that is allowed no more");
	connect_provider("{\"driver\":\"odd\"}");
	must(provider_test(&w, PROVIDER, true, &t));
	is_int(t.failed, CHECK_SETTINGS, "connected to nothing we know");
	is_int(t.n, 1, "steps");
	connect_provider("{\"driver\":\"s3\",\"endpoint\":\"http://127.0.0.1:1\",\"bucket\":\"b\"}");
	must(provider_test(&w, PROVIDER, true, &t));
	has_text(t.problem, "does not allow", "an endpoint nobody allowed");
}

static void
a_storage_that_is_gone_is_told(void **state)
{
	struct files_page page = { .limit = 1 };
	struct file *f;
	size_t n, total;

	(void)state;
	assert_int_equal(rmdir(root), 0);
	is_fault(files_list(&w, PROVIDER, NULL, &page, &f, &n, &total), FAULT_STORAGE, "no directory");
	connect_provider("{\"driver\":\"local\",\"root\":\"/etc\"}");
	is_fault(files_list(&w, PROVIDER, NULL, &page, &f, &n, &total), FAULT_STORAGE, "allowed no more");
	connect_provider(NULL);
	is_fault(files_list(&w, PROVIDER, NULL, &page, &f, &n, &total), FAULT_STORAGE, "not connected");
}

static void
a_quota_counts_what_is_awaited(void **state)
{
	struct upload_wish wish = { .provider_id = PROVIDER, .name = STR("a"), .size = 600 };
	struct file f;

	(void)state;
	connect_provider(arena_print(w.arena, "{\"driver\":\"local\",\"root\":\"%s\",\"quota\":1000}", root));
	must(upload_ask(&w, &wish, &f));
	wish.name = STR("b");
	is_fault(upload_ask(&w, &wish, &f), FAULT_QUOTA, "no room for both");
	wish.size = 400;
	must(upload_ask(&w, &wish, &f));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(folders_are_listed_by_name_and_in_pages, disk_fresh),
		cmocka_unit_test_setup(what_has_no_name_of_ours_is_not_seen, disk_fresh),
		cmocka_unit_test_setup(a_key_with_a_base_sees_the_way_to_it, disk_fresh),
		cmocka_unit_test_setup(things_are_made_moved_and_removed, disk_fresh),
		cmocka_unit_test_setup(contents_are_written_and_read, disk_fresh),
		cmocka_unit_test_setup(what_breaks_off_leaves_nothing, disk_fresh),
		cmocka_unit_test_setup(a_disk_that_is_full_keeps_what_it_had, disk_fresh),
		cmocka_unit_test_setup(chunks_come_in_any_order_and_again, disk_fresh),
		cmocka_unit_test_setup(an_upload_that_is_given_up_leaves_nothing, disk_fresh),
		cmocka_unit_test_setup(a_provider_can_be_tried, disk_fresh),
		cmocka_unit_test_setup(a_storage_that_is_gone_is_told, disk_fresh),
		cmocka_unit_test_setup(a_quota_counts_what_is_awaited, disk_fresh),
	};

	return cmocka_run_group_tests(tests, disk_open, disk_close);
}
