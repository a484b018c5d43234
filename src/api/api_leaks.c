/*
 * api_leaks.c: reports of leaked keys.
 */
#include "api/api.h"

#include "base/settings.h"
#include "core/leak.h"
#include "core/throttle.h"

/* The labels GitHub knows. */
static void
write_label(struct json *j, const struct leak *l)
{
	json_object(j, NULL);
	json_str(j, "token_raw", l->token);
	json_str(j, "token_type", l->type);
	json_text(j, "label", l->real ? "true_positive" : "false_positive");
	json_end(j);
}

/* The bytes as they were signed: nothing of them is read before that is known. */
static enum fault
signed_body(struct call *c, struct str *body)
{
	struct work *w = c->work;
	enum fault f;

	if (w->settings->leaks_keys_file[0] == '\0')
		return FAULT_NOT_FOUND;
	if ((f = throttle_check(w, THROTTLE_PRESENTED, STR_NONE)) != FAULT_NONE ||
	    (f = c->req->read_body(c->req->body_ctx, w, LEAK_BODY_MAX, body)) != FAULT_NONE)
		return f;
	if (leak_signed(w->arena, c->req->header[HEADER_SIGNER], c->req->header[HEADER_SIGNATURE], *body))
		return FAULT_NONE;
	throttle_count(w, THROTTLE_PRESENTED, STR_NONE);
	return FAULT_INVALID_TOKEN;
}

enum fault
api_leaks(struct call *c)
{
	struct leak *leaks;
	struct str body;
	struct json *j;
	size_t n;
	enum fault f;

	if ((f = signed_body(c, &body)) != FAULT_NONE ||
	    (f = leak_read(c->work, body, &leaks, &n)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < n; i++)
		if ((f = leak_report(c->work, &leaks[i])) != FAULT_NONE)
			return f;
	j = call_json(c);
	json_list(j, NULL);
	for (size_t i = 0; i < n; i++)
		write_label(j, &leaks[i]);
	json_end(j);
	return FAULT_NONE;
}
