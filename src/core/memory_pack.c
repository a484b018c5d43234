/*
 * memory_pack.c: a standing as bytes, and back.
 *
 * Numbers as they are, texts with their length before and a NUL behind, so that
 * a standing that is read again points into its bytes.  Both sides are one
 * program on one host; nothing of this travels.
 */
#include "config.h"

#include "core/memory_map.h"

#include <string.h>

#define NO_TEXT UINT16_MAX

/* One walk for both ways: what is packed and what is read cannot drift apart. */
struct walk {
	char *at, *end;
	struct arena *arena; /* reading, if there is one */
	bool failed;
};

static void
number(struct walk *k, void *value, size_t n)
{
	if ((size_t)(k->end - k->at) < n) {
		k->failed = true;
		return;
	}
	if (k->arena != NULL)
		memcpy(value, k->at, n);
	else
		memcpy(k->at, value, n);
	k->at += n;
}

/* A text that is not there, or too long to be remembered, has no length. */
static uint16_t
length_of(struct walk *k, const char *value)
{
	size_t n = value == NULL ? NO_TEXT : strlen(value);

	k->failed |= value != NULL && n >= NO_TEXT;
	return n >= NO_TEXT ? NO_TEXT : (uint16_t)n;
}

/* What is packed is only read: it may lie in memory that cannot be written. */
static void
text(struct walk *k, const char **value)
{
	uint16_t n = k->arena != NULL ? NO_TEXT : length_of(k, *value);

	number(k, &n, sizeof n);
	if (k->arena != NULL)
		*value = NULL;
	if (k->failed || n == NO_TEXT)
		return;
	if ((size_t)(k->end - k->at) < (size_t)n + 1) {
		k->failed = true;
		return;
	}
	if (k->arena != NULL)
		*value = k->at;
	else
		memcpy(k->at, *value, (size_t)n + 1);
	k->at += n + 1;
}

#define NUMBER(k, member) number((k), &(member), sizeof(member))

static void
granted(struct walk *k, struct standing *s)
{
	struct granted *g = (struct granted *)(uintptr_t)s->granted;

	NUMBER(k, s->granted_n);
	if (k->arena != NULL && !k->failed)
		s->granted = g = arena_array(k->arena, struct granted, s->granted_n + 1);
	for (size_t i = 0; i < s->granted_n && !k->failed; i++) {
		text(k, &g[i].resource_id);
		NUMBER(k, g[i].rank);
		text(k, &g[i].via);
	}
}

static void
confine(struct walk *k, struct standing *s)
{
	struct confine *c = (struct confine *)(uintptr_t)s->confine;

	NUMBER(k, s->confine_n);
	if (k->arena != NULL && !k->failed)
		s->confine = c = arena_array(k->arena, struct confine, s->confine_n + 1);
	for (size_t i = 0; i < s->confine_n && !k->failed; i++) {
		text(k, &c[i].resource_id);
		text(k, &c[i].type);
		text(k, &c[i].base_path);
		text(k, &c[i].parent1);
		text(k, &c[i].parent2);
	}
}

static void
texts(struct walk *k, struct standing *s)
{
	text(k, &s->org_id);
	text(k, &s->org_name);
	text(k, &s->owner_id);
	text(k, &s->owner_name);
	text(k, &s->owner_email);
	text(k, &s->membership_id);
	text(k, &s->machine_id);
	text(k, &s->key_id);
	text(k, &s->key_name);
	text(k, &s->key_prefix);
	text(k, &s->allowed_ips);
}

static void
whole(struct walk *k, struct standing *s)
{
	enum kind_id kind = k->arena == NULL ? s->kind->id : KIND__MAX;

	NUMBER(k, kind);
	if (k->arena != NULL && !k->failed)
		s->kind = kind_of(kind);
	NUMBER(k, s->owner);
	NUMBER(k, s->org_alive);
	NUMBER(k, s->kind_allowed);
	NUMBER(k, s->owner_alive);
	NUMBER(k, s->restricted);
	NUMBER(k, s->org_rank);
	NUMBER(k, s->scopes);
	NUMBER(k, s->created_at);
	NUMBER(k, s->expires_at);
	NUMBER(k, s->ended_at);
	NUMBER(k, s->past);
	NUMBER(k, s->past_until);
	NUMBER(k, s->rate_requests);
	NUMBER(k, s->rate_seconds);
	NUMBER(k, s->epoch);
	NUMBER(k, s->version);
	texts(k, s);
	granted(k, s);
	confine(k, s);
}

size_t
memory_pack(const struct standing *s, char *to, size_t max)
{
	struct walk k = { .at = to, .end = to + max };
	struct standing copy = *s;

	whole(&k, &copy);
	return k.failed ? 0 : (size_t)(k.at - to);
}

struct standing *
memory_unpack(struct arena *a, char *from, size_t n)
{
	struct walk k = { .at = from, .end = from + n, .arena = a };
	struct standing *s = arena_new(a, struct standing);

	whole(&k, s);
	return k.failed ? NULL : s;
}
