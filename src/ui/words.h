/*
 * words.h: the texts of the pages, in each language.
 *
 * No template and no other room has a sentence in it: words.def has them all.
 * One page is written at a time, so the language is the process's, chosen anew
 * for each request.
 */
#ifndef UI_WORDS_H
#define UI_WORDS_H

#include "base/out.h"

enum words {
#define WORD(id, en, de) WORDS_##id,
#include "ui/words.def"
#undef WORD
	WORDS__MAX
};

enum language { ENGLISH, GERMAN, LANGUAGE__MAX };

/* As lang="" has it: "en"; and the language of such a text, LANGUAGE__MAX if we have none. */
const char *language_code(enum language);
enum language language_of(struct str code);
/* The best of an Accept-Language header (RFC 9110 section 12.5.4) that we have; English if none is. */
enum language language_accepted(struct str header);

/* All that is written from now on is in this language. */
void words_speak(enum language);
enum language words_spoken(void);

const char *words_text(enum words);
/* Into a page, escaped. */
void words_put(struct out *, enum words);

/* The same with "{1}", "{2}" in it replaced by texts. */
#define WORDS_GIVEN(...) \
	(const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)
#define words_print(o, word, ...)  words_print_all(o, word, WORDS_GIVEN(__VA_ARGS__))
#define words_format(a, word, ...) words_format_all(a, word, WORDS_GIVEN(__VA_ARGS__))
void words_print_all(struct out *, enum words, const char *const *given, size_t n);
const char *words_format_all(struct arena *, enum words, const char *const *given, size_t n);

#endif
