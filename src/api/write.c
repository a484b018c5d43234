/*
 * write.c: how this door writes the things it shows.
 */
#include "api/write.h"

#include "core/machine.h"
#include "core/rate.h"
#include "core/retire.h"

static const struct field rate_fields[] = {
	FIELD_NEEDED(rate_wish, requests),
	FIELD_NEEDED(rate_wish, seconds),
};
const struct shape shape_rate_limit = SHAPE("RateLimit", rate_wish, rate_fields);

#define FIRST_BYTES ((size_t)1 << 20) /* of an answer, behind which no key of many is begun */

void
write_org(struct json *j, const char *name, const struct org *o)
{
	json_object(j, name);
	json_text(j, "id", o->id);
	json_text(j, "name", o->name);
	json_time(j, "created_at", o->created_at);
	json_end(j);
}

void
write_member(struct json *j, const char *name, const struct member *m)
{
	json_object(j, name);
	json_text(j, "id", m->user_id);
	json_text(j, "email", m->email);
	json_text(j, "name", m->name);
	json_text(j, "role", m->role);
	json_time(j, "joined_at", m->joined_at);
	if (m->awaits != 0)
		json_flag(j, "awaits_confirmation", true);
	json_end(j);
}

void
write_team(struct json *j, const char *name, const struct team *t)
{
	json_object(j, name);
	json_text(j, "id", t->id);
	json_text(j, "name", t->name);
	json_int(j, "members", t->members);
	json_time(j, "created_at", t->created_at);
	json_end(j);
}

static enum fault
list_team(struct call *c, struct json *j, const void *row)
{
	(void)c;
	write_team(j, NULL, row);
	return FAULT_NONE;
}

const struct listing team_listing = LISTING_SORTED(list_team, team, &teams_orders);

void
write_machine(struct call *c, struct json *j, const char *name, const struct machine *m)
{
	json_object(j, name);
	json_text(j, "id", m->id);
	json_text(j, "name", m->name);
	json_text(j, "description", m->description);
	json_text(j, "prefix", m->prefix);
	json_time(j, "created_at", m->created_at);
	json_text(j, "created_by", m->created_by);
	json_time(j, "expires_at", m->expires_at);
	json_text(j, "state", machine_state(c->work, m));
	json_time(j, "last_used_at", m->last_used_at);
	json_text(j, "last_used_ip", m->last_used_ip);
	rate_write(j, "rate_limit", m->rate_requests, m->rate_seconds);
	json_time(j, "rotating_until", m->past_until > c->work->now ? m->past_until : 0);
	json_end(j);
}

void
write_resource(struct json *j, const char *name, const struct resource *r)
{
	json_object(j, name);
	json_text(j, "id", r->id);
	json_text(j, "type", r->type);
	json_text(j, "name", r->name);
	json_text(j, "parent", r->parent_id);
	json_raw(j, "config", str_of(r->config));
	json_time(j, "created_at", r->created_at);
	json_text(j, "created_by", r->created_by);
	json_end(j);
}

static void
write_scope(void *ctx, const char *name)
{
	json_text(ctx, NULL, name);
}

void
write_scopes(struct json *j, const char *name, unsigned scopes)
{
	json_list(j, name);
	scope_each(scopes, write_scope, j);
	json_end(j);
}

/* {"provider": id, "base_path": path}, {"space": id}, {"base": id} */
static void
write_restriction(struct json *j, const char *type, const char *id, const char *base_path)
{
	json_object(j, NULL);
	json_text(j, type, id);
	if (base_path != NULL)
		json_text(j, "base_path", base_path);
	json_end(j);
}

void
write_confine(struct json *j, const char *name, const struct standing *s)
{
	if (!s->restricted) {
		json_null(j, name);
		return;
	}
	json_list(j, name);
	for (size_t i = 0; i < s->confine_n; i++)
		write_restriction(j, s->confine[i].type, s->confine[i].resource_id, s->confine[i].base_path);
	json_end(j);
}

static enum fault
write_restrictions(struct call *c, struct json *j, const struct key *k)
{
	struct restriction *rows;
	size_t n;
	enum fault f;

	if (!k->restricted) {
		json_null(j, "restrictions");
		return FAULT_NONE;
	}
	if ((f = keys_restrictions(c->work, c->work->actor->org_id, k->id, &rows, &n)) != FAULT_NONE)
		return f;
	json_list(j, "restrictions");
	for (size_t i = 0; i < n; i++)
		write_restriction(j, rows[i].type, rows[i].resource_id, rows[i].base_path);
	json_end(j);
	return FAULT_NONE;
}

static void
write_allowed_ips(struct json *j, const char *ranges)
{
	struct str rest = str_of(ranges), word;

	if (ranges == NULL) {
		json_null(j, "allowed_ips");
		return;
	}
	json_list(j, "allowed_ips");
	while (str_word(&rest, &word))
		json_str(j, NULL, word);
	json_end(j);
}

/* While the key has two texts: until when, and who has not moved to the new one yet. */
static void
write_old_text(const struct work *w, struct json *j, const struct key *k)
{
	bool both = k->past_until > w->now;

	json_time(j, "rotating_until", both ? k->past_until : 0);
	json_text(j, "old_prefix", both ? k->past_prefix : NULL);
	json_time(j, "old_last_used_at", both ? k->past_used_at : 0);
	json_text(j, "old_last_used_ip", both ? k->past_used_ip : NULL);
}

void
write_rotation(struct work *w, struct json *j, const struct standing *s)
{
	json_time(j, "rotating_until", standing_rotates(s, w->now));
	json_flag(j, "replaced", s->past != 0);
}

enum fault
write_key_open(struct call *c, struct json *j, const char *name, const struct key *k)
{
	const struct kind *kind = kind_named(str_of(k->kind));
	enum fault f;

	json_object(j, name);
	json_text(j, "id", k->id);
	json_text(j, "kind", k->kind);
	json_text(j, "name", k->name);
	json_text(j, "description", k->description);
	json_text(j, "prefix", k->prefix);
	json_text(j, "owner", k->owner_id);
	json_text(j, "owner_name", k->owner_name);
	write_scopes(j, "scopes", (unsigned)k->scopes);
	if (kind != NULL && kind->scoping == SCOPING_PERMISSION)
		json_text(j, "permission", scope_name((unsigned)k->scopes));
	if ((f = write_restrictions(c, j, k)) != FAULT_NONE)
		return f;
	write_allowed_ips(j, k->allowed_ips);
	rate_write(j, "rate_limit", k->rate_requests, k->rate_seconds);
	json_time(j, "created_at", k->created_at);
	json_text(j, "created_by", k->created_by);
	json_time(j, "expires_at", k->expires_at);
	json_time(j, "last_used_at", k->last_used_at);
	json_text(j, "last_used_ip", k->last_used_ip);
	json_text(j, "state", key_state(c->work, k));
	write_old_text(c->work, j, k);
	return FAULT_NONE;
}

enum fault
write_key(struct call *c, struct json *j, const char *name, const struct key *k)
{
	enum fault f = write_key_open(c, j, name, k);

	json_end(j);
	return f;
}

enum fault
write_first_keys(struct call *c, struct json *j, const char *name, const struct key *keys, size_t n)
{
	enum fault f = FAULT_NONE;

	json_list(j, name);
	for (size_t i = 0; i < n && f == FAULT_NONE && out_text(j->out).n < FIRST_BYTES; i++)
		f = write_key(c, j, NULL, &keys[i]);
	json_end(j);
	return f;
}

enum fault
write_minted_open(struct call *c, struct json *j, const char *name, const struct minted *m)
{
	struct key k;
	enum fault f = keys_get(c->work, c->work->actor->org_id, m->key_id, &k);

	return f != FAULT_NONE ? f : write_key_open(c, j, name, &k);
}
