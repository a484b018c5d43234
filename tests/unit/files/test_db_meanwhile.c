/*
 * test_db_meanwhile.c: what others do while an upload comes, or a tree is removed:
 * nothing is put where it was not meant for, and nothing goes on for who was put out.
 */
#include "files/disk.h"

#include "db/db.h"
#include "store/uploads.h"

/* --- what happens while a body comes --- */

static void (*meanwhile)(void);
static const char *other;  /* an id that it is about */
static enum fault came_of; /* it */

/* The last piece; before it somebody else does something. */
static enum fault
late_next(struct stream *s, struct work *work, struct str *piece)
{
	(void)work;
	if (meanwhile != NULL)
		meanwhile();
	meanwhile = NULL;
	*piece = body_left;
	body_left = STR_NONE;
	s->ctx = NULL;
	return FAULT_NONE;
}

static struct stream *
late_body(const char *text, void (*first)(void))
{
	static struct stream s;

	body_left = str_of(text);
	meanwhile = first;
	s = (struct stream){ .next = late_next, .length = (int64_t)body_left.n };
	return &s;
}

/* Another has brought the same chunk, and the last one: the whole of it would be there. */
static void
others_bring_all(void)
{
	struct upload_chunk c = { .number = 0, .size = 5 };
	struct str left = body_left;
	bool whole;

	must(db_begin(&w, DB_CHANGES));
	must(uploads_chunk(&w, "org_a", other, &c));
	must(db_commit(&w));
	came_of = upload_chunk(&w, other, 1, body("67890"), &whole);
	body_left = left;
}

static void
nothing_is_written_once_it_is_in_place(void **state)
{
	struct upload_wish wish = { .provider_id = PROVIDER, .name = STR("x"), .size = 10, .chunk_size = 5 };
	struct upload u;
	bool whole;

	(void)state;
	must(upload_begin(&w, &wish, &u));
	other = u.id;
	must(upload_chunk(&w, u.id, 0, late_body("12345", others_bring_all), &whole));
	is_fault(came_of, FAULT_CONFLICT, "not put in place while a part of it is written");
	is_true(whole, "but by who wrote the last");
	is_text(content_of("/x"), "1234567890", "whole");
}

static void
folder_moves(void)
{
	struct file f;

	came_of = files_rename(&w, other, STR("moved"), &f);
}

static void
folder_moves_on_the_disk(void)
{
	assert_int_equal(rename(on_disk("/backups"), on_disk("/moved")), 0);
	put_folder("/backups");
}

static void
folder_goes(void)
{
	came_of = files_delete(&w, other);
}

static void
what_moves_under_an_upload_ends_it(void **state)
{
	static void (*const ways[])(void) = { folder_moves, folder_moves_on_the_disk, folder_goes };
	struct upload_wish wish = { .provider_id = PROVIDER, .name = STR("x"), .size = 5 };
	struct file f;

	(void)state;
	for (size_t i = 0; i < COUNT(ways); i++) {
		empty_disk();
		put_folder("/backups");
		wish.folder_id = other = find("/backups").id;
		came_of = FAULT_NONE;
		must(upload_ask(&w, &wish, &f));
		is_fault(files_write(&w, f.id, late_body("12345", ways[i]), STR_NONE, &f), FAULT_CONFLICT,
		    "it is meant for somewhere else");
		must(came_of);
		is_text(content_of("/backups/x"), NULL, "not where it was");
		is_text(content_of("/moved/x"), NULL, "not where that went");
		is_fault(files_get(&w, f.id, &f), FAULT_NOT_FOUND, "awaited no more");
	}
}

static void
a_folder_waits_for_uploads_or_ends_them(void **state)
{
	struct upload_wish wish = { .provider_id = PROVIDER, .name = STR("x"), .size = 10, .chunk_size = 5 };
	struct file folder, f;
	struct upload u;
	bool whole;

	(void)state;
	put_folder("/backups");
	folder = find("/backups");
	wish.folder_id = folder.id;
	must(upload_begin(&w, &wish, &u));
	must(upload_chunk(&w, u.id, 0, body("12345"), &whole));
	is_fault(files_rename(&w, folder.id, STR("moved"), &f), FAULT_CONFLICT, "an upload to it goes on");
	must(files_delete(&w, folder.id));
	is_fault(upload_chunk(&w, u.id, 1, body("67890"), &whole), FAULT_NOT_FOUND, "ended");
	assert_int_equal(rmdir(root), 0); /* nothing is left */
	empty_disk();
	put_folder("/backups");
	wish.folder_id = find("/backups").id;
	must(upload_begin(&w, &wish, &u));
	must(upload_chunk(&w, u.id, 0, body("12345"), &whole));
	assert_int_equal(rmdir(on_disk("/backups")), 0);
	is_fault(upload_chunk(&w, u.id, 1, body("67890"), &whole), FAULT_CONFLICT, "behind our back");
	is_fault(files_get(&w, u.file_id, &f), FAULT_NOT_FOUND, "awaited no more");
	assert_int_equal(rmdir(root), 0);
}

static void
what_cannot_be_ended_keeps_nobody_from_it(void **state)
{
	enum { MANY = 25 };
	struct upload_wish wish = { .provider_id = PROVIDER, .size = 5 };
	struct upload_row row;
	struct upload u;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		wish.name = str_of(arena_print(w.arena, "%d", i));
		must(upload_begin(&w, &wish, &u));
		/* What would be removed cannot be: it is a folder by now. */
		assert_int_equal(unlink(on_disk(arena_print(w.arena, "/.claviger-%s", u.id))), 0);
		put_folder(arena_print(w.arena, "/.claviger-%s", u.id));
		w.now++;
	}
	wish.name = STR("good");
	must(upload_begin(&w, &wish, &u));
	w.now += settings->files_upload_hours * 3600 + 1;
	upload_upkeep(&w);
	must(uploads_row(&w, "org_a", u.id, &row));
	upload_upkeep(&w);
	is_fault(uploads_row(&w, "org_a", u.id, &row), FAULT_NOT_FOUND, "its turn has come");
}

/* --- who is put out in the middle --- */

static int asked;

static enum fault
put_out(struct work *work)
{
	(void)work;
	return ++asked > 1 ? FAULT_REVOKED : FAULT_NONE;
}

static size_t
count(const char *folder)
{
	size_t total;

	(void)listed(find(folder).id, FILES_BOTH, 0, 1, &total);
	return total;
}

static void
who_is_put_out_goes_on_with_nothing(void **state)
{
	enum { MANY = 1500 };

	(void)state;
	put_folder("/many");
	for (int i = 0; i < MANY; i++)
		put(arena_print(w.arena, "/many/%d", i), "x");
	asked = 0;
	w.again = put_out;
	is_fault(files_delete(&w, find("/many").id), FAULT_REVOKED, "put out");
	is_true(count("/many") > 1000 && count("/many") < MANY, "not all are gone");
	w.again = NULL;
	must(files_delete(&w, find("/many").id));
	is_text(content_of("/many/1"), NULL, "all are gone");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_written_once_it_is_in_place, disk_fresh),
		cmocka_unit_test_setup(what_moves_under_an_upload_ends_it, disk_fresh),
		cmocka_unit_test_setup(a_folder_waits_for_uploads_or_ends_them, disk_fresh),
		cmocka_unit_test_setup(what_cannot_be_ended_keeps_nobody_from_it, disk_fresh),
		cmocka_unit_test_setup(who_is_put_out_goes_on_with_nothing, disk_fresh),
	};

	return cmocka_run_group_tests(tests, disk_open, disk_close);
}
