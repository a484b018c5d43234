/*
 * board.c: a page that is made of parts.
 */
#include "ui/board.h"

#include <assert.h>

#include "base/html_out.h"
#include "base/text.h"
#include "core/account.h"
#include "core/search.h"
#include "core/sort.h"
#include "ui/templates.h"
#include "ui/trouble.h"
#include "ui/ui.h"

#define LINK_MAX  ((size_t)4 << 10)
#define ADD(list) (assert((list).n < COUNT((list).v)), &(list).v[(list).n++])

enum fault
board_begin_named(struct call *c, const char *title, enum nav nav, struct board **b)
{
	*b = arena_new(c->work->arena, struct board);
	return frame_begin_titled(c, title, nav, &(*b)->frame);
}

enum fault
board_begin(struct call *c, enum words title, enum nav nav, struct board **b)
{
	frame_speak(c);
	return board_begin_named(c, words_text(title), nav, b);
}

static void
name_head(struct sort_head *h, enum words text)
{
	if (h->text == NULL)
		h->text = words_text(text);
}

enum fault
board_show(struct call *c, struct board *b)
{
	name_head(&b->heads.name, b->col_name);
	name_head(&b->heads.first, b->col_first);
	name_head(&b->heads.second, b->col_second);
	name_head(&b->heads.when, b->col_when);
	page_board(&c->resp->body, b);
	return FAULT_NONE;
}

void
board_tab(struct call *c, struct board *b, enum words text, const char *path, bool here)
{
	*ADD(b->tabs) = (struct tab){ .text = words_text(text), .link = frame_link(c, path), .here = here };
	if (here)
		b->frame.tab = words_text(text);
}

struct tab *
board_link(struct call *c, struct board *b, enum words text, const char *path)
{
	struct tab *t = ADD(b->links);

	*t = (struct tab){ .text = words_text(text), .link = frame_link(c, path) };
	return t;
}

void
board_fact(struct board *b, enum words label, const char *text)
{
	*ADD(b->facts) = (struct fact){ .label = words_text(label), .text = text };
}

void
board_instant(struct board *b, enum words label, struct when when, bool ends)
{
	*ADD(b->facts) = (struct fact){ .label = words_text(label), .when = when, .ends = ends };
}

void
board_list(struct call *c, struct board *b, enum words none, enum words first, enum words second,
    enum words when)
{
	b->listed = true;
	b->none = none;
	b->col_name = WORDS_col_name;
	b->col_first = first;
	b->col_second = second;
	b->col_when = when;
	b->lines.v = arena_array(c->work->arena, struct line, BOARD_LINES);
}

struct line *
board_line(struct board *b, const char *name)
{
	struct line *l = &b->lines.v[b->lines.n++];

	assert(b->lines.n <= BOARD_LINES);
	*l = (struct line){ .name = name };
	return l;
}

/* --- pages of a list --- */

static const char *
found_link(struct call *c, const struct board *b, const char *path)
{
	struct out o = out_limit(c->work->arena, LINK_MAX);

	out_put(&o, frame_link(c, path));
	if (b->said != NULL) {
		out_put(&o, "&search=");
		html_query(&o, b->said);
	}
	return out_failed(&o) ? frame_link(c, path) : out_text(&o).s;
}

static const char *
said_link(struct call *c, const struct board *b, const char *path)
{
	const char *found = found_link(c, b, path),
		   *sort = b->orders == NULL ? NULL : page_sort(c->work->arena, b->orders, b->order);

	return sort == NULL ? found : arena_print(c->work->arena, "%s&sort=%s", found, sort);
}

/* What the address asks for wrongly is said, and not asked for. */
static enum fault
said_wrongly(struct call *c, struct board *b, enum fault f)
{
	if (f != FAULT_BAD_FIELD)
		return f;
	b->frame.trouble = trouble_text(c->work, f);
	response_status(c->resp, fault_status(f));
	return FAULT_NONE;
}

/* A field that was left empty asks for nothing. */
static enum fault
read_order(struct call *c, struct board *b)
{
	struct str sort = call_query(c, "sort");

	if (b->orders == NULL || sort.n == 0)
		return FAULT_NONE;
	return said_wrongly(c, b, sort_read(c->work, sort, b->orders, &b->order));
}

enum fault
board_search(struct call *c, struct board *b, const char *path, enum words hint,
    const struct page_orders *orders, struct page *page)
{
	struct str said = call_query(c, "search");
	enum fault f;

	b->orders = orders;
	if ((f = read_order(c, b)) != FAULT_NONE ||
	    (f = call_page_marked(c, orders == NULL ? NULL : page_sort(c->work->arena, orders, b->order),
		 page)) != FAULT_NONE)
		return f;
	page->order = b->order;
	b->search_path = path;
	b->search_hint = hint;
	if (said.n > 0)
		f = said_wrongly(c, b, search_read(c->work, said, &page->search));
	b->said = page->search;
	if (call_query(c, "cursor").n > 0)
		b->first_link = said_link(c, b, path);
	return f;
}

void
board_next(struct call *c, struct board *b, const struct page *next)
{
	b->next_link = arena_print(c->work->arena, "%s&cursor=%s", said_link(c, b, b->search_path),
	    page_place(c->work->arena, next));
}

/* One more is read than shown: then there is a next page. */
size_t
board_shown(struct call *c, struct board *b, const struct page *page, const void *rows, size_t size, size_t n)
{
	struct page next = *page;

	if (n < (size_t)page->limit)
		return n;
	page_after(&next, &b->orders->v[page->order.by], (const char *)rows + (n - 2) * size);
	board_next(c, b, &next);
	return n - 1;
}

/* --- its orders --- */

struct sort_head
sort_head(struct call *c, enum words text, const char *link, const struct page_orders *orders,
    struct order now, size_t by)
{
	bool here = now.by == by;
	const char *way = here && !now.descending ? "-" : "";

	return (struct sort_head){ words_text(text),
		arena_print(c->work->arena, "%s&sort=%s%s", link, way, orders->v[by].word),
		!here		     ? NULL
		    : now.descending ? "descending"
				     : "ascending" };
}

/* Where there are no heads, on a small screen, it is chosen beside the search. */
static void
offer_order(struct call *c, struct board *b, enum words text, size_t by)
{
	static const enum words ways[] = { WORDS_sort_up, WORDS_sort_down };

	if (b->sorts.v == NULL)
		b->sorts.v = arena_array(c->work->arena, struct option, 2 * b->orders->n);
	assert(b->sorts.n + 2 <= 2 * b->orders->n);
	for (size_t down = 0; down < COUNT(ways); down++)
		b->sorts.v[b->sorts.n++] = (struct option){ arena_print(c->work->arena, "%s%s",
								down ? "-" : "", b->orders->v[by].word),
			words_format(c->work->arena, ways[down], words_text(text)),
			b->order.by == by && b->order.descending == (down != 0) };
}

void
board_sort(struct call *c, struct board *b, enum words text, size_t by)
{
	struct sort_head head = sort_head(c, text, found_link(c, b, b->search_path), b->orders, b->order, by);

	offer_order(c, b, text, by);
	if (text == b->col_name)
		b->heads.name = head;
	else if (text == b->col_first)
		b->heads.first = head;
	else if (text == b->col_second)
		b->heads.second = head;
	else if (text == b->col_when)
		b->heads.when = head;
}

size_t
board_slice(struct call *c, struct board *b, const char *path, size_t n, size_t *first)
{
	struct str limit = call_query(c, "limit");
	int64_t from = 0, most = PAGE_LIMIT_MAX;
	const char *here;

	/* What is no number asks for nothing. */
	if (!str_int(call_query(c, "from"), &from) || from < 0 || (size_t)from >= n)
		from = 0;
	if (limit.n == 0 || !str_int(limit, &most) || most < 1 || most > PAGE_LIMIT_MAX)
		most = PAGE_LIMIT_MAX;
	*first = (size_t)from;
	if (from > 0)
		b->first_link = said_link(c, b, path);
	if (n - *first <= (size_t)most)
		return n - *first;
	here = said_link(c, b, path);
	b->next_link = arena_print(c->work->arena, "%s%climit=%lld&from=%lld", here,
	    strchr(here, '?') == NULL ? '?' : '&', (long long)most, (long long)(from + most));
	return (size_t)most;
}

bool
board_found(struct call *c, const struct board *b, const char *name)
{
	struct arena *a = c->work->arena;

	return b->said == NULL ||
	    strstr(arena_text(a, text_fold(a, str_of(name))), arena_text(a, text_fold(a, str_of(b->said)))) !=
	    NULL;
}

static const char *
label_of(struct call *c, const struct line *l, enum words text)
{
	return words_format(c->work->arena, WORDS_end_label, words_text(text), l->name);
}

void
line_act(struct call *c, struct line *l, enum words text, const char *path)
{
	l->act = frame_link(c, path);
	l->act_text = words_text(text);
	l->act_label = label_of(c, l, text);
}

void
line_ask(struct call *c, struct line *l, enum words text, const char *path)
{
	l->ask = frame_link(c, path);
	l->ask_text = words_text(text);
	l->ask_label = label_of(c, l, text);
}

static bool
sent_to(struct call *c, const char *path)
{
	struct str here;

	return request_path(c->work->arena, c->req->target, &here) == FAULT_NONE && str_is(here, path);
}

struct board_form *
board_form(struct call *c, struct board *b, enum words title, enum words button, const char *path)
{
	struct board_form *f = ADD(b->forms);

	*f = (struct board_form){ .action = frame_link(c, path),
		.title = title,
		.button = button,
		.sent = c->again && sent_to(c, path) };
	return f;
}

enum fault
form_danger(struct call *c, struct board_form *form, enum words text)
{
	bool recent;
	enum fault f = account_recent(c->work, &recent);

	form->text = text;
	form->danger = true;
	form->proof = !recent;
	return f;
}

struct control *
form_control(struct board_form *f, enum control_sort sort, const char *name, enum words label,
    enum words hint)
{
	struct control *k = ADD(f->controls);

	*k = (struct control){ .sort = sort,
		.name = name,
		.label = label,
		.hint = hint,
		.max = 100,
		.needed = true,
		.sent = f->sent };
	return k;
}

const char *
control_value(const struct frame *f, const struct control *k)
{
	return k->sent ? kept(f, k->name, k->value) : k->value == NULL ? "" : k->value;
}

bool
control_on(const struct frame *f, const struct control *k)
{
	return k->sent ? chosen(f, k->name, "on", k->on) : k->on;
}

bool
control_wrong(const struct frame *f, const struct control *k)
{
	return k->sent && wrong(f, k->name);
}

const char *
control_described(const struct frame *f, const struct control *k)
{
	return described(f, k->name, control_wrong(f, k), k->hint != WORDS_none);
}

struct control *
form_select(struct call *c, struct board_form *f, const char *name, enum words label, size_t n)
{
	struct control *k = form_control(f, CONTROL_SELECT, name, label, WORDS_none);

	k->options.v = arena_array(c->work->arena, struct option, n + 1);
	return k;
}

void
control_option(const struct board *b, struct control *k, const char *value, const char *text, bool there)
{
	k->options.v[k->options.n++] =
	    (struct option){ value, text, k->sent ? chosen(&b->frame, k->name, value, there) : there };
}

enum fault
board_insight(struct call *c, struct board *b, const char *key_id, const char *path)
{
	struct explain_view *explain;
	struct use_view *use;
	enum fault f;

	if ((f = use_views(c, &key_id, 1, &use)) != FAULT_NONE ||
	    (f = explain_view(c, key_id, path, &explain)) != FAULT_NONE)
		return f;
	b->use = use;
	b->explain = explain;
	return FAULT_NONE;
}

struct confirm_form {
	struct given_text confirm;
};
static const struct field confirm_fields[] = { FIELD_NEEDED(confirm_form, confirm) };
const struct shape shape_ui_confirm = SHAPE("ConfirmForm", confirm_form, confirm_fields);

enum fault
confirm_name(struct call *c, const char *name)
{
	const struct confirm_form *form = c->body;
	struct arena *a = c->work->arena;

	return str_eq(text_fold(a, form->confirm.v), text_fold(a, str_of(name)))
	    ? FAULT_NONE
	    : fault_at(c->work, FAULT_BAD_FIELD, "confirm", "must be the name");
}
