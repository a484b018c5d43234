/*
 * api_verdict.c: verdicts for applications that hold a key themselves, and the
 * OAuth addresses that libraries know (RFC 7662, RFC 7009).
 */
#include "api/api.h"

#include "api/write.h"
#include "base/counters.h"
#include "core/inquiry.h"
#include "core/retire.h"

static const struct field verify_fields[] = {
	FIELD_NEEDED(inquiry_wish, token),
	FIELD_NEEDED(inquiry_wish, action),
	FIELD(inquiry_wish, resource),
	FIELD(inquiry_wish, path),
	FIELD(inquiry_wish, ip),
};
const struct shape shape_verify = SHAPE("VerifyWish", inquiry_wish, verify_fields);

static const struct field explain_fields[] = {
	FIELD_NEEDED(inquiry_wish, key),
	FIELD_NEEDED(inquiry_wish, action),
	FIELD(inquiry_wish, resource),
	FIELD(inquiry_wish, path),
};
const struct shape shape_explain = SHAPE("ExplainWish", inquiry_wish, explain_fields);

struct token_wish {
	struct given_text token, token_type_hint;
};

static const struct field token_fields[] = {
	FIELD_NEEDED(token_wish, token),
	FIELD(token_wish, token_type_hint),
};
const struct shape shape_token = SHAPE("TokenForm", token_wish, token_fields);

static void
write_about(struct call *c, struct json *j, const struct standing *s)
{
	json_text(j, "key", s->key_id);
	json_text(j, "kind", s->kind->name);
	json_text(j, "owner", s->owner_id);
	json_text(j, "organization", s->org_id);
	write_scopes(j, "scopes", scope_effective(s->kind, s->scopes));
	json_time(j, "expires_at", standing_end(s));
	write_rotation(c->work, j, s);
}

/* What the asker tells its own caller in the headers that claviger-api(7) names. */
static void
write_rate(struct json *j, const struct rate *r)
{
	if (r->limit.requests == 0)
		return;
	json_object(j, "rate_limit");
	json_int(j, "requests", r->limit.requests);
	json_int(j, "seconds", r->limit.seconds);
	json_int(j, "remaining", r->left);
	json_int(j, "reset_in", r->whole_in);
	if (r->retry_after != 0)
		json_int(j, "retry_after", r->retry_after);
	json_end(j);
}

enum fault
api_verify(struct call *c)
{
	struct inquiry q;
	struct json *j;
	bool allowed;
	enum fault f = inquire_text(c->work, c->body, &q);

	if (f != FAULT_NONE)
		return f;
	allowed = q.active && q.verdict.reason == REASON_OK;
	count(allowed ? COUNT_VERDICTS_ALLOWED : COUNT_VERDICTS_DENIED);
	j = call_json(c);
	json_object(j, NULL);
	json_flag(j, "active", q.active);
	json_flag(j, "allowed", allowed);
	json_text(j, "code", reason_code(q.verdict.reason));
	if (q.about != NULL)
		write_about(c, j, q.about);
	if (q.active && q.verdict.reason == REASON_SCOPE)
		json_text(j, "needed_scope", q.verdict.needed_scope);
	write_rate(j, &q.rate);
	json_end(j);
	return FAULT_NONE;
}

enum fault
api_explain(struct call *c)
{
	struct inquiry q;
	struct json *j;
	enum fault f = inquire_key(c->work, c->body, &q);

	if (f != FAULT_NONE)
		return f;
	j = call_json(c);
	json_object(j, NULL);
	json_flag(j, "allowed", q.verdict.reason == REASON_OK);
	json_text(j, "code", reason_code(q.verdict.reason));
	json_list(j, "steps");
	for (size_t i = 0; i < q.verdict.steps_n; i++) {
		json_object(j, NULL);
		json_text(j, "rule", q.verdict.steps[i].rule);
		json_flag(j, "holds", q.verdict.steps[i].holds);
		json_text(j, "because", q.verdict.steps[i].because);
		json_end(j);
	}
	json_end(j);
	json_end(j);
	return FAULT_NONE;
}

static enum fault
token_of(struct call *c, struct str *token)
{
	const struct token_wish *wish = c->body;

	*token = wish->token.v;
	return wish->token.is == GIVEN ? FAULT_NONE
				       : fault_at(c->work, FAULT_MISSING_FIELD, "token", "must be given");
}

/* Scopes with blanks between, as RFC 7662 has them. */
static void
add_scope(void *ctx, const char *name)
{
	struct out *o = ctx;

	if (out_text(o).n > 0)
		out_char(o, ' ');
	out_put(o, name);
}

static void
write_active(struct call *c, struct json *j, const struct standing *s)
{
	struct out o = out_limit(c->work->arena, OUT_HEADER_MAX);

	scope_each(scope_effective(s->kind, s->scopes), add_scope, &o);
	json_str(j, "scope", out_text(&o));
	json_text(j, "client_id", s->key_id);
	json_text(j, "username", s->owner_email != NULL ? s->owner_email : s->owner_name);
	json_text(j, "token_type", "Bearer");
	if (standing_end(s) != 0)
		json_int(j, "exp", standing_end(s));
	json_int(j, "iat", s->created_at);
	json_text(j, "sub", s->owner_id);
	json_text(j, "aud", s->org_id);
	json_text(j, "jti", s->key_id);
}

enum fault
api_introspect(struct call *c)
{
	struct inquiry q;
	struct str token;
	struct json *j;
	enum fault f;

	if ((f = token_of(c, &token)) != FAULT_NONE || (f = inquire_alive(c->work, token, &q)) != FAULT_NONE)
		return f;
	j = call_json(c);
	json_object(j, NULL);
	json_flag(j, "active", q.active);
	if (q.active)
		write_active(c, j, q.about);
	json_end(j);
	return FAULT_NONE;
}

enum fault
api_revoke(struct call *c)
{
	struct str token;
	enum fault f;

	if ((f = token_of(c, &token)) != FAULT_NONE)
		return f;
	response_header(c->resp, "Cache-Control", "no-store");
	return key_end_by_text(c->work, token);
}
