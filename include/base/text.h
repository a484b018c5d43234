/*
 * text.h: text of people: UTF-8 that is checked, normalized and compared.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"

/* Well-formed UTF-8 (RFC 3629). */
bool text_valid(struct str);
/* Contains a control character (C0, DEL, C1), a line separator included. */
bool text_has_control(struct str);
/* Code points; the text must be valid. */
size_t text_length(struct str);
/* What is no UTF-8, and NUL, becomes U+FFFD; *lossy says whether anything did. */
struct str text_readable(struct arena *, struct str, bool *lossy);
/* NFC (Unicode Standard Annex 15).  STR_NONE if the text is not UTF-8. */
struct str text_nfc(struct arena *, struct str);
/* Without white space (as Unicode has it) at both ends. */
struct str text_trim(struct str);
/* For comparing names: NFC, white space trimmed, case folded. */
struct str text_fold(struct arena *, struct str);

#endif
