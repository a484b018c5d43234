/*
 * key_list.c: lists of keys as an address asks for them.
 */
#include "ui/key_list.h"

#include "base/html_out.h"
#include "core/kind.h"
#include "core/sort.h"
#include "ui/trouble.h"

#define QUERY_MAX ((size_t)4 << 10)

static const struct {
	const char *value;
	enum words text;
} states[] = { { "", WORDS_state_usual }, { "active", WORDS_state_active },
	{ "expired", WORDS_state_expired }, { "revoked", WORDS_state_revoked }, { "all", WORDS_state_all } },
  sorts[] = { { "", WORDS_sort_oldest }, { "-created_at", WORDS_sort_newest }, { "name", WORDS_col_name },
	  { "expires_at", WORDS_sort_end }, { "-last_used_at", WORDS_sort_used },
	  { "last_used_at", WORDS_sort_unused } };

/* A field that was left empty asks for nothing. */
static struct str
said(struct call *c, struct str query, const char *name)
{
	struct str value = query_value(c->work->arena, query, name);

	return value.n == 0 ? STR_NONE : value;
}

struct key_query
key_query_said(struct call *c, struct str query)
{
	return (struct key_query){
#define KEY_QUERY(name, option) .name = said(c, query, #name),
#include "core/key_query.def"
		.sort = said(c, query, "sort")
	};
}

static void
put_pair(struct call *c, struct out *o, const char *name, struct str value)
{
	if (value.s == NULL)
		return;
	out_put(o, "&");
	out_put(o, name);
	out_put(o, "=");
	html_query(o, arena_text(c->work->arena, value));
}

const char *
key_query_text(struct call *c, const struct key_query *q, bool sort)
{
	struct out o = out_limit(c->work->arena, QUERY_MAX);

#define KEY_QUERY(name, option) put_pair(c, &o, #name, q->name);
#include "core/key_query.def"
	if (sort)
		put_pair(c, &o, "sort", q->sort);
	return out_failed(&o) || out_text(&o).n == 0 ? "" : out_text(&o).s;
}

/* --- its orders --- */

static struct sort_head
head_of(struct call *c, const struct key_list *l, enum words text, size_t by)
{
	const char *link =
	    arena_print(c->work->arena, "%s%s", frame_link(c, l->path), key_query_text(c, &l->said, false));

	return sort_head(c, text, link, &keys_orders, l->order, by);
}

static void
make_heads(struct call *c, struct key_list *l)
{
	l->name = head_of(c, l, WORDS_col_name, KEYS_BY_NAME);
	l->created = head_of(c, l, WORDS_col_created, KEYS_BY_CREATION);
	l->used = head_of(c, l, WORDS_col_used, KEYS_BY_USE);
	l->expires = head_of(c, l, WORDS_col_expires, KEYS_BY_END);
}

/* --- what may be chosen --- */

static void
choice(struct choices *all, const char *value, enum words text, struct str now)
{
	bool here = now.s == NULL ? value[0] == '\0' : str_is(now, value);

	all->v[all->n++] = (struct option){ value, words_text(text), here };
}

static void
offer(struct call *c, struct key_list *l)
{
	struct arena *a = c->work->arena;
	const struct kind *k;

	l->states.v = arena_array(a, struct option, COUNT(states));
	for (size_t i = 0; i < COUNT(states); i++)
		choice(&l->states, states[i].value, states[i].text, l->said.state);
	l->sorts.v = arena_array(a, struct option, COUNT(sorts));
	for (size_t i = 0; i < COUNT(sorts); i++)
		choice(&l->sorts, sorts[i].value, sorts[i].text, l->said.sort);
	l->kinds.v = arena_array(a, struct option, KIND__MAX + 1);
	choice(&l->kinds, "", WORDS_all_kinds, l->said.kind);
	for (size_t i = 0; (k = kind_at(i)) != NULL; i++)
		choice(&l->kinds, k->name, kind_word(k), l->said.kind);
}

/* --- the rows --- */

static enum fault
read_rows(struct call *c, struct key_list *l)
{
	struct work *w = c->work;
	struct order order;
	struct page page;
	enum fault f;

	if ((f = key_query_filter(w, &l->asked, &l->filter)) != FAULT_NONE ||
	    (f = sort_read(w, l->asked.sort, &keys_orders, &order)) != FAULT_NONE ||
	    (f = call_page_marked(c, key_query_mark(w, &l->asked), &page)) != FAULT_NONE)
		return f;
	page.order = l->order = order;
	if ((f = keys_page(w, w->actor->org_id, &l->filter, &page, &l->keys, &l->n)) != FAULT_NONE)
		return f;
	/* One more is read than shown: then there is a next page. */
	if (l->n >= (size_t)page.limit) {
		l->n = (size_t)page.limit - 1;
		page_after(&page, &keys_orders.v[order.by], &l->keys[l->n - 1]);
		l->next_link = arena_print(w->arena, "%s%s&cursor=%s", frame_link(c, l->path), l->query,
		    page_place(w->arena, &page));
	}
	return FAULT_NONE;
}

static void
ask(struct call *c, struct key_list *l, struct str kind, struct str owner)
{
	l->asked = l->said;
	if (kind.s != NULL)
		l->asked.kind = kind;
	if (owner.s != NULL)
		l->asked.owner = owner;
	l->narrowed = key_query_asks(&l->said);
	l->query = key_query_text(c, &l->said, true);
}

enum fault
key_list_read(struct call *c, struct frame *frame, const char *path, struct str kind, struct str owner,
    struct key_list *l)
{
	enum fault f;

	*l = (struct key_list){ .path = path, .org = frame->org, .said = key_query_said(c, c->req->query) };
	l->wide = kind.s == NULL;
	if (!l->wide)
		l->said.kind = l->said.owner = STR_NONE;
	ask(c, l, kind, owner);
	if ((f = read_rows(c, l)) == FAULT_BAD_FIELD) {
		frame->trouble = trouble_text(c->work, f);
		response_status(c->resp, fault_status(f));
		l->said = (struct key_query){ .sort = STR_NONE };
		ask(c, l, kind, owner);
		f = read_rows(c, l);
	}
	if (f != FAULT_NONE)
		return f;
	if (call_query(c, "cursor").n > 0)
		l->first_link = arena_print(c->work->arena, "%s%s", frame_link(c, path), l->query);
	make_heads(c, l);
	offer(c, l);
	return FAULT_NONE;
}
