/*
 * api_keys.c: keys of all kinds.
 */
#include "api/api.h"

#include "api/write.h"
#include "core/key_query.h"
#include "core/mint.h"
#include "core/retire.h"
#include "core/sort.h"

static const struct field restriction_fields[] = {
#define TYPE(id, name, prefix, parents, traits) FIELD(mint_restriction, name),
#include "core/types.def"
#undef TYPE
	FIELD(mint_restriction, base_path),
};
static const struct shape shape_restriction = SHAPE("Restriction", mint_restriction, restriction_fields);

static const struct field key_fields[] = {
	FIELD_NEEDED(mint_wish, kind),
	FIELD_NEEDED(mint_wish, name),
	FIELD(mint_wish, description),
	FIELD(mint_wish, permission),
	FIELD(mint_wish, scopes),
	FIELD(mint_wish, expires_in_days),
	FIELD(mint_wish, expires_at),
	FIELD(mint_wish, allowed_ips),
	FIELD_ROWS(mint_wish, restrictions, &shape_restriction),
	FIELD_OBJECT(mint_wish, rate_limit, &shape_rate_limit),
};
const struct shape shape_key = SHAPE("KeyWish", mint_wish, key_fields);

static const struct field change_fields[] = {
	FIELD(key_wish, name),
	FIELD(key_wish, description),
	FIELD_OBJECT(key_wish, rate_limit, &shape_rate_limit),
};
const struct shape shape_key_change = SHAPE("KeyChange", key_wish, change_fields);

static const struct field refresh_fields[] = { FIELD(mint_wish, expires_at) };
const struct shape shape_key_refresh = SHAPE("KeyRefresh", mint_wish, refresh_fields);

static const struct field rotate_fields[] = {
	FIELD_NEEDED(mint_wish, grace),
	FIELD(mint_wish, expires_at),
	FIELD(mint_wish, expires_in),
};
const struct shape shape_key_rotate = SHAPE("KeyRotation", mint_wish, rotate_fields);

static enum fault
list_key(struct call *c, struct json *j, const void *row)
{
	return write_key(c, j, NULL, row);
}

static const struct listing key_listing = LISTING_SORTED(list_key, key, &keys_orders);

static struct key_query
read_query(struct call *c)
{
	return (struct key_query){
#define KEY_QUERY(name, option) .name = call_query(c, #name),
#include "core/key_query.def"
		.sort = call_query(c, "sort")
	};
}

enum fault
api_keys_list(struct call *c)
{
	struct key_query query = read_query(c);
	struct key_filter filter;
	struct order order;
	struct key *rows;
	struct page p;
	size_t n;
	enum fault f;

	if ((f = key_query_filter(c->work, &query, &filter)) != FAULT_NONE ||
	    (f = sort_read(c->work, query.sort, &keys_orders, &order)) != FAULT_NONE ||
	    (f = call_page_marked(c, key_query_mark(c->work, &query), &p)) != FAULT_NONE)
		return f;
	p.order = order;
	f = keys_page(c->work, c->work->actor->org_id, &filter, &p, &rows, &n);
	return f != FAULT_NONE ? f : call_list(c, &key_listing, &p, rows, n);
}

/* The key with its text: the only answer that ever has it. */
static enum fault
show_minted(struct call *c, const struct minted *m)
{
	struct json *j = call_json(c);
	enum fault f = write_minted_open(c, j, NULL, m);

	if (f != FAULT_NONE)
		return f;
	json_str(j, "token", m->token);
	json_end(j);
	return FAULT_NONE;
}

enum fault
api_key_create(struct call *c)
{
	struct minted m;
	enum fault f = mint_key(c->work, c->body, &m);

	return f != FAULT_NONE ? f : show_minted(c, &m);
}

enum fault
api_key_get(struct call *c)
{
	struct key k;
	enum fault f = key_see(c->work, call_param(c, "key"), &k);

	return f != FAULT_NONE ? f : write_key(c, call_json(c), NULL, &k);
}

enum fault
api_key_change(struct call *c)
{
	struct key k;
	enum fault f = key_describe(c->work, call_param(c, "key"), c->body, &k);

	return f != FAULT_NONE ? f : write_key(c, call_json(c), NULL, &k);
}

enum fault
api_key_end(struct call *c)
{
	return key_end(c->work, call_param(c, "key"));
}

enum fault
api_key_refresh(struct call *c)
{
	struct minted m;
	enum fault f = mint_refresh(c->work, call_param(c, "key"), c->body, &m);

	return f != FAULT_NONE ? f : show_minted(c, &m);
}

enum fault
api_key_rotate(struct call *c)
{
	struct minted m;
	enum fault f = mint_rotate(c->work, call_param(c, "key"), c->body, &m);

	return f != FAULT_NONE ? f : show_minted(c, &m);
}

enum fault
api_key_rotated(struct call *c)
{
	return key_rotated(c->work, call_param(c, "key"));
}
