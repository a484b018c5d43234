/*
 * board.h: a page that is made of parts: tabs, facts, a list, forms.
 *
 * The pages of administration differ in what they say and not in how it is laid
 * out: a handler adds the parts, one template shows them all.
 */
#ifndef UI_BOARD_H
#define UI_BOARD_H

#include "ui/frame.h"
#include "ui/insight.h"
#include "ui/parts.h"
#include "ui/pick.h"
#include "ui/show.h"

#define BOARD_SEARCHED 8   /* so many rows can be searched; fewer are seen at a glance */
#define BOARD_LINES    201 /* what a list holds; more than a page of a list */

struct tab {
	const char *text, *link;
	bool here;
	bool plain; /* a button that is not the main one */
};

struct fact {
	const char *label, *text;
	struct when when; /* where text is NULL */
	bool ends;	  /* it is an end: a near one stands out */
	bool code;
};

/* A row of the list; what is NULL is not there. */
struct line {
	const char *name, *about, *link;
	const char *first, *second, *state, *state_text;
	struct when when;
	bool ends;
	const char *act, *act_text, *act_label; /* a form without fields: its address, its button */
	const char *ask, *ask_text, *ask_label; /* a page that asks first */
};

enum control_sort {
	CONTROL_TEXT,
	CONTROL_EMAIL,
	CONTROL_PASSWORD,
	CONTROL_DATE,
	CONTROL_NUMBER,
	CONTROL_SELECT,
	CONTROL_FLAG,
	CONTROL_HIDDEN
};

struct control {
	enum control_sort sort;
	const char *name, *value;
	enum words label, hint;
	int max;
	bool needed, on;
	bool sent; /* its form was, and is shown again: what was typed stays */
	struct choices options;
	const struct pick *pick; /* the options are some of many; NULL: they are all */
};

struct board_form {
	const char *action;
	enum words title, text, button;
	bool danger, once, proof;
	bool sent;	      /* this one, of all on the page, is shown again */
	const char *username; /* for whom a password is: browsers keep them together */
	struct {
		size_t n;
		struct control v[10];
	} controls;
};

struct board {
	struct frame frame;
	const char *intro, *back, *back_text;
	enum words col_name, col_first, col_second, col_when; /* WORDS_none: no such column */
	enum words none;				      /* said where the list is empty */
	struct {
		struct sort_head name, first, second, when;
	} heads;
	bool listed;
	const char *search_path; /* where the list is searched; NULL: nowhere */
	enum words search_hint;
	const char *said;		  /* what is looked for; NULL: nothing */
	const struct page_orders *orders; /* of the list; NULL: it has one */
	struct order order;
	struct choices sorts;
	const char *next_link, *first_link; /* other pages of the list; NULL: there is none */
	/* pictures and panels; NULL: not on this page */
	const struct use_view *use;
	const struct census_view *census;
	const struct explain_view *explain;
	const struct mcp_view *mcp;
	struct {
		size_t n;
		struct tab v[6];
	} tabs, links;
	struct {
		size_t n;
		struct fact v[14];
	} facts;
	struct {
		size_t n;
		struct line *v;
	} lines;
	struct {
		size_t n;
		struct board_form v[6];
	} forms;
};

/* An empty one, in the arena, with its frame. */
enum fault board_begin(struct call *, enum words title, enum nav, struct board **);
/* For a thing that has a name. */
enum fault board_begin_named(struct call *, const char *title, enum nav, struct board **);
enum fault board_show(struct call *, struct board *);

void board_tab(struct call *, struct board *, enum words, const char *path, bool here);
/* A way to another page, as a button. */
struct tab *board_link(struct call *, struct board *, enum words, const char *path);
void board_fact(struct board *, enum words label, const char *text);
void board_instant(struct board *, enum words label, struct when, bool ends);

/* The list and its columns; then its rows, of which there is room for BOARD_LINES. */
void board_list(struct call *, struct board *, enum words none, enum words first, enum words second,
    enum words when);
struct line *board_line(struct board *, const char *name);
/*
 * A list that can be searched, at this path, and has these orders (NULL: it has
 * one): its page as the address asks for it.  What it asks for wrongly is told as
 * the page's trouble, and not asked for.
 */
enum fault board_search(struct call *, struct board *, const char *path, enum words hint,
    const struct page_orders *, struct page *);
/* One of its orders can be chosen, by the column of this name if there is one.  After board_list. */
void board_sort(struct call *, struct board *, enum words, size_t by);
/* Of n rows of such a size that were read for the page: how many it shows; and its way to those behind them. */
size_t board_shown(struct call *, struct board *, const struct page *, const void *rows, size_t size,
    size_t n);
/* More follow where this page begins. */
void board_next(struct call *, struct board *, const struct page *);
/*
 * Of n rows that were read at once, those the address asks for: how many, and the
 * first of them.
 */
size_t board_slice(struct call *, struct board *, const char *path, size_t n, size_t *first);
/* Has this name what is looked for in it? */
bool board_found(struct call *, const struct board *, const char *name);
/* Taking the thing of a row away: at once, or by a page that asks. */
void line_act(struct call *, struct line *, enum words, const char *path);
void line_ask(struct call *, struct line *, enum words, const char *path);

struct board_form *board_form(struct call *, struct board *, enum words title, enum words button,
    const char *path);
/* Of what cannot be undone: the password is asked for where frame_proof will want it. */
enum fault form_danger(struct call *, struct board_form *, enum words text);
struct control *form_control(struct board_form *, enum control_sort, const char *name, enum words label,
    enum words hint);
/* A list to choose from has room for n. */
struct control *form_select(struct call *, struct board_form *, const char *name, enum words label, size_t n);
void control_option(const struct board *, struct control *, const char *value, const char *text, bool there);
/* What stands in it, whether it is ticked and whether it is wrong: as it was sent, or as it is. */
const char *control_value(const struct frame *, const struct control *);
bool control_on(const struct frame *, const struct control *);
bool control_wrong(const struct frame *, const struct control *);
const char *control_described(const struct frame *, const struct control *);

/* How a key was used, and what it may do, asked on this page. */
enum fault board_insight(struct call *, struct board *, const char *key_id, const char *path);

/* Nobody deletes a thing by a slip: its name was written into the form shape_ui_confirm. */
enum fault confirm_name(struct call *, const char *name);

#endif
