/*
 * words.c: the texts of the pages.
 */
#include "ui/words.h"

#include <assert.h>

#include "base/html_out.h"

#define TEXT_MAX 2000 /* bytes of one text with what goes into it */

static const char *const texts[WORDS__MAX][LANGUAGE__MAX] = {
#define WORD(id, en, de) [WORDS_##id] = { en, de },
#include "ui/words.def"
#undef WORD
};

static const char *const codes[LANGUAGE__MAX] = { "en", "de" };
static enum language spoken = ENGLISH;

const char *
language_code(enum language l)
{
	assert(l < LANGUAGE__MAX);
	return codes[l];
}

enum language
language_of(struct str code)
{
	struct str first = STR_NONE;

	(void)str_cut(&code, '-', &first);
	for (size_t i = 0; i < COUNT(codes); i++)
		if (str_is_nocase(first, codes[i]))
			return (enum language)i;
	return LANGUAGE__MAX;
}

/* "0.8" as 800; what is no such number is 0. */
static int
quality(struct str q)
{
	int value = 0, digits = 0;

	if (!str_starts_nocase(q, STR("q=")))
		return 1000;
	for (size_t i = 2; i < q.n && digits < 4; i++)
		if (q.s[i] >= '0' && q.s[i] <= '9') {
			value = value * 10 + (q.s[i] - '0');
			digits++;
		}
	for (; digits < 4; digits++)
		value *= 10;
	return value;
}

enum language
language_accepted(struct str header)
{
	enum language best = ENGLISH;
	struct str item, code;
	int most = 0;

	while (str_cut(&header, ',', &item)) {
		enum language l;
		int q;

		(void)str_cut(&item, ';', &code);
		l = language_of(str_trim(code));
		q = quality(str_trim(item));
		if (l == LANGUAGE__MAX || q <= most)
			continue;
		best = l;
		most = q;
	}
	return best;
}

void
words_speak(enum language l)
{
	assert(l < LANGUAGE__MAX);
	spoken = l;
}

enum language
words_spoken(void)
{
	return spoken;
}

const char *
words_text(enum words w)
{
	assert(w < WORDS__MAX);
	return texts[w][spoken];
}

void
words_put(struct out *o, enum words w)
{
	html_text(o, words_text(w));
}

/* Calls put for the pieces of a text, and for what goes between them. */
static void
fill(struct out *o, const char *text, const char *const *given, size_t n,
    void (*put)(struct out *, struct str))
{
	const char *at = text;

	for (; *at != '\0'; at++) {
		if (at[0] != '{' || at[1] < '1' || at[1] > '9' || at[2] != '}')
			continue;
		put(o, (struct str){ text, (size_t)(at - text) });
		assert((size_t)(at[1] - '1') < n);
		put(o, str_of(given[at[1] - '1']));
		text = at + 3;
		at += 2;
	}
	put(o, str_of(text));
}

void
words_print_all(struct out *o, enum words w, const char *const *given, size_t n)
{
	fill(o, words_text(w), given, n, html_text_str);
}

const char *
words_format_all(struct arena *a, enum words w, const char *const *given, size_t n)
{
	struct out o = out_limit(a, TEXT_MAX);

	fill(&o, words_text(w), given, n, out_str);
	return arena_text(a, out_text(&o));
}
