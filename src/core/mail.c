/*
 * mail.c: messages put into the outbox, with what they tell sealed.
 *
 * The sealed text is names and values, each ended by a NUL.  It is bound to the
 * id of its row, so that it cannot be moved to a message for somebody else.
 */
#include "core/mail.h"

#include <assert.h>

#include "base/out.h"
#include "base/seal.h"
#include "core/id.h"
#include "core/secrets.h"

#define VALUES_TEXT_MAX 4000 /* and what sealing adds fits into the column */

static void
put_ended(struct out *o, const char *text)
{
	out_put(o, text == NULL ? "" : text);
	out_char(o, '\0');
}

static enum fault
seal(struct work *w, const char *id, const struct mail_wish *wish, struct str *sealed)
{
	struct out o = out_limit(w->vault, VALUES_TEXT_MAX);

	*sealed = STR_NONE;
	for (size_t i = 0; i < wish->n; i++) {
		put_ended(&o, wish->values[i].name);
		put_ended(&o, wish->values[i].value);
	}
	if (out_failed(&o))
		return fault_at(w, FAULT_INTERNAL, NULL, "there is no room for what the mail tells");
	if (wish->n > 0)
		*sealed = seal_shut(w->arena, secrets_seal_key(), str_of(id), out_text(&o));
	return FAULT_NONE;
}

enum fault
mail_post(struct work *w, const struct mail_wish *wish)
{
	struct message m = { .id = id_make(w, "eml_"),
		.template = wish->template,
		.user_id = wish->user_id,
		.org_id = wish->org_id,
		.key_id = wish->key_id,
		.expires_at = wish->expires_at,
		.days = wish->days,
		.good_until = wish->good_until };
	enum fault f;

	assert(wish->n < MAIL_VALUES_MAX);
	if ((f = seal(w, m.id, wish, &m.sealed)) != FAULT_NONE)
		return f;
	return outbox_insert(w, &m);
}

bool
mail_values(struct work *w, const struct message *m, struct mail_value values[static MAIL_VALUES_MAX],
    size_t *n)
{
	struct str rest, name, value;

	*n = 0;
	if (m->sealed.s == NULL)
		return true;
	rest = seal_open(w->vault, secrets_seal_key(), str_of(m->id), m->sealed);
	while (*n < MAIL_VALUES_MAX && str_cut(&rest, '\0', &name) && str_cut(&rest, '\0', &value))
		values[(*n)++] = (struct mail_value){ name.s, value.s };
	return *n > 0;
}
