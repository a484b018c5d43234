/*
 * tell.c: things as the audit has them.
 */
#include "core/tell.h"

#include "base/json_out.h"
#include "core/rate.h"

#define TEXT_MAX 16384 /* a page of events is in memory as a whole */

/* Whole, or nothing of it: half of an object is none. */
static struct str
end(struct json *j)
{
	json_end(j);
	return out_failed(j->out) ? STR("{\"too_long\":true}") : out_text(j->out);
}

static void
write_scope(void *ctx, const char *name)
{
	json_text(ctx, NULL, name);
}

static void
write_words(struct json *j, const char *name, const char *words)
{
	struct str rest = str_of(words), word;

	if (words == NULL) {
		json_null(j, name);
		return;
	}
	json_list(j, name);
	while (str_word(&rest, &word))
		json_str(j, NULL, word);
	json_end(j);
}

static void
write_restrictions(struct json *j, const struct restriction *r, size_t n)
{
	if (r == NULL) {
		json_null(j, "restrictions");
		return;
	}
	json_list(j, "restrictions");
	for (size_t i = 0; i < n; i++) {
		json_object(j, NULL);
		json_text(j, "resource", r[i].resource_id);
		if (r[i].base_path != NULL)
			json_text(j, "base_path", r[i].base_path);
		json_end(j);
	}
	json_end(j);
}

static struct str
key_text(struct work *w, const struct key_new *k, const struct restriction *restrictions, size_t n,
    bool counted)
{
	struct out o = out_limit(w->arena, TEXT_MAX);
	struct json j = json_into(&o);

	json_object(&j, NULL);
	json_text(&j, "kind", k->kind);
	json_text(&j, "prefix", k->prefix);
	json_text(&j, "name", k->name);
	json_text(&j, "description", k->description);
	if (k->machine_id != NULL)
		json_text(&j, "machine", k->machine_id);
	json_list(&j, "scopes");
	scope_each((unsigned)k->scopes, write_scope, &j);
	json_end(&j);
	if (counted)
		json_int(&j, "restrictions_count", (int64_t)n);
	else
		write_restrictions(&j, restrictions, n);
	write_words(&j, "allowed_ips", k->allowed_ips);
	rate_write(&j, "rate_limit", k->rate_requests, k->rate_seconds);
	json_time(&j, "expires_at", k->expires_at);
	json_end(&j);
	return out_failed(&o) ? STR_NONE : out_text(&o);
}

struct str
tell_key(struct work *w, const struct key_new *k, const struct restriction *restrictions, size_t n)
{
	struct str text = key_text(w, k, restrictions, n, false);

	/* The paths may be very long; they never change, and are with the key. */
	return text.s != NULL ? text : key_text(w, k, restrictions, n, true);
}

struct str
tell_text(struct work *w, const char *prefix, int64_t expires_at)
{
	struct out o = out_limit(w->arena, TEXT_MAX);
	struct json j = json_into(&o);

	json_object(&j, NULL);
	json_text(&j, "prefix", prefix);
	json_time(&j, "expires_at", expires_at);
	return end(&j);
}

struct str
tell_rotation(struct work *w, const char *prefix, int64_t expires_at, int64_t until)
{
	struct out o = out_limit(w->arena, TEXT_MAX);
	struct json j = json_into(&o);

	json_object(&j, NULL);
	json_text(&j, "prefix", prefix);
	json_time(&j, "expires_at", expires_at);
	json_time(&j, "rotating_until", until);
	return end(&j);
}

/* Two texts, in a row. */
static struct str
two(struct work *w, const char *first, const char *one, const char *second, const char *other)
{
	struct out o = out_limit(w->arena, TEXT_MAX);
	struct json j = json_into(&o);

	json_object(&j, NULL);
	json_text(&j, first, one);
	json_text(&j, second, other);
	return end(&j);
}

struct str
tell_end(struct work *w, const char *name, const char *prefix)
{
	return two(w, "prefix", prefix, "name", name);
}

struct str
tell_change(struct work *w, const struct key *k)
{
	struct out o = out_limit(w->arena, TEXT_MAX);
	struct json j = json_into(&o);

	json_object(&j, NULL);
	json_text(&j, "name", k->name);
	json_text(&j, "description", k->description);
	rate_write(&j, "rate_limit", k->rate_requests, k->rate_seconds);
	return end(&j);
}

struct str
tell_names(struct work *w, const char *name, const char *description)
{
	return two(w, "name", name, "description", description);
}

struct str
tell_member(struct work *w, const char *email, const char *role)
{
	return two(w, "email", email, "role", role);
}

struct str
tell_grant(struct work *w, const char *subject_id, const char *role)
{
	return two(w, "subject", subject_id, "role", role);
}

struct str
tell_organization(struct work *w, const char *name, const char *admin)
{
	return two(w, "name", name, "admin", admin);
}

struct str
tell_resource(struct work *w, const struct resource *r, bool new_secret, const char *maker_role)
{
	struct out o = out_limit(w->arena, TEXT_MAX);
	struct json j = json_into(&o);

	json_object(&j, NULL);
	json_text(&j, "type", r->type);
	json_text(&j, "name", r->name);
	json_text(&j, "parent", r->parent_id);
	json_raw(&j, "config", str_of(r->config));
	if (new_secret)
		json_flag(&j, "new_secret", true);
	if (maker_role != NULL)
		json_text(&j, "maker_role", maker_role);
	return end(&j);
}
