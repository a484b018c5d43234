/*
 * pattern.c: path patterns of the routes file.
 *
 * Whatever could never match a canonical path is refused here, because it would
 * be a lock that looks closed and is not there.
 */
#include "authorizer/pattern.h"

#include "base/out.h"
#include "base/text.h"

#define NAME_MAX_LENGTH 32

static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
static const char name_set[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

static const char *
name_problem(struct arena *a, struct str name)
{
	if (name.n == 0 || name.n > NAME_MAX_LENGTH || !str_only(name, name_set) ||
	    !str_only((struct str){ name.s, 1 }, lower))
		return arena_print(a,
		    "'{%.*s}': a name is a letter and then letters, digits and '_', all lower case",
		    (int)name.n, name.s);
	return NULL;
}

static const char *
text_problem(struct arena *a, struct str s)
{
	if (str_find(s, '{') >= 0 || str_find(s, '}') >= 0)
		return arena_print(a, "'%.*s': a {name} is a whole segment", (int)s.n, s.s);
	if (str_find(s, '*') >= 0)
		return arena_print(a, "'%.*s': * is a whole segment", (int)s.n, s.s);
	if (str_is(s, ".") || str_is(s, ".."))
		return arena_print(a, "'%.*s' is in no canonical path", (int)s.n, s.s);
	if (str_find(s, '%') >= 0)
		return arena_print(a, "'%.*s': paths are compared decoded; write the character itself",
		    (int)s.n, s.s);
	if (str_find(s, '?') >= 0)
		return arena_print(a, "'%.*s': a query is no part of the path", (int)s.n, s.s);
	if (str_find(s, '\\') >= 0 || str_find(s, ';') >= 0)
		return arena_print(a, "'%.*s': \\ and ; are in no canonical path", (int)s.n, s.s);
	return NULL;
}

/* "{name}", "{name...}", "*" or a text. */
static const char *
part_read(struct arena *a, struct str s, struct part *p)
{
	static const struct str dots = STR("...");

	if (str_is(s, "*")) {
		*p = (struct part){ PART_REST, STR("") };
		return NULL;
	}
	*p = (struct part){ PART_TEXT, s };
	if (s.n < 2 || s.s[0] != '{' || s.s[s.n - 1] != '}')
		return text_problem(a, s);
	p->sort = PART_NAME;
	p->text = (struct str){ s.s + 1, s.n - 2 };
	if (p->text.n > dots.n && str_eq(str_from(p->text, p->text.n - dots.n), dots)) {
		p->sort = PART_REST;
		p->text.n -= dots.n;
	}
	return name_problem(a, p->text);
}

/* Each segment into a part; what only a pattern or only a template has is not looked at. */
static const char *
parts_read(struct arena *a, struct str text, struct pattern *p)
{
	struct str rest = str_from(text, 1), piece;
	const char *wrong;

	if (text.n == 0 || text.s[0] != '/')
		return arena_print(a, "'%.*s': a path begins with /", (int)text.n, text.s);
	if (!text_valid(text) || text_has_control(text))
		return "a path has control characters or is not UTF-8";
	p->part = arena_array(a, struct part, PATTERN_PARTS);
	for (p->n = 0; str_cut(&rest, '/', &piece); p->n++) {
		if (p->n == PATTERN_PARTS)
			return arena_print(a, "a path has more than %d segments", PATTERN_PARTS);
		if (piece.n == 0 && rest.s != NULL)
			return arena_print(a, "'%.*s': // is in no canonical path", (int)text.n, text.s);
		if ((wrong = part_read(a, piece, &p->part[p->n])) != NULL)
			return wrong;
	}
	return NULL;
}

const char *
pattern_read(struct arena *a, struct str text, struct pattern *p)
{
	const char *wrong = parts_read(a, text, p);

	for (size_t i = 0; wrong == NULL && i < p->n; i++) {
		const struct part *part = &p->part[i];

		if (part->sort == PART_REST && i + 1 < p->n)
			wrong = arena_print(a, "'%.*s': what stands for the rest comes last", (int)text.n,
			    text.s);
		else if (part->sort != PART_TEXT && part->text.n > 0 && pattern_part(p, part->text) != part)
			wrong = arena_print(a, "{%.*s} is there twice", (int)part->text.n, part->text.s);
	}
	return wrong;
}

const char *
template_read(struct arena *a, struct str text, const struct pattern *p, struct pattern *tmpl)
{
	const char *wrong = parts_read(a, text, tmpl);

	for (size_t i = 0; wrong == NULL && i < tmpl->n; i++) {
		const struct part *part = &tmpl->part[i];

		if (part->sort == PART_REST)
			wrong = "in this path the rest is written {name}, without dots, and there is no *";
		else if (part->sort == PART_NAME && pattern_part(p, part->text) == NULL)
			wrong =
			    arena_print(a, "{%.*s} is not in the pattern", (int)part->text.n, part->text.s);
	}
	return wrong;
}

static bool
part_takes(const struct part *p, struct str segment)
{
	return p->sort == PART_TEXT ? str_eq(p->text, segment) : segment.n > 0;
}

bool
pattern_match(const struct pattern *p, struct str path, struct bound *b)
{
	struct str rest = str_from(path, 1);

	if (path.n == 0 || path.s[0] != '/')
		return false;
	for (size_t i = 0; i < p->n; i++) {
		if (p->part[i].sort == PART_REST) {
			b->v[i] = rest;
			return rest.s != NULL;
		}
		if (!str_cut(&rest, '/', &b->v[i]) || !part_takes(&p->part[i], b->v[i]))
			return false;
	}
	return rest.s == NULL;
}

/* The parts are no rest, neither of them. */
static bool
part_covers(const struct part *p, const struct part *q)
{
	if (p->sort == PART_TEXT)
		return q->sort == PART_TEXT && str_eq(p->text, q->text);
	return q->sort == PART_NAME || q->text.n > 0;
}

bool
pattern_covers(const struct pattern *p, const struct pattern *q)
{
	for (size_t i = 0; i < p->n; i++) {
		if (i == q->n)
			return false;
		if (p->part[i].sort == PART_REST)
			return true;
		if (q->part[i].sort == PART_REST || !part_covers(&p->part[i], &q->part[i]))
			return false;
	}
	return p->n == q->n;
}

const struct part *
pattern_part(const struct pattern *p, struct str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->part[i].sort != PART_TEXT && str_eq(p->part[i].text, name))
			return &p->part[i];
	return NULL;
}

struct str
pattern_value(const struct pattern *p, const struct bound *b, struct str name)
{
	const struct part *part = pattern_part(p, name);

	return part == NULL ? STR_NONE : b->v[part - p->part];
}

const char *
template_fill(struct arena *a, const struct pattern *tmpl, const struct pattern *p, const struct bound *b)
{
	struct out o = out_limit(a, SIZE_MAX);

	for (size_t i = 0; i < tmpl->n; i++) {
		const struct part *part = &tmpl->part[i];

		out_char(&o, '/');
		out_str(&o, part->sort == PART_TEXT ? part->text : pattern_value(p, b, part->text));
	}
	return out_text(&o).s;
}
