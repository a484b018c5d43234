/*
 * test_db_files.c: the rows of files, folders and uploads.
 */
#include "store/files.h"
#include "base/out.h"
#include "store/uploads.h"
#include "store/world.h"

static void
put(const char *org, const char *id, const char *path, bool folder)
{
	struct file_row r = { .id = id,
		.provider_id = strcmp(org, "org_a") == 0 ? "res_provider_a" : "res_provider_b",
		.path = path,
		.folder = folder,
		.size = folder ? 0 : 5,
		.mime = folder ? NULL : "text/plain",
		.created_by = "usr_ann",
		.created_at = w.now,
		.updated_at = w.now + (int64_t)strlen(path) };

	must(files_insert(&w, org, &r));
}

static void
put_tree(void)
{
	put("org_a", "fol_b", "/backups", true);
	put("org_a", "fol_c", "/backups2", true);
	put("org_a", "fil_1", "/backups/one.txt", false);
	put("org_a", "fil_2", "/backups/\xc3\xa4/two_%.txt", false);
	put("org_a", "fil_3", "/backups2/one.txt", false);
	put("org_a", "fil_4", "/Backups", false);
	put("org_b", "fil_1", "/backups/one.txt", false);
}

static const char *
ids(const struct file_row *rows, size_t n)
{
	struct out o = out_limit(w.arena, 1000);

	for (size_t i = 0; i < n; i++)
		out_print(&o, "%s ", rows[i].id);
	return arena_text(w.arena, out_text(&o));
}

static void
rows_by_id_and_by_path(void **state)
{
	struct file_row r, *rows;
	size_t n;

	(void)state;
	put_tree();
	must(files_row(&w, "org_a", "usr_ann", "fil_1", &r));
	is_text(r.path, "/backups/one.txt", "its path");
	is_text(r.parent_id, "fol_b", "where it stands");
	is_text(r.mime, "text/plain", "its type");
	must(files_row(&w, "org_a", "usr_ann", "fol_b", &r));
	is_text(r.parent_id, NULL, "at the top");
	is_fault(files_row(&w, "org_b", "usr_ann", "fil_3", &r), FAULT_NOT_FOUND, "another organization's");
	must(files_row_at(&w, "org_a", "usr_ann", "res_provider_a", "/Backups", &r));
	is_text(r.id, "fil_4", "case tells paths apart");
	is_fault(files_row_at(&w, "org_b", "usr_ann", "res_provider_a", "/Backups", &r), FAULT_NOT_FOUND,
	    "another organization's");
	must(files_rows_at(&w, "org_a", "usr_ann", "res_provider_a",
	    STR("[\"/backups\",\"/backups/\xc3\xa4/two_%.txt\",\"/none\"]"), 10, &rows, &n));
	is_int(n, 2, "those that have rows");
	r.id = "fil_9";
	is_fault(files_insert(&w, "org_a", &r), FAULT_TAKEN, "a path twice");
}

static void
what_is_looked_for_stays_below_its_base(void **state)
{
	static const struct {
		const char *base, *like, *want;
		int64_t folders;
	} cases[] = {
		{ "/", "%one%", "fil_1 fil_3 ", 0 },
		{ "/backups", "%one%", "fil_1 ", 0 },
		{ "/backups", "%", "fil_1 fil_2 ", 0 },
		{ "/backups", "%!%%", "fil_2 ", 0 },
		{ "/backups", "%", "fol_b ", 1 },
		{ "/", "%BACKUPS%", "fol_b fol_c ", 1 },
		{ "/backups/one.txt", "%", "fil_1 ", 0 },
	};
	struct file_search s = { .provider_id = "res_provider_a", .limit = 10 };
	struct file_row *rows;
	size_t n;

	(void)state;
	put_tree();
	for (size_t i = 0; i < COUNT(cases); i++) {
		s.base = cases[i].base;
		s.like = cases[i].like;
		s.folders = cases[i].folders;
		must(files_rows_like(&w, "org_a", "usr_ann", &s, &rows, &n));
		is_text(ids(rows, n), cases[i].want, cases[i].like);
	}
	s.base = "/backups";
	must(files_rows_recent(&w, "org_a", "usr_ann", &s, &rows, &n));
	is_text(ids(rows, n), "fil_2 fil_1 ", "the newest first");
	must(files_star(&w, "org_a", "fil_1", "usr_ann"));
	must(files_star(&w, "org_a", "fil_1", "usr_ann"));
	must(files_star(&w, "org_a", "fil_3", "usr_ann"));
	s.folders = 0;
	must(files_rows_starred(&w, "org_a", "usr_ann", &s, &rows, &n));
	is_text(ids(rows, n), "fil_1 ", "starred, below the base");
	must(files_rows_starred(&w, "org_a", "usr_bob", &s, &rows, &n));
	is_int(n, 0, "each owner has stars of its own");
	must(files_unstar(&w, "org_a", "fil_1", "usr_ann"));
	must(files_rows_starred(&w, "org_a", "usr_ann", &s, &rows, &n));
	is_int(n, 0, "no more");
}

static void
a_folder_moves_with_all_that_is_in_it(void **state)
{
	struct file_row r;
	int64_t used;

	(void)state;
	put_tree();
	must(files_move(&w, "org_a", "res_provider_a", "/backups", "/backups2/old"));
	must(files_row(&w, "org_a", "usr_ann", "fil_2", &r));
	is_text(r.path, "/backups2/old/\xc3\xa4/two_%.txt", "below it");
	must(files_row(&w, "org_a", "usr_ann", "fil_1", &r));
	is_text(r.parent_id, "fol_b", "it stands in the same folder");
	must(files_row(&w, "org_a", "usr_ann", "fol_b", &r));
	is_text(r.path, "/backups2/old", "itself");
	is_text(r.parent_id, "fol_c", "in its new folder");
	must(files_row(&w, "org_a", "usr_ann", "fil_3", &r));
	is_text(r.path, "/backups2/one.txt", "what only begins alike stays");
	must(files_row(&w, "org_b", "usr_ann", "fil_1", &r));
	is_text(r.path, "/backups/one.txt", "another organization's stays");
	is_fault(files_move(&w, "org_a", "res_provider_a", "/backups2/one.txt", "/Backups"), FAULT_TAKEN,
	    "where something is");
	must(files_used(&w, "org_a", "res_provider_a", &used));
	is_int(used, 20, "bytes");
	must(files_forget_tree(&w, "org_a", "res_provider_a", "/backups2/old"));
	is_fault(files_row(&w, "org_a", "usr_ann", "fil_2", &r), FAULT_NOT_FOUND, "gone with its folder");
	must(files_row(&w, "org_a", "usr_ann", "fil_3", &r));
}

static void
what_is_seen_gets_a_row_and_keeps_it(void **state)
{
	struct file_row r;

	(void)state;
	put_tree();
	must(files_see(&w, "org_a", "res_provider_a", "usr_bob",
	    STR("[{\"i\":\"fil_8\",\"p\":\"/new.txt\",\"d\":\"/\",\"n\":\"new.txt\",\"f\":0,\"s\":7,"
		"\"m\":\"text/plain\",\"u\":99},{\"i\":\"fil_7\",\"p\":\"/backups/one.txt\",\"d\":\"/backups\","
		"\"n\":\"one.txt\",\"f\":0,\"s\":8,\"m\":\"text/html\",\"u\":100}]")));
	must(files_row(&w, "org_a", "usr_ann", "fil_8", &r));
	is_int(r.size, 7, "a new one");
	must(files_row(&w, "org_a", "usr_ann", "fil_1", &r));
	is_int(r.size, 8, "one that was known");
	is_text(r.mime, "text/html", "of another type now");
	is_text(r.created_by, "usr_ann", "by whom it was");
}

static void
uploads_and_their_chunks(void **state)
{
	struct upload_row u = { .org_id = "org_a",
		.id = "upl_1",
		.provider_id = "res_provider_a",
		.file_id = "fil_5",
		.path = "/x",
		.mime = "text/plain",
		.size = 12,
		.chunk_size = 5,
		.chunks = 3,
		.created_by = "usr_ann",
		.created_at = w.now,
		.updated_at = w.now };
	struct upload_chunk c = { .number = 1, .size = 5, .tag = "\"e\"" }, *chunks;
	struct upload_row got, *rows;
	size_t n;
	bool was;

	(void)state;
	must(uploads_insert(&w, "org_a", &u));
	must(uploads_chunk(&w, "org_a", "upl_1", &c));
	must(uploads_chunk(&w, "org_a", "upl_1", &c));
	must(uploads_row(&w, "org_a", "upl_1", &got));
	is_int(got.received, 1, "the same again is one");
	is_int(got.bytes, 5, "its bytes");
	is_fault(uploads_row(&w, "org_b", "upl_1", &got), FAULT_NOT_FOUND, "another organization's");
	is_fault(uploads_chunk(&w, "org_b", "upl_1", &c), FAULT_CONFLICT, "of one that is not there");
	must(uploads_chunks(&w, "org_a", "upl_1", 10, &chunks, &n));
	is_int(n, 1, "chunks");
	is_text(chunks[0].tag, "\"e\"", "what the storage said");
	must(uploads_of(&w, "org_a", "usr_bob", 10, &rows, &n));
	is_int(n, 0, "not bob's");
	must(uploads_of(&w, "org_a", "usr_ann", 10, &rows, &n));
	is_int(n, 1, "ann's");
	must(uploads_idle(&w, w.now, 10, &rows, &n));
	is_int(n, 0, "not idle yet");
	must(uploads_idle(&w, w.now + 1, 10, &rows, &n));
	is_int(n, 1, "idle");
	must(uploads_delete(&w, "org_b", "upl_1", &was));
	is_int(was, false, "another organization's");
	must(uploads_delete(&w, "org_a", "upl_1", &was));
	is_int(was, true, "it was there");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(rows_by_id_and_by_path, world_fresh),
		cmocka_unit_test_setup(what_is_looked_for_stays_below_its_base, world_fresh),
		cmocka_unit_test_setup(a_folder_moves_with_all_that_is_in_it, world_fresh),
		cmocka_unit_test_setup(what_is_seen_gets_a_row_and_keeps_it, world_fresh),
		cmocka_unit_test_setup(uploads_and_their_chunks, world_fresh),
	};

	return cmocka_run_group_tests(tests, world_open, world_close);
}
