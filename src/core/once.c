/*
 * once.c: a request that is sent twice is done once.
 */
#include "core/once.h"

#include "base/seal.h"
#include "core/secrets.h"

/*
 * Keyed, so that who reads the database can neither try names nor bodies.  The
 * length before the first text keeps two requests apart whose texts only join in
 * the same way.
 */
static void
digest_of(struct work *w, const char *what, struct str text, uint8_t digest[static SECRET_SIZE])
{
	struct str seal = { (const char *)secrets_seal_key(), SECRET_SIZE };
	uint8_t key[SECRET_SIZE], first[SECRET_SIZE];

	secret_derive(seal, "claviger idempotency", key);
	secret_hmac((struct str){ (const char *)key, sizeof key },
	    str_of(arena_print(w->arena, "%zu:%s", strlen(what), what)), first);
	secret_hmac((struct str){ (const char *)first, sizeof first }, text, digest);
	secret_wipe(key, sizeof key);
}

struct once
once_of(struct work *w, const char *what, struct str name, struct str body)
{
	struct once o;

	digest_of(w, what, name, o.id);
	digest_of(w, "body", body.s == NULL ? STR("") : body, o.body);
	return o;
}

static struct str
about(const struct once *o)
{
	return (struct str){ (const char *)o->id, sizeof o->id };
}

enum fault
once_begin(struct work *w, const struct once *o, struct str *answer)
{
	struct kept_answer kept = { .expires_at = 0 };
	enum fault f = kept_answers_get(w, o->id, &kept);

	*answer = STR_NONE;
	if (f == FAULT_TRY_AGAIN)
		return FAULT_IDEMPOTENCY_BUSY;
	if (f == FAULT_NO_ROW || (f == FAULT_NONE && kept.expires_at <= w->now)) {
		f = kept_answers_begin(w, o->id, o->body, w->now + ONCE_SECONDS, f == FAULT_NONE);
		/* Between the two somebody else has done it: what that made is seen from the start. */
		return f == FAULT_TAKEN ? FAULT_TRY_AGAIN : f;
	}
	if (f != FAULT_NONE)
		return f;
	if (!secret_equal(kept.body, (struct str){ (const char *)o->body, sizeof o->body }))
		return FAULT_IDEMPOTENCY_REUSED;
	w->reveals = true;
	*answer = seal_open(w->arena, secrets_seal_key(), about(o), kept.sealed);
	return answer->s == NULL ? FAULT_INTERNAL : FAULT_NONE;
}

enum fault
once_keep(struct work *w, const struct once *o, struct str answer)
{
	return kept_answers_keep(w, o->id, seal_shut(w->arena, secrets_seal_key(), about(o), answer));
}
