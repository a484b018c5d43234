/*
 * resource_config.c: what a provider or a source is connected to.
 *
 * A local root must be a directory below one the administrator allowed, with
 * every link resolved: a name is not enough.
 */
#include "config.h"

#include "core/resource_config.h"

#include <string.h>

#include "base/json_out.h"
#include "base/seal.h"
#include "base/text.h"
#include "core/local_root.h"
#include "core/secrets.h"

#define VALUE_MAX  500
#define CONFIG_MAX 4000 /* sealed, it must fit its column */

enum { OPTIONAL = 1, SECRET = 2 };

static const struct member {
	const char *name;
	size_t offset;
	int traits;
} s3_members[] = {
	{ "endpoint", offsetof(struct resource_config, endpoint), 0 },
	{ "bucket", offsetof(struct resource_config, bucket), 0 },
	{ "region", offsetof(struct resource_config, region), OPTIONAL },
	{ "prefix", offsetof(struct resource_config, prefix), OPTIONAL },
	{ "access_key", offsetof(struct resource_config, access_key), SECRET },
	{ "secret_key", offsetof(struct resource_config, secret_key), SECRET },
},
  root_members[] = {
	{ "root", offsetof(struct resource_config, root), 0 },
};

static const struct given_text *
given(const struct resource_config *c, const struct member *m)
{
	return (const struct given_text *)(const void *)((const char *)c + m->offset);
}

static enum fault
root_check(struct work *w, const struct given_text *g, const char **real)
{
	const char *root = arena_text(w->arena, g->v);

	if (g->is != GIVEN)
		return fault_at(w, FAULT_MISSING_FIELD, "root", "must be given");
	*real = root[0] == '/' && g->v.n <= VALUE_MAX && strlen(root) == g->v.n ? local_root_allowed(w, root)
										: NULL;
	if (*real == NULL)
		return fault_at(w, FAULT_BAD_FIELD, "root",
		    "must be a directory below one of the setting local_roots");
	return FAULT_NONE;
}

static enum fault
endpoint_check(struct work *w, const struct resource_config *c)
{
	struct str v = c->endpoint.v;

	if (!str_starts(v, STR("https://")) && !str_starts(v, STR("http://")))
		return fault_at(w, FAULT_BAD_FIELD, "endpoint", "must start with https:// or http://");
	return FAULT_NONE;
}

/* Write the members that are secret, or those that are not. */
static enum fault
write_members(struct work *w, const struct resource_config *c, const struct member *m, size_t n, int secret,
    struct json *j)
{
	for (size_t i = 0; i < n; i++) {
		const struct given_text *g = given(c, &m[i]);

		if (g->is != GIVEN && (m[i].traits & OPTIONAL) == 0)
			return fault_at(w, FAULT_MISSING_FIELD, m[i].name, "must be given");
		if (g->is == GIVEN && (g->v.n > VALUE_MAX || text_has_control(g->v)))
			return fault_at(w, FAULT_BAD_FIELD, m[i].name,
			    "must be a plain text of at most %d bytes", VALUE_MAX);
		if ((m[i].traits & SECRET) == secret && g->is == GIVEN)
			json_str(j, m[i].name, g->v);
	}
	return FAULT_NONE;
}

/* A member of another driver must not pass unheard. */
static enum fault
foreign_member(struct work *w, const struct resource_config *c, bool s3)
{
	const struct member *m = s3 ? root_members : s3_members;

	for (size_t i = 0; i < (s3 ? COUNT(root_members) : COUNT(s3_members)); i++)
		if (given(c, &m[i])->is != ABSENT)
			return fault_at(w, FAULT_BAD_FIELD, m[i].name, "does not belong to this driver");
	return FAULT_NONE;
}

static enum fault
write_quota(struct work *w, const struct resource_config *c, struct json *j)
{
	if (c->quota.is == ABSENT)
		return FAULT_NONE;
	if (c->quota.is != GIVEN || c->quota.v < 0)
		return fault_at(w, FAULT_BAD_FIELD, "quota", "must be a number of bytes");
	json_int(j, "quota", c->quota.v);
	return FAULT_NONE;
}

static enum fault
take_local(struct work *w, const struct resource_config *c, bool named, struct resource *r)
{
	struct out o = out_limit(w->arena, CONFIG_MAX);
	struct json j = json_into(&o);
	const char *real;
	enum fault f;

	if ((f = foreign_member(w, c, false)) != FAULT_NONE ||
	    (f = root_check(w, &c->root, &real)) != FAULT_NONE)
		return f;
	json_object(&j, NULL);
	if (named)
		json_text(&j, "driver", "local");
	/* Not the name that was given: a link in it could point elsewhere tomorrow. */
	json_text(&j, "root", real);
	if ((f = write_quota(w, c, &j)) != FAULT_NONE)
		return f;
	json_end(&j);
	if (out_failed(&o))
		return fault_at(w, FAULT_BAD_FIELD, "root", "is too long");
	r->config = out_text(&o).s;
	r->config_sealed = STR_NONE;
	return FAULT_NONE;
}

static enum fault
take_s3(struct work *w, const struct resource_config *c, struct resource *r)
{
	struct out shown = out_limit(w->arena, CONFIG_MAX), hidden = out_limit(w->vault, CONFIG_MAX);
	struct json js = json_into(&shown), jh = json_into(&hidden);
	enum fault f;

	json_object(&js, NULL);
	json_object(&jh, NULL);
	json_text(&js, "driver", "s3");
	if ((f = foreign_member(w, c, true)) != FAULT_NONE ||
	    (f = write_members(w, c, s3_members, COUNT(s3_members), 0, &js)) != FAULT_NONE ||
	    (f = write_members(w, c, s3_members, COUNT(s3_members), SECRET, &jh)) != FAULT_NONE ||
	    (f = endpoint_check(w, c)) != FAULT_NONE || (f = write_quota(w, c, &js)) != FAULT_NONE)
		return f;
	json_end(&js);
	json_end(&jh);
	if (out_failed(&shown) || out_failed(&hidden))
		return fault_at(w, FAULT_BAD_FIELD, "config", "is too long");
	r->config = out_text(&shown).s;
	r->config_sealed = seal_shut(w->arena, secrets_seal_key(), str_of(r->id), out_text(&hidden));
	return FAULT_NONE;
}

static enum fault
take_provider(struct work *w, const struct resource_config *c, struct resource *r)
{
	if (c->driver.is == GIVEN && str_is(c->driver.v, "local"))
		return take_local(w, c, true, r);
	if (c->driver.is == GIVEN && str_is(c->driver.v, "s3"))
		return take_s3(w, c, r);
	return fault_at(w, c->driver.is == ABSENT ? FAULT_MISSING_FIELD : FAULT_BAD_FIELD, "driver",
	    "must be local or s3");
}

enum fault
resource_config_take(struct work *w, const struct type *type, const struct resource_wish *wish,
    struct resource *r)
{
	const struct resource_config *c = wish->config.v;

	if (wish->config.is != GIVEN)
		return FAULT_NONE;
	if ((type->traits & HAS_DRIVER) != 0)
		return take_provider(w, c, r);
	if ((type->traits & HAS_ROOT) == 0)
		return fault_at(w, FAULT_BAD_FIELD, "config", "a %s has none", type->name);
	if (c->driver.is != ABSENT || c->quota.is != ABSENT)
		return fault_at(w, FAULT_BAD_FIELD, c->driver.is != ABSENT ? "driver" : "quota",
		    "a %s has none", type->name);
	return take_local(w, c, false, r);
}
