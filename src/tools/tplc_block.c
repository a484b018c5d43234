/*
 * tplc_block.c: what begins, goes on and ends: pages, layouts, branches, loops.
 *
 * Wherever two ways through a template meet, they must be at the same place of
 * the HTML: so that what is right for one of them is right for all.
 */
#include <stdio.h>
#include <string.h>

#include "tplc.h"

static struct block *
top(struct reader *r)
{
	return r->depth == 0 ? NULL : &r->blocks[r->depth - 1];
}

static struct block *
open_block(struct reader *r, enum block_sort sort)
{
	struct block *b = &r->blocks[r->depth];

	if (r->depth == DEPTH_MAX)
		source_die(&r->s, "blocks are %d deep", DEPTH_MAX);
	r->depth++;
	memset(b, 0, sizeof *b);
	b->sort = sort;
	b->line = r->s.line;
	b->at = r->html;
	return b;
}

static void
must_agree(const struct reader *r, const struct html *a, const struct html *b, const char *what)
{
	const char *difference = html_differs(a, b);

	if (difference != NULL)
		source_die(&r->s, "%s: %s", what, difference);
}

static bool
takes_out(const char *declaration)
{
	const char *open = strchr(declaration, '(');

	return open != NULL && strncmp(open, "(struct out *o", 14) == 0 && strchr("),", open[14]) != NULL &&
	    declaration[strlen(declaration) - 1] == ')';
}

static void
at_the_top(struct reader *r, const char *declaration)
{
	if (r->depth > 0)
		source_die(&r->s, "it stands in another, that began in line %d", top(r)->line);
	if (!takes_out(declaration))
		source_die(&r->s, "it must be NAME(struct out *o, ...)");
}

static void
begin_page(struct reader *r, const char *declaration)
{
	at_the_top(r, declaration);
	out_header("void %s;\n", declaration);
	out_plain("\n");
	out_code(&r->s, "void %s\n{\n", declaration);
	open_block(r, PAGE);
}

/* "frame" and "(struct out *o)" of "frame(struct out *o)" */
static void
begin_layout(struct reader *r, const char *declaration)
{
	size_t n = strcspn(declaration, "(");
	struct block *b;

	at_the_top(r, declaration);
	out_header("void %.*s_begin%s;\nvoid %.*s_end%s;\n", (int)n, declaration, declaration + n, (int)n,
	    declaration, declaration + n);
	out_plain("\n");
	out_code(&r->s, "void %.*s_begin%s\n{\n", (int)n, declaration, declaration + n);
	b = open_block(r, LAYOUT);
	snprintf(b->code, sizeof b->code, "%.*s_end%s", (int)n, declaration, declaration + n);
}

static void
body(struct reader *r, const char *rest)
{
	struct block *b = top(r);

	if (*rest != '\0' || b == NULL || b->sort != LAYOUT || b->branched)
		source_die(&r->s, "{%% body %%} stands once in a layout, and in no other block");
	if (r->html.where != IN_TEXT)
		source_die(&r->s, "{%% body %%} stands where text may stand");
	b->branched = true;
	out_plain("}\n\n");
	out_code(&r->s, "void %s\n{\n", b->code);
}

/* What is within a layout is whole by itself, as a page is. */
static void
begin_within(struct reader *r, const char *call)
{
	size_t n = strcspn(call, "(");
	struct block *b;

	if (top(r) == NULL || top(r)->sort != PAGE || r->html.where != IN_TEXT || r->html.depth > 0)
		source_die(&r->s, "{%% within %%} stands in a page, in no other block and in no element");
	out_code(&r->s, "\t%.*s_begin%s;\n", (int)n, call, call + n);
	b = open_block(r, WITHIN);
	snprintf(b->code, sizeof b->code, "%.*s_end%s", (int)n, call, call + n);
}

static void
call(struct reader *r, const char *code)
{
	if (r->depth == 0 || r->html.where != IN_TEXT)
		source_die(&r->s, "{%% call %%} stands where text may stand");
	out_code(&r->s, "\t%s;\n", code);
}

static void
begin_if(struct reader *r, const char *condition)
{
	if (r->depth == 0)
		source_die(&r->s, "{%% if %%} stands in a page");
	out_code(&r->s, "\tif (%s) {\n", condition);
	open_block(r, IF);
}

/* Another branch begins where the first one began, and all end alike. */
static void
branch(struct reader *r, const char *what)
{
	struct block *b = top(r);

	if (b == NULL || b->sort != IF || b->has_else)
		source_die(&r->s, "{%% %s %%} without {%% if %%}", what);
	if (b->branched)
		must_agree(r, &b->ended, &r->html, "the branches do not end alike");
	b->ended = r->html;
	b->branched = true;
	r->html = b->at;
}

static void
begin_elif(struct reader *r, const char *condition)
{
	branch(r, "elif");
	out_code(&r->s, "\t} else if (%s) {\n", condition);
}

static void
begin_else(struct reader *r, const char *rest)
{
	if (*rest != '\0')
		source_die(&r->s, "{%% else %%} stands alone");
	branch(r, "else");
	top(r)->has_else = true;
	out_plain("\t} else {\n");
}

/* "const struct row *k in p->rows" */
static void
begin_for(struct reader *r, const char *code)
{
	const char *in = strstr(code, " in "), *star = strchr(code, '*');
	int name_n;

	if (r->depth == 0 || in == NULL || star == NULL || star > in)
		source_die(&r->s, "it must be {%% for TYPE *NAME in LIST %%}, in a page");
	star++;
	name_n = (int)(in - star);
	out_code(&r->s, "\tfor (size_t at_%.*s = 0; at_%.*s < (%s).n; at_%.*s++) {\n", name_n, star, name_n,
	    star, in + 4, name_n, star);
	out_code(&r->s, "\t\t%.*s = &(%s).v[at_%.*s];\n", (int)(in - code), code, in + 4, name_n, star);
	open_block(r, FOR);
}

static void
end_page(struct reader *r, struct block *b)
{
	if (r->html.where != IN_TEXT || r->html.depth > 0)
		source_die(&r->s, "it ends within <%s>, which was begun since line %d",
		    r->html.depth > 0 ? r->html.open[r->html.depth - 1] : r->html.name, b->line);
	if (b->sort == LAYOUT && !b->branched)
		source_die(&r->s, "a layout without {%% body %%}");
	out_plain("}\n");
}

static void
end_if(struct reader *r, struct block *b)
{
	if (b->branched)
		must_agree(r, &b->ended, &r->html, "the branches do not end alike");
	if (!b->has_else)
		must_agree(r, &b->at, &r->html, "it does not end where it began, and there is no {% else %}");
	out_plain("\t}\n");
}

static void
end_block(struct reader *r, const char *rest)
{
	struct block *b = top(r);

	if (b == NULL || *rest != '\0')
		source_die(&r->s, "{%% end %%} ends nothing");
	switch (b->sort) {
	case PAGE:
	case LAYOUT:
		end_page(r, b);
		break;
	case WITHIN:
		must_agree(r, &b->at, &r->html, "what is within a layout is not whole");
		out_code(&r->s, "\t%s;\n", b->code);
		break;
	case IF:
		end_if(r, b);
		break;
	case FOR:
		must_agree(r, &b->at, &r->html, "it does not end where it began");
		out_plain("\t}\n");
		break;
	}
	r->depth--;
}

static void
include(struct reader *r, const char *path)
{
	if (r->depth > 0)
		source_die(&r->s, "{%% include %%} stands outside of pages");
	out_header("#include \"%s\"\n", path);
}

static const struct {
	const char *word;
	void (*function)(struct reader *, const char *rest);
} directives[] = {
	{ "include", include },
	{ "page", begin_page },
	{ "layout", begin_layout },
	{ "body", body },
	{ "within", begin_within },
	{ "call", call },
	{ "if", begin_if },
	{ "elif", begin_elif },
	{ "else", begin_else },
	{ "for", begin_for },
	{ "end", end_block },
};

void
block_directive(struct reader *r, const char *code)
{
	size_t n = strcspn(code, " \t\n");
	const char *rest = code + n + strspn(code + n, " \t\n");

	html_pause(&r->s, &r->html);
	for (size_t i = 0; i < sizeof directives / sizeof directives[0]; i++) {
		if (strlen(directives[i].word) == n && strncmp(directives[i].word, code, n) == 0) {
			directives[i].function(r, rest);
			return;
		}
	}
	source_die(&r->s, "there is no {%% %.*s %%}", (int)n, code);
}

void
block_done(const struct reader *r)
{
	if (r->depth > 0)
		source_die(&r->s, "there is no {%% end %%} for line %d", r->blocks[r->depth - 1].line);
}
