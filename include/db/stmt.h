/*
 * stmt.h: SQL as rows of tables.
 *
 * A statement is a row: its name, its text, the types of its parameters and the
 * columns of its result with the place of each in a struct.  All are prepared
 * when a worker connects, and checked against the real schema: the number of
 * parameters, the names, order and types of the columns.  At run time only
 * typed values travel.
 */
#ifndef DB_STMT_H
#define DB_STMT_H

#include "base/work.h"

enum col_type { COL_TEXT, COL_I64, COL_BLOB };

struct col {
	const char *name;
	enum col_type type;
	size_t offset;
	bool may_be_null; /* NULL reads as NULL, 0 or STR_NONE */
};

/* The C type of the member decides the type of the column; others do not compile. */
#define COL_TYPE_OF(type, member) \
	_Generic(((type *)0)->member, const char * : COL_TEXT, int64_t : COL_I64, struct str : COL_BLOB)
#define COL(type, member) \
	{ \
#member, COL_TYPE_OF(struct type, member), offsetof(struct type, member), false \
	}
#define COL_NULL(type, member) \
	{ \
#member, COL_TYPE_OF(struct type, member), offsetof(struct type, member), true \
	}
#define COL_END \
	{ \
		NULL, COL_TEXT, 0, false \
	}

/*
 * What running a statement does to what hosts remember of an organization: its
 * keys with all that decides about them, and where its resources lie.  Every row
 * says one of these.
 *
 * READS changes nothing.  KEEPS changes rows, but nothing that is remembered.
 * TURNS may make something untrue that is remembered: such a statement is
 * refused outside a transaction, and so is the commit of its transaction unless
 * the epoch of its organization moved in it.  BUMPS is what moves it; the id of
 * the organization is its first parameter.
 *
 * In doubt a statement TURNS: that costs a few reads, and the contrary a key
 * that goes on opening what it must not.
 */
enum stmt_effect { EFFECT_UNSAID, READS, KEEPS, TURNS, BUMPS };

struct stmt {
	const char *name;
	const char *sql;
	const char *params;	/* a letter each: t text, i integer, b bytes */
	const struct col *cols; /* NULL: no result */
	size_t size;		/* of the struct a row fills */
	unsigned who;		/* accounts that use it: DB_APP, DB_GATE */
	enum stmt_effect effect;
};

struct stmt_table {
	const char *name;
	const struct stmt *stmts;
	size_t n;
};

struct arg {
	enum col_type type;
	bool null;
	int64_t i;
	struct str s;
};

struct args {
	const struct arg *v;
	size_t n;
};

static inline struct arg
arg_text(const char *z)
{
	return (struct arg){ COL_TEXT, z == NULL, 0, str_of(z) };
}

static inline struct arg
arg_str(struct str s)
{
	return (struct arg){ COL_TEXT, s.s == NULL, 0, s };
}

static inline struct arg
arg_i64(int64_t i)
{
	return (struct arg){ COL_I64, false, i, STR_NONE };
}

/* 0 goes in as NULL: for times that may be unset. */
static inline struct arg
arg_time(int64_t i)
{
	return (struct arg){ COL_I64, i == 0, i, STR_NONE };
}

static inline struct arg
arg_bytes(const void *p, size_t n)
{
	return (struct arg){ COL_BLOB, p == NULL, 0, { p, n } };
}

#define TEXT(z)	    arg_text(z)
#define STRV(s)	    arg_str(s)
#define I64(i)	    arg_i64(i)
#define TIME(i)	    arg_time(i)
#define BYTES(p, n) arg_bytes((p), (n))
#define ARGS(...) \
	((struct args){ (const struct arg[]){ __VA_ARGS__ }, \
	    sizeof((const struct arg[]){ __VA_ARGS__ }) / sizeof(struct arg) })
#define NO_ARGS ((struct args){ NULL, 0 })

/*
 * No result.  *changed (may be NULL) is the number of rows the statement
 * matched.  FAULT_TAKEN: a unique key refuses it; FAULT_CONFLICT: a foreign key
 * or a check does; FAULT_TRY_AGAIN: the transaction lost a race and must be
 * done again from its start; FAULT_UNAVAILABLE; FAULT_INTERNAL: among others, a
 * statement that TURNS outside a transaction.
 */
enum fault stmt_do(struct work *, const struct stmt *, struct args, int64_t *changed);
/* The same, and the number it gave to LAST_INSERT_ID(); FAULT_NO_ROW if it matched none. */
enum fault stmt_number(struct work *, const struct stmt *, struct args, int64_t *number);
/* Exactly one row into *row, texts in the arena; FAULT_NO_ROW if there is none. */
enum fault stmt_one(struct work *, const struct stmt *, struct args, void *row);
/* At most max rows into a fresh array in the arena. */
enum fault stmt_list(struct work *, const struct stmt *, struct args, size_t max, void *rows, size_t *n);

#endif
