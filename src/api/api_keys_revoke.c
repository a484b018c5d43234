/*
 * api_keys_revoke.c: ending many keys at once, and seeing before which they are.
 */
#include "api/api.h"

#include "api/write.h"
#include "core/revoke.h"

static const struct field fields[] = {
#define KEY_QUERY(name, option) FIELD(revoke_wish, name),
#include "core/key_query.def"
	FIELD(revoke_wish, ids),
	FIELD(revoke_wish, all),
	FIELD(revoke_wish, dry_run),
};
const struct shape shape_keys_revoke = SHAPE("KeysRevoke", revoke_wish, fields);

/* What is told; dry: with the first of the keys. */
struct outcome {
	bool dry;
	int64_t matched, ended, left;
	const struct key *keys;
	size_t keys_n;
	const struct str *missed;
	size_t missed_n;
};

static enum fault
show(struct call *c, const struct outcome *o)
{
	struct json *j = call_json(c);
	enum fault f = FAULT_NONE;

	json_object(j, NULL);
	json_flag(j, "dry_run", o->dry);
	json_int(j, "matched", o->matched);
	json_int(j, "ended", o->ended);
	json_int(j, "left", o->left);
	json_list(j, "missed");
	for (size_t i = 0; i < o->missed_n; i++)
		json_str(j, NULL, o->missed[i]);
	json_end(j);
	if (o->dry)
		f = write_first_keys(c, j, "items", o->keys, o->keys_n);
	json_end(j);
	return f;
}

static enum fault
look(struct call *c, const struct key_filter *filter)
{
	struct page p = { .limit = PAGE_LIMIT_MAX, .after_id = "" };
	struct outcome o = { .dry = true };
	struct key *keys;
	enum fault f;

	if ((f = keys_count(c->work, c->work->actor->org_id, filter, &o.matched)) != FAULT_NONE ||
	    (f = keys_page(c->work, c->work->actor->org_id, filter, &p, &keys, &o.keys_n)) != FAULT_NONE)
		return f;
	o.keys = keys;
	o.left = o.matched;
	return show(c, &o);
}

static enum fault
end_matching(struct call *c, const struct key_filter *filter)
{
	struct page p = { .limit = REVOKE_PIECE, .after_id = "" };
	struct outcome o = { .dry = false };
	struct key_brief *ended;
	size_t n;
	enum fault f;

	if ((f = revoke_piece(c->work, filter, &p, &ended, &n)) != FAULT_NONE ||
	    (f = keys_count(c->work, c->work->actor->org_id, filter, &o.left)) != FAULT_NONE)
		return f;
	o.ended = (int64_t)n;
	o.matched = o.ended + o.left;
	return show(c, &o);
}

static enum fault
end_listed(struct call *c, const struct given_texts *ids, bool dry)
{
	struct outcome o = { .dry = dry };
	struct str *missed;
	struct key *keys;
	enum fault f = revoke_ids(c->work, ids, dry, &keys, &o.keys_n, &missed, &o.missed_n);

	if (f != FAULT_NONE)
		return f;
	o.keys = keys;
	o.missed = missed;
	o.matched = (int64_t)o.keys_n;
	o.ended = dry ? 0 : o.matched;
	o.left = o.matched - o.ended;
	return show(c, &o);
}

/* To look at which they would be ends none. */
enum fault
api_keys_sure(struct call *c)
{
	const struct revoke_wish *wish = c->body;

	return wish->dry_run.is == GIVEN && wish->dry_run.v ? FAULT_NONE : call_sure(c);
}

enum fault
api_keys_revoke(struct call *c)
{
	const struct revoke_wish *wish = c->body;
	bool dry = wish->dry_run.is == GIVEN && wish->dry_run.v, by_ids;
	struct key_filter filter;
	enum fault f = revoke_read(c->work, wish, &filter, &by_ids);

	if (f != FAULT_NONE)
		return f;
	if (by_ids)
		return end_listed(c, &wish->ids, dry);
	return dry ? look(c, &filter) : end_matching(c, &filter);
}
