/*
 * paged.c: statements of lists that can be had in several orders.
 */
#include "store/paged.h"

#include <assert.h>
#include <string.h>

#define ARGS_MAX 40

/* The parameters of a statement, in their order. */
struct wanted {
	struct arg v[ARGS_MAX];
	size_t n;
};

static void
put(struct wanted *a, struct arg v)
{
	assert(a->n < ARGS_MAX);
	a->v[a->n++] = v;
}

static void
put_twice(struct wanted *a, struct arg v)
{
	put(a, v);
	put(a, v);
}

/* Behind which row: down from the start is behind what is greater than any instant and any id. */
static void
put_after(struct wanted *a, bool by_text, const struct page *p)
{
	bool start = p->after_id[0] == '\0', down = p->order.descending;
	struct arg place = by_text ? TEXT(start && down ? NULL
					     : start	? ""
							: p->after_text)
				   : I64(start && down ? INT64_MAX : p->after_at);

	put_twice(a, place);
	if (by_text && down)
		put_twice(a, place);
	put(a, TEXT(start && down ? "~" : p->after_id));
	put(a, I64(p->limit));
}

enum fault
paged_list(struct work *w, const struct stmt *pairs, const struct page_orders *orders, struct args first,
    const struct page *p, void *rows, size_t *n)
{
	struct wanted a = { .n = 0 };

	assert(p->order.by < orders->n);
	for (size_t i = 0; i < first.n; i++)
		put(&a, first.v[i]);
	put_after(&a, orders->v[p->order.by].by_text, p);
	return stmt_list(w, &pairs[2 * p->order.by + p->order.descending], (struct args){ a.v, a.n },
	    (size_t)p->limit, rows, n);
}
