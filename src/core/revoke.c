/*
 * revoke.c: ending many keys at once.
 *
 * Each key is ended as a single one is: its row, its event, the epoch; but with one
 * statement for all the rows of a piece, since others who change the organization
 * wait for its end.
 */
#include "core/revoke.h"

#include "core/change.h"
#include "core/id.h"
#include "core/retire.h"
#include "core/standing.h"
#include "core/tell.h"

#define TARGETS_MAX ((size_t)2 << 20)

/* Only the operator ends a machine's key without giving it another. */
static bool
ends_machines(const struct work *w)
{
	return w->actor->owner == OWNER_OPERATOR;
}

static enum fault
text_of(struct work *w, const char *field, const struct given_text *g, struct str *text)
{
	*text = g->is == GIVEN ? g->v : STR_NONE;
	return g->is == IS_NULL ? fault_at(w, FAULT_BAD_FIELD, field, "must be a text") : FAULT_NONE;
}

static enum fault
flag_of(struct work *w, const char *field, const struct given_flag *g, struct str *text)
{
	*text = g->is != GIVEN ? STR_NONE : g->v ? STR("true") : STR("false");
	return g->is == IS_NULL ? fault_at(w, FAULT_BAD_FIELD, field, "must be true or false") : FAULT_NONE;
}

static enum fault
query_of(struct work *w, const struct revoke_wish *wish, struct key_query *q)
{
	enum fault f = FAULT_NONE;

	*q = (struct key_query){ .sort = STR_NONE };
#define KEY_QUERY(name, option) \
	if (f == FAULT_NONE) \
		f = text_of(w, #name, &wish->name, &q->name);
#define KEY_QUERY_FLAG(name, option) \
	if (f == FAULT_NONE) \
		f = flag_of(w, #name, &wish->name, &q->name);
#include "core/key_query.def"
	return f;
}

enum fault
revoke_filter(struct work *w, const struct key_query *q, bool all, struct key_filter *f)
{
	enum fault fault;

	if (all && key_query_asks(q))
		return fault_at(w, FAULT_BAD_FIELD, "all", "does not go with a filter");
	if (!all && !key_query_narrows(q))
		return fault_at(w, FAULT_MISSING_FIELD, "all",
		    "nothing narrows this; every key is ended only when that is asked for");
	if (str_is(q->state, "revoked") || str_is(q->state, "all"))
		return fault_at(w, FAULT_BAD_FIELD, "state", "must be active or expired");
	if ((fault = key_query_filter(w, q, f)) != FAULT_NONE)
		return fault;
	f->without_machines = !ends_machines(w);
	if (f->without_machines && f->kind != NULL && kind_named(str_of(f->kind))->owner == OWNER_MACHINE)
		return fault_at(w, FAULT_BAD_FIELD, "kind",
		    "a machine's key ends with the machine, or by a new one");
	return FAULT_NONE;
}

/* Ids of the right form, each once. */
static enum fault
check_ids(struct work *w, const struct given_texts *ids)
{
	if (ids->n == 0 || ids->n > REVOKE_IDS_MAX)
		return fault_at(w, FAULT_BAD_FIELD, "ids", "must have 1 to %d ids", REVOKE_IDS_MAX);
	for (size_t i = 0; i < ids->n; i++) {
		if (!id_shape(ids->v[i]))
			return fault_at(w, FAULT_BAD_FIELD, "ids", "number %zu is no id", i + 1);
		for (size_t j = 0; j < i; j++)
			if (str_eq(ids->v[i], ids->v[j]))
				return fault_at(w, FAULT_BAD_FIELD, "ids", "number %zu is there twice",
				    i + 1);
	}
	return FAULT_NONE;
}

enum fault
revoke_read(struct work *w, const struct revoke_wish *wish, struct key_filter *filter, bool *by_ids)
{
	bool all = wish->all.is == GIVEN && wish->all.v;
	struct str said;
	struct key_query q;
	enum fault f;

	*by_ids = wish->ids.is != ABSENT;
	if ((f = flag_of(w, "all", &wish->all, &said)) != FAULT_NONE ||
	    (f = flag_of(w, "dry_run", &wish->dry_run, &said)) != FAULT_NONE ||
	    (f = query_of(w, wish, &q)) != FAULT_NONE)
		return f;
	if (!*by_ids)
		return revoke_filter(w, &q, all, filter);
	if (wish->ids.is == IS_NULL)
		return fault_at(w, FAULT_BAD_FIELD, "ids", "must be a list of ids");
	if (all || key_query_asks(&q))
		return fault_at(w, FAULT_BAD_FIELD, "ids", "do not go with a filter");
	return check_ids(w, &wish->ids);
}

static enum fault
end_one(struct work *w, const char *id, bool dry, struct key *k, bool *missed)
{
	enum fault f = key_see(w, id, k);

	*missed = f == FAULT_NOT_FOUND ||
	    (f == FAULT_NONE &&
		(k->ended_at != 0 || k->owner_ended_at != 0 || (k->machine_id != NULL && !ends_machines(w))));
	if (*missed)
		return FAULT_NONE;
	return f != FAULT_NONE || dry ? f : key_end_row(w, w->actor->org_id, id, k->name, k->prefix);
}

enum fault
revoke_ids(struct work *w, const struct given_texts *ids, bool dry, struct key **keys, size_t *n,
    struct str **missed, size_t *missed_n)
{
	enum fault f = FAULT_NONE;

	*keys = arena_array(w->arena, struct key, ids->n);
	*missed = arena_array(w->arena, struct str, ids->n);
	*n = *missed_n = 0;
	for (size_t i = 0; i < ids->n && f == FAULT_NONE; i++) {
		bool is_missed;

		f = end_one(w, arena_text(w->arena, ids->v[i]), dry, &(*keys)[*n], &is_missed);
		if (is_missed)
			(*missed)[(*missed_n)++] = ids->v[i];
		else
			(*n)++;
	}
	return f;
}

/* Of each what it is found by, and what its event tells. */
static struct str
targets_of(struct work *w, const struct key_brief *rows, size_t n)
{
	struct out o = out_limit(w->arena, TARGETS_MAX);
	struct json j = json_into(&o);

	json_list(&j, NULL);
	for (size_t i = 0; i < n; i++) {
		json_object(&j, NULL);
		json_text(&j, "t", rows[i].id);
		json_str(&j, "b", tell_end(w, rows[i].name, rows[i].prefix));
		json_end(&j);
	}
	json_end(&j);
	return out_failed(&o) ? STR_NONE : out_text(&o);
}

static enum fault
end_all(struct work *w, const struct key_brief *rows, size_t n)
{
	struct str targets = targets_of(w, rows, n);
	int64_t ended;
	enum fault f;

	if (targets.s == NULL)
		return FAULT_INTERNAL;
	if ((f = keys_end_many(w, w->actor->org_id, targets, actor_id(w), &ended)) != FAULT_NONE)
		return f;
	/* An event tells of a key that was ended by it, and of no other. */
	return ended == (int64_t)n ? change_many(w, ACT_KEY_END, w->actor->org_id, targets) : FAULT_TRY_AGAIN;
}

enum fault
revoke_piece(struct work *w, const struct key_filter *filter, struct page *p, struct key_brief **rows,
    size_t *n)
{
	enum fault f = keys_brief(w, w->actor->org_id, filter, p, rows, n);

	if (f != FAULT_NONE || *n == 0)
		return f;
	p->after_at = (*rows)[*n - 1].created_at;
	p->after_id = (*rows)[*n - 1].id;
	return end_all(w, *rows, *n);
}
