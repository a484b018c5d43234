/*
 * key_lists.c: long lists of keys.
 *
 * An order is a statement of its own, each with an index of api_key that has it:
 * a page reads about as many rows as it shows, unless a filter leaves out most of
 * them.  A parameter that is NULL or at its end makes its condition one that
 * holds of every row, and the server sees that before it chooses an index.
 */
#include "store/key_lists.h"

#include "store/key_cols.h"
#include "store/like.h"
#include "store/paged.h"
#include "store/tables.h"

enum { PAGES, COUNT_ALL = PAGES + 2 * (KEYS_BY_USE + 1), BRIEF };

static const struct page_order orders[] = {
	[KEYS_BY_CREATION] = ORDER_AT("created_at", key, created_at, id),
	[KEYS_BY_NAME] = ORDER_BY_TEXT("name", key, name, id),
	[KEYS_BY_END] = ORDER_AT("expires_at", key, ends_at, id),
	[KEYS_BY_USE] = ORDER_AT("last_used_at", key, last_used_at, id),
};
const struct page_orders keys_orders = { orders, COUNT(orders) };

struct row_n {
	int64_t n;
};
static const struct col n_cols[] = { COL(row_n, n), COL_END };

static const struct col brief_cols[] = {
	COL(key_brief, id),
	COL(key_brief, name),
	COL(key_brief, prefix),
	COL(key_brief, created_at),
	COL_END,
};

/*
 * A search has to look at every key; owners are looked for first and once, so that
 * a key that is not found costs no join.
 */
#define KEY_SEARCHED \
	"AND (? IS NULL OR k.sort_name LIKE ? ESCAPE '!' OR k.description " LIKE_SEARCH \
	" OR CONVERT(k.prefix USING utf8mb4) " LIKE_SEARCH " OR k.membership_id IN " \
	"(SELECT sm.id FROM membership sm JOIN user su ON su.id = sm.user_id WHERE sm.org_id = ? AND " \
	"(su.name " LIKE_SEARCH " OR su.email " LIKE_SEARCH ")) OR k.machine_id IN " \
	"(SELECT sx.id FROM machine sx WHERE sx.org_id = ? AND sx.name " LIKE_SEARCH ")) "

#define KEY_FILTERED \
	"AND (? IS NULL OR k.kind = ?) AND (? IS NULL OR k.membership_id = ?) " \
	"AND (? IS NULL OR COALESCE(m.user_id, k.machine_id, k.org_id) = ?) " \
	"AND (? = 0 OR k.machine_id IS NULL) AND " \
	"((COALESCE(k.ended_at, m.left_at, x.deleted_at) IS NULL AND " \
	"((? = 1 AND (k.expires_at IS NULL OR k.expires_at > ?)) OR (? = 1 AND k.expires_at <= ?))) OR " \
	"(? = 1 AND COALESCE(k.ended_at, m.left_at, x.deleted_at) IS NOT NULL AND " \
	"FIND_IN_SET(k.kind, ?) > 0)) " KEY_SEARCHED \
	"AND k.created_at BETWEEN ? AND ? AND k.ends_at BETWEEN ? AND ? AND k.used_at BETWEEN ? AND ? "
#define KEY_FILTERED_PARAMS "ttttttiiiiiittttttttttiiiiii"

#define KEY_PAGE(sql, at) \
	KEY_COLS KEY_FILTERED sql, "t" KEY_FILTERED_PARAMS at, key_cols, sizeof(struct key), DB_APP, READS
#define UP(column)   KEY_PAGE(PAGED_UP("k." column, "k.id"), PAGED_AT)
#define DOWN(column) KEY_PAGE(PAGED_DOWN("k." column, "k.id"), PAGED_AT)

static const struct stmt stmts[] = {
	[PAGES + 2 * KEYS_BY_CREATION] = { "keys_by_creation", UP("created_at") },
	{ "keys_by_creation_down", DOWN("created_at") },
	[PAGES + 2 *
	    KEYS_BY_NAME] = { "keys_by_name", KEY_PAGE(PAGED_UP("k.sort_name", "k.id"), PAGED_TEXT) },
	{ "keys_by_name_down", KEY_PAGE(PAGED_DOWN_TEXT("k.sort_name", "k.id"), PAGED_TEXT_DOWN) },
	[PAGES + 2 * KEYS_BY_END] = { "keys_by_end", UP("ends_at") },
	{ "keys_by_end_down", DOWN("ends_at") },
	[PAGES + 2 * KEYS_BY_USE] = { "keys_by_use", UP("used_at") },
	{ "keys_by_use_down", DOWN("used_at") },
	[COUNT_ALL] = { "keys_count", "SELECT COUNT(*) AS n " KEY_FROM KEY_FILTERED, "t" KEY_FILTERED_PARAMS,
	    n_cols, sizeof(struct row_n), DB_APP, READS },
	[BRIEF] = { "keys_brief",
	    "SELECT k.id, k.name, k.prefix, k.created_at " KEY_FROM KEY_FILTERED PAGED_UP("k.created_at",
		"k.id"),
	    "t" KEY_FILTERED_PARAMS PAGED_AT, brief_cols, sizeof(struct key_brief), DB_APP, READS },
};
const struct stmt_table key_lists_table = { "key_lists", stmts, COUNT(stmts) };

#define ARGS_MAX 40

/* The parameters of a statement, in their order. */
struct wanted {
	struct arg v[ARGS_MAX];
	size_t n;
};

static void
put(struct wanted *a, struct arg v)
{
	a->v[a->n++] = v;
}

static void
put_twice(struct wanted *a, struct arg v)
{
	put(a, v);
	put(a, v);
}

/* Both ends taken in.  Of what is asked for at all, only what lies between first and last. */
static void
put_span(struct wanted *a, int64_t from, int64_t before, int64_t first, int64_t last)
{
	bool asked = from != 0 || before != 0;

	put(a, I64(from != 0 ? from : asked ? first : 0));
	put(a, I64(before != 0 ? before - 1 : asked ? last : INT64_MAX));
}

/* In the order of KEY_SEARCHED. */
static void
put_search(struct wanted *a, const char *org, const char *pattern)
{
	put_twice(a, TEXT(pattern));
	put_twice(a, TEXT(pattern));
	put(a, TEXT(org));
	put_twice(a, TEXT(pattern));
	put(a, TEXT(org));
	put(a, TEXT(pattern));
}

/* What KEY_FILTERED takes, and the organization before it. */
static struct wanted
filtered(const struct work *w, const char *org, const struct key_filter *f)
{
	struct wanted a = { .n = 0 };

	put(&a, TEXT(org));
	put_twice(&a, TEXT(f->kind));
	put_twice(&a, TEXT(f->membership_id));
	put_twice(&a, TEXT(f->owner_id));
	put(&a, I64(f->without_machines));
	put(&a, I64(f->active));
	put(&a, I64(w->now));
	put(&a, I64(f->expired));
	put(&a, I64(w->now));
	put(&a, I64(f->revoked));
	put(&a, TEXT(f->marked));
	put_search(&a, org, like_pattern(w->arena, f->search));
	put_span(&a, f->created_from, f->created_before, 0, INT64_MAX);
	put_span(&a, f->expires_from, f->expires_before, 0, INT64_MAX - 1);
	if (f->never_used)
		put_twice(&a, I64(0));
	else
		put_span(&a, f->used_from, f->used_before, 1, INT64_MAX);
	return a;
}

enum fault
keys_page(struct work *w, const char *org, const struct key_filter *f, const struct page *p,
    struct key **rows, size_t *n)
{
	struct wanted a = filtered(w, org, f);

	return paged_list(w, &stmts[PAGES], &keys_orders, (struct args){ a.v, a.n }, p, rows, n);
}

enum fault
keys_count(struct work *w, const char *org, const struct key_filter *f, int64_t *n)
{
	struct wanted a = filtered(w, org, f);
	struct row_n row = { 0 };
	enum fault fault = stmt_one(w, &stmts[COUNT_ALL], (struct args){ a.v, a.n }, &row);

	*n = row.n;
	return fault;
}

enum fault
keys_brief(struct work *w, const char *org, const struct key_filter *f, const struct page *p,
    struct key_brief **rows, size_t *n)
{
	static const struct page_orders one = { &orders[KEYS_BY_CREATION], 1 };
	struct wanted a = filtered(w, org, f);

	return paged_list(w, &stmts[BRIEF], &one, (struct args){ a.v, a.n }, p, rows, n);
}
