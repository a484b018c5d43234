/*
 * sort.c: the order somebody asks for a list in.
 */
#include "core/sort.h"

#include "base/out.h"

#define WORDS_MAX 200

static enum fault
no_order(struct work *w, const struct page_orders *orders)
{
	struct out o = out_limit(w->arena, WORDS_MAX);

	for (size_t i = 0; i < orders->n; i++) {
		out_put(&o, i == 0 ? "" : i + 1 < orders->n ? ", " : " or ");
		out_put(&o, orders->v[i].word);
	}
	return fault_at(w, FAULT_BAD_FIELD, "sort", "must be %s, with - before it to go downward",
	    arena_text(w->arena, out_text(&o)));
}

enum fault
sort_read(struct work *w, struct str said, const struct page_orders *orders, struct order *o)
{
	*o = (struct order){ 0, false };
	if (said.s == NULL)
		return FAULT_NONE;
	if ((o->descending = said.n > 0 && said.s[0] == '-'))
		said = str_from(said, 1);
	for (; o->by < orders->n; o->by++)
		if (str_is(said, orders->v[o->by].word))
			return FAULT_NONE;
	*o = (struct order){ 0, false };
	return no_order(w, orders);
}
