/*
 * tplc_html.c: where in the HTML we are.
 *
 * A small part of the HTML standard, section 13.2.5, and stricter: elements are
 * closed by name, values stand in double quotes, names are small letters.  So
 * what is refused here is never a matter of how a browser repairs it.
 */
#include <string.h>

#include "tplc.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
is_one_of(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

#define IS_ONE_OF(name, list) is_one_of((name), (list), COUNT(list))

/* They have no end tag. */
static const char *const empty_elements[] = { "area", "base", "br", "col", "hr", "img", "input", "link",
	"meta", "source", "track", "wbr" };
/* Their text is read by other rules, or they bring in what is not ours. */
static const char *const refused_elements[] = { "style", "iframe", "object", "embed", "frame", "frameset",
	"applet", "noscript", "noembed", "noframes", "plaintext", "xmp", "template", "math" };
/* Only text is in them. */
static const char *const text_elements[] = { "title", "textarea", "option", "script" };

static const char *const url_attributes[] = { "href", "src", "action", "formaction" };
/* What a browser takes as text, or as a word of ours. */
static const char *const text_attributes[] = { "abbr", "alt", "class", "colspan", "content", "cx", "cy", "d",
	"datetime", "dir", "for", "form", "headers", "height", "id", "label", "lang", "list", "max",
	"maxlength", "min", "name", "placeholder", "points", "r", "rows", "rowspan", "title", "transform",
	"value", "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2" };
static const char *const refused_attributes[] = { "style", "srcdoc", "srcset", "ping", "background",
	"http-equiv", "is", "manifest" };

static bool
is_small(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static const char *
innermost(const struct html *h)
{
	return h->depth == 0 ? "" : h->open[h->depth - 1];
}

static bool
in_svg(const struct html *h)
{
	for (size_t i = 0; i < h->depth; i++)
		if (strcmp(h->open[i], "svg") == 0)
			return true;
	return false;
}

static void
name_start(struct html *h)
{
	h->name_n = 0;
	h->name[0] = '\0';
}

static void
name_add(const struct source *s, struct html *h, char c)
{
	if (h->name_n + 1 == sizeof h->name)
		source_die(s, "the name %s... is too long", h->name);
	h->name[h->name_n++] = c;
	h->name[h->name_n] = '\0';
}

static void
push(const struct source *s, struct html *h)
{
	if (h->depth == DEPTH_MAX)
		source_die(s, "elements are %d deep", DEPTH_MAX);
	memcpy(h->open[h->depth++], h->name, sizeof h->name);
}

static void
element(const struct source *s, struct html *h)
{
	if (IS_ONE_OF(h->name, refused_elements))
		source_die(s, "<%s> is not for templates", h->name);
	memcpy(h->tag, h->name, sizeof h->tag);
	if (!IS_ONE_OF(h->name, empty_elements))
		push(s, h);
}

static void
end_element(const struct source *s, struct html *h)
{
	if (h->depth == 0)
		source_die(s, "</%s> ends what is not open here", h->name);
	if (strcmp(h->name, innermost(h)) != 0)
		source_die(s, "</%s> where <%s> is open", h->name, innermost(h));
	h->depth--;
}

/* What the attribute may hold; its name is whole. */
static void
attribute(const struct source *s, struct html *h)
{
	if (strncmp(h->name, "on", 2) == 0)
		source_die(s, "%s: no script in a page", h->name);
	if (IS_ONE_OF(h->name, refused_attributes))
		source_die(s, "%s is not for templates", h->name);
	if (IS_ONE_OF(h->name, url_attributes))
		h->value = VALUE_URL;
	else if (strncmp(h->name, "data-", 5) == 0 || strncmp(h->name, "aria-", 5) == 0 ||
	    IS_ONE_OF(h->name, text_attributes))
		h->value = VALUE_TEXT;
	else
		h->value = VALUE_FIXED;
	/* A <meta> may say what a header says, and a refresh is a link that goes by itself. */
	if (strcmp(h->name, "content") == 0)
		h->value = VALUE_FIXED;
}

static void
text_byte(const struct source *s, struct html *h, char c)
{
	if (c == '<') {
		h->where = IN_MARK;
		name_start(h);
	} else if (!is_blank(c) && strcmp(innermost(h), "script") == 0)
		source_die(s, "a script stands in a file of its own");
	else if (c == '>')
		source_die(s, "a '>' that ends nothing: write &gt;");
}

static void
mark_byte(const struct source *s, struct html *h, char c)
{
	if (c == '/')
		h->where = IN_CLOSING;
	else if (c == '!')
		h->where = IN_DOCTYPE;
	else if (!is_small(c))
		source_die(s, "a '<' that begins nothing: write &lt;");
	else if (IS_ONE_OF(innermost(h), text_elements))
		source_die(s, "an element in <%s>, which holds only text", innermost(h));
	else {
		h->where = IN_NAME;
		name_add(s, h, c);
	}
}

/* <!doctype html> and nothing else; not a comment, which has no end browsers agree on. */
static void
doctype_byte(const struct source *s, struct html *h, char c)
{
	static const char wanted[] = "doctype html>";

	if (h->depth > 0 || wanted[h->name_n] != c)
		source_die(s, "a comment in a template stands in {# #}");
	if (c == '>')
		h->where = IN_TEXT;
	else
		name_add(s, h, c);
}

static void tag_byte(const struct source *, struct html *, char);

static void
name_byte(const struct source *s, struct html *h, char c)
{
	if (is_small(c) || (c >= '0' && c <= '9')) {
		name_add(s, h, c);
		return;
	}
	element(s, h);
	h->where = IN_TAG;
	tag_byte(s, h, c);
}

static void
closing_byte(const struct source *s, struct html *h, char c)
{
	if (is_small(c) || (c >= '0' && c <= '9')) {
		name_add(s, h, c);
		return;
	}
	if (c != '>')
		source_die(s, "</%s is not closed", h->name);
	end_element(s, h);
	h->where = IN_TEXT;
}

static void
tag_byte(const struct source *s, struct html *h, char c)
{
	if (c == '>')
		h->where = IN_TEXT;
	else if (c == '/' && in_svg(h))
		h->where = IN_SLASH;
	else if (is_small(c)) {
		h->where = IN_ATTRIBUTE;
		name_start(h);
		name_add(s, h, c);
	} else if (!is_blank(c))
		source_die(s, "'%c' in a tag", c);
}

static void
gap_byte(const struct source *s, struct html *h, char c)
{
	if (is_small(c))
		source_die(s, "no blank before an attribute");
	h->where = IN_TAG;
	tag_byte(s, h, c);
}

static void
attribute_byte(const struct source *s, struct html *h, char c)
{
	/* SVG has viewBox. */
	if (is_small(c) || (c >= '0' && c <= '9') || c == '-' || c == 'B') {
		name_add(s, h, c);
		return;
	}
	attribute(s, h);
	if (c == '=')
		h->where = IN_EQUALS;
	else {
		h->where = IN_TAG;
		tag_byte(s, h, c);
	}
}

/* How far a URL is read by what stands in it. */
static void
value_byte(const struct source *s, struct html *h, char c)
{
	if (c == '"')
		h->where = IN_GAP;
	else if (c == '<' || c == '>')
		source_die(s, "'%c' in a value", c);
	else if (h->value == VALUE_URL && c != '/' && c != '#' && c != '?')
		source_die(s, "an address begins with /, # or ?: others are data");
	else if (h->value == VALUE_URL || h->value == VALUE_PATH)
		h->value = c == '?' ? VALUE_QUERY : VALUE_PATH;
}

void
html_byte(const struct source *s, struct html *h, char c)
{
	switch (h->where) {
	case IN_TEXT:
		text_byte(s, h, c);
		break;
	case IN_MARK:
		mark_byte(s, h, c);
		break;
	case IN_DOCTYPE:
		doctype_byte(s, h, c);
		break;
	case IN_NAME:
		name_byte(s, h, c);
		break;
	case IN_CLOSING:
		closing_byte(s, h, c);
		break;
	case IN_TAG:
		tag_byte(s, h, c);
		break;
	case IN_GAP:
		gap_byte(s, h, c);
		break;
	case IN_ATTRIBUTE:
		attribute_byte(s, h, c);
		break;
	case IN_EQUALS:
		if (c != '"')
			source_die(s, "a value without \"quotes\"");
		h->where = IN_VALUE;
		break;
	case IN_VALUE:
		value_byte(s, h, c);
		break;
	case IN_SLASH:
		if (c != '>')
			source_die(s, "'/' in a tag");
		h->depth--;
		h->where = IN_TEXT;
		break;
	}
}

void
html_pause(const struct source *s, struct html *h)
{
	if (h->where == IN_NAME)
		element(s, h);
	else if (h->where == IN_ATTRIBUTE)
		attribute(s, h);
	else
		return;
	h->where = IN_GAP;
}

static const char *
hole_in_value(const struct source *s, struct html *h)
{
	/* All other addresses of the page begin with that. */
	if (strcmp(h->tag, "base") == 0)
		source_die(s, "nothing may be put into <%s>", h->tag);
	switch (h->value) {
	case VALUE_TEXT:
		return "html_text";
	case VALUE_PATH:
		return "html_segment";
	case VALUE_QUERY:
		return "html_query";
	case VALUE_URL:
		if (strcmp(h->name, "src") == 0 || strcmp(h->tag, "link") == 0)
			source_die(s, "what a page loads is no data: begin with /");
		h->value = VALUE_PATH;
		return "html_url";
	case VALUE_FIXED:
		break;
	}
	source_die(s, "nothing may be put into this value of %s", h->name);
}

const char *
html_hole(const struct source *s, struct html *h)
{
	static const char *const places[] = { [IN_MARK] = "a tag",
		[IN_DOCTYPE] = "a tag",
		[IN_NAME] = "the name of an element",
		[IN_CLOSING] = "the name of an element",
		[IN_TAG] = "a tag",
		[IN_GAP] = "a tag",
		[IN_ATTRIBUTE] = "the name of an attribute",
		[IN_EQUALS] = "a value without quotes",
		[IN_SLASH] = "a tag" };

	if (h->where == IN_VALUE)
		return hole_in_value(s, h);
	if (h->where != IN_TEXT)
		source_die(s, "nothing may be put into %s", places[h->where]);
	if (strcmp(innermost(h), "script") == 0)
		source_die(s, "nothing may be put into a script");
	return "html_text";
}

const char *
html_differs(const struct html *a, const struct html *b)
{
	if (a->depth != b->depth)
		return "the elements that are open";
	for (size_t i = 0; i < a->depth; i++)
		if (strcmp(a->open[i], b->open[i]) != 0)
			return "the elements that are open";
	if (a->where != b->where)
		return "where in the HTML they end";
	if (a->where != IN_TEXT && strcmp(a->tag, b->tag) != 0)
		return "the tag they are in";
	if (a->where == IN_VALUE && strcmp(a->name, b->name) != 0)
		return "the attribute they are in";
	if (a->where == IN_VALUE && a->value != b->value)
		return "how far a URL is";
	return NULL;
}

bool
html_squeezes(const struct html *h)
{
	if (h->where == IN_TEXT)
		return strcmp(innermost(h), "pre") != 0 && strcmp(innermost(h), "textarea") != 0;
	return h->where == IN_TAG || h->where == IN_GAP;
}

bool
html_just_opened(const struct html *h, const char *element)
{
	return h->where == IN_TEXT && strcmp(innermost(h), element) == 0;
}
