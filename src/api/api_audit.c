/*
 * api_audit.c: what happened in an organization.
 */
#include "api/api.h"

#include "base/clock.h"
#include "base/hex.h"
#include "base/secret.h"
#include "core/change.h"
#include "store/audit.h"

static void
write_hash(struct json *j, const char *name, struct str hash)
{
	char text[2 * SECRET_SIZE + 1];

	if (hash.n != SECRET_SIZE) {
		json_null(j, name);
		return;
	}
	hex_text(hash.s, hash.n, text);
	json_text(j, name, text);
}

static enum fault
list_event(struct call *c, struct json *j, const void *row)
{
	const struct event *e = row;

	(void)c;
	json_object(j, NULL);
	json_int(j, "id", e->id);
	json_time(j, "at", e->at);
	json_text(j, "action", e->action);
	json_text(j, "actor", e->actor_id);
	json_text(j, "actor_type", e->actor_type);
	json_text(j, "key", e->key_id);
	json_text(j, "target", e->target_id);
	json_text(j, "address", e->address);
	json_text(j, "request_id", e->request_id);
	json_raw(j, "before", str_of(e->before_change));
	json_raw(j, "after", str_of(e->after_change));
	write_hash(j, "prev", e->prev);
	write_hash(j, "hash", e->hash);
	json_end(j);
	return FAULT_NONE;
}

/* Ordered by their number alone; a cursor has a second part, which is the same for all. */
static const struct listing event_listing = LISTING(list_event, event, id, org_id);

static enum fault
read_filter(struct call *c, const struct page *p, struct event_filter *f)
{
	struct str since = call_query(c, "since"), action = call_query(c, "action");

	*f = (struct event_filter){ .before_id = p->after_at,
		.limit = p->limit,
		.actor_id = call_query_id(c, "actor"),
		.key_id = call_query_id(c, "key"),
		.action = arena_text(c->work->arena, action) };
	if (action.s != NULL && !act_named(action))
		return fault_at(c->work, FAULT_BAD_FIELD, "action", "is no change that is recorded");
	if (since.s != NULL && !clock_parse_start(since, &f->since))
		return fault_at(c->work, FAULT_BAD_FIELD, "since",
		    "must be a date or an instant as in RFC 3339");
	return FAULT_NONE;
}

enum fault
api_audit_list(struct call *c)
{
	struct event_filter filter;
	struct event *rows;
	struct page p;
	size_t n;
	enum fault f;

	if ((f = call_page(c, &p)) != FAULT_NONE || (f = read_filter(c, &p, &filter)) != FAULT_NONE ||
	    (f = audit_page(c->work, c->work->actor->org_id, &filter, &rows, &n)) != FAULT_NONE)
		return f;
	return call_list(c, &event_listing, &p, rows, n);
}
